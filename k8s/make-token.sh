#!/usr/bin/env bash
# Prints a token for the next hours: k8s/make-token.sh FILE [ACCOUNT] [ROLES], for example k8s/make-token.sh .env acme '"editor"'.
# FILE has the signing key: keys.env of make-secrets.sh or .env of make-compose-env.sh. Without an account and roles, the token is for everything.
# Where Auth__Authority names an identity provider, that one makes tokens instead. Needs openssl.
set -euo pipefail
file=${1:?usage: make-token.sh FILE [ACCOUNT] [ROLES]}
account=${2:-*}
roles=${3:-'"admin", "platform"'}
key=$(sed -n -E 's/^(signing-key|SIGNING_KEY)=//p' "$file")
[ -n "$key" ] || { echo "$file has no signing key." >&2; exit 1; }

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

now=$(date +%s)
header=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url)
claims=$(printf '{"aud":"tagsegments","sub":"%s","account":"%s","role":[%s],"iat":%d,"exp":%d}' \
  "$(id -un)" "$account" "$roles" "$now" "$((now + 12 * 3600))" | base64url)
signature=$(printf '%s.%s' "$header" "$claims" | openssl dgst -sha256 -hmac "$key" -binary | base64url)
echo "$header.$claims.$signature"
