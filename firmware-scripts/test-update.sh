#!/usr/bin/env bash
# test-update.sh DEB BINARY FOLDER: boots a Debian below FOLDER in a container with its own systemd, with the package installed, and lets it take
# updates by `appliance update from`: two that are well, one of them a USB disk's bundle with a model and a skill; goes back by hand; and takes one that
# starts and does not answer, one that cannot read its models and says 503, one whose model does not answer, one that says nothing at all, one that ends at
# once. What becomes of each is systemd's decision alone. Needs root, mmdebstrap, systemd-nspawn and openssl.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$3 tree=$3/tree
# shellcheck source=container.sh disable=SC1091
. "$here/container.sh"
binary=$2

prepare "$1"

# Releases, signed as a publisher does it, on a disk that everybody may read.
key=$folder/release.key disk=$tree/media/disk
mkdir -p "$disk"
openssl genpkey -algorithm ed25519 -out "$key"
openssl pkey -in "$key" -pubout -out "$disk/pub.pem"
id=$(openssl pkey -in "$key" -pubout -outform DER | tail -c 32 | sha256sum | cut -c1-16)
rid=linux-x64
if [ "$(uname -m)" = aarch64 ]; then rid=linux-arm64; fi
file() { # ROLE NAME FIELDS: an entry of the manifest
  printf '{"role": "%s", "name": "%s", %s, "size": %s, "sha256": "%s"}' "$1" "$2" "$3" "$(stat -c %s "$stick/$2")" "$(sha256sum "$stick/$2" | cut -d' ' -f1)"
}
make() { # NUMBER NAME PROGRAM [KIND FILES]: FILES are entries of what is in its folder already
  stick=$disk/$2
  mkdir -p "$stick"
  cp "$3" "$stick/program"
  printf '{"format": 1, "kind": "%s", "version": "9.0.%s", "release": %s, "from": 0, "channel": "stable", "created": "%s", "expires": "%s", "key": "%s", "files": [%s%s]}' \
    "${4:-binary}" "$1" "$1" "$(date -u -d '-1 hour' +%Y-%m-%dT%H:%M:%SZ)" "$(date -u -d '1 day' +%Y-%m-%dT%H:%M:%SZ)" "$id" "$(file program program "\"rid\": \"$rid\"")" "${5:-}" > "$stick/update-stable.json"
  openssl pkeyutl -sign -inkey "$key" -rawin -in "$stick/update-stable.json" -out "$stick/update-stable.json.sig"
}
# shellcheck disable=SC2016 # The script that is written fills these in.
version() { # what it does when it is to serve
  printf '#!/bin/sh\ncase "$1" in serve) %s ;; *) APPLIANCE_SLOT=off exec /usr/bin/appliance "$@" ;; esac\n' "$1" > "$folder/version"
}
make 2 good "$binary"

# The built-in model's own files as a publisher has them, by another name, and a skill.
stick=$disk/bundle
mkdir -p "$stick/model"
cp "$here/../models/builtin/"{config.json,model.safetensors,tokenizer.json,tokenizer_config.json} "$stick/model/"
mkdir -p "$folder/watering"
printf -- '---\nname: watering\ndescription: When the plants get water.\n---\nWater the plants on Monday.\n' > "$folder/watering/SKILL.md"
tar -C "$folder" -czf "$stick/watering.tar.gz" watering
files=$(for part in config.json model.safetensors tokenizer.json tokenizer_config.json; do printf ', '; file model "model/$part" '"as": "gardener"'; done; printf ', '; file skill watering.tar.gz '"as": "watering"')
make 3 bundle "$binary" bundle "$files"

