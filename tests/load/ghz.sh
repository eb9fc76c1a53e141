#!/usr/bin/env bash
# The mixed load with ghz: a process for each call, with its share of the rate and of the connections. Open loop, so slow answers do not slow the load.
set -uo pipefail
source "$(dirname "$0")/common.sh"

call() {
  local metadata='{}' connections
  [ -z "$TOKEN" ] || metadata="{\"authorization\":\"Bearer $TOKEN\"}"
  connections=$(share_of "$CONNECTIONS" "$1")
  payload_of "$4" > "$work/$4.json"
  ghz --insecure --async --import-paths "$protos" --proto "$protos/$5" --call "$3" --data-file "$work/$4.json" --metadata "$metadata" \
    --rps "$(share_of "$RATE" "$1")" --connections "$connections" --concurrency $((connections * 8)) --duration "${DURATION}s" \
    --format summary "$(address_of "$2")" > "$work/$4.txt" 2>&1 &
}

each call
wait
for result in "$work"/*.txt; do
  printf '\n=== %s\n' "$(basename "$result" .txt)"
  cat "$result"
done
