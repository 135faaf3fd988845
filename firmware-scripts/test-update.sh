#!/usr/bin/env bash
# test-update.sh DEB BINARY FOLDER: boots a Debian below FOLDER in a container with its own systemd, with the package installed, and lets it take
# updates by `appliance update from`: one that is well, one that starts and does not answer, one that never gets ready, one that ends at once; and goes
# back by hand. What becomes of each is systemd's decision alone. Needs root, mmdebstrap, systemd-nspawn and openssl.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
deb=$1 binary=$2 folder=$3
command -v systemd-nspawn >/dev/null || { echo "test-update.sh: systemd-nspawn is not installed (apt-get install systemd-container)." >&2; exit 3; }

tree=$folder/tree
"$here/debian-tree.sh" "$tree"
cp "$deb" "$tree/root/appliance.deb"
chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg -i /root/appliance.deb >/dev/null

# Releases, signed as a publisher does it.
key=$folder/release.key
openssl genpkey -algorithm ed25519 -out "$key"
openssl pkey -in "$key" -pubout -out "$tree/root/pub.pem"
id=$(openssl pkey -in "$key" -pubout -outform DER | tail -c 32 | sha256sum | cut -c1-16)
rid=linux-x64
if [ "$(uname -m)" = aarch64 ]; then rid=linux-arm64; fi
make() { # NUMBER NAME PROGRAM
  local stick=$tree/root/$2
  mkdir -p "$stick"
  cp "$3" "$stick/program"
  printf '{"format": 1, "kind": "binary", "version": "9.0.%s", "release": %s, "from": 0, "channel": "stable", "created": "%s", "expires": "%s", "key": "%s", "files": [{"role": "program", "rid": "%s", "name": "program", "size": %s, "sha256": "%s"}]}' \
    "$1" "$1" "$(date -u -d '-1 hour' +%Y-%m-%dT%H:%M:%SZ)" "$(date -u -d '1 day' +%Y-%m-%dT%H:%M:%SZ)" "$id" "$rid" "$(stat -c %s "$stick/program")" "$(sha256sum "$stick/program" | cut -d' ' -f1)" > "$stick/update-stable.json"
  openssl pkeyutl -sign -inkey "$key" -rawin -in "$stick/update-stable.json" -out "$stick/update-stable.json.sig"
}
# shellcheck disable=SC2016 # The script that is written fills these in.
version() { # what it does when it is to serve
  printf '#!/bin/sh\ncase "$1" in serve) %s ;; *) APPLIANCE_SLOT=off exec /usr/bin/appliance "$@" ;; esac\n' "$1" > "$folder/version"
}
make 2 good "$binary"
make 2 again "$binary"
# It says that it is ready, and answers where nobody asks.
version 'APPLIANCE_SLOT=off APPLIANCE_HOME=/var/lib/appliance/elsewhere exec /usr/bin/appliance serve'
make 3 sick "$folder/version"
version 'exec sleep 600'
make 4 silent "$folder/version"
version 'exit 7'
make 5 crashing "$folder/version"

# Five minutes for each version that is to fail would be a long test.
mkdir -p "$tree/etc/systemd/system/appliance-commit.service.d"
printf '[Service]\nExecStart=\nExecStart=/usr/bin/appliance update health --of-current --within 90\n' > "$tree/etc/systemd/system/appliance-commit.service.d/test.conf"

cat > "$tree/root/look" <<'LOOK'
#!/bin/bash
exec > /root/seen 2>&1
outcome() { appliance update status --json | sed 's/"last":.*//' | grep -oE '"(slot|good|outcome)":"[a-z-]*"' | cut -d'"' -f4 | tr '\n' ' '; }
runs() { systemctl is-active appliance | tr '\n' ' '; readlink "/proc/$(systemctl show -p MainPID --value appliance)/exe"; }
asks() { for _ in $(seq 120); do appliance update health --within 2 >/dev/null 2>&1 && { echo well; return; }; done; echo "not well"; }
appliance update trust /root/pub.pem >/dev/null
for name in good back again sick silent crashing; do
  if [ "$name" = back ]; then
    appliance update rollback >/dev/null; code=$?
    for _ in $(seq 90); do [ -e /var/lib/appliance-slots/tries ] || break; sleep 1; done
    well=$(asks)
    echo "$name $code $(outcome)$(runs) $well"
    continue
  fi
  appliance update from "/root/$name" >/dev/null 2>"/root/$name.error"; code=$?
  [ "$code" = 0 ] || cat "/root/$name.error"
  well=$(asks)
  echo "$name $code $(outcome)$(runs) $well"
done
echo "kept $(find /var/lib/appliance/.appliance -maxdepth 1 -name '.before-*' -printf '%f\n' | tr '\n' ' ')"
echo "failed $(systemctl list-units --failed --plain --no-legend appliance.service appliance-rollback.service | wc -l)"
journalctl -u appliance -u appliance-commit -u appliance-rollback -o cat > /root/journal
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

mkdir -p /run/systemd/nspawn
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout -k 5 1200 script -qefc "systemd-nspawn --boot -D '$tree' --register=no --keep-unit --private-network --machine=appliance-update --console=interactive" /dev/null > "$folder/update.log" 2>&1 < /dev/null \
  || { tail -n 30 "$folder/update.log" >&2; echo "test-update.sh: the container did not boot and end." >&2; exit 1; }
seen=$tree/root/seen
cat "$seen"
expect() { grep -qE "$1" "$seen" || { tail -n 40 "$tree/root/journal" >&2; echo "test-update.sh: expected $1" >&2; exit 1; }; }
for name in good again; do expect "^$name 0 a a committed active /var/lib/appliance-slots/a/appliance well\$"; done
for name in sick silent crashing; do expect "^$name 1 a a rolled-back active /var/lib/appliance-slots/a/appliance well\$"; done
expect '^back 0 installed installed committed active /usr/bin/appliance well$'
expect '^kept \.before-'
expect '^failed 0$'
