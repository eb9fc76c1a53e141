#!/usr/bin/env bash
# Makes every call once with `buf curl`, and says which failed. The buf of .ci/run is found by itself.
set -uo pipefail
source "$(dirname "$0")/common.sh"
PATH=$here/../../.tools/node_modules/.bin:$PATH
failed=0

call() {
  local headers=()
  [ -z "$TOKEN" ] || headers=(-H "authorization: Bearer $TOKEN")
  if payload_of "$4" | buf curl --schema "$protos" --protocol grpc --http2-prior-knowledge "${headers[@]}" -d @- "http://$(address_of "$2")/$3" > "$work/answer" 2>&1; then
    printf 'ok      %s\n' "$3"
  else
    printf 'FAILED  %s: %s\n' "$3" "$(tr '\n' ' ' < "$work/answer")"
    failed=$((failed + 1))
  fi
}

each call
exit $((failed > 0))
