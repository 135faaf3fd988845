#!/usr/bin/env bash
# seed.sh DISK: puts a data partition on the disk image that lets a test speak to the guest: a root's shell behind a port that only an emulated machine has.
# Roots and kernels stay as they were built.
set -euo pipefail
disk=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unit=$work/tree/etc/systemd/system
mkdir -p "$unit/multi-user.target.wants"
cat > "$unit/appliance-test.service" <<'UNIT'
[Unit]
Description=Shell of a test
ConditionPathExists=/dev/virtio-ports/test
[Service]
ExecStart=/bin/bash -c 'exec 3<>/dev/virtio-ports/test; exec bash <&3 >&3 2>&3'
Restart=always
RestartSec=1
Environment=PATH=/usr/sbin:/usr/bin:/sbin:/bin SYSTEMD_PAGER= SYSTEMD_COLORS=0 NO_COLOR=1 HOME=/root
UNIT
ln -s ../appliance-test.service "$unit/multi-user.target.wants/"
# Nor does it find its devices, or start a service, within a minute and a half.
mkdir -p "$work/tree/etc/systemd/system.conf.d"
printf '[Manager]\nDefaultDeviceTimeoutSec=20min\nDefaultTimeoutStartSec=20min\n' > "$work/tree/etc/systemd/system.conf.d/test.conf"
read -r start size < <(sfdisk -d "$disk" 2>/dev/null | sed -n 's/.*start= *\([0-9]*\), size= *\([0-9]*\),.*name="data".*/\1 \2/p')
truncate -s $((size * 512)) "$work/data"
mke2fs -q -t ext4 -T default -b 4096 -m 1 -J size=32 -L appliance-data -E lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0 -d "$work/tree" "$work/data"
# An emulated processor on a busy machine does not keep the time that the kernel tries its timer by.
at=$(sfdisk -d "$disk" 2>/dev/null | sed -n 's/.*start= *\([0-9]*\),.*name="boot".*/\1/p')
if mcopy -i "$disk@@$((at * 512))" ::/loader/entries/appliance-a.conf "$work/entry" 2>/dev/null; then
  sed -i 's/^options .*/& no_timer_check/' "$work/entry"
  mcopy -o -i "$disk@@$((at * 512))" "$work/entry" ::/loader/entries/appliance-a.conf
fi
dd if="$work/data" of="$disk" bs=512 seek="$start" conv=notrunc status=none
