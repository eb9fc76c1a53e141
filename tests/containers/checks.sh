# Sourced by check.sh: what is checked of the running containers.

# check NAME: makes a check, says how it went and counts failures.
check() {
  local output started=$SECONDS
  if output=$("$1" 2>&1); then
    printf '%s\n' "$output" | sed '/^$/d; s/^/    /'
    echo "ok: $1, $((SECONDS - started)) s"
  else
    printf '%s\n' "$output" | tail -40 | sed 's/^/    /'
    echo "FAILED: $1"
    failures=$((failures + 1))
  fi
}

id_of() { run_compose ps -q "$1"; }

state_of() { "$engine" inspect -f "{{$2}}" "$(id_of "$1")"; }

fail() { echo "$1" && return 1; }

# Every process of a service: the user of the image, no capability, no way to new ones, a root that nobody can write to.
services_are_confined() {
  local name pid pids status
  for name in "${images[@]}"; do
    pids=$(processes_of "$(state_of "$name" .State.Pid)")
    [ -n "$pids" ] || fail "the processes of $name cannot be seen: are you root?" || return 1
    for pid in $pids; do
      status=$(< "/proc/$pid/status") || continue
      has "$status" 'Uid:	1654	1654	1654	1654' "$name does not run as 1654" || return 1
      has "$status" 'Gid:	1654	1654	1654	1654' "$name does not have the group 1654" || return 1
      has "$status" 'CapEff:	0000000000000000' "$name has capabilities" || return 1
      has "$status" 'CapBnd:	0000000000000000' "$name may get capabilities" || return 1
      has "$status" 'NoNewPrivs:	1' "$name may get privileges" || return 1
      awk '$5 == "/" { print $6 }' "/proc/$pid/mountinfo" | grep -qE '^ro(,|$)' || fail "$name can write to its root" || return 1
      awk '$5 == "/tmp" { print }' "/proc/$pid/mountinfo" | grep -q 'size=' || fail "$name has a /tmp without a limit" || return 1
    done
  done
}

# The processes that see the same files as the first one of a container.
processes_of() {
  local files process
  files=$(readlink "/proc/$1/ns/mnt")
  for process in /proc/[0-9]*; do
    if [ "$(readlink "$process/ns/mnt" 2> /dev/null)" = "$files" ]; then basename "$process"; fi
  done
}

has() { grep -qxF "$2" <<< "$1" || fail "$3"; }

# The size over the runtime is the service's own. An image that a person starts by hand is confined and checked, too.
images_are_lean() {
  local name size base
  base=$("$engine" image inspect -f '{{.Size}}' "${RUNTIME_IMAGE:-mcr.microsoft.com/dotnet/aspnet:10.0}")
  for name in "${images[@]}"; do
    size=$("$engine" image inspect -f '{{.Size}}' "tagsegments/$name")
    echo "tagsegments/$name: $((size / 1000000)) MB, of which the service $(((size - base) / 1000000)) MB"
    [ $((size - base)) -lt 60000000 ] || fail 'that is too much' || return 1
    [ "$("$engine" image inspect -f '{{.Config.User}}' "tagsegments/$name")" = 1654 ] || fail "$name does not name its user" || return 1
    "$engine" image inspect "tagsegments/$name" | grep -q '"/app/service"' || fail "$name has no health check" || return 1
  done
}

# What collects logs reads one object a line.
logs_are_json() {
  local name other
  for name in "${images[@]}" "${services[@]/%/-migrate}"; do
    other=$("$engine" logs "$(id_of "$name")" 2>&1 | grep -v -m 3 '^{.*}$' || true)
    [ -z "$other" ] || fail "$name: $other" || return 1
  done
}

operators_are_answered() {
  local port
  for port in 5181 5182 5183 5184 5185; do
    curl -fsS "http://127.0.0.1:$port/readyz" && curl -fsS "http://127.0.0.1:$port/metrics" | grep -c '^# TYPE' || return 1
  done
  [ "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:5180/metrics)" = 404 ] || fail 'the public port shows metrics'
}

# Its files are in the image, it answers by the names of this machine only, and the one public port shows nothing to operators.
the_console_has_pages() {
  local file
  for file in / /console.css /_framework/blazor.web.js /_content/Radzen.Blazor/css/standard-base.css; do
    [ "$(curl -fsS "http://127.0.0.1:5100$file" | wc -c)" -gt 500 ] || fail "$file is empty" || return 1
  done
  [ "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:5100/metrics)" = 404 ] || fail 'the port of pages shows metrics' || return 1
  [ "$(curl -s -o /dev/null -w '%{http_code}' -H 'Host: evil.example' http://127.0.0.1:5100/)" = 400 ] || fail 'it answers to another name'
}

# Each has ended well at its first try; a second run finds nothing to do.
migrations_ran_once() {
  local name before
  before=$(applied_migrations)
  for name in "${services[@]}"; do
    [ "$(state_of "$name-migrate" .State.ExitCode)" = 0 ] && [ "$(state_of "$name-migrate" .RestartCount)" = 0 ] || fail "$name did not migrate" || return 1
    grep -q "TagSegments.${name^}" <<< "$before" || fail "$name has no migrations" || return 1
    "$engine" start -a "$(id_of "$name-migrate")" > "$work/migrate.log" 2>&1 || { cat "$work/migrate.log" && return 1; }
  done
  [ "$(applied_migrations)" = "$before" ] || fail 'the second run applied migrations'
  echo "$(wc -l <<< "$before") migrations"
}

applied_migrations() {
  "$engine" exec "$(id_of postgres)" psql -U postgres -d tagsegments -Atc 'SELECT service, name, applied_at FROM tagsegments_migration ORDER BY 1, 2'
}

the_main_job_passes() {
  local token=''
  if grep -q '^SIGNING_KEY' "$variables"; then token=$(k8s/make-token.sh "$variables"); fi
  env ${token:+"TAGSEGMENTS_TOKEN=$token"} timeout 300 dotnet "$demo" demo --contacts 5000 > "$work/demo.log" 2>&1 || { cat "$work/demo.log" && return 1; }
  tail -1 "$work/demo.log"
}

no_call_without_a_token() {
  local answer
  if answer=$(dotnet "$demo" demo --contacts 100 2>&1); then fail 'calls pass without a token'; fi
  grep -qi 'token' <<< "$answer" || fail "$answer"
}

# Nothing of the project in the engine; with Podman, also no mount, no network and no program.
down_leaves_nothing() {
  local label="label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" left
  left=$("$engine" ps -aq --filter "$label" && "$engine" volume ls -q --filter "$label" && "$engine" network ls -q --filter "$label")
  if [ "$engine" = podman ]; then
    left+=$(podman ps -aq && podman volume ls -q && ip -o link show up | grep -v ': lo:' || true)
    left+=$(awk -v graph="$work/graph/overlay/" 'index($5, graph) == 1 { print $5 }' /proc/self/mountinfo)
    left+=$(pgrep -f "conmon.*$work" || true)
  fi
  [ -z "$left" ] || fail "$left"
}
