#!/usr/bin/env bash
# test.sh ARCH FOLDER WORK [--cuts N]: holds the image that image.sh left in FOLDER to what it is for, in an emulated machine: boots, answers, grows, takes a good
# update, gives up a sick one by itself, and has its power pulled N times (3) while it writes updates and is talked to. Prints what it saw; fails at the
# first thing that is not as it should be. Needs qemu-system-x86 or qemu-system-arm, ovmf or qemu-efi-aarch64, squashfs-tools, curl.
# VM_PATIENCE multiplies what it waits (1), VM_CPUS is how many processors the machine has (2): on a busy machine one is quicker.
# shellcheck disable=SC2016 # What is in single quotes the guest expands.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 folder=$2 work=$3 cuts=3
if [ "${4:-}" = --cuts ]; then cuts=$5; fi
case $arch in amd64) tool=qemu-system-x86_64 package=qemu-system-x86 ;; *) tool=qemu-system-aarch64 package=qemu-system-arm ;; esac
command -v "$tool" >/dev/null || { echo "test.sh: $tool is not installed (apt-get install $package)." >&2; exit 3; }
rm -rf "$work"
mkdir -p "$work"
vm=$work/vm vm_port=
# shellcheck source=vm.sh disable=SC1091
. "$here/vm.sh"
trap vm_cut EXIT
fail() {
  printf 'test.sh: %s\n' "$*" >&2
  vm_guest 60 'journalctl -b -p warning --no-pager -o cat | tail -n 30' >&2 || true
  tail -n 15 "$vm/console.log" >&2 || true
  exit 1
}
slot=/usr/lib/appliance/image-slot
guest() { vm_guest "$(patience 300)" "$1" || fail "in the guest: $1"; }
field() { guest "$slot status" | sed -n "s/^$1=//p"; }
is() { [ "$2" = "$3" ] || fail "$1 is '$2' and not '$3'."; }
power_on() { vm_start "$arch" "$work/disk.img" -drive "if=none,id=updates,file=$work/updates.img,format=raw,readonly=on" -device virtio-blk-pci,drive=updates; }
boots() { grep -ac 'BdsDxe: starting' "$vm/console.log" || true; }

cp --sparse=always "$folder/disk.img" "$work/disk.img"
truncate -s 4G "$work/disk.img"
"$here/seed.sh" "$work/disk.img"
"$here/variant.sh" "$folder" 9.0.1 "$work/updates/good"
"$here/variant.sh" "$folder" 9.0.2 "$work/updates/sick" sick
# The same good one as it comes from whoever makes releases, and once more with a byte of its kernel changed.
openssl genpkey -algorithm ed25519 -out "$work/key.pem"
openssl pkey -in "$work/key.pem" -pubout -out "$work/updates/key.pub"
RELEASE_NUMBER=9000001 "$here/../update.sh" "$arch" "$work/updates/good" 9.0.1 "$work/key.pem" "$work/updates/signed"
mkdir "$work/updates/forged"
cp -l "$work/updates/signed"/* "$work/updates/forged/"
sed -i 's/"version": "9.0.1"/"version": "9.0.3"/' "$work/updates/forged/update-stable.json"
truncate -s $(($(du -sm "$work/updates" | cut -f1) + 32))M "$work/updates.img"
mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$work/updates" "$work/updates.img"
# What a whole slot is, for cuts.sh.
for file in "$folder/slot/root" "$work/updates/good/root" "$work/updates/sick/root"; do printf '%s %s\n' "$(stat -c %s "$file")" "$(sha256sum < "$file" | cut -d' ' -f1)"; done > "$work/roots"
cp "$folder/slot/kernel" "$work/kernel"
rm -rf "$work/updates"

# --- It boots, and answers.
began=$SECONDS
power_on
vm_answers "$(patience 600)" /readyz || fail "it does not answer."
token=$(guest 'cat /var/lib/appliance/gateway-token')
vm_answers "$(patience 300)" /readyz "$token" || fail "it is not ready."
say "figure: power on to /readyz $((SECONDS - began)) s ($arch, emulated, load $(cut -d' ' -f1 /proc/loadavg))"
is "the slot" "$(field slot)" a
is "its state" "$(field state)" good
guest 'for i in $(seq 60); do [ "$(systemctl is-system-running)" = starting ] || break; sleep 5; done; systemctl is-system-running || true' > "$work/state"
is "the system ($(guest 'systemctl --failed --plain -q --no-legend' || true))" "$(cat "$work/state")" running
[ "$(guest "df --output=size -m /run/data | tail -n 1")" -gt 2000 ] || fail "the data did not grow."
guest 'test ! -e /run/appliance/volatile && mountpoint -q /boot/firmware && test "$(cat /sys/kernel/mm/lru_gen/enabled)" != 0x0000 && grep -q zram /proc/swaps'
guest 'test "$(stat -c "%U %a" /var/lib/appliance/gateway-token)" = "appliance 600"'
is "an answer without the token" "$(curl -s -o /dev/null -w '%{http_code}' -m 60 "http://127.0.0.1:$vm_port/api/v1/chat" -d '{"message":"hello"}')" 401
is_appliance=; if guest 'appliance --version' | grep -qv stand-in; then is_appliance=1; fi
tell() { curl -sf -m "$(patience 120)" "http://127.0.0.1:$vm_port/api/v1/chat" -H "authorization: Bearer $token" -H 'content-type: application/json' -d "{\"message\":\"$1\"}"; }
if [ -n "$is_appliance" ]; then
  answer=$(curl -sf -m "$(patience 300)" "http://127.0.0.1:$vm_port/v1/chat/completions" -H "authorization: Bearer $token" -H 'content-type: application/json' -d '{"model":"builtin","max_tokens":16,"messages":[{"role":"user","content":"hello, who are you?"}]}') || fail "the built-in model does not answer."
  say "the built-in model says: $(printf '%s' "$answer" | sed 's/.*"content":"\([^"]*\)".*/\1/')"
