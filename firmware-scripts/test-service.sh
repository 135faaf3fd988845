#!/usr/bin/env bash
# test-service.sh DEB FOLDER [MODEL]: boots a Debian below FOLDER in a container with its own systemd, with the package installed, and looks whether
# the service runs under everything that its unit forbids: ready, answering (with MODEL, a GGUF file, by a model), restarted when it stands still.
# Needs root, mmdebstrap and systemd-nspawn. Memory limits are set, and enforced only where this machine has cgroups of version 2.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
deb=$1 folder=$2 model=${3:-}
command -v systemd-nspawn >/dev/null || { echo "test-service.sh: systemd-nspawn is not installed (apt-get install systemd-container)." >&2; exit 3; }

tree=$folder/tree
"$here/debian-tree.sh" "$tree"
cp "$deb" "$tree/root/appliance.deb"
chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg -i /root/appliance.deb >/dev/null
if [ -n "$model" ]; then cp "$model" "$tree/var/lib/appliance/model.gguf"; fi
# Two minutes would be a long test.
mkdir -p "$tree/etc/systemd/system/appliance.service.d"
printf '[Service]\nWatchdogSec=5s\n' > "$tree/etc/systemd/system/appliance.service.d/test.conf"

cat > "$tree/root/look" <<'LOOK'
#!/bin/bash
exec > /root/seen 2>&1
as() { setpriv --reuid appliance --regid appliance --init-groups env HOME=/var/lib/appliance "$@"; }
show() { systemctl show -p "$1" --value appliance; }
echo "state $(systemctl is-active appliance) $(show Type) $(show StatusText)"
pid=$(show MainPID)
echo "held $(awk '/^CapEff|^NoNewPrivs|^Seccomp:/ { print $1 $2 }' "/proc/$pid/status" | tr '\n' ' ')"
if [ -e /var/lib/appliance/model.gguf ]; then
  as appliance models import /var/lib/appliance/model.gguf --as story --quantize int4 >/dev/null
  echo "answer $(curl -s http://127.0.0.1:18789/v1/completions -H 'content-type: application/json' -d '{"model":"story","prompt":"Once upon a time","max_tokens":8,"temperature":0}')"
fi
sleep 6
echo "fed $(show NRestarts)"
kill -STOP "$pid"
for i in $(seq 60); do [ "$(show NRestarts)" = 1 ] && [ "$(systemctl is-active appliance)" = active ] && break; sleep 0.5; done
echo "restarted $(show NRestarts) $(show Result) $(systemctl is-active appliance)"
echo "journal $(journalctl -u appliance -o cat | grep -c 'shown this once')"
LOOK
chmod +x "$tree/root/look"
cat > "$tree/etc/systemd/system/look.service" <<'UNIT'
[Unit]
After=appliance.service
[Service]
Type=oneshot
ExecStart=/root/look
ExecStopPost=/usr/bin/systemctl --no-block poweroff
[Install]
WantedBy=multi-user.target
UNIT
chroot "$tree" systemctl enable look.service >/dev/null 2>&1

# A machine without systemd has no such folder; nspawn wants it. script(1) is the terminal that a console needs.
mkdir -p /run/systemd/nspawn
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout -k 5 180 script -qefc "systemd-nspawn --boot -D '$tree' --register=no --keep-unit --private-network --machine=appliance-test --console=interactive" /dev/null > "$folder/boot.log" 2>&1 < /dev/null \
  || { tail -n 30 "$folder/boot.log" >&2; echo "test-service.sh: the container did not boot and end." >&2; exit 1; }
seen=$tree/root/seen
cat "$seen"
expect() { grep -qE "$1" "$seen" || { echo "test-service.sh: expected $1" >&2; exit 1; }; }
expect '^state active notify listening on http://127.0.0.1:18789$'
expect '^held CapEff:0+ NoNewPrivs:1 Seccomp:2 $'
if [ -n "$model" ]; then expect '^answer .*"text":"[^"]*[a-z]'; fi
expect '^fed 0$'
expect '^restarted 1 .* active$'
expect '^journal 0$'
