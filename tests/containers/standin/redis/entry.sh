#!/usr/bin/env bash
# Runs the command, which begins with redis-server, as the user redis.
set -euo pipefail
user=()
[ "$(id -u)" != 0 ] || user=(setpriv --reuid=redis --regid=redis --clear-groups)
exec "${user[@]}" "$@" --protected-mode no --bind '*'
