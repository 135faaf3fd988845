#!/usr/bin/env bash
# cuts.sh ARCH WORK N TOKEN: pulls the plug of the machine of test.sh N times, at any moment: while it starts, while it is talked to, while an update is written. What the
# disk was not told to keep is lost, or there in part (lose.mjs). Each time it starts again by itself, has everything that it acknowledged, and runs a slot that
# is whole. Prints a line a cut; WORK/acknowledged has what was acknowledged. CUTS_SEED begins another run.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 work=$2 cuts=$3 token=$4
vm=$work/vm vm_port=
# shellcheck source=vm.sh disable=SC1091
. "$here/vm.sh"
trap vm_cut EXIT
patience() { echo $(($1 * ${VM_PATIENCE:-1})); }
RANDOM=${CUTS_SEED:-1}
fail() { printf 'cuts.sh: cut %s: %s\n' "$cut" "$*" >&2; tail -n 15 "$vm/console.log" >&2; exit 1; }
power_on() {
  rm -f "$work/writes.log"; : > "$work/writes.log"
  VM_LOG=$work/writes.log vm_start "$arch" "$work/disk.img" -drive "if=none,id=updates,file=$work/updates.img,format=raw,readonly=on" -device virtio-blk-pci,drive=updates
}
say_to() { curl -sf -o /dev/null -m "$(patience 120)" "http://127.0.0.1:$vm_port/api/v1/chat" -H "authorization: Bearer $token" -H 'content-type: application/json' -d "{\"message\":\"$1\"}"; }
has_all() { # Every acknowledged message is in the conversation, and what it asked for is done.
  sort -u "$work/acknowledged" > "$work/expected"
  vm_guest "$(patience 300)" "cat /var/lib/appliance/.appliance/agents/*/sessions/*.jsonl | grep -o 'thing[0-9]*x[0-9]*' | sort -u; echo --; grep -rhos 'thing[0-9]*x[0-9]*' /var/lib/appliance/.appliance --include='*.md' | sort -u" > "$work/there" || return 1
  sed '/^--$/,$d' "$work/there" | comm -23 "$work/expected" - > "$work/missing"
  sed '1,/^--$/d' "$work/there" | comm -23 "$work/expected" - >> "$work/missing"
  [ ! -s "$work/missing" ]
}

: > "$work/acknowledged"
vm_cut
for cut in $(seq "$cuts") last; do
  rm -f "$work/before.img"; cp --sparse=always "$work/disk.img" "$work/before.img"
  power_on
  began=$SECONDS what=start
  # One in four is cut while it starts.
  if [ "$cut" != last ] && [ $((RANDOM % 4)) = 0 ]; then
    sleep $((RANDOM % $(patience 40)))
  else
    vm_answers "$(patience 900)" /readyz "$token" || fail "it does not start."
    has_all || fail "what was acknowledged is gone: $(head -n 5 "$work/missing" | tr '\n' ' ')"
    vm_guest 60 'test ! -e /run/appliance/volatile' || fail "the data could not be mounted: $(vm_guest 60 'cat /run/appliance/e2fsck')"
    [ "$cut" != last ] || { printf '  figure: %s power cuts, %s acknowledged messages, none lost\n' "$cuts" "$(wc -l < "$work/expected")"; break; }
    what=chat
    if [ $((RANDOM % 2)) = 0 ]; then
      what=update
      vm_guest 60 "mkdir -p /run/updates; mount -o ro /dev/vdb /run/updates; (until /usr/lib/appliance/image-slot 9.1.$cut /run/updates/good; do sleep 2; done) > /run/update.log 2>&1 &" || fail "the update does not begin."
    fi
    end=$((SECONDS + 3 + RANDOM % $(patience 30))) n=0
    while [ $SECONDS -lt $end ]; do
      n=$((n + 1))
      if say_to "add thing${cut}x$n to the shopping list"; then echo "thing${cut}x$n" >> "$work/acknowledged"; fi
    done
  fi
  vm_cut
  lost=$(node "$here/lose.mjs" "$work/before.img" "$work/writes.log" "$work/disk.img" $((RANDOM + cut)))
  printf '  cut %s, %s s after power on, during %s: %s\n' "$cut" $((SECONDS - began)) "$what" "$lost"
done
