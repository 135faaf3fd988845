#!/usr/bin/env bash
# debian-tree.sh FOLDER: unpacks a small Debian with systemd into FOLDER, for tests of packages and services. It is fetched once and kept beside
# it as FOLDER.tar. Needs root and mmdebstrap; DEBIAN_MIRROR names another mirror, DEBIAN_SUITE another release (bookworm).
set -euo pipefail
folder=$1
[ "$(id -u)" = 0 ] || { echo "debian-tree.sh: needs root." >&2; exit 3; }
if [ ! -e "$folder.tar" ]; then
  command -v mmdebstrap >/dev/null || { echo "debian-tree.sh: mmdebstrap is not installed (apt-get install mmdebstrap)." >&2; exit 3; }
  mkdir -p "$(dirname "$folder")"
  mmdebstrap --quiet --format=tar --variant=minbase --aptopt='APT::Install-Recommends "false"' \
    --include=systemd,systemd-sysv,dbus,udev,init-system-helpers,libssl3,libstdc++6,ca-certificates,curl \
    "${DEBIAN_SUITE:-bookworm}" "$folder.tar.new" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
  mv "$folder.tar.new" "$folder.tar"
fi
rm -rf "$folder"
mkdir -p "$folder"
tar -C "$folder" -xpf "$folder.tar"
