#!/usr/bin/env bash
# Makes every call once with grpcurl, and says which failed. It reads the protos of this repository, so the services need no reflection.
set -uo pipefail
source "$(dirname "$0")/common.sh"
failed=0

call() {
  local headers=()
  [ -z "$TOKEN" ] || headers=(-H "authorization: Bearer $TOKEN")
  if payload_of "$4" | grpcurl -plaintext -import-path "$protos" -proto "$5" "${headers[@]}" -d @ "$(address_of "$2")" "$3" > "$work/answer" 2>&1; then
    printf 'ok      %s\n' "$3"
  else
    printf 'FAILED  %s: %s\n' "$3" "$(tr '\n' ' ' < "$work/answer")"
    failed=$((failed + 1))
  fi
}

each call
exit $((failed > 0))
