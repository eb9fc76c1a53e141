#!/usr/bin/env bash
# Makes the secrets of an installation, each at random: k8s/make-secrets.sh FOLDER [POSTGRES_HOST [POSTGRES_OPTIONS]]
# Writes postgres.env, redis.env, keys.env and public-keys.env to FOLDER, which must not have them yet. POSTGRES_OPTIONS are added to every
# connection string. Where the database has an owner already, OWNER and OWNER_PASSWORD name it. Needs openssl.
set -euo pipefail
umask 077
folder=${1:?usage: make-secrets.sh FOLDER [POSTGRES_HOST [POSTGRES_OPTIONS]]}
host=${2:-postgres}
options=${3:+;$3}
services=(tags segments campaigns workflows)

mkdir -p "$folder"
for file in postgres.env redis.env keys.env public-keys.env; do
  if [ -e "$folder/$file" ]; then
    echo "$folder/$file exists. Move it away to make new secrets." >&2
    exit 1
  fi
done

random() { openssl rand -hex 24; }

owner=${OWNER_PASSWORD:-$(random)}
{
  echo "owner-password=$owner"
  echo "owner=Host=$host;Database=tagsegments;Username=${OWNER:-postgres};Password=$owner$options"
  # A role for the calls of accounts and one for work across accounts.
  for service in "${services[@]}"; do
    for role in "$service" "$service-work"; do
      password=$(random)
      echo "$role-password=$password"
      echo "$role=Host=$host;Database=tagsegments;Username=tagsegments_${role//-/_};Password=$password$options"
    done
  done
} > "$folder/postgres.env"

redis=$(random)
{
  echo "password=$redis"
  echo "connection=redis:6379,password=$redis"
} > "$folder/redis.env"

{
  echo "signing-key=$(random)"
  # The key rings: ID:KEY, the first key makes what is new. See README.md for how to exchange one.
  for ring in links tokens secrets; do
    echo "$ring=1:$(openssl rand -base64 32)"
  done
} > "$folder/keys.env"

# A pair for each service: P-256, DER as base64.
for service in "${services[@]}"; do
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl pkcs8 -topk8 -nocrypt -outform DER -out "$folder/pair.der"
  echo "$service-key=$(base64 < "$folder/pair.der" | tr -d '\n')" >> "$folder/keys.env"
  echo "Services__PublicKeys__$service=$(openssl pkey -inform DER -in "$folder/pair.der" -pubout -outform DER | base64 | tr -d '\n')" >> "$folder/public-keys.env"
  rm "$folder/pair.der"
done
