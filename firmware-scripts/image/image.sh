#!/usr/bin/env bash
# image.sh ARCH DEB FOLDER VERSION OUT [kiosk|pi]: a disk image to be flashed, OUT (zstd), from Debian's packages and ours, DEB. What it is made of stays in FOLDER;
# packages are fetched once. Needs mmdebstrap, squashfs-tools, mtools, dosfstools, e2fsprogs, fdisk, kmod, cpio, zstd. Made as root so far; it mounts nothing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 deb=$2 folder=$3 version=$4 out=$5 variant=${6:-}
began=$SECONDS
step() { printf '  %s: %s s\n' "$1" $((SECONDS - began)); began=$SECONDS; }
mkdir -p "$folder"
kiosk=; if [ "$variant" = kiosk ]; then kiosk=kiosk; fi
base=$folder/../packages-$arch${kiosk:+-kiosk}
"$here/fetch.sh" "$arch" "$base" "$kiosk" 2> "$folder/fetch.log" || { tail -n 5 "$folder/fetch.log" >&2; exit 3; }
step "packages"
"$here/tree.sh" "$arch" "$base.tar" "$deb" "$folder/tree" "$version" "$kiosk"
step "root"
"$here/disk.sh" "$arch" "$folder/tree" "$folder" "$version" "$variant"
step "disk"
zstd -q -f -T0 -3 "$folder/disk.img" -o "$out"
step "compressed"
printf '%s  %s bytes (root %s, kernel %s, initrd %s)\n' "$out" "$(stat -c %s "$out")" "$(stat -c %s "$folder/slot/root")" "$(stat -c %s "$folder/slot/kernel")" "$(stat -c %s "$folder/slot/initrd")"
