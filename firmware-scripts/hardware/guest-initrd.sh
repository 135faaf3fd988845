#!/usr/bin/env bash
# guest-initrd.sh KERNEL BINARY OUT: packs a system of one file for the kernel of guest-kernel.sh: busybox, the modules that are needed, the
# published appliance with its libraries, and guest-init.sh, which is all that it runs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernel=$1 binary=$2 out=$3
version=$(cat "$kernel/version")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
mkdir -p "$tree"/{bin,proc,sys,dev,tmp,root,usr/bin,"lib/modules/$version"}

install -m 755 "$kernel/busybox" "$tree/bin/busybox"
cp "$binary" "$tree/usr/bin/appliance"
# OpenSSL is loaded when it is needed, by name.
{ ldd "$binary" | grep -o '/[^ ]*'; ldconfig -p | awk '/x86-64.*lib(ssl|crypto)\.so\.3$/ { print $NF }'; } \
  | while read -r library; do install -D -m 755 "$library" "$tree$library"; done
# So is libgpiod's version 1, by System.Device.Gpio; it is fetched once.
if [ ! -e "$kernel/libgpiod.so.2" ]; then
  (cd "$work" && apt-get download -qq libgpiod2 && dpkg-deb -x libgpiod2_*.deb gpiod)
  cp "$work"/gpiod/usr/lib/x86_64-linux-gnu/libgpiod.so.2.* "$kernel/libgpiod.so.2"
fi
install -D -m 644 "$kernel/libgpiod.so.2" "$tree/usr/lib/x86_64-linux-gnu/libgpiod.so.2"

# Each module with those it stands on.
cp "$kernel"/modules/modules.{order,builtin,builtin.modinfo} "$tree/lib/modules/$version/"
mkdir -p "$work/lib/modules" && ln -s "$(cd "$kernel/modules" && pwd)" "$work/lib/modules/$version"
depmod -b "$work" "$version"
for module in configfs i2c-dev i2c-stub lm75 evdev videodev; do
  modprobe -d "$work" -S "$version" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'
done | sort -u | while read -r file; do install -D -m 644 "$file" "$tree/lib/modules/$version/${file##*/"$version"/}"; done
cp "$kernel"/{gpio-sim,v4l2loopback}.ko "$tree/lib/"
gcc -static -O1 -o "$tree/bin/camera" "$here/guest-camera.c"
depmod -b "$tree" "$version"

install -m 755 "$here/guest-init.sh" "$tree/init"
install -D -m 644 "$here/guest-checks.sh" "$tree/lib/checks.sh"
(cd "$tree" && find . -print0 | sort -z | cpio --null -o -H newc --quiet -R 0:0) | gzip -1 > "$out"
