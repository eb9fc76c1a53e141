# Sourced by check.sh. Finds a container engine: Docker with compose, or Podman with an own store in $work and Docker Compose on its socket.
# Sets $engine and $compose, and the variables of docker-compose.yml that name the images.
engine=''
compose=()

use_docker() {
  docker info > /dev/null 2>&1 && docker compose version > /dev/null 2>&1 || return 1
  engine=docker
  compose=(docker compose)
  echo "Engine: Docker. Images: the ones that docker-compose.yml names, from their registries."
}

use_podman() {
  install_podman
  configure_podman
  if timeout 30 podman pull -q "${SDK_IMAGE:-mcr.microsoft.com/dotnet/sdk:10.0}" > /dev/null 2>&1; then
    echo "Engine: Podman. Images: the ones that docker-compose.yml names, from their registries."
  else
    echo "Engine: Podman. Images: no registry of images can be reached, so stand-ins are made of this machine's SDK and of Debian's packages."
    make_standins
  fi
}

install_podman() {
  local programs=(podman runc netavark aardvark-dns catatonit iptables debootstrap docker-compose)
  [ -x /usr/bin/podman ] && [ -x /usr/bin/docker-compose ] && [ -x /usr/sbin/debootstrap ] && [ -x /usr/bin/catatonit ] && return 0
  [ "$(id -u)" = 0 ] || { echo "There is no Docker. Install ${programs[*]}, or run this as root."; exit 1; }
  # RUNLEVEL=1: nothing is started.
  apt-get update -qq
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${programs[@]}" > /dev/null
}

# A store and settings of our own: whatever else Podman does on the machine is not touched. runc, cgroupfs and the limits are those that work
# without systemd and inside of other sandboxes.
configure_podman() {
  engine=podman
  compose=(docker-compose)
  mkdir -p "$work/net"
  export CONTAINERS_STORAGE_CONF=$work/storage.conf CONTAINERS_CONF=$work/containers.conf DOCKER_HOST=unix://$work/podman.sock
  # Compose makes many calls at once, and this engine starts containers slowly.
  export COMPOSE_HTTP_TIMEOUT=300
  cat > "$CONTAINERS_STORAGE_CONF" <<CONF
[storage]
driver = "overlay"
graphroot = "$work/graph"
runroot = "$work/run"
CONF
  cat > "$CONTAINERS_CONF" <<CONF
[containers]
cgroups = "enabled"
cgroupns = "host"
ipcns = "private"
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
compat_api_enforce_docker_hub = false
[network]
network_backend = "netavark"
network_config_dir = "$work/net"
CONF
}

# A build gets the certificate authorities of this machine, which its registries of packages may need, and keeps packages for the next one.
build_image() {
  local name=$1
  shift
  mkdir -p "$work/packages"
  podman build -q --format docker --network host -t "$name" \
    -v /etc/ssl/certs:/etc/ssl/certs:ro -v /usr/share/ca-certificates:/usr/share/ca-certificates:ro \
    -v /usr/local/share/ca-certificates:/usr/local/share/ca-certificates:ro -v "$work/packages:/root/.nuget/packages" "$@"
}

# A build that installs packages gets the one file of authorities: the folder would be in the way of Debian's own.
build_standin() {
  podman build -q --network host -t "localhost/standin/$1" -v /etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro "${@:2}"
}

make_standins() {
  local source=$here/standin root
  export SDK_IMAGE=localhost/standin/sdk RUNTIME_IMAGE=localhost/standin/aspnet
  export POSTGRES_IMAGE=localhost/standin/postgres REDIS_IMAGE=localhost/standin/redis MAIL_IMAGE=localhost/standin/mail
  if podman image exists localhost/standin/mail; then return 0; fi

  root=$(mktemp -d)
  debootstrap --variant=minbase --include=ca-certificates,libicu72,libssl3,libstdc++6,zlib1g,tzdata bookworm "$root/debian" > "$work/debootstrap.log"
  tar -C "$root/debian" -c . | podman import -q - localhost/standin/debian > /dev/null
  local dotnet
  dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
  mkdir -p "$root/runtime/dotnet" "$root/sdk/dotnet"
  cp -r "$dotnet"/{dotnet,host,shared} "$root/runtime/dotnet/"
  cp -r "$dotnet"/{sdk,sdk-manifests,templates,packs} "$root/sdk/dotnet/"
  build_standin aspnet -f "$source/dotnet/runtime.Dockerfile" "$root/runtime" > /dev/null
  build_standin sdk -f "$source/dotnet/sdk.Dockerfile" "$root/sdk" > /dev/null
  for image in postgres redis mail; do build_standin "$image" "$source/$image" > /dev/null; done
  rm -rf "$root"
}

# Compose talks to Podman's socket. Without systemd nobody runs Podman's health checks: a loop does, until its file is gone.
start_podman() {
  [ "$engine" = podman ] || return 0
  podman system service --time=0 "$DOCKER_HOST" > "$work/service.log" 2>&1 &
  socket=$!
  touch "$work/ticking"
  tick_health &
  ticker=$!
  for _ in $(seq 50); do
    if [ -S "$work/podman.sock" ]; then return 0; fi
    sleep 0.1
  done
  return 1
}

tick_health() {
  local id
  while [ -e "$work/ticking" ]; do
    for id in $(podman ps -q); do podman healthcheck run "$id" > /dev/null 2>&1 || true; done
    sleep 1
  done
}

stop_podman() {
  [ "$engine" = podman ] || return 0
  rm -f "$work/ticking"
  wait "$ticker"
  kill "$socket" && wait "$socket"
  podman rm -fa && podman volume prune -f && podman network prune -f
} > /dev/null 2>&1
