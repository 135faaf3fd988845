#!/usr/bin/env bash
# test-service.sh DEB FOLDER [MODEL]: boots a Debian below FOLDER in a container with its own systemd, with the package installed, and looks whether
# the service runs under everything that its unit forbids: ready, answering (with MODEL, a GGUF file, by a model), restarted when it stands still.
# Needs root, mmdebstrap and systemd-nspawn. Memory limits are set, and enforced only where this machine has cgroups of version 2.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$2/tree
# shellcheck source=container.sh disable=SC1091
. "$here/container.sh"
model=${3:-}

prepare "$1"
if [ -n "$model" ]; then cp "$model" "$tree/var/lib/appliance/model.gguf"; fi
# Two minutes would be a long test, and what a busy machine does not manage in five seconds is no fault.
mkdir -p "$tree/etc/systemd/system/appliance.service.d"
printf '[Service]\nWatchdogSec=20s\n' > "$tree/etc/systemd/system/appliance.service.d/test.conf"

look 600 <<'LOOK'
as() { setpriv --reuid appliance --regid appliance --init-groups env HOME=/var/lib/appliance "$@"; }
show() { systemctl show -p "$1" --value appliance; }
echo "state $(systemctl is-active appliance) $(show Type) $(show StatusText)"
pid=$(show MainPID)
echo "held $(awk '/^CapEff|^NoNewPrivs|^Seccomp:/ { print $1 $2 }' "/proc/$pid/status" | tr '\n' ' ')"
if [ -e /var/lib/appliance/model.gguf ]; then
  as appliance models import /var/lib/appliance/model.gguf --as story --quantize int4 >/dev/null
  echo "answer $(curl -s http://127.0.0.1:18789/v1/completions -H 'content-type: application/json' -d '{"model":"story","prompt":"Once upon a time","max_tokens":8,"temperature":0}')"
fi
# Fed when it would long have been missed: later after its start than it may say nothing.
since() { echo $(($(show "$1") - $(show ActiveEnterTimestampMonotonic))); }
for _ in $(seq 240); do [ "$(since WatchdogTimestampMonotonic)" -gt 20000000 ] && break; sleep 0.5; done
echo "fed $(show NRestarts) $(($(since WatchdogTimestampMonotonic) / 20000000))"
kill -STOP "$pid"
for _ in $(seq 240); do [ "$(show NRestarts)" = 1 ] && [ "$(systemctl is-active appliance)" = active ] && break; sleep 0.5; done
echo "restarted $(show NRestarts) $(show Result) $(systemctl is-active appliance)"
echo "journal $(journalctl -u appliance -o cat | grep -c 'shown this once')"
LOOK
expect '^state active notify listening on http://127.0.0.1:18789$'
expect '^held CapEff:0+ NoNewPrivs:1 Seccomp:2 $'
if [ -n "$model" ]; then expect '^answer .*"text":"[^"]*[a-z]'; fi
expect '^fed 0 [1-9]'
expect '^restarted 1 .* active$'
expect '^journal 0$'
