#!/usr/bin/env bash
# variant.sh FOLDER VERSION OUT [sick]: makes an update of the image that was built in FOLDER: the same system with another version; `sick` has a program
# that ends at once. OUT gets root, kernel and initrd, as image-slot takes them. Packed quickly and not small.
set -euo pipefail
folder=$1 version=$2 out=$3 kind=${4:-}
tree=$folder/tree
mkdir -p "$out"
saved=$(cat "$tree/usr/lib/appliance/image")
unit=$tree/usr/lib/systemd/system/appliance.service.d/99-sick.conf
trap 'printf "%s\n" "$saved" > "$tree/usr/lib/appliance/image"; rm -f "$unit"' EXIT
printf '%s\n' "$saved" | sed "s/^appliance [^ ]*/appliance $version/" > "$tree/usr/lib/appliance/image"
if [ "$kind" = sick ]; then printf '[Service]\nExecStart=\nExecStart=/usr/bin/false\n' > "$unit"; fi
mksquashfs "$tree" "$out/root" -comp lz4 -b 256K -noappend -quiet -no-progress -wildcards -e 'boot/vmlinuz*' 'boot/initrd*' 'boot/config*' 'boot/System.map*' 'dev/*' 'proc/*' 'sys/*' 'run/*' 'tmp/*' 'var/log/*' 'usr/lib/linux-image-*' 'usr/lib/raspi-firmware'
cp "$folder/slot/kernel" "$folder/slot/initrd" "$out/"
