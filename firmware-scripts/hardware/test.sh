#!/usr/bin/env bash
# test.sh BINARY FOLDER: holds the published appliance to real drivers of a real kernel in an emulated machine (QEMU, amd64): gpio-sim, i2c-stub with
# lm75, the keyboard and its lights, v4l2loopback. FOLDER keeps the kernel. Takes some minutes; fails where a check fails. Needs qemu-system-x86.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$1 folder=$(mkdir -p "$2" && cd "$2" && pwd)
command -v qemu-system-x86_64 >/dev/null || { echo "test.sh: qemu-system-x86_64 is not installed (apt-get install qemu-system-x86)." >&2; exit 3; }

"$here/guest-kernel.sh" "$folder/kernel"
"$here/guest-initrd.sh" "$folder/kernel" "$binary" "$folder/initrd.gz"
log=$folder/guest.log keys=$folder/monitor
rm -f "$keys"; mkfifo "$keys"
# The monitor reads from a pipe that this script holds open: the guest asks for a key with a line of its own.
timeout 1800 qemu-system-x86_64 -M q35 -cpu max -accel tcg,thread=multi -smp 2 -m 768 -display none -no-reboot -monitor stdio -serial "file:$log" \
  -kernel "$folder/kernel/vmlinuz" -initrd "$folder/initrd.gz" -append "console=ttyS0 quiet panic=-1" < "$keys" > "$folder/monitor.log" 2>&1 &
guest=$!
exec 3> "$keys"
while kill -0 "$guest" 2>/dev/null; do
  if grep -q '^PRESS' "$log" 2>/dev/null; then echo "sendkey ret" >&3; fi
  sleep 1
done
exec 3>&-
grep -aE '^(ok|FAILED|note|figure|guest|DONE) ' "$log" || { tail -30 "$log"; exit 1; }
grep -qaE '^DONE [0-9]+ passed, 0 failed' "$log"
