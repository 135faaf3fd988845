#!/bin/busybox sh
# shellcheck shell=dash
# guest-init.sh: all that the guest of test.sh runs. It lets the kernel make a GPIO chip, an LM75 on I2C, a keyboard and its lights, and a camera,
# and holds the appliance to them: what it sets is looked up in the kernel's own files, what it hears is done there. Prints a line a check, then switches off.
# shellcheck source=guest-checks.sh disable=SC1091
. /lib/checks.sh

for m in configfs i2c-dev evdev lm75 videodev; do modprobe $m; done
insmod /lib/gpio-sim.ko || echo "FAILED   gpio-sim"
modprobe i2c-stub chip_addr=0x48,0x49
mount -t configfs c /sys/kernel/config
sim=/sys/kernel/config/gpio-sim/board
mkdir -p $sim/bank0/line3; echo 8 > $sim/bank0/num_lines; echo door-sensor > $sim/bank0/line3/name; echo 1 > $sim/live
chip=$(cat $sim/bank0/chip_name); lines=/sys/devices/platform/$(cat $sim/dev_name)/$chip
for name in /sys/bus/i2c/devices/i2c-*/name; do case $(cat "$name") in SMBus\ stub*) bus=${name%/name}; bus=${bus##*/i2c-} ;; esac; done
i2cset -y "$bus" 0x48 0 0x8019 w; i2cset -y "$bus" 0x49 0 0x0015 w
echo lm75 0x48 > "/sys/bus/i2c/devices/i2c-$bus/new_device"
insmod /lib/v4l2loopback.ko video_nr=9 || echo "FAILED   v4l2loopback"
printf '\377\330\377\340 as the camera compressed it \377\331' > /tmp/shown.jpg
/bin/camera /dev/video9 /tmp/shown.jpg & shown=$!
led=; for l in /sys/class/leds/*capslock; do led=${l##*/}; done
key=; for n in /sys/class/input/event*/device/name; do case $(cat "$n") in *eyboard*) key=${n%/device/name}; key=${key##*/} ;; esac; done
echo "guest    $(uname -r), $chip, i2c-$bus, $led, $key"

found=$(appliance hardware list --found)
holds "the chip is found" "gpio:$chip/0" "$found"
holds "its line is found by name" "door-sensor" "$found"
holds "the lm75 is found" "hwmon:lm75/temp1" "$found"
check "a chip answers on I2C" 1500 "$(appliance hardware i2c "$bus" 0x49 --word 00)"
holds "a chip that a driver has is left alone" "driver" "$(appliance hardware i2c "$bus" 0x48 --word 00 2>&1)"
holds "a chip is found by its bus" "i2c:$bus/" "$found"
holds "a camera is found" "video:video9" "$found"
appliance hardware camera /dev/video9 /tmp/taken.jpg
check "a camera's picture is what it shows" "$(cksum < /tmp/shown.jpg)" "$(cksum < /tmp/taken.jpg)"

cat > /root/home/appliance.json <<CONFIG
{ "hardware": {
  "pins": {
    "lamp": { "at": "gpio:$chip/0", "output": true, "allow": ["read", "set"], "start": "on", "safe": "off" },
    "inverse": { "at": "gpio:$chip/1", "output": true, "activeLow": true, "allow": ["read", "set"], "safe": "off" },
    "loose": { "at": "gpio:$chip/2", "output": true, "allow": ["read", "set"] },
    "door": { "at": "gpio:door-sensor", "allow": ["read", "trigger"] },
    "pulled": { "at": "gpio:$chip/4", "bias": "pull-up" },
    "still": { "at": "gpio:$chip/5", "allow": ["read", "trigger"], "debounceMs": 50 },
    "old": { "at": "sdg:${chip#gpiochip}/6", "output": true, "activeLow": true, "allow": ["read", "set"], "start": "on", "safe": "off" },
    "older": { "at": "sdg:${chip#gpiochip}/7", "allow": ["read", "trigger"] },
    "caps": { "at": "led:$led", "allow": ["read", "set"], "safe": "off" },
    "enter": { "at": "key:$key/28", "allow": ["read", "trigger"] } },
  "sensors": { "kitchen": { "at": "hwmon:lm75/temp1", "allow": ["read", "trigger"] }, "attic": { "at": "i2c:$bus/0x49/lm75" } },
  "buses": {
    "chip": { "at": "i2c:$bus/0x49", "allow": ["read", "set"], "registers": 1, "ask": false },
    "shown": { "at": "i2c:$bus/0x49", "registers": 1 },
    "taken": { "at": "i2c:$bus/0x48", "registers": 1 } },
  "cameras": { "porch": { "at": "video:video9" } },
  "triggers": {
    "bell": { "on": "door", "becomes": "on", "pause": "1s", "say": "The door is {value}." },
    "hot": { "on": "kitchen", "above": 30, "hysteresis": 1, "say": "It is {value}." } } } }
CONFIG
appliance serve --port 18789 > /tmp/serve.log 2>&1 & server=$!
until_true appliance health || { failed=$((failed + 1)); echo "FAILED   the gateway did not start"; cat /tmp/serve.log; appliance health; finish; }

check "an output is at its start value in the kernel" 1 "$(cat "$lines/sim_gpio0/value")"
check "active low is turned over" 1 "$(cat "$lines/sim_gpio1/value")"
appliance hardware set lamp off >/dev/null; check "set off is low in the kernel" 0 "$(cat "$lines/sim_gpio0/value")"
check "set on says so" "lamp is on" "$(appliance hardware set lamp on)"; check "set on is high in the kernel" 1 "$(cat "$lines/sim_gpio0/value")"
appliance hardware set inverse on >/dev/null; check "active low on is low in the kernel" 0 "$(cat "$lines/sim_gpio1/value")"
check "an input is read" off "$(state door)"
echo pull-up > "$lines/sim_gpio3/pull"; check "an input that goes high is read" on "$(state door)"; echo pull-down > "$lines/sim_gpio3/pull"
check "a pull-up is on" on "$(state pulled)"
holds "an input cannot be set" "can only be read" "$(appliance hardware set door on 2>&1)"
holds "a pin without a name is not there" "no pin" "$(appliance hardware set other on 2>&1)"
check "a sensor of the kernel's driver" "25.5 °C" "$(state kitchen)"
check "a sensor read on I2C" "21 °C" "$(state attic)"
appliance hardware set caps on >/dev/null; check "a light is on in the kernel" 1 "$(cat "/sys/class/leds/$led/brightness")"
sdg=$(state older)
case $sdg in
  *"without System.Device.Gpio"*) echo "note     built without System.Device.Gpio"; sdg='' ;;
  *)
    check "System.Device.Gpio reads a line" off "$sdg"
    check "System.Device.Gpio has a line at its start value in the kernel" 0 "$(cat "$lines/sim_gpio6/value")"
    appliance hardware set old off >/dev/null; check "System.Device.Gpio sets a line in the kernel" 1 "$(cat "$lines/sim_gpio6/value")" ;;
