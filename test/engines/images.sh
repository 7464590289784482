#!/usr/bin/env bash
# Writes the storage of a registry, as distribution/distribution keeps it on disk, with small stand-ins for public images.
#
#   images.sh BUSYBOX FOLDER    FOLDER/public and FOLDER/private, from one static busybox
#
# A stand-in serves its own name over HTTP on each TCP port that it exposes, ends at once and with 0 on SIGTERM, and has
# the usual small commands, so that `docker run IMAGE sh -c '…'` works. Nothing answers on its UDP ports.
set -euo pipefail

APPLETS=(cat echo env false head hostname httpd id kill ls nc ps sh sleep stty test true wget)
CREATED=2024-01-01T00:00:00Z # fixed, like all else in the images: the same input gives the same digests

pack() { tar -C "$1" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -c . >"$2"; } # FOLDER FILE
digest_of() { sha256sum "$1" | cut -d' ' -f1; }

base_layer() { # BUSYBOX FILE: what every stand-in has
  local root applet; root=$(mktemp -d)
  mkdir -p "$root"/{bin,etc,tmp,www}
  install -m 755 "$1" "$root/bin/busybox"
  for applet in "${APPLETS[@]}"; do ln -s busybox "$root/bin/$applet"; done
  echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
  cat >"$root/bin/serve" <<'SERVE'
#!/bin/sh
trap 'exit 0' TERM INT QUIT
for port; do
  case $port in */tcp) httpd -f -p "${port%/tcp}" -h /www & ;; esac
done
wait
SERVE
  chmod 755 "$root/bin/serve"
  pack "$root" "$2"
  rm -rf "$root"
}

name_layer() { # NAME FILE: the page that names the image
  local root; root=$(mktemp -d)
  mkdir "$root/www"
  echo "$1" >"$root/www/index.html"
  pack "$root" "$2"
  rm -rf "$root"
}

keep() { # STORE FILE: move a blob into the store; prints its digest
  local digest; digest=$(digest_of "$2")
  mkdir -p "$1/blobs/sha256/${digest:0:2}/$digest"
  mv "$2" "$1/blobs/sha256/${digest:0:2}/$digest/data"
  echo "$digest"
}

link_to() { mkdir -p "$2" && printf 'sha256:%s' "$1" >"$2/link"; } # DIGEST FOLDER

describe() { # FILE TYPE DIGEST: a descriptor of the manifest
  printf '{"mediaType":"application/vnd.docker.%s","size":%d,"digest":"sha256:%s"}' "$2" "$(stat -c %s "$1")" "$3"
}

add_image() { # STORE NAME:TAG [PORT/PROTOCOL...]
  local store=$1/docker/registry/v2 name=${2%:*} tag=${2##*:} spec=$2 work; work=$(mktemp -d); shift 2
  local ports='' command='["/bin/sh"]' port
  for port; do ports+=${ports:+,}"\"$port\":{}"; done
  if (($#)); then command=$(printf ',"%s"' "$@"); command="[\"/bin/serve\"$command]"; fi

  base_layer "$BUSYBOX" "$work/base.tar"
  name_layer "$spec" "$work/name.tar"
  local layers='' diffs='' digest repository=$store/repositories/$name layer
  for layer in base name; do
    diffs+=${diffs:+,}"\"sha256:$(digest_of "$work/$layer.tar")\""
    gzip -n "$work/$layer.tar"
    digest=$(digest_of "$work/$layer.tar.gz")
    layers+=${layers:+,}$(describe "$work/$layer.tar.gz" image.rootfs.diff.tar.gzip "$digest")
    link_to "$(keep "$store" "$work/$layer.tar.gz")" "$repository/_layers/sha256/$digest"
  done

  printf '{"architecture":"%s","os":"linux","created":"%s","config":{"Env":["PATH=/bin"],"Cmd":%s%s},"rootfs":{"type":"layers","diff_ids":[%s]},"history":[{"created":"%s"},{"created":"%s"}]}' \
    "$(dpkg --print-architecture)" "$CREATED" "$command" "${ports:+,\"ExposedPorts\":{$ports\}}" "$diffs" "$CREATED" "$CREATED" >"$work/config"
  digest=$(digest_of "$work/config")
  printf '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":%s,"layers":[%s]}' \
    "$(describe "$work/config" container.image.v1+json "$digest")" "$layers" >"$work/manifest"
  link_to "$(keep "$store" "$work/config")" "$repository/_layers/sha256/$digest"
  digest=$(keep "$store" "$work/manifest")
  link_to "$digest" "$repository/_manifests/revisions/sha256/$digest"
  link_to "$digest" "$repository/_manifests/tags/$tag/current"
  link_to "$digest" "$repository/_manifests/tags/$tag/index/sha256/$digest"
  rm -rf "$work"
}

[[ $# == 2 ]] || { sed -n '2,7p' "$0" | sed 's/^# \{0,1\}//'; exit 2; }
BUSYBOX=$1
add_image "$2/public" library/nginx:1.25 80/tcp
add_image "$2/public" library/redis:7 6379/tcp
add_image "$2/public" library/postgres:16 5432/tcp
add_image "$2/public" library/multi:1 80/tcp 443/tcp 53/udp
add_image "$2/public" library/busybox:1
add_image "$2/private" private/nginx:1.25 80/tcp
