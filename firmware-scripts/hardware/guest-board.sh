#!/bin/busybox sh
# shellcheck shell=dash
# guest-board.sh: all that a guest of boards.sh runs. The kernel has its own driver of the board's pins; the appliance is held to it: what it sets is looked
# up in what the driver says of the line (debugfs), and what it hears the machine does. Prints a line a check, then switches off.
# From the kernel's command line come $driver, what the kernel calls it, and $button, the line that the machine's power button pulls up, where there is one.
# shellcheck source=guest-checks.sh disable=SC1091
. /lib/checks.sh
: "${driver:?}" "${button:=}"

mount -t debugfs d /sys/kernel/debug
gpio=/sys/kernel/debug/gpio
chip=$(sed -n "s/^\(gpiochip[0-9]*\): .*$driver.*/\1/p" $gpio)
first=$(sed -n "s/^$chip: GPIOs \([0-9]*\)-.*/\1/p" $gpio)
echo "guest    $(uname -r), $(grep "^$chip:" $gpio)"
# What the driver says of a line: in or out, hi or lo, and what it is called by who has it.
line() { sed -n "s/^ gpio-$((first + $1)) *([^|]*|\([^ )]*\) *) *\(in\|out\) *\(hi\|lo\).*/\1 \2 \3/p" $gpio; }

holds "the chip is found" "gpio:$chip/0" "$(appliance hardware list --found)"
trigger='' bell=''
if [ -n "$button" ]; then
  trigger=", \"button\": { \"at\": \"gpio:$chip/$button\", \"allow\": [\"read\", \"trigger\"] }"
  bell=', "triggers": { "bell": { "on": "button", "becomes": "on", "say": "Somebody is at the door." } }'
fi
cat > /root/home/appliance.json <<CONFIG
{ "hardware": { "pins": {
  "lamp": { "at": "gpio:$chip/4", "output": true, "allow": ["read", "set"], "start": "on", "safe": "off" },
  "inverse": { "at": "gpio:$chip/5", "output": true, "activeLow": true, "allow": ["read", "set"], "safe": "off" },
  "open": { "at": "gpio:$chip/6", "allow": ["read"] }$trigger }$bell } }
CONFIG
appliance serve --port 18789 > /tmp/serve.log 2>&1 & server=$!
until_true appliance health || { failed=$((failed + 1)); echo "FAILED   the gateway did not start"; cat /tmp/serve.log; appliance health; finish; }

holds "an output is at its start value in the driver" " out hi" "$(line 4)"
holds "active low is turned over" " out hi" "$(line 5)"
appliance hardware set lamp off >/dev/null; holds "set off is low in the driver" " out lo" "$(line 4)"
check "set on says so" "lamp is on" "$(appliance hardware set lamp on)"; holds "set on is high in the driver" " out hi" "$(line 4)"
check "an output is read" on "$(state lamp)"
appliance hardware set inverse on >/dev/null; holds "active low on is low in the driver" " out lo" "$(line 5)"
check "an input is read" off "$(state open)"; holds "an input is one in the driver" " in lo" "$(line 6)"
holds "an input cannot be set" "can only be read" "$(appliance hardware set open on 2>&1)"
holds "a line has one owner" "in use" "$(appliance hardware safe 2>&1)"
if [ -n "$button" ]; then
  appliance hardware watch --json > /tmp/events 2>&1 & watch=$!
  echo "PRESS"
  happens "an edge is heard" has_event '"kind":"edge","name":"button","value":"on"'
  happens "an edge down is heard" has_event '"kind":"edge","name":"button","value":"off"'
  happens "an edge sets a trigger off" has_event '"kind":"trigger","name":"bell"'
  kill $watch
fi

grep VmRSS "/proc/$server/status" | sed 's/^/figure   /'
kill -TERM $server; wait $server
check "a stop lets the line go" "" "$(line 4)"
check "the stop was told as safe" 1 "$(appliance audit show | grep -q 'hardware.safe' && echo 1)"
appliance serve --port 18789 > /tmp/serve.log 2>&1 & server=$!
until_true appliance health; appliance hardware set lamp on >/dev/null
kill -KILL $server; wait $server 2>/dev/null
safe=$(appliance hardware safe 2>&1)
holds "after a kill safe sets pins" "lamp is off" "$safe"

finish
