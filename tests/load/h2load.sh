#!/usr/bin/env bash
# The mixed load with h2load (Debian: nghttp2-client): a process for each call, with its share of the rate and of the connections. Open loop.
# h2load takes every HTTP 200 for a success, so one reply of each call is checked with curl before. Needs buf, which encodes the payloads.
set -uo pipefail
source "$(dirname "$0")/common.sh"
PATH=$here/../../.tools/node_modules/.bin:$PATH
headers=(-H 'content-type: application/grpc' -H 'te: trailers')
[ -z "$TOKEN" ] || headers+=(-H "authorization: Bearer $TOKEN")
failed=0

# A message in its frame: not compressed, its length, its bytes.
frame_of() {
  local size
  payload_of "$1" > "$work/$1.json"
  buf convert "$protos" --type "$2" --from "$work/$1.json" --to "$work/$1.binpb" || return 1
  size=$(stat -c %s "$work/$1.binpb")
  # shellcheck disable=SC2059 # The bytes of the length are the format.
  { printf "$(printf '\\x%02x' 0 $((size >> 24)) $((size >> 16 & 255)) $((size >> 8 & 255)) $((size & 255)))"; cat "$work/$1.binpb"; } > "$work/$1.frame"
}

request_of() { sed -nE "s/^ *rpc ${1##*/}\((stream )?([A-Za-z]+)\).*/\2/p" "$protos/$2"; }

call() {
  local url clients rate
  url=http://$(address_of "$2")/$3
  if ! frame_of "$4" "${3%.*}.$(request_of "$3" "$5")"; then
    failed=$((failed + 1))
    return
  fi
  if ! curl -sS --http2-prior-knowledge -D - -o /dev/null "${headers[@]}" --data-binary "@$work/$4.frame" "$url" | tr -d '\r' | grep -qx 'grpc-status: 0'; then
    printf 'FAILED  %s\n' "$3"
    failed=$((failed + 1))
    return
  fi
  clients=$(share_of "$CONNECTIONS" "$1")
  rate=$(awk -v rate="$(share_of "$RATE" "$1")" -v clients="$clients" 'BEGIN { printf "%d", (rate + clients - 1) / clients }')
  h2load -c "$clients" -t 1 -p h2c -D "$DURATION" --rps="$rate" -d "$work/$4.frame" "${headers[@]}" --log-file="$work/$4.log" "$url" > "$work/$4.txt" 2>&1 &
}

each call
wait
printf '%-50s %8s %8s %9s %9s %9s\n' call calls failed 'p50 ms' 'p99 ms' 'p99.9 ms'
row() {
  [ -s "$work/$4.log" ] || return
  # Start, status, microseconds.
  sort -n -k3 "$work/$4.log" | awk -v name="${3##*.}" '
    { us[NR] = $3; bad += $2 != 200 }
    function at(share, i) { i = int(NR * share) + 1; return us[i > NR ? NR : i] / 1000 }
    END { printf "%-50s %8d %8d %9.1f %9.1f %9.1f\n", name, NR, bad, at(0.5), at(0.99), at(0.999); exit bad > 0 }' || failed=$((failed + 1))
}
each row
exit $((failed > 0))
