#!/usr/bin/env bash
# Real container engines for tests, each alone in a network, mount and process namespace of its own.
#
#   engines.sh install              fetch the engines, Compose v2 and a registry (root on Debian 12; changes no service of the host)
#   engines.sh check                one line per engine: NAME ok, or NAME and the reason that it cannot be used here
#   engines.sh up [NAME...]         start engines side by side: moby-28, moby-20, podman (all, when none is named); prints each DOCKER_HOST
#   engines.sh down [NAME...]       stop them and remove their data
#   engines.sh status NAME          up, paused, dead or down; exit code 0 only when it answers
#   engines.sh env NAME             settings of a client, as KEY=VALUE lines; NETWORK is for `nsenter --net=`
#   engines.sh exec NAME CMD...     run CMD in the engine's network namespace, with that environment
#   engines.sh pause|resume NAME    SIGSTOP and SIGCONT: an engine that hangs
#   engines.sh kill NAME            SIGKILL to the engine and, as in a power cut, to all that it runs; `restart` brings it back
#   engines.sh restart NAME [FLAG...]  stop it, keep its data, start it again, with further flags of dockerd if named
#   engines.sh guard                wait for the end of stdin, then stop all engines of ENGINES_RUN and remove the folder
#
#   ENGINES_STATE   downloads of install (default /var/lib/portplan-engines)
#   ENGINES_RUN     the engines that run (default $ENGINES_STATE/run); another folder is another, separate set of engines
#
# Inside each network namespace 127.0.0.1:5000 is a real registry that serves stand-ins (see images.sh) for nginx:1.25,
# redis:7, postgres:16, busybox:1 and multi:1. The engine uses it as the mirror of its default registry, so that
# `docker pull nginx:1.25` is a real pull. 127.0.0.1:5001/private/nginx:1.25 asks for user tester, password secret.
# The loopback device also has 10.99.0.1 and fd99::1.
set -euo pipefail
STATE=${ENGINES_STATE:-/var/lib/portplan-engines}
RUN=${ENGINES_RUN:-$STATE/run}
NEW=$STATE/root-new   # unpacked from Debian's unstable archive: engine 28 (or later), Compose v2, docker CLI
OLD=$STATE/root-old   # unpacked from this Debian's archive: engine 20.10, registry, static busybox
ENGINES=(moby-28 moby-20 podman)
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { echo "engines: $*" >&2; }
die() { say "$*"; exit 1; }
known() { case $1 in moby-28 | moby-20 | podman) ;; *) die "no engine '$1' (${ENGINES[*]})" ;; esac; }
socket_of() { echo "$RUN/$1/engine.sock"; }
quietly() { # CMD...: its output only where it fails
  local out; out=$("$@" 2>&1) || { tail -n 15 <<<"$out" >&2; return 1; }
}

# --- install ---

apt() { timeout 300 apt-get -q -oAPT::Sandbox::User=root -oAcquire::Retries=2 -oAcquire::http::Timeout=30 -oDPkg::Lock::Timeout=120 "$@"; }

