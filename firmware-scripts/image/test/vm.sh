#!/usr/bin/env bash
# vm.sh: functions for tests that boot an image in QEMU, emulated, and nothing of it beyond loopback. To be sourced, with `vm` set to a folder.
#   vm_start ARCH DISK [QEMU'S OPTIONS…]    power on; the console is $vm/console.log
#   vm_cut                                  power off, as a plug that is pulled
#   vm_guest SECONDS COMMANDS               runs them in the guest as root, prints what they say, ends as they end (with what seed.sh put on the disk)
#   until_guest SECONDS COMMANDS            runs them until they end well, up to so long times VM_PATIENCE; what they said is in $vm/said. Needs a `fail`
#   patience SECONDS, say TEXT              so long times VM_PATIENCE; a line of what was seen
#   vm_answers SECONDS PATH [TOKEN]         waits until the gateway answers 200, or without TOKEN that it wants one
# shellcheck disable=SC2054 # QEMU's options have commas.
vm=${vm:?"set vm to a folder first"} vm_pid='' vm_port=${VM_PORT:-18799}

vm_start() { # vm_start ARCH DISK [OPTIONS…]
  local arch=$1 disk=$2 machine=()
  shift 2
  mkdir -p "$vm"
  # New ones: what a machine that is gone did not read, the next one is not to run.
  exec 7>&- 8>&-; rm -f "$vm"/guest.*; mkfifo "$vm/guest.in" "$vm/guest.out"
  if [ "$arch" = arm64 ]; then
    if [ ! -e "$vm/code.fd" ]; then
      truncate -s 64M "$vm/code.fd"; dd if=/usr/share/qemu-efi-aarch64/QEMU_EFI.fd of="$vm/code.fd" conv=notrunc status=none
      cp /usr/share/AAVMF/AAVMF_VARS.fd "$vm/vars.fd"
    fi
    machine=(qemu-system-aarch64 -M virt -cpu "${VM_CPU:-max,pauth-impdef=on}" -drive "if=pflash,format=raw,readonly=on,file=$vm/code.fd")
  else
    [ -e "$vm/vars.fd" ] || cp /usr/share/OVMF/OVMF_VARS_4M.fd "$vm/vars.fd"
    machine=(qemu-system-x86_64 -M q35 -cpu "${VM_CPU:-max}" -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd)
  fi
  # Writes go to the disk's file as the guest makes them. With VM_LOG a file gets them too, and when the disk was told to keep them: lose.mjs makes of both the
  # disk that a power cut would leave.
  local disk_options=(-drive "if=none,id=disk,file=$disk,format=raw,cache=unsafe,discard=unmap")
  if [ -n "${VM_LOG:-}" ]; then
    disk_options=(-blockdev "driver=blklogwrites,node-name=disk,file.driver=file,file.filename=$disk,file.cache.no-flush=on,log.driver=file,log.filename=$VM_LOG,log.cache.no-flush=on")
  fi
  "${machine[@]}" -drive "if=pflash,format=raw,file=$vm/vars.fd" -accel tcg,thread=multi,tb-size=512 -smp "${VM_CPUS:-2}" -m "${VM_MEMORY:-1024}" -display none -monitor none -no-user-config -nodefaults \
    -serial "file:$vm/console.log" "${disk_options[@]}" -device virtio-blk-pci,drive=disk,bootindex=1 \
    -netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$vm_port-:18789" -device virtio-net-pci,netdev=net,romfile= -device virtio-rng-pci -device i6300esb \
    -device virtio-serial-pci -chardev "pipe,id=guest,path=$vm/guest" -device virtserialport,chardev=guest,name=test "$@" < /dev/null > "$vm/qemu.log" 2>&1 &
  vm_pid=$!
  # Its end is no news.
  disown "$vm_pid"
  # Held open: the guest's end stays one pipe for as long as this shell lives.
  exec 7<> "$vm/guest.in" 8<> "$vm/guest.out"
}

vm_runs() { [ -n "$vm_pid" ] && kill -0 "$vm_pid" 2>/dev/null; }
vm_cut() { while vm_runs; do kill -KILL "$vm_pid" 2>/dev/null || true; sleep 0.1; done; vm_pid=''; }

vm_answers() { # vm_answers SECONDS PATH [TOKEN]
  local until=$((SECONDS + $1)) expected=401 header=() tries=0
  if [ -n "${3:-}" ]; then expected=200 header=(-H "authorization: Bearer $3"); fi
  while [ $SECONDS -lt $until ]; do
    # QEMU takes a connection before the guest does, and asks it again more and more seldom: a new one is seen sooner. A slow guest is given its time now and then.
    tries=$((tries + 1))
    if [ "$(curl -s -m $((tries % 5 ? 3 : 30)) -o /dev/null -w '%{http_code}' "${header[@]}" "http://127.0.0.1:$vm_port$2")" = $expected ]; then return 0; fi
    vm_runs || { cat "$vm/qemu.log" >&2; return 1; }
    sleep 1
  done
  return 1
}

vm_guest() { # vm_guest SECONDS COMMANDS
  local mark="mark-$RANDOM$RANDOM" line='' part='' until=$((SECONDS + $1))
  # What a guest that is gone left unread belongs to nobody.
  while read -r -t 0.05 -u 8 line; do :; done
  line=''
  printf '(\n%s\n) < /dev/null 2>&1; echo "%s $?"\n' "$2" "$mark" >&7
  while [ $SECONDS -lt $until ]; do
    # A line may come in parts, where the guest is slow.
    if ! IFS= read -r -t 5 -u 8 part; then line+=$part; vm_runs || return 125; continue; fi
    line+=$part
    case $line in *"$mark "*) local left=${line%%"$mark "*}; [ -z "$left" ] || printf '%s\n' "$left"; return "${line##* }" ;; esac
    printf '%s\n' "$line"
    line=''
  done
  return 124
}

patience() { echo $(($1 * ${VM_PATIENCE:-1})); }
say() { printf '  %s\n' "$*"; }

until_guest() { # until_guest SECONDS COMMANDS
  local until=$((SECONDS + $(patience "$1")))
  until vm_guest 60 "$2" > "$vm/said"; do
    [ $SECONDS -lt $until ] || return 1
    vm_runs || fail "the machine ended."
    sleep 2
  done
}
