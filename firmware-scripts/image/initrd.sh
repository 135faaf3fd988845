#!/usr/bin/env bash
# initrd.sh TREE OUT: packs what the kernel starts with: busybox, the modules to reach a disk and mount a slot, and init.sh. No program of TREE runs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$1 out=$2
version=$(ls "$tree/usr/lib/modules")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{bin,sbin,proc,sys,dev,run,root,"lib/modules/$version"}
cp "$tree/usr/bin/busybox" "$work/bin/busybox"
ln -s /bin/busybox "$work/sbin/modprobe"
install -m 755 "$here/init.sh" "$work/init"

# Each with what it stands on, where the kernel of this architecture has it as a module. ext4 asks for crc32c by itself, while it is mounted.
for module in squashfs overlay ext4 crc32c_generic crc32c \
  virtio_pci virtio_mmio virtio_blk virtio_scsi hv_storvsc vmw_pvscsi mptspi xen-blkfront \
  ahci ata_piix nvme vmd sd_mod usb-storage uas xhci-pci ehci-pci mmc_block sdhci-pci sdhci-acpi \
  bcm2835 bcm2835-mmc sdhci-iproc sdhci-of-dwcmshc pcie-brcmstb xhci-hcd dwc2 phy-generic i2c-bcm2835; do
  modprobe -d "$tree" -S "$version" --show-depends "$module" 2>/dev/null | awk '$1 == "insmod" { print $2 }' || true
done | sort -u | while read -r file; do install -D -m 644 "$file" "$work/lib/modules/$version/${file##*/"$version"/}"; done
cp "$tree/usr/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$work/lib/modules/$version/"
depmod -b "$work" "$version"
(cd "$work" && find . -print0 | sort -z | cpio --null -o -H newc --quiet --reproducible -R 0:0) | zstd -q -19 -T1 -f -o "$out"