# A second apt configuration, separate from that of the system. The lists of a mirror that lags behind will do, their
# signature is checked all the same.
apt_unstable() {
  local dir=$STATE/apt uri
  mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
  uri=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\(http[^ ]*\) .*/\2/p' \
    /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | grep -m1 '/debian/*$' || true)
  [[ -n $uri ]] || die "found no Debian archive in this machine's apt sources"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n' "$uri" >"$dir/sources.list"
  apt -oDir::Etc::SourceList="$dir/sources.list" -oDir::Etc::SourceParts=/dev/null \
    -oDir::State::Lists="$dir/lists" -oDir::Cache="$dir/cache" -oAcquire::Check-Valid-Until=false "$@"
}

with_lists() { # APT CMD...: with the package lists that are there, and once more with fresh ones
  local tool=$1; shift
  quietly "$tool" "$@" 2>/dev/null && return
  sleep 1
  quietly "$tool" update || die "could not read the package lists"
  quietly "$tool" "$@" || die "apt-get $* failed"
}

fetch() { # APT ROOT PACKAGE...: unpack without installing, so that an engine of the host is neither replaced nor started
  local tool=$1 root=$2 debs deb; shift 2
  debs=$STATE/debs/$(basename "$root")
  rm -rf "$debs"; mkdir -p "$debs" "$root"
  (cd "$debs" && with_lists "$tool" download "$@")
  for deb in "$debs"/*.deb; do dpkg -x "$deb" "$root"; done
  rm -rf "$debs"
}

install() {
  [[ $(uname) == Linux && -e /etc/debian_version ]] || die "install needs Debian 12: the engines come from its archive"
  [[ $(id -u) == 0 ]] || die "install needs root"
  unshare --mount --pid --net --fork true 2>/dev/null || die "this machine does not let us make namespaces"
  local need=() package
  for package in iproute2 iptables podman libdevmapper1.02.1; do
    dpkg -s "$package" >/dev/null 2>&1 || need+=("$package")
  done
  ((${#need[@]} == 0)) || DEBIAN_FRONTEND=noninteractive with_lists apt install -y --no-remove --no-install-recommends "${need[@]}"
  [[ -x $OLD/usr/sbin/dockerd && -x $OLD/usr/bin/docker-registry && -x $OLD/bin/busybox ]] ||
    fetch apt "$OLD" docker.io containerd runc docker-registry busybox-static
  if [[ ! -x $NEW/usr/sbin/dockerd || ! -x $NEW/usr/bin/docker ]]; then
    fetch apt_unstable "$NEW" docker.io docker-cli docker-compose containerd tini-static
    cp "$OLD/usr/sbin/runc" "$NEW/usr/sbin/runc" # unstable's needs a newer libc
  fi
  [[ $("$OLD/usr/sbin/dockerd" --version) == *' 20.10.'* ]] || die "this archive's docker.io is not 20.10: install needs Debian 12"
  images >/dev/null
  check
}

images() { # prints the folder of the registries' storage; made once for each version of images.sh
  local dir new; dir=$STATE/images-$(sha256sum <"$HERE/images.sh" | cut -c1-12)
  if [[ ! -d $dir ]]; then
    new=$(mktemp -d "$STATE/images.new-XXXXXX")
    bash "$HERE/images.sh" "$OLD/bin/busybox" "$new"
    mv -T "$new" "$dir" 2>/dev/null || rm -rf "$new" # another run was first
  fi
  echo "$dir"
}

missing_for() { # NAME: prints why the engine cannot be used here, or nothing
  local path paths=("$NEW/usr/bin/docker" "$OLD/usr/bin/docker-registry" "$OLD/bin/busybox")
  [[ $(uname) == Linux ]] || { echo "it needs Linux"; return; }
  [[ $(id -u) == 0 ]] || { echo "it needs root"; return; }
  case $1 in
    moby-28) paths+=("$NEW/usr/sbin/dockerd") ;;
    moby-20) paths+=("$OLD/usr/sbin/dockerd") ;;
    podman) paths+=(/usr/bin/podman "$OLD/usr/sbin/runc") ;;
  esac
  for path in "${paths[@]}" /usr/bin/nsenter /usr/bin/unshare "$(command -v ip || echo ip)" "$(command -v iptables || echo iptables)"; do
    [[ -x $path ]] || { echo "$path is not there: run engines.sh install"; return; }
  done
  unshare --mount --pid --net --fork true 2>/dev/null || echo "this machine does not let us make namespaces"
}

check() {
  local name why
  for name in "${ENGINES[@]}"; do why=$(missing_for "$name"); echo "$name ${why:-ok}"; done
}

# --- processes ---

wait_for() { # SECONDS CMD...: until CMD succeeds
  local until=$((SECONDS + $1)); shift
  while ! "$@" >/dev/null 2>&1; do ((SECONDS < until)) || return 1; sleep 0.1; done
}
started_at() { sed -n 's/.*) [^ZX] //p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f19; } # empty for a zombie, which may never be reaped
remember() { echo "$2 $(started_at "$2")" >"$1"; }     # FILE PID, with its start time: a number alone may be a stranger's later
recall() { # FILE: prints the pid, if that process still lives
  local pid at; read -r pid at 2>/dev/null <"$1" && [[ -n $at && $(started_at "$pid") == "$at" ]] && echo "$pid"
}
gone() { ! recall "$1"; }
signal() { # FILE SIGNAL SECONDS: send it to the process that the file remembers, and wait until it is gone
  local pid; pid=$(recall "$1") || return 0
  kill "-$2" "$pid" 2>/dev/null || true
  wait_for "$3" gone "$1"
}
child_of() { sed -n "s/^PPid:\t$1\$/&/p;T;F" /proc/[0-9]*/status 2>/dev/null | sed -n 's|^/proc/\([0-9]*\)/.*|\1|p' | head -1; }
in_net() { nsenter --net="$RUN/$1/net" -- "${@:2}"; }
answers() { timeout 5 "$NEW/usr/bin/docker" -H "unix://$(socket_of "$1")" version; }
answers_or_ended() { gone "$RUN/$1/pid" || answers "$1"; }

