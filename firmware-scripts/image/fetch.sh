#!/usr/bin/env bash
# fetch.sh ARCH FOLDER [kiosk]: fetches the packages of packages.txt with all they stand on, and unpacks them into FOLDER.tar. None of their scripts
# runs, so it needs neither root nor the other architecture's processor; configure.sh does what they would. Once for the same list, mirror and release:
# DEBIAN_MIRROR, DEBIAN_SUITE (bookworm). Needs mmdebstrap.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 folder=$2 kiosk=${3:-}
suite=${DEBIAN_SUITE:-bookworm} mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
command -v mmdebstrap >/dev/null || { echo "fetch.sh: mmdebstrap is not installed (apt-get install mmdebstrap)." >&2; exit 3; }

packages=$(awk -v arch="$arch" -v kiosk="$kiosk" '/^#/ || !NF { next } NF == 1 || $2 == arch || $2 == kiosk { printf "%s%s", sep, $1; sep = "," }' "$here/packages.txt")
wanted="$arch $suite $mirror $packages"
[ ! -e "$folder.tar" ] || [ "$(cat "$folder.wanted" 2>/dev/null)" != "$wanted" ] || exit 0
mkdir -p "$(dirname "$folder")"
sources=("deb $mirror $suite main non-free-firmware" "deb $mirror $suite-updates main non-free-firmware")
# A mirror of one's own need not have the security archive beside it.
case $mirror in http*/debian) sources+=("deb ${mirror%/debian}/debian-security $suite-security main non-free-firmware") ;; esac
printf '%s\n' "${sources[@]}" | mmdebstrap --quiet --architectures="$arch" --variant=extract --skip=check/qemu --format=tar \
  --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --include="$packages" \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  "$suite" "$folder.tar.new" -
mv "$folder.tar.new" "$folder.tar"
printf '%s' "$wanted" > "$folder.wanted"
