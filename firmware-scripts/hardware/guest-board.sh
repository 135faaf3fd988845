#!/bin/busybox sh
# shellcheck shell=dash
# guest-board.sh: all that a guest of boards.sh runs. The kernel's own driver of the board's pins is there; the appliance is held to it: what it sets is
# looked up in what the driver says of the line (debugfs), what it hears the machine does. Prints a line a check, then switches off.
# shellcheck source=guest-checks.sh disable=SC1091
. /lib/checks.sh

mount -t debugfs d /sys/kernel/debug
# driver=: what the kernel calls it; button=: a line that the machine's power button pulls up, or none.
for word in $(cat /proc/cmdline); do case $word in driver=*) driver=${word#driver=} ;; button=*) button=${word#button=} ;; esac; done
chip=$(sed -n "s/^\(gpiochip[0-9]*\): .*\(parent: .*\)\{0,1\}$driver.*/\1/p" /sys/kernel/debug/gpio)
echo "guest    $(uname -r), $(grep -m 1 "$driver" /sys/kernel/debug/gpio)"
# What the driver says of the line that this program holds as NAME: in or out, hi or lo.
line() { sed -n "/^$chip:/,/^gpiochip/s/^ gpio-[0-9]* *(\([^|]*\)|$1 *) \(in \|out\) *\(hi\|lo\).*/\2 \3/p" /sys/kernel/debug/gpio | tr -s ' '; }

holds "the chip is found" "gpio:$chip/0" "$(appliance hardware list --found)"
cat > /root/home/appliance.json <<CONFIG
{ "hardware": {
  "pins": {
    "lamp": { "at": "gpio:$chip/4", "output": true, "allow": ["read", "set"], "start": "on", "safe": "off" },
    "inverse": { "at": "gpio:$chip/5", "output": true, "activeLow": true, "allow": ["read", "set"], "safe": "off" }${button:+,
    "button": { "at": "gpio:$chip/$button", "allow": ["read", "trigger"] \}},
    "open": { "at": "gpio:$chip/6", "allow": ["read"] } }${button:+,
  "triggers": { "bell": { "on": "button", "becomes": "on", "say": "Somebody is at the door." \} \}} } }
CONFIG
appliance serve --port 18789 > /tmp/serve.log 2>&1 & server=$!
until_true appliance health || { echo "FAILED   the gateway did not start"; cat /tmp/serve.log; appliance health; poweroff -f; }

cat /sys/kernel/debug/gpio | sed 's/^/note     /'
poweroff -f