esac
# A tool, as an agent calls it. What a program writes by it is asked about, and this guest's owner says yes.
bus() { appliance call tools.invoke "{\"name\":\"bus\",\"args\":$1}" 2>&1; }
approve() { id=$(appliance approvals list --json | grep -o '"id": *"[^"]*"' | head -n 1 | cut -d'"' -f4); [ -n "$id" ] && appliance approvals approve "$id"; }
holds "a tool lists chips" "chip: i2c" "$(bus '{"action":"list"}')"
holds "a tool reads a register on I2C" '"15"' "$(bus '{"action":"read","name":"chip","hex":"00"}')"
camera() { appliance call tools.invoke "{\"name\":\"camera\",\"args\":$1}" 2>&1; }
asked() { "$2" "$3" > /tmp/written & writing=$!; happens "$1" approve; wait $writing; }
asked "a tool's writing is asked about" bus '{"action":"write","name":"chip","hex":"10a1a2a3"}'
holds "a tool writes on I2C" "Wrote 4 bytes to chip." "$(cat /tmp/written)"
check "what it wrote is in the chip" "0xa2" "$(i2cget -y "$bus" 0x49 0x11)"
holds "a tool reads several registers" '"a1a2a3"' "$(bus '{"action":"read","name":"chip","hex":"10","count":3}')"
asked "so is writing to what may only be read" bus '{"action":"write","name":"shown","hex":"10ff"}'
holds "and a yes does not let it" "can only be read" "$(cat /tmp/written)"
check "nothing was written there" "0xa1" "$(i2cget -y "$bus" 0x49 0x10)"
holds "a tool leaves a chip alone that a driver has" "driver" "$(bus '{"action":"read","name":"taken","hex":"00"}')"
asked "a picture that nobody spoke of is asked about" camera '{"name":"porch"}'
holds "a tool takes a picture" "is a picture of porch" "$(cat /tmp/written)"
check "it is in the workspace" "$(cksum < /tmp/shown.jpg)" "$(cksum < "$(find /root/home -name porch.jpg)")"
kill $shown; wait $shown 2>/dev/null
holds "a camera that shows nothing is told of" "/dev/video9" "$(appliance hardware camera /dev/video9 /tmp/none.jpg 2>&1)"
check "and gives no file" no "$([ -e /tmp/none.jpg ] && echo yes || echo no)"
holds "a line has one owner" "in use" "$(appliance hardware safe 2>&1)"

