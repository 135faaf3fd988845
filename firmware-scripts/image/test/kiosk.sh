#!/usr/bin/env bash
# kiosk.sh ARCH FOLDER WORK: holds the image with a screen that image.sh left in FOLDER to what it is for, in an emulated machine with a graphics card: the box's own page
# fills the screen. Prints what it saw, leaves the screen in WORK/screen.png to be looked at; fails at the first thing that is not as it should be. Needs what test.sh needs.
# VM_PATIENCE, VM_CPUS: as for test.sh.
# shellcheck disable=SC2034,SC2016 # vm_port is for vm.sh; what is in single quotes the guest expands.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 folder=$2 work=$3
rm -rf "$work"
mkdir -p "$work"
: > "$work/seen"
vm=$work/vm vm_port=
# shellcheck source=vm.sh disable=SC1091
. "$here/vm.sh"
trap vm_cut EXIT
fail() {
  printf 'kiosk.sh: %s\n' "$*" >&2
  vm_guest 60 'journalctl -b --no-pager -o cat -u appliance-kiosk -u seatd | tail -n 30' >&2 || true
  tail -n 15 "$vm/console.log" >&2 || true
  exit 1
}
screen() { # screen FILE: what the screen shows, as PNG
  node -e 'const s = require("net").connect(process.argv[1]); let said = ""; s.on("data", (d) => { said += d; if (said.split("(qemu)").length > 2) s.end(); }).on("error", () => process.exit(1)); s.write(`screendump ${process.argv[2]} -f png\n`);' "$vm/monitor" "$1"
}

cp --sparse=always "$folder/disk.img" "$work/disk.img"
truncate -s 4G "$work/disk.img"
"$here/seed.sh" "$work/disk.img"
began=$SECONDS
VM_MEMORY=${VM_MEMORY:-2048} vm_start "$arch" "$work/disk.img" -device virtio-gpu-pci,xres=1024,yres=600 -monitor "unix:$vm/monitor,server,nowait"
vm_answers "$(patience 900)" /readyz || fail "it does not answer."
say "the gateway answers $((SECONDS - began)) s after power on"
# The browser is another user's, who sees nothing of the box's data.
until_guest 900 'pgrep -u kiosk -f -- --type=renderer' || fail "the browser does not start."
if vm_guest 60 'setpriv --reuid kiosk --regid kiosk --init-groups ls /var/lib/appliance'; then fail "the screen's user reads the box's data."; fi
# A picture that was there before, and is not of one colour: where the cursor blinks there are two of them.
until=$((SECONDS + $(patience 600)))
while :; do
  sleep "$(patience 10)"
  screen "$work/screen.png" || fail "the screen cannot be read."
  now=$(sha256sum < "$work/screen.png")
  if [ "$(stat -c %s "$work/screen.png")" -gt 8000 ]; then
    if grep -qxF -e "$now" "$work/seen"; then break; fi
    echo "$now" >> "$work/seen"
  fi
  [ $SECONDS -lt $until ] || fail "the screen stays empty, or does not come to rest: $work/screen.png"
done
say "figure: power on to the page on the screen $((SECONDS - began)) s ($arch, emulated, load $(cut -d' ' -f1 /proc/loadavg)); memory not available $(vm_guest 60 'awk "{ kb[\$1] = \$2 } END { print int((kb[\"MemTotal:\"] - kb[\"MemAvailable:\"]) / 1024) }" /proc/meminfo') MB"
say "the screen is in $work/screen.png"