# It says that it is ready, and answers where nobody asks.
version 'APPLIANCE_SLOT=off APPLIANCE_HOME=/var/lib/appliance/elsewhere exec /usr/bin/appliance serve'
make 4 sick "$folder/version"
# The program itself (another file by one byte), to which the disk will not give its models: it starts, and truly answers 503 to /readyz.
{ cat "$binary"; echo; } > "$folder/version"
make 5 unready "$folder/version"
# Its built-in model comes without the graph's file.
LC_ALL=C sed 's/"name": "model\.onnx"/"name": "model.onnY"/' "$binary" > "$folder/version"
! cmp -s "$binary" "$folder/version" || fail "there is no built-in model in the program"
make 6 mute "$folder/version"
version 'exec sleep 600'
make 7 silent "$folder/version"
version 'exit 7'
make 8 crashing "$folder/version"

look 3600 <<'LOOK'
field() { appliance update status --json | sed 's/"last":.*//' | grep -oE "\"($1)\":\"[a-z-]*\"" | cut -d'"' -f4 | tr '\n' ' '; }
runs() { systemctl is-active appliance | tr '\n' ' '; readlink "/proc/$(systemctl show -p MainPID --value appliance)/exe"; }
as() { setpriv --reuid appliance --regid appliance --init-groups env HOME=/var/lib/appliance "$@"; }
tell() { # NAME CODE
  while [ -e /var/lib/appliance-slots/tries ]; do sleep 1; done
  if [ "$1" = unready ]; then chmod 700 /var/lib/appliance/.appliance/models; fi
  if appliance update health --within 300 > /root/health 2>&1; then well=well; else well="not well"; cat /root/health; fi
  echo "$1 $2 $(field 'slot|good|outcome')$(runs) $well"
}
take() { # NAME
  appliance update from "/media/disk/$1" >/dev/null 2>/root/error; code=$?
  [ "$code" = 0 ] || cat /root/error
  tell "$1" "$code"
}
appliance update trust /media/disk/pub.pem >/dev/null
take good
appliance update rollback >/dev/null; tell back $?
take bundle
echo "answer $(curl -s http://127.0.0.1:18789/v1/chat/completions -H 'content-type: application/json' -d '{"model":"gardener","messages":[{"role":"user","content":"What is 2 + 2?"}],"max_tokens":16,"temperature":0}')"
echo "skill $(as appliance skills list | grep watering)"
as appliance models remove gardener >/dev/null
echo "of others $(find /var/lib/appliance ! -user appliance | wc -l)"
# What is to fail has less time than the five minutes, which would make a long test, but enough to be seen failing; what is well has all of it.
mkdir -p /etc/systemd/system/appliance-commit.service.d
within() {
  printf '[Service]\nExecStart=\nExecStart=/usr/bin/appliance update health --of-current --within %s\n' "$1" > /etc/systemd/system/appliance-commit.service.d/test.conf
  systemctl daemon-reload
}
journalctl -u appliance-commit --cursor-file=/root/cursor >/dev/null
for name in sick unready mute silent crashing; do
  case $name in unready) chmod 000 /var/lib/appliance/.appliance/models; within 20 ;; mute) within 120 ;; *) within 20 ;; esac
  take "$name"
  journalctl --sync
  journalctl -u appliance-commit -o cat --cursor-file=/root/cursor | sed -n "s/^[a-z]* *NOT WELL: /why $name /p"
done
echo "kept $(find /var/lib/appliance/.appliance -maxdepth 1 -name '.before-*' -printf '%f\n' | tr '\n' ' ')"
echo "failed $(systemctl list-units --failed --plain --no-legend appliance.service appliance-rollback.service | wc -l)"
journalctl -u appliance -u appliance-commit -u appliance-rollback -o cat > /root/journal
LOOK
for version in good bundle; do expect "^$version 0 a a committed active /var/lib/appliance-slots/a/appliance well\$"; done
expect '^back 0 installed installed committed active /usr/bin/appliance well$'
expect '^answer .*"content":"[^"]'
expect '^skill .*watering'
expect '^of others 0$'
for version in sick unready mute silent crashing; do expect "^$version 1 a a rolled-back active /var/lib/appliance-slots/a/appliance well\$"; done
expect '^why mute builtin does not answer'
expect '^why unready the gateway says 503 to /readyz$'
expect '^kept \.before-'
expect '^failed 0$'