# --- one engine ---

network_up() { # NAME: a network namespace of its own, kept by a mount on a file in the engine's folder
  local address
  : >"$RUN/$1/net"
  unshare --net="$RUN/$1/net" true
  in_net "$1" ip link set lo up
  in_net "$1" ip address add 10.99.0.1/32 dev lo
  for address in all default lo; do
    in_net "$1" sh -c "echo 0 >/proc/sys/net/ipv6/conf/$address/disable_ipv6" 2>/dev/null || return 0 # a kernel without IPv6
  done
  in_net "$1" ip address add fd99::1/128 dev lo nodad
}

registry_start() { # NAME STORE PORT [AUTH]: a registry in NAME's network
  local dir=$RUN/$1/registry-$2 auth=${4:-}
  mkdir -p "$dir"
  cat >"$dir/config.yml" <<CONFIG
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $(images)/$2}, maintenance: {readonly: {enabled: true}}}
http: {addr: 127.0.0.1:$3}
$auth
CONFIG
  setsid nsenter --net="$RUN/$1/net" -- "$OLD/usr/bin/docker-registry" serve "$dir/config.yml" >"$dir/log" 2>&1 </dev/null &
  remember "$dir/pid" $!
}

registries_start() {
  local passwords=$RUN/$1/passwords
  perl -e 'print "tester:", crypt("secret", q($2y$05$portplanportplanportpl)), "\n"' >"$passwords"
  registry_start "$1" public 5000
  registry_start "$1" private 5001 "auth: {htpasswd: {realm: private, path: $passwords}}"
}

configure() { # NAME: the engine's settings, and those of its clients
  local dir=$RUN/$1 insecure='insecure = true'
  echo '{}' >"$dir/daemon.json"
  mkdir -p "$dir/client/cli-plugins"
  ln -sfn "$NEW/usr/libexec/docker/cli-plugins/docker-compose" "$dir/client/cli-plugins/docker-compose"
  [[ $1 == podman ]] || return 0
  cat >"$dir/containers.conf" <<CONFIG
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
[engine.runtimes]
runc = ["$OLD/usr/sbin/runc"]
CONFIG
  cat >"$dir/registries.conf" <<CONFIG
unqualified-search-registries = ["docker.io"]
[[registry]]
prefix = "docker.io"
location = "docker.io"
[[registry.mirror]]
location = "127.0.0.1:5000"
$insecure
[[registry]]
location = "127.0.0.1:5000"
$insecure
[[registry]]
location = "127.0.0.1:5001"
$insecure
CONFIG
}

