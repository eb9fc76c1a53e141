#!/usr/bin/env bash
# Runs the scripts whose tools are here against a Standalone of their own, for seconds, with free ports of this machine.
set -uo pipefail
cd "$(dirname "$0")/../.."
data=$(mktemp -d)
base=$(shuf -i 20000-29000 -n 1)
export TAGS=127.0.0.1:$base SEGMENTS=127.0.0.1:$((base + 1)) CAMPAIGNS=127.0.0.1:$((base + 2)) WORKFLOWS=127.0.0.1:$((base + 3))
dotnet exec services/Standalone/bin/Release/net10.0/TagSegments.Standalone.dll --data "$data" --demo-contacts 2000 --tags-port "$base" \
  --segments-port $((base + 1)) --campaigns-port $((base + 2)) --workflows-port $((base + 3)) --http-port $((base + 4)) --management-port $((base + 5)) \
  --smtp-port $((base + 6)) --console-port $((base + 7)) > "$data.log" 2>&1 &
standalone=$!

finish() {
  local status=$?
  kill -TERM "$standalone" 2> /dev/null
  wait "$standalone" 2> /dev/null
  rm -rf "$data" "$data.log"
  exit "$status"
}
trap finish EXIT

for _ in $(seq 120); do
  grep -q 'TagSegments is running' "$data.log" && break
  kill -0 "$standalone" 2> /dev/null || break
  sleep 1
done
grep -q 'TagSegments is running' "$data.log" || { cat "$data.log"; exit 1; }
tests/load/buf.sh && DURATION=3 RATE=100 CONNECTIONS=10 tests/load/h2load.sh || exit 1
# A wrong account is no success: otherwise neither script would notice anything.
if ACCOUNT=nobody tests/load/buf.sh > /dev/null || ACCOUNT=nobody DURATION=1 tests/load/h2load.sh > /dev/null; then
  echo 'FAILED  calls of an account that is not there count as successes'
  exit 1
fi
