# The parameters of all scripts, from the environment. Sourced.
: "${ACCOUNT:=demo}"        # the account
: "${TOKEN:=}"              # a token or API key; empty where Auth:Mode is off
: "${RATE:=100}"            # calls per second, of all kinds together
: "${CONNECTIONS:=8}"       # connections, of all kinds together
: "${DURATION:=10}"         # seconds
: "${HOST:=127.0.0.1}"
: "${TAGS:=$HOST:5101}" "${SEGMENTS:=$HOST:5102}" "${CAMPAIGNS:=$HOST:5103}" "${WORKFLOWS:=$HOST:5104}"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
protos=$here/../../protos
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

address_of() {
  case $1 in
    tags) echo "$TAGS" ;;
    segments) echo "$SEGMENTS" ;;
    campaigns) echo "$CAMPAIGNS" ;;
    workflows) echo "$WORKFLOWS" ;;
  esac
}

# The payload of a call, about the account.
payload_of() { sed "s/\"account\": \"demo\"/\"account\": \"$ACCOUNT\"/" "$here/payloads/$1.json"; }

# each FUNCTION: calls it with share, service, method, payload and file of every call.
each() {
  while IFS=$'\t' read -r share service method payload file; do
    "$1" "$share" "$service" "$method" "$payload" "$file" < /dev/null
  done < <(grep -v '^#' "$here/calls.tsv")
}

# Its share of a number, at least 1.
share_of() { awk -v all="$1" -v share="$2" 'BEGIN { part = all * share / 100; printf "%d", part < 1 ? 1 : part }'; }
