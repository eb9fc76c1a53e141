#!/usr/bin/env bash
# Creates the cluster and POSTGRES_DB at the first start and runs the server as the user postgres, with the arguments as its options.
set -euo pipefail
data=${PGDATA:-/var/lib/postgresql/data}
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$data" && chown postgres "$data" && chmod 700 "$data"
  exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
if [ ! -s "$data/PG_VERSION" ]; then
  mkdir -p "$data"
  initdb -D "$data" -U postgres -E UTF8 --auth-local=trust --auth-host=scram-sha-256 --pwfile=<(echo "$POSTGRES_PASSWORD") > /dev/null
  echo 'host all all all scram-sha-256' >> "$data/pg_hba.conf"
  echo "CREATE DATABASE ${POSTGRES_DB:-postgres}" | postgres --single -D "$data" postgres > /dev/null
fi
exec postgres -D "$data" -c "listen_addresses=*" "$@"
