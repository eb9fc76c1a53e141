#!/usr/bin/env bash
# Builds the images, starts docker-compose.yml, and checks what runs: tests/containers/check.sh [build|run] [--mutant NAME|all]
# Needs the .NET SDK and either Docker with compose or, as root on Debian, nothing else: engine.sh says which it takes. "build" and "run" do one
# of the two parts. --mutant starts a variant that is wrong and expects that the check finds it: writable, root, misspelt, leftover.
# The store of Podman is kept in TAGSEGMENTS_CONTAINERS (/var/tmp/tagsegments-containers), about 4 GB, and makes the next run faster.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${TAGSEGMENTS_CONTAINERS:-/var/tmp/tagsegments-containers}
mkdir -p "$work"
cd "$here/../.."
readonly here work services=(tags segments campaigns workflows) images=(tags segments campaigns workflows console)
readonly demo=services/Standalone/bin/Release/net10.0/TagSegments.Standalone.dll
export COMPOSE_PROJECT_NAME=tagsegments_check
source "$here/engine.sh"
source "$here/checks.sh"

part=all mutant=''
while [ $# -gt 0 ]; do
  case $1 in
    build | run) part=$1 ;;
    --mutant) mutant=${2:?--mutant needs a name} && shift ;;
    *) echo "unknown argument: $1" && exit 2 ;;
  esac
  shift
done

build_images() {
  dotnet build services/Standalone -c Release -v quiet -nologo -clp:NoSummary
  if [ "$engine" = docker ]; then
    "${compose[@]}" --env-file "$work/open.env" build
    return
  fi
  local name port=5101
  for name in "${services[@]}"; do
    build_image "docker.io/tagsegments/$name" -f services/Dockerfile --build-arg "SERVICE=${name^}" --build-arg "PORT=$port" \
      "--build-arg=SDK_IMAGE=$SDK_IMAGE" "--build-arg=RUNTIME_IMAGE=$RUNTIME_IMAGE" . > "$work/build-$name.log" 2>&1 ||
      { tail -40 "$work/build-$name.log" && return 1; }
    port=$((port + 1))
  done
  build_image docker.io/tagsegments/console -f services/Dockerfile --build-arg SERVICE=WebConsole --build-arg PORT=5100 --build-arg LISTENER=Http \
    "--build-arg=SDK_IMAGE=$SDK_IMAGE" "--build-arg=RUNTIME_IMAGE=$RUNTIME_IMAGE" . > "$work/build-console.log" 2>&1 ||
    { tail -40 "$work/build-console.log" && return 1; }
}

run_compose() { "${compose[@]}" "${files[@]}" --env-file "$variables" "$@"; }

everything_is_healthy() {
  run_compose up -d --no-build > "$work/up.log" 2>&1 || { tail -20 "$work/up.log"; return 1; }
  local name waited=0
  for name in postgres redis "${images[@]}"; do
    until [ "$(state_of "$name" .State.Health.Status)" = healthy ]; do
      sleep 1
      waited=$((waited + 1))
      [ "$waited" -lt 120 ] || { run_compose ps && return 1; }
    done
  done
}

stop() {
  set +e
  run_compose down --volumes --remove-orphans > /dev/null 2>&1
  stop_podman
}

# live VARIABLES CHECK...: starts everything with a file of variables, makes the checks, and stops everything.
live() {
  variables=$1 files=(-f docker-compose.yml) failures=0
  [ ! -e "$here/mutants/$mutant.yml" ] || files+=(-f "$here/mutants/$mutant.yml")
  trap stop EXIT
  start_podman
  check everything_is_healthy
  # Nothing else would say more, and everything would take long.
  [ "$failures" -eq 0 ] || return 1
  for one in "${@:2}"; do check "$one"; done
  local everything=(--volumes --remove-orphans)
  [ "$mutant" != leftover ] || everything=()
  run_compose down "${everything[@]}" > "$work/down.log" 2>&1
  check down_leaves_nothing
  [ "$failures" -eq 0 ]
}

# With Podman, everything runs in a network of its own: it meets nothing that listens on this machine, and leaves nothing there.
run() {
  if [ "$engine" = podman ]; then ip link set lo up; fi
  if [ -n "$mutant" ]; then
    live "$work/open.env" services_are_confined migrations_ran_once the_main_job_passes
  else
    echo '=== open to this machine'
    (live "$work/open.env" services_are_confined images_are_lean operators_are_answered migrations_ran_once the_main_job_passes the_console_has_pages logs_are_json)
    echo '=== with tokens and secrets of its own'
    (live "$work/closed.env" no_call_without_a_token the_main_job_passes)
    echo 'The containers are as they should be.'
  fi
}

# The check that must fail for a variant, as the only one that is allowed to find it.
find_mutants() {
  local -A finder=([writable]=services_are_confined [root]=services_are_confined [misspelt]=the_main_job_passes [leftover]=down_leaves_nothing)
  local names=("$mutant") missed=0
  [ "$mutant" != all ] || names=(writable root misspelt leftover)
  for mutant in "${names[@]}"; do
    if in_network > "$work/mutant-$mutant.log" 2>&1 || ! grep -qx "FAILED: ${finder[$mutant]}" "$work/mutant-$mutant.log"; then
      tail -40 "$work/mutant-$mutant.log"
      echo "NOT FOUND: $mutant"
      missed=1
    else
      echo "found by ${finder[$mutant]}: $mutant"
    fi
  done
  return "$missed"
}

in_network() {
  if [ "$engine" = podman ]; then
    TAGSEGMENTS_ENGINE=podman unshare --net "$BASH" "$here/check.sh" run ${mutant:+--mutant "$mutant"}
  else
    (run)
  fi
}

if [ -n "${TAGSEGMENTS_ENGINE:-}" ]; then
  configure_podman
  run
  exit
fi
use_docker || use_podman
# Files of our own: an .env of the person who runs this does not count.
: > "$work/open.env"
rm -f "$work/closed.env"
k8s/make-compose-env.sh "$work/closed.env"
[ "$part" = run ] || build_images
[ "$part" = build ] || if [ -n "$mutant" ]; then find_mutants; else in_network; fi
