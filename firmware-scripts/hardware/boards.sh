#!/usr/bin/env bash
# boards.sh BINARY LIBRARIES FOLDER: holds the file for arm64 to the kernel's drivers of two boards' pins in emulated machines (QEMU): PL061 (virt) and a
# Raspberry Pi's (bcm2835, raspi3b). LIBRARIES is a folder with what BINARY stands on. FOLDER keeps the kernel, 60 MB that are fetched once. Takes many
# minutes; fails where a check fails. Needs Debian 12 and qemu-system-arm.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$1 libraries=$2 folder=$(mkdir -p "$3" && cd "$3" && pwd)
command -v qemu-system-aarch64 >/dev/null || { echo "boards.sh: qemu-system-aarch64 is not installed (apt-get install qemu-system-arm)." >&2; exit 3; }

kernel=$folder/kernel-arm64
if [ ! -e "$kernel/is-whole" ]; then
  rm -rf "$kernel"; mkdir -p "$kernel"
  (cd "$kernel" && apt-get download -qq "$(apt-cache depends linux-image-arm64:arm64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)" busybox-static:arm64)
  for package in "$kernel"/*.deb; do dpkg-deb -x "$package" "$kernel/tree"; rm "$package"; done
  mv "$kernel"/tree/boot/vmlinuz-* "$kernel/vmlinuz"
  mv "$kernel"/tree/usr/lib/linux-image-*/broadcom/bcm2837-rpi-3-b.dtb "$kernel/"
  mv "$kernel/tree/bin/busybox" "$kernel/busybox"
  rm -rf "$kernel/tree"
  touch "$kernel/is-whole"
fi

tree=$folder/tree-arm64
rm -rf "$tree"; mkdir -p "$tree"/{bin,proc,sys,dev,tmp,root,usr/bin,lib}
install -m 755 "$kernel/busybox" "$tree/bin/busybox"
install -m 755 "$binary" "$tree/usr/bin/appliance"
install -m 755 "$here/guest-board.sh" "$tree/init"
cp "$here/guest-checks.sh" "$tree/lib/checks.sh"
(cd "$libraries" && find . -name '*.so*' -not -path '*/gconv/*' -not -path '*/engines-3/*' -not -path '*/ossl-modules/*' -print0 | cpio --null -p -d -L --quiet "$tree")
(cd "$tree" && find . -print0 | sort -z | cpio --null -o -H newc --quiet -R 0:0) | gzip -1 > "$folder/boards.cpio.gz"

# boot NAME CMDLINE MACHINE…
boot() {
  local name=$1 line=$2 log=$folder/$1.log keys=$folder/$1.monitor; shift 2
  rm -f "$keys" "$log"; mkfifo "$keys"
  timeout 3600 qemu-system-aarch64 "$@" -display none -no-reboot -monitor stdio -kernel "$kernel/vmlinuz" -initrd "$folder/boards.cpio.gz" -append "$line quiet panic=-1" < "$keys" > "$folder/$name.monitor.log" 2>&1 &
  local guest=$!
  # The guest asks for the button of the machine with a line of its own.
  exec 3> "$keys"
  while kill -0 "$guest" 2>/dev/null; do
    if grep -q '^PRESS' "$log" 2>/dev/null; then echo system_powerdown >&3; fi
    # Not every machine can switch itself off.
    if grep -q '^DONE ' "$log" 2>/dev/null; then echo quit >&3; fi
    sleep 1
  done
  exec 3>&-
  echo "$name"
  grep -aE '^(ok|FAILED|note|figure|guest|DONE) ' "$log" || { tail -n 30 "$log"; exit 1; }
  grep -qaE '^DONE [0-9]+ passed, 0 failed' "$log"
}
boot virt "console=ttyAMA0 driver=9030000.pl061 button=3" -M virt -cpu cortex-a57 -accel tcg,thread=multi -smp 2 -m 768 -serial "file:$folder/virt.log"
boot raspi3b "console=ttyS1,115200 driver=pinctrl-bcm2835" -M raspi3b -accel tcg,thread=multi -dtb "$kernel/bcm2837-rpi-3-b.dtb" -serial null -serial "file:$folder/raspi3b.log"