fi
guest "cat /proc/meminfo" > "$work/meminfo"
say "figure: memory used once it has answered $(guest "awk '{ kb[\$1] = \$2 } END { print int((kb[\"MemTotal:\"] - kb[\"MemFree:\"] - kb[\"Cached:\"] - kb[\"Buffers:\"] - kb[\"SReclaimable:\"]) / 1024) \" MB without caches, \" int(kb[\"Shmem:\"] / 1024) \" MB shared, \" int((kb[\"MemTotal:\"] - kb[\"MemAvailable:\"]) / 1024) \" MB not available, of \" int(kb[\"MemTotal:\"] / 1024) }' /proc/meminfo")"

# --- A good update is kept.
guest 'mkdir -p /run/updates && mount -o ro /dev/vdb /run/updates'
if [ -n "$is_appliance" ]; then
  guest 'appliance update trust /run/updates/key.pub'
  if vm_guest "$(patience 300)" 'appliance update from /run/updates/forged --no-wait' > "$work/forged"; then fail "an update that nobody signed was taken."; fi
  is "the other slot's state" "$(field other-state)" empty
  guest 'appliance update from /run/updates/signed --no-wait'
  say "a signed update is written by appliance update, one that is not signed is refused: $(head -n 1 "$work/forged")"
else
  guest "$slot 9.0.1 /run/updates/good"
fi
is "the other slot's state" "$(field other-state)" trial
vm_guest 30 "$slot try" > /dev/null || true
until_state() { # until_state SECONDS SLOT STATE
  local until=$((SECONDS + $(patience "$1")))
  while [ $SECONDS -lt $until ]; do
    if vm_guest 30 "$slot status" > "$work/status" && grep -qx "slot=$2" "$work/status" && grep -qx "state=$3" "$work/status"; then return 0; fi
    vm_runs || fail "the machine ended."
    sleep 2
  done
  return 1
}
until_state 900 b good || fail "the good update was not kept: $(cat "$work/status")"
grep -qx 'version=9.0.1' "$work/status" || fail "another version runs: $(cat "$work/status")"
guest "grep -q ' 9.0.1 ' /usr/lib/appliance/image"
say "a good update is kept, after $(($(boots) - 1)) start"

# --- A sick one is given up, by itself.
before=$(boots)
guest 'mkdir -p /run/updates && mount -o ro /dev/vdb /run/updates'
guest "$slot 9.0.2 /run/updates/sick"
vm_guest 30 "$slot try" > /dev/null || true
until=$((SECONDS + $(patience 3000)))
until vm_guest 30 "$slot status" > "$work/status" && grep -qx 'slot=b' "$work/status" && grep -qx 'other-state=failed' "$work/status"; do
  [ $SECONDS -lt $until ] || fail "the sick update was not given up: $(cat "$work/status")"
  sleep 5
done
is "the starts that it took" $(($(boots) - before)) 4
vm_answers "$(patience 600)" /readyz "$token" || fail "it does not answer after it gave an update up."
is "the version" "$(field version)" 9.0.1
say "a sick update is given up by itself: three tries, then what was there before"

# --- The plug is pulled.
vm_cut
[ "$cuts" = 0 ] || [ -z "$is_appliance" ] || "$here/cuts.sh" "$arch" "$work" "$cuts" "$token"