# Folders that the engine would share with an engine of the host, or with its earlier run, are hidden or private: /run holds
# sockets, pid files, container states and locks, /dev/shm podman's locks, /etc keys and network settings.
PRIVATE='
mount -t tmpfs none /run && mount -t tmpfs none /dev/shm && mkdir -p /run/etc/new /run/etc/work || exit 1
mount -t overlay none -o lowerdir=/etc,upperdir=/run/etc/new,workdir=/run/etc/work /etc 2>/dev/null
exec "$@"'

engine_start() { # NAME [FLAG...]: the process, and wait until it answers
  local name=$1 dir=$RUN/$1 root; shift
  local own=(setsid nsenter --net="$dir/net" -- unshare --mount --pid --fork --kill-child --mount-proc sh -c "$PRIVATE" _)
  case $name in moby-20) root=$OLD ;; *) root=$NEW ;; esac
  rm -f "$dir/engine.sock"
  if [[ $name == podman ]]; then
    CONTAINERS_CONF=$dir/containers.conf CONTAINERS_REGISTRIES_CONF=$dir/registries.conf "${own[@]}" \
      podman --root "$dir/data" system service --time=0 "unix://$dir/engine.sock" >>"$dir/log" 2>&1 </dev/null &
  else
    PATH=$root/usr/bin:$root/usr/sbin:$PATH "${own[@]}" "$root/usr/sbin/dockerd" -H "unix://$dir/engine.sock" \
      --config-file "$dir/daemon.json" --data-root "$dir/data" --registry-mirror http://127.0.0.1:5000 \
      --userland-proxy-path "$root/usr/sbin/docker-proxy" "$@" >>"$dir/log" 2>&1 </dev/null &
  fi
  remember "$dir/pid" $!
  wait_for 30 answers_or_ended "$name" || true
  answers "$name" >/dev/null 2>&1 || { tail -n 5 "$dir/log" >&2; die "$name did not start"; }
  remember "$dir/engine-pid" "$(child_of "$(recall "$dir/pid")")"
}

engine_kill() { # NAME: the process namespace ends with its first process, containers too
  local dir=$RUN/$1
  [[ ! -e $dir/engine-pid ]] || signal "$dir/engine-pid" KILL 15
  [[ ! -e $dir/pid ]] || signal "$dir/pid" KILL 15
  remove_cgroups "$dir"
}

