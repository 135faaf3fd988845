# shellcheck shell=dash
# guest-checks.sh, sourced by what a guest runs: mounts what every system has, and gives the checks their words. $passed and $failed count them.
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin HOME=/root APPLIANCE_HOME=/root/home NO_COLOR=1 DOTNET_GCHeapHardLimit=0x8000000
mount -t proc p /proc; mount -t sysfs s /sys; mount -t devtmpfs d /dev; mount -t tmpfs t /tmp; mount -t tmpfs r /root
mkdir -p /root/home /dev/pts; mount -t devpts p /dev/pts; ip link set lo up
failed=0 passed=0

check() { # check WHAT EXPECTED GOT
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); echo "ok       $1"; else failed=$((failed + 1)); echo "FAILED   $1: expected '$2', got '$3'"; fi
}
holds() { # holds WHAT PART TEXT
  case $3 in *"$2"*) passed=$((passed + 1)); echo "ok       $1" ;; *) failed=$((failed + 1)); echo "FAILED   $1: '$2' is not in '$3'" ;; esac
}
until_true() { # until_true COMMAND…: within ten minutes: an emulated processor on a busy machine is slow
  end=$(($(date +%s) + 600)); until "$@" >/dev/null 2>&1; do [ "$(date +%s)" -gt $end ] && return 1; usleep 200000; done
}
happens() { # happens WHAT COMMAND…
  what=$1; shift
  if until_true "$@"; then passed=$((passed + 1)); echo "ok       $what"; else failed=$((failed + 1)); echo "FAILED   $what"; cat /tmp/events; fi
}
has_event() { grep -q "$1" /tmp/events; }
state() { appliance hardware read "$1" 2>&1; }
finish() { echo "DONE $passed passed, $failed failed"; sync; poweroff -f; }
