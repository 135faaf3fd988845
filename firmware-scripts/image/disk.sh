#!/usr/bin/env bash
# disk.sh ARCH TREE FOLDER VERSION [kiosk|pi]: makes of TREE what a slot is made of (slot/root, slot/kernel, slot/initrd: an update has these) and a disk to be
# flashed (disk.img, sparse), in FOLDER.
# GPT: boot (FAT), root-a, root-b (squashfs), data (ext4, grows at the first start); for a Raspberry Pi a boot partition a slot beside.
# Nothing is mounted, and no loop device is used. IMAGE_LEVEL is how hard zstd tries (6).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 tree=$2 folder=$3 version=$4 variant=${5:-}
export MTOOLS_SKIP_CHECK=1
mkdir -p "$folder"
boot_mb=160 root_mb=384 data_mb=128 slot_mb=0
if [ "$variant" = kiosk ]; then root_mb=896; fi
if [ "$variant" = pi ]; then boot_mb=16 slot_mb=128; fi

kernel=$(ls "$tree/usr/lib/modules") slot=$folder/slot
rm -rf "$slot" "$folder/disk.img"; mkdir -p "$slot"
console="console=tty0 console=ttyS0"
if [ "$arch" = arm64 ]; then console="console=tty0 console=ttyAMA0"; fi
if [ "$variant" = pi ]; then console="console=serial0,115200 console=tty1"; cp "$here/pi-config.txt" "$tree/usr/lib/appliance/config.txt"; fi
printf 'appliance.slot=a %s quiet loglevel=4 panic=10 psi=1 net.ifnames=0 systemd.gpt_auto=0 fsck.repair=yes\n' "$console" > "$tree/usr/lib/appliance/cmdline"
# Device trees and the boot loader's firmware are a Raspberry Pi's.
leave=('boot/vmlinuz*' 'boot/initrd*' 'boot/config*' 'boot/System.map*' 'dev/*' 'proc/*' 'sys/*' 'run/*' 'tmp/*' 'var/log/*')
if [ "$variant" != pi ]; then leave+=('usr/lib/linux-image-*' 'usr/lib/raspi-firmware'); fi
mksquashfs "$tree" "$slot/root" -comp zstd -Xcompression-level "${IMAGE_LEVEL:-6}" -b 256K -noappend -quiet -no-progress -wildcards -e "${leave[@]}"
[ "$(stat -c %s "$slot/root")" -le $((root_mb << 20)) ] || { echo "disk.sh: the root has $(stat -c %s "$slot/root") bytes, and a slot $root_mb MiB." >&2; exit 1; }
"$here/initrd.sh" "$tree" "$slot/initrd"
cp "$tree/boot/vmlinuz-$kernel" "$slot/kernel"

# The partitions, as files.
fat() { rm -f "$1"; truncate -s "$2M" "$1"; mkfs.vfat -n "$3" "$1" >/dev/null; }
fat "$folder/boot.fat" "$boot_mb" APPLIANCE
if [ "$variant" = pi ]; then
  printf '[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n' | mcopy -i "$folder/boot.fat" - ::/autoboot.txt
  printf '%s\n' "$version" | mcopy -i "$folder/boot.fat" - ::/good-a
  fat "$folder/boot-a.fat" "$slot_mb" BOOT-A
  fat "$folder/boot-b.fat" "$slot_mb" BOOT-B
  mcopy -i "$folder/boot-a.fat" "$slot/kernel" ::/vmlinuz
  mcopy -i "$folder/boot-a.fat" "$slot/initrd" "$tree"/usr/lib/raspi-firmware/* "$tree"/usr/lib/linux-image-*/broadcom/bcm2*.dtb "$tree/usr/lib/appliance/config.txt" ::/
  mcopy -i "$folder/boot-a.fat" "$tree/usr/lib/appliance/cmdline" ::/cmdline.txt
else
  efi=x64; if [ "$arch" = arm64 ]; then efi=aa64; fi
  mmd -i "$folder/boot.fat" ::/EFI ::/EFI/BOOT ::/loader ::/loader/entries ::/a ::/b
  mcopy -i "$folder/boot.fat" "$tree/usr/lib/systemd/boot/efi/systemd-boot$efi.efi" "::/EFI/BOOT/BOOT${efi^^}.EFI"
  printf 'timeout 0\nconsole-mode keep\neditor no\n' | mcopy -i "$folder/boot.fat" - ::/loader/loader.conf
  printf 'title Appliance %s\nsort-key appliance\nversion 1\nlinux /a/vmlinuz\ninitrd /a/initrd\noptions %s\n' "$version" "$(cat "$tree/usr/lib/appliance/cmdline")" \
    | mcopy -i "$folder/boot.fat" - ::/loader/entries/appliance-a.conf
  mcopy -i "$folder/boot.fat" "$slot/kernel" ::/a/vmlinuz
  mcopy -i "$folder/boot.fat" "$slot/initrd" ::/a/
fi
rm -f "$folder/data.ext4"; truncate -s "${data_mb}M" "$folder/data.ext4"
# As a large disk would have it: it will be on one.
mke2fs -q -t ext4 -T default -b 4096 -m 1 -J size=32 -L appliance-data -E lazy_itable_init=0,lazy_journal_init=0 "$folder/data.ext4"

parts=("boot boot.fat $boot_mb U")
if [ "$variant" = pi ]; then parts+=("boot-a boot-a.fat $slot_mb EBD0A0A2-B9E5-4433-87C0-68B6B72699C7" "boot-b boot-b.fat $slot_mb EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"); fi
parts+=("root-a slot/root $root_mb L" "root-b - $root_mb L" "data data.ext4 $data_mb L")
at=1 table="label: gpt"$'\n'
for part in "${parts[@]}"; do
  read -r name _ size type <<< "$part"
  table+="start=${at}MiB, size=${size}MiB, type=$type, name=$name"$'\n'
  at=$((at + size))
done
truncate -s "$((at + 1))M" "$folder/disk.img"
sfdisk -q "$folder/disk.img" <<< "$table"
at=1
for part in "${parts[@]}"; do
  read -r _ file size _ <<< "$part"
  [ "$file" = - ] || dd if="$folder/$file" of="$folder/disk.img" bs=1M seek="$at" conv=notrunc,sparse status=none
  at=$((at + size))
done
rm -f "$folder"/*.fat "$folder/data.ext4"
