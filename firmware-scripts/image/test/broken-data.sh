#!/usr/bin/env bash
# broken-data.sh ARCH FOLDER WORK: starts the image that image.sh left in FOLDER with a data partition that nobody can mount, in an emulated machine: memory takes its
# place, which is said, and the box answers. Fails where it does not. Needs what test.sh needs. VM_PATIENCE, VM_CPUS: as for test.sh.
# shellcheck disable=SC2034 # vm_port is for vm.sh.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 folder=$2 work=$3
rm -rf "$work"
mkdir -p "$work"
vm=$work/vm vm_port=
# shellcheck source=vm.sh disable=SC1091
. "$here/vm.sh"
trap vm_cut EXIT
fail() {
  printf 'broken-data.sh: %s\n' "$*" >&2
  tail -n 15 "$vm/console.log" >&2 || true
  exit 1
}

cp --sparse=always "$folder/disk.img" "$work/disk.img"
start=$(sfdisk -d "$work/disk.img" 2>/dev/null | sed -n 's/.*start= *\([0-9]*\),.*name="data".*/\1/p')
# The superblock, and what comes after it.
dd if=/dev/urandom of="$work/disk.img" bs=512 seek="$start" count=2048 conv=notrunc status=none
vm_start "$arch" "$work/disk.img"
# Without the token, which only the box's own screen has: 401 is an answer.
vm_answers "$(patience 900)" /readyz || fail "it does not answer."
grep -aq 'the data partition cannot be used: nothing that is changed from now on stays' "$vm/console.log" || fail "it does not say that it forgets."
say "with a data partition that cannot be mounted it answers, in memory, and says so"
vm_cut
