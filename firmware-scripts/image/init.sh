#!/bin/busybox sh
# shellcheck shell=dash
# init.sh: what the kernel starts first. Mounts the slot that the boot loader chose (appliance.slot=a|b) read-only, the data partition of the same disk
# over what has to be written (/var, changes of /etc), and hands over to systemd. Where the data cannot be mounted, or appliance.volatile is said, memory
# takes its place: the box answers, and forgets.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs -o mode=755,nosuid,nodev run /run
say() { echo "appliance: $*" > /dev/kmsg; echo "appliance: $*"; }
fail() { say "$*"; sleep 10; reboot -f; }

slot=a volatile=
# shellcheck disable=SC2013 # Words are what is wanted.
for word in $(cat /proc/cmdline); do case $word in appliance.slot=[ab]) slot=${word#*=} ;; appliance.volatile) volatile=asked ;; esac; done
for module in crc32c_generic virtio_pci virtio_mmio virtio_blk virtio_scsi nvme vmd ahci ata_piix sd_mod hv_storvsc vmw_pvscsi mptspi xen-blkfront \
  xhci-pci ehci-pci usb-storage uas sdhci-pci sdhci-acpi bcm2835 bcm2835-mmc sdhci-iproc dwc2 mmc_block squashfs overlay ext4; do modprobe -q "$module" 2>/dev/null; done

# partition NAME [DISK]: the device of the first partition of that name.
partition() {
  folder=/sys/class/block${2:+/$2}
  for uevent in "$folder"/*/uevent; do
    if grep -q "^PARTNAME=$1\$" "$uevent"; then sed -n 's/^DEVNAME=//p' "$uevent"; return; fi
  done
}
tries=0
until root=$(partition "root-$slot"); [ -n "$root" ]; do
  tries=$((tries + 1)); [ $tries -lt 300 ] || fail "no disk has a partition root-$slot"
  usleep 100000
done
disk=$(basename "$(dirname "$(readlink -f "/sys/class/block/$root")")")
mount -t squashfs -o ro "/dev/$root" /root || fail "slot $slot ($root) cannot be mounted"

# The others of the same disk: a second one with the same names may be there, such as the stick that this was installed from.
mkdir -p /run/data /run/appliance
data=$(partition data "$disk")
echo "slot=$slot disk=/dev/$disk" > /run/appliance/slot
# A Raspberry Pi's boot loader says so where it tries a slot.
if [ "$(od -An -tx1 /proc/device-tree/chosen/bootloader/tryboot 2>/dev/null | tr -d ' ')" = 00000001 ]; then
  mkdir -p /run/systemd/system/multi-user.target.wants
  ln -s /usr/lib/systemd/system/appliance-tryboot.service /run/systemd/system/multi-user.target.wants/
fi
for name in boot boot-a boot-b root-a root-b; do
  device=$(partition "$name" "$disk")
  if [ -n "$device" ]; then ln -s "/dev/$device" "/run/appliance/$name"; fi
done
if [ -z "$volatile" ]; then
  # The slot's own, with its libraries: what a power cut left half done is put right before it is used.
  mount --bind /dev /root/dev
  if [ -n "$data" ]; then chroot /root /usr/sbin/e2fsck -p "/dev/$data" > /run/appliance/e2fsck 2>&1; fi
  umount /root/dev
  { [ -n "$data" ] && mount -t ext4 -o noatime,errors=remount-ro "/dev/$data" /run/data && touch /run/data/.writable; } || volatile="the data partition cannot be used"
fi
if [ -n "$volatile" ]; then
  say "$volatile: nothing that is changed from now on stays"
  umount /run/data 2>/dev/null
  mount -t tmpfs -o mode=755,nosuid,nodev data /run/data
  echo "$volatile" > /run/appliance/volatile
fi
mkdir -p /run/data/etc /run/data/.etc
# Made whole, then named: a power cut in the first start leaves none or all of it.
if [ ! -d /run/data/var ]; then rm -rf /run/data/var.new; cp -a /root/var /run/data/var.new; sync; mv /run/data/var.new /run/data/var; fi
mount -t overlay -o lowerdir=/root/etc,upperdir=/run/data/etc,workdir=/run/data/.etc etc /root/etc || fail "/etc cannot be laid over slot $slot"
mount --bind /run/data/var /root/var
for folder in run proc sys dev; do mount --move /$folder /root/$folder; done
exec switch_root /root /sbin/init
