#!/usr/bin/env bash
# Does what the README tells a newcomer to do: runs its first command, then every code block marked `bash tour`, in order, in one shell.
# With --auth it does so with authentication on. A line `# → text` in a block must appear in what the block prints; white space does not count.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.tools/node_modules/.bin:$PATH" DOTNET_NOLOGO=1
# MSBuild takes this as the configuration of every command, so that what is built already is used.
export Configuration=Release
work=$(mktemp -d)
log=$work/standalone.log

dotnet build services/Standalone -v q -nologo -clp:NoSummary && dotnet build services/Cli -v q -nologo -clp:NoSummary || exit 1
dotnet run --no-build --project services/Standalone -- --data "$work/data" "$@" > "$log" 2>&1 &
standalone=$!

finish() {
  local status=$?
  kill -TERM "$standalone" 2> /dev/null
  wait "$standalone" 2> /dev/null
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

for _ in $(seq 300); do
  grep -q 'TagSegments is running' "$log" && break
  kill -0 "$standalone" 2> /dev/null || break
  sleep 1
done
grep -q 'TagSegments is running' "$log" || { cat "$log"; echo 'Standalone did not start.'; exit 1; }
cat "$log"
if [ -s "$work/data/token" ]; then TAGSEGMENTS_TOKEN=$(cat "$work/data/token") && export TAGSEGMENTS_TOKEN; fi

# One file per block: block.1, block.2 ...
awk -v base="$work/block." '/^```bash tour$/ { inside = 1; n++; next } /^```$/ { inside = 0 } inside { print > (base n) }' README.md
blocks=$(find "$work" -name 'block.*' | wc -l)
[ "$blocks" -gt 0 ] || { echo 'The README has no block marked `bash tour`.'; exit 1; }

squeeze() { tr -d '[:space:]'; }
failed=0
for n in $(seq "$blocks"); do
  block=$work/block.$n
  printf '\n--- step %s of %s\n' "$n" "$blocks"
  cat "$block"
  # Not in a subshell: later blocks use the functions and files of earlier ones.
  source "$block" > "$work/out" 2>&1
  cat "$work/out"
  while IFS= read -r expected; do
    if ! squeeze < "$work/out" | grep -qF -- "$(printf %s "${expected#\# → }" | squeeze)"; then
      printf 'EXPECTED: %s\n' "${expected#\# → }"
      failed=1
    fi
  done < <(grep '^# → ' "$block")
done
[ "$failed" -eq 0 ] && echo "The tour's $blocks steps print what the README says."
exit "$failed"
