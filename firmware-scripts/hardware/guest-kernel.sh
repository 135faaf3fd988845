#!/usr/bin/env bash
# guest-kernel.sh FOLDER: puts a Debian kernel for amd64 with its modules into FOLDER (vmlinuz, modules/), the kernel's own GPIO simulator
# (gpio-sim), which Debian leaves out, built for it from Debian's source package, and v4l2loopback, which makes a program a camera. Needs Debian
# 12, apt, make and gcc; fetches 220 MB, once.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
[ -e "$folder/is-whole" ] && [ -e "$folder/v4l2loopback.ko" ] && exit
rm -rf "$folder"
mkdir "$folder"
cd "$folder"

version=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: linux-image-\([0-9].*\)/\1/p' | head -1)
[ -n "$version" ] || { echo "guest-kernel.sh: apt knows no linux-image-amd64; run apt-get update on Debian." >&2; exit 3; }
common=linux-headers-${version%-amd64}-common
apt-get download -qq "linux-image-$version" "linux-headers-$version" "$common" linux-kbuild-6.1 linux-source-6.1 busybox-static v4l2loopback-dkms
for package in ./*.deb; do dpkg-deb -x "$package" tree; rm "$package"; done
mv "tree/boot/vmlinuz-$version" vmlinuz
mv "tree/lib/modules/$version" modules
install -m 755 tree/bin/busybox busybox

# One module of two files: the simulator, and the interrupts that it simulates, which Debian's kernel does not have either.
mkdir gpio-sim
tar -xJf tree/usr/src/linux-source-6.1.tar.xz -C gpio-sim --transform 's|.*/||' \
  linux-source-6.1/drivers/gpio/gpio-sim.c linux-source-6.1/drivers/gpio/gpiolib.h linux-source-6.1/kernel/irq/irq_sim.c
mv gpio-sim/gpio-sim.c gpio-sim/sim.c
# What the kernel keeps to itself a module cannot call: it exports nothing, and hands an interrupt on by its number.
sed -i '/^EXPORT_SYMBOL/d; s/handle_simple_irq(irq_to_desc(\(.*\)));/generic_handle_irq(\1);/' gpio-sim/irq_sim.c
printf 'obj-m := gpio-sim.o\ngpio-sim-y := sim.o irq_sim.o\n' > gpio-sim/Makefile

# The headers name each other by where they would be installed.
headers=$folder/tree/usr/src/linux-headers-$version
sed -i "s|/usr/src|$folder/tree/usr/src|g; s|/usr/lib|$folder/tree/usr/lib|g" "$headers/Makefile"
mkdir v4l2loopback
cp tree/usr/src/v4l2loopback-*/*.[ch] v4l2loopback
echo 'obj-m := v4l2loopback.o' > v4l2loopback/Makefile
for module in gpio-sim v4l2loopback; do
  make -s -C "$headers" "M=$folder/$module" CONFIG_MODULE_SIG= modules > $module/make.log 2>&1 || { cat $module/make.log; exit 1; }
  cp $module/$module.ko $module.ko
done
rm -rf tree
echo "$version" > version
touch is-whole