# What happens from now on; the first edge shows that it listens.
appliance hardware watch --json > /tmp/events 2>&1 & watch=$!
listens() { echo pull-up > "$lines/sim_gpio5/pull"; usleep 300000; echo pull-down > "$lines/sim_gpio5/pull"; usleep 300000; has_event '"name":"still"'; }
happens "a debounced edge is heard" listens
echo pull-up > "$lines/sim_gpio3/pull"
happens "an edge is heard" has_event '"kind":"edge","name":"door","value":"on"'
happens "an edge sets a trigger off" has_event '"kind":"trigger","name":"bell"'
echo pull-down > "$lines/sim_gpio3/pull"
happens "an edge down is heard" has_event '"kind":"edge","name":"door","value":"off"'
[ -z "$sdg" ] || { echo pull-up > "$lines/sim_gpio7/pull"; happens "System.Device.Gpio hears an edge" has_event '"kind":"edge","name":"older","value":"on"'; }
i2cset -f -y "$bus" 0x48 0 0x0055 w
happens "a threshold sets a trigger off" has_event '"kind":"trigger","name":"hot"'
echo "PRESS"
happens "a key is heard" has_event '"kind":"edge","name":"enter","value":"on"'
kill $watch

grep VmRSS "/proc/$server/status" | sed 's/^/figure   /'
kill -TERM $server; wait $server
echo "note     after a stop the driver has the line at $(cat "$lines/sim_gpio0/value"), the light at $(cat "/sys/class/leds/$led/brightness")"
check "a light is safe after a stop" 0 "$(cat "/sys/class/leds/$led/brightness")"
check "the stop was told as safe" 1 "$(appliance audit show | grep -q 'hardware.safe' && echo 1)"
appliance serve --port 18789 > /tmp/serve.log 2>&1 & server=$!
until_true appliance health; appliance hardware set lamp on >/dev/null; appliance hardware set caps on >/dev/null
kill -KILL $server; wait $server 2>/dev/null
echo "note     after a kill the driver has the line at $(cat "$lines/sim_gpio0/value"), the light at $(cat "/sys/class/leds/$led/brightness")"
safe=$(appliance hardware safe 2>&1)
holds "after a kill safe sets pins" "lamp is off" "$safe"; holds "after a kill safe sets lights" "caps is off" "$safe"
check "after a kill and safe the line is low" 0 "$(cat "$lines/sim_gpio0/value")"; check "after a kill and safe the light is off" 0 "$(cat "/sys/class/leds/$led/brightness")"

finish