remove_cgroups() { # FOLDER: those that killed containers left behind
  local id match=()
  for id in "$1"/data/containers/* "$1"/data/overlay-containers/*; do
    [[ ! -d $id ]] || match+=(-o -name "*$(basename "$id")*")
  done
  ((${#match[@]} == 0)) || find /sys/fs/cgroup -depth -type d \( "${match[@]:1}" \) -exec rmdir {} \; 2>/dev/null || true
}

# --- commands, each under the engine's lock ---

up() {
  local name=$1 dir=$RUN/$1 pid why
  why=$(missing_for "$name")
  [[ -z $why ]] || die "$name cannot be used: $why"
  if pid=$(recall "$dir/engine-pid"); then
    kill -CONT "$pid" 2>/dev/null || true
    if answers "$name" >/dev/null 2>&1; then echo "unix://$(socket_of "$name")"; return; fi
  fi
  down "$name"
  mkdir -p "$dir"
  trap "down $name" EXIT
  network_up "$name"
  registries_start "$name"
  configure "$name"
  engine_start "$name"
  wait_for 20 in_net "$name" bash -c 'exec 3<>/dev/tcp/127.0.0.1/5000 4<>/dev/tcp/127.0.0.1/5001' || die "the registry of $name did not start"
  trap - EXIT
  echo "unix://$(socket_of "$name")"
}

down() {
  local dir=$RUN/$1 store
  [[ -d $dir ]] || return 0
  engine_kill "$1"
  for store in public private; do
    [[ ! -e $dir/registry-$store/pid ]] || signal "$dir/registry-$store/pid" KILL 5
  done
  umount "$dir/net" 2>/dev/null || true
  rm -rf "$dir"
}

status() {
  local dir=$RUN/$1 pid state=down
  if [[ -d $dir ]]; then
    if ! pid=$(recall "$dir/engine-pid"); then state=dead
    elif grep -q '^State:.T' "/proc/$pid/status"; then state=paused
    elif answers "$1" >/dev/null 2>&1; then state=up
    else state=hangs; fi
  fi
  echo "$state"
  [[ $state == up ]]
}

signal_engine() { # NAME SIGNAL
  local pid; pid=$(recall "$RUN/$1/engine-pid") || die "$1 does not run"
  kill "-$2" "$pid"
}
pause() { signal_engine "$1" STOP; }
resume() { signal_engine "$1" CONT; }
kill_engine() { engine_kill "$1"; }

restart() {
  local dir=$RUN/$1
  [[ -d $dir ]] || die "$1 is down"
  if [[ -e $dir/engine-pid ]]; then
    signal "$dir/engine-pid" CONT 0 || true
    signal "$dir/engine-pid" TERM 20 || true
  fi
  engine_kill "$1"
  engine_start "$@"
}

environment() {
  local dir=$RUN/$1
  printf '%s\n' "DOCKER_HOST=unix://$(socket_of "$1")" "DOCKER_CONFIG=$dir/client" \
    "PATH=$NEW/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "NETWORK=$dir/net"
}

in_engine() { # NAME CMD...
  local dir=$RUN/$1
  [[ -e $dir/engine-pid ]] || die "$1 is down"
  DOCKER_HOST=unix://$(socket_of "$1") DOCKER_CONFIG=${DOCKER_CONFIG:-$dir/client} PATH=$NEW/usr/bin:$PATH \
    exec nsenter --net="$dir/net" -- "${@:2}"
}

locked() { # CMD NAME [ARG...]: no two commands on one engine at a time; what they start must not inherit the lock
  known "${2:-}"
  mkdir -p "$RUN"
  exec 9>"$RUN/$2.lock"
  flock -w 120 9 || die "$2 is busy: another command holds $RUN/$2.lock"
  "$@" 9>&-
}

side_by_side() { # CMD NAME...
  local command=$1 name job jobs=() failed=0; shift
  (($#)) || set -- "${ENGINES[@]}"
  for name; do known "$name"; done
  for name; do (locked "$command" "$name") & jobs+=($!); done
  for job in "${jobs[@]}"; do wait "$job" || failed=1; done
  return $failed
}

guard() {
  trap '' INT TERM HUP
  mkdir -p "$RUN"
  exec 8>"$RUN/guard.lock"
  flock 8
  local other
  for other in "$(dirname "$RUN")"/*/; do # what a guard left that was killed itself
    [[ -e $other/guard.lock && ! $other -ef $RUN ]] || continue
    if flock -n "$other/guard.lock" true; then (RUN=${other%/}; end_of_run); fi
  done
  cat >/dev/null
  end_of_run
}
end_of_run() { side_by_side down; rm -rf "$RUN"; }

case ${1:-} in
  install) [[ $(id -u) == 0 ]] || die "install needs root"
    mkdir -p "$STATE"; exec 9>"$STATE/install.lock"; flock -w 600 9 || die "another install runs"; install 9>&- ;;
  check) check ;;
  up | down) side_by_side "$@" ;;
  pause | resume | restart) locked "$@" ;;
  kill) locked kill_engine "${2:-}" ;;
  status) known "${2:-}"; status "$2" ;;
  env) known "${2:-}"; environment "$2" ;;
  exec) known "${2:-}"; shift; in_engine "$@" ;;
  guard) guard ;;
  *) sed -n '2,24p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;;
esac
