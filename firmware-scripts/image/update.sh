#!/usr/bin/env bash
# update.sh ARCH SLOT VERSION KEY OUT: makes of a slot's files (root, kernel, initrd in the folder SLOT) a signed update of kind image in the folder OUT, as `appliance
# update` takes it from an address or a disk (docs/update.md). KEY is a private Ed25519 key (PEM). RELEASE_NUMBER (the number of commits), RELEASE_CHANNEL
# (stable), RELEASE_FROM (0) and RELEASE_DAYS (400) go into the manifest.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 slot=$2 version=$3 key=$4 out=$5
channel=${RELEASE_CHANNEL:-stable} number=${RELEASE_NUMBER:-$(git -C "$here" rev-list --count HEAD)}
rid=linux-x64
if [ "$arch" = arm64 ]; then rid=linux-arm64; fi
openssl pkey -in "$key" -noout -text | grep -qi '^ED25519' || { echo "update.sh: $key is no Ed25519 key (openssl genpkey -algorithm ed25519 makes one)." >&2; exit 2; }
# The last 32 bytes of the key's DER are the key itself.
key_id=$(openssl pkey -in "$key" -pubout -outform DER | tail -c 32 | sha256sum | cut -c1-16)
when() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }

mkdir -p "$out"
files=
for role in root kernel initrd; do
  cp "$slot/$role" "$out/$role-$rid"
  files="$files${files:+,}
    {\"role\": \"$role\", \"rid\": \"$rid\", \"name\": \"$role-$rid\", \"size\": $(stat -c %s "$slot/$role"), \"sha256\": \"$(sha256sum < "$slot/$role" | cut -d' ' -f1)\"}"
done
cat > "$out/update-$channel.json" <<JSON
{
  "format": 1, "kind": "image", "version": "$version", "release": $number, "from": ${RELEASE_FROM:-0}, "channel": "$channel",
  "created": "$(when now)", "expires": "$(when "${RELEASE_DAYS:-400} days")", "key": "$key_id",
  "files": [$files
  ]
}
JSON
openssl pkeyutl -sign -inkey "$key" -rawin -in "$out/update-$channel.json" -out "$out/update-$channel.json.sig"
