#!/usr/bin/env bash
# Makes the settings with which docker compose asks for tokens, with secrets at random: k8s/make-compose-env.sh [FILE], by default .env.
# docker compose reads .env by itself. k8s/make-token.sh makes tokens. Needs openssl.
set -euo pipefail
umask 077
file=${1:-.env}
if [ -e "$file" ]; then
  echo "$file exists. Move it away to make new secrets." >&2
  exit 1
fi

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
"$(dirname "$0")/make-secrets.sh" "$folder"

# owner-password -> POSTGRES_PASSWORD, tags-key -> TAGS_KEY, Services__PublicKeys__tags -> TAGS_PUBLIC_KEY
{
  echo "AUTH_MODE=jwt"
  cat "$folder"/postgres.env "$folder"/keys.env "$folder"/public-keys.env |
    sed -n -E 's/^owner-password=/postgres-password=/; s/^Services__PublicKeys__([a-z]+)=/\1-public-key=/; /^[a-z-]+-(password|key)=/p' |
    while IFS='=' read -r name value; do printf '%s=%s\n' "$(tr 'a-z-' 'A-Z_' <<< "$name")" "$value"; done
} > "$file"
