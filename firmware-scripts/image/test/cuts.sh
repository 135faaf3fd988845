#!/usr/bin/env bash
# cuts.sh ARCH WORK N TOKEN: pulls the plug of the machine of test.sh N times, at any moment: while it starts, while it is talked to, while an update is written. What the
# disk was not told to keep is lost, or there in part (lose.mjs). A slot that has a name is whole then, to the byte; and each time it starts again by itself, has everything
# that it acknowledged, and is talked to again. Prints a line a cut; WORK/acknowledged has what was acknowledged, in an earlier run with another
# CUTS_SEED (1) too.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 work=$2 cuts=$3 token=$4
vm=$work/vm vm_port='' vm_pid=''
# shellcheck source=vm.sh disable=SC1091
. "$here/vm.sh"
trap vm_cut EXIT
seed=${CUTS_SEED:-1}
RANDOM=$seed
export MTOOLS_SKIP_CHECK=1 LC_ALL=C
fail() { printf 'cuts.sh: cut %s: %s\n' "$cut" "$*" >&2; tail -n 15 "$vm/console.log" >&2; exit 1; }
power_on() {
  rm -f "$work/writes.log"; : > "$work/writes.log"
  VM_LOG=$work/writes.log vm_start "$arch" "$work/disk.img" -drive "if=none,id=updates,file=$work/updates.img,format=raw,readonly=on" -device virtio-blk-pci,drive=updates
}
say_to() { curl -sf -o /dev/null -m "$(patience 120)" "http://127.0.0.1:$vm_port/api/v1/chat" -H "authorization: Bearer $token" -H 'content-type: application/json' -d "{\"message\":\"$1\"}"; }
has_all() { # Every acknowledged message is in the conversation, and what it asked for is done.
  sort -u "$work/acknowledged" > "$work/expected"
  vm_guest "$(patience 300)" "cat /var/lib/appliance/.appliance/agents/*/sessions/*.jsonl | grep -oE '(thing|word)[0-9]+(x[0-9]+)+' | sort -u; echo --; grep -rhosE 'thing[0-9]+(x[0-9]+)+' /var/lib/appliance/.appliance --include='*.md' | sort -u" > "$work/there" || return 1
  sed '/^--$/,$d' "$work/there" | comm -23 "$work/expected" - > "$work/missing"
  sed '1,/^--$/d' "$work/there" | comm -23 <(grep thing "$work/expected") - >> "$work/missing"
  [ ! -s "$work/missing" ]
}
start_of() { sfdisk -d "$work/disk.img" | sed -n "s/.*start= *\([0-9]*\),.*name=\"$1\".*/\1/p"; }
boot="$work/disk.img@@$(($(start_of boot) * 512))"
is_whole() { # is_whole SLOT: its root and its kernel are those of an image that was built, to the byte
  local size sum
  mtype -i "$boot" "::/$1/vmlinuz" 2>/dev/null | cmp -s - "$work/kernel" || return 1
  while read -r size sum; do
    [ "$(dd if="$work/disk.img" bs=1M iflag=skip_bytes,count_bytes skip=$(($(start_of "root-$1") * 512)) count="$size" status=none | sha256sum | cut -d' ' -f1)" != "$sum" ] || return 0
  done < "$work/roots"
  return 1
}

touch "$work/acknowledged"
vm_cut
took=60 longest=0
# A list takes a thousand things.
lists=(shopping packing wish birthday gift reading movie watch)
declare -A counted=([start]=0 [chat]=0 [update]=0)
for cut in $(seq "$cuts") last; do
  rm -f "$work/before.img"; cp --sparse=always "$work/disk.img" "$work/before.img"
  power_on
  began=$SECONDS what=start runs=
  # One in four is cut while it starts.
  if [ "$cut" != last ] && [ $((RANDOM % 4)) = 0 ]; then
    sleep $((RANDOM % took))
    vm_cut
  else
    vm_answers "$(patience 900)" /readyz "$token" || fail "it does not start."
    took=$((SECONDS - began + 1))
    [ "$took" -le "$longest" ] || longest=$took
    has_all || fail "what was acknowledged is gone: $(head -n 5 "$work/missing" | tr '\n' ' ')"
    vm_guest 60 'test ! -e /run/appliance/volatile' || fail "the data could not be mounted: $(vm_guest 60 'cat /run/appliance/e2fsck')"
    [ "$cut" != last ] || break
    runs=", having started in $took s in slot $(vm_guest "$(patience 60)" '/usr/lib/appliance/image-slot status' | sed -n 's/^\(slot\|version\|state\)=//p' | tr '\n' ' ' | sed 's/ $//')" || fail "it does not say what it runs."
    what=chat window=$((2 + RANDOM % 20))
    if [ $((RANDOM % 2)) = 0 ]; then
      what=update window=$((2 + RANDOM % 120))
      vm_guest "$(patience 60)" "mkdir -p /run/updates; mount -o ro /dev/vdb /run/updates; (until /usr/lib/appliance/image-slot 9.1.$cut /run/updates/good; do sleep 2; done) > /run/update.log 2>&1 &" || fail "the update does not begin."
    fi
    # It is talked to until it is gone, so that no moment of an answer is spared: for a list, which a reflex does, and for words of the model.
    (sleep "$window"; kill -KILL "$vm_pid") &
    n=0
    while vm_runs; do
      n=$((n + 1)) name=thing${seed}x${cut}x$n message="add thing${seed}x${cut}x$n to the ${lists[cut % 8]} list"
      if [ $((n % 8)) = 0 ]; then name=word${seed}x${cut}x$n message="hello word${seed}x${cut}x$n, who are you?"; fi
      if say_to "$message"; then echo "$name" >> "$work/acknowledged"
      else sleep 1; ! vm_runs || fail "it runs, and does not answer."; fi
      # An emulated processor would do nothing else, and no update would come to its end.
      [ "$what" = chat ] || sleep 2
    done
    wait
  fi
  counted[$what]=$((counted[$what] + 1))
  mv "$work/before.img" "$work/disk.img"
  lost=$(node "$here/lose.mjs" "$work/disk.img" "$work/writes.log" $((RANDOM + cut)))
  for entry in $(mdir -b -i "$boot" ::/loader/entries | sed -n 's|.*/appliance-\([ab]\)[^/]*\.conf$|\1|p' | sort -u); do
    is_whole "$entry" || fail "slot $entry has an entry, and is not whole."
  done
  printf '  cut %s, %s s after power on, during %s: %s%s\n' "$cut" $((SECONDS - began)) "$what" "$lost" "$runs"
done
vm_cut
printf '  figure: %s power cuts (%s while it started, %s in chat, %s in chat and an update), %s acknowledged messages, none lost, no slot with a name torn; longest start %s s\n' \
  "$cuts" "${counted[start]}" "${counted[chat]}" "${counted[update]}" "$(wc -l < "$work/expected")" "$longest"
