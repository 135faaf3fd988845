#!/usr/bin/env bash
# release.sh KEY FOLDER ARCH=FILE...: puts what a release is made of into FOLDER: the files (appliance-linux-x64, …), their packages, SHA256SUMS with
# an Ed25519 signature by the private KEY (PEM), install.sh with the public key in it, and a signed manifest for `appliance update` (docs/update.md).
# RELEASE_URL is where it will be found. RELEASE_NUMBER grows with every release (the number of commits), RELEASE_CHANNEL is stable or beta, RELEASE_FROM
# the lowest release it may follow (0), RELEASE_DAYS how long it is believed (400). RELEASE_BEFORE names folders of older releases, deltas from which are made.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
key=$1 folder=$2
shift 2
url=${RELEASE_URL:?"release.sh: set RELEASE_URL to where the release will be found, such as https://example.org/appliance"}
[[ $url =~ ^https?://[A-Za-z0-9.:/_~-]+$ ]] || { echo "release.sh: RELEASE_URL is no plain address." >&2; exit 2; }
public=$(openssl pkey -in "$key" -pubout)
openssl pkey -in "$key" -noout -text | grep -qi '^ED25519' || { echo "release.sh: $key is no Ed25519 key (openssl genpkey -algorithm ed25519 makes one)." >&2; exit 2; }

version=$(cat "$here/../version.txt") channel=${RELEASE_CHANNEL:-stable}
number=${RELEASE_NUMBER:-$(git -C "$here" rev-list --count HEAD)}
case $channel in stable|beta) ;; *) echo "release.sh: RELEASE_CHANNEL is stable or beta." >&2; exit 2 ;; esac
# The 32 bytes of the key end its DER; a manifest names it by the first 16 digits of their SHA-256.
key_id=$(openssl pkey -in "$key" -pubout -outform DER | tail -c 32 | sha256sum | cut -c1-16)
when() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
hash() { sha256sum -- "$1" | cut -d' ' -f1; }
size() { stat -c %s -- "$1"; }

rm -rf "$folder"
mkdir -p "$folder"
files=
for pair in "$@"; do
  arch=${pair%%=*} file=${pair#*=}
  install -m 755 "$file" "$folder/appliance-linux-$arch"
  debian=amd64
  if [ "$arch" = arm64 ]; then debian=arm64; fi
  "$here/deb.sh" "$debian" "$file" "$folder" >/dev/null

  deltas=
  for before in ${RELEASE_BEFORE:-}; do
    old=$before/appliance-linux-$arch
    [ -f "$old" ] || continue
    delta=deltas/$(hash "$old" | cut -c1-16)-linux-$arch
    mkdir -p "$folder/deltas"
    node "$here/delta.mjs" "$old" "$file" "$folder/$delta"
    # One that is not much shorter than the file only makes a manifest long.
    if [ $(($(size "$folder/$delta") * 10)) -gt $(($(size "$file") * 8)) ]; then rm "$folder/$delta"; continue; fi
    deltas="$deltas${deltas:+, }{\"from\": \"$(hash "$old")\", \"name\": \"$delta\", \"size\": $(size "$folder/$delta"), \"sha256\": \"$(hash "$folder/$delta")\"}"
  done
  files="$files${files:+,}
    {\"role\": \"program\", \"rid\": \"linux-$arch\", \"name\": \"appliance-linux-$arch\", \"size\": $(size "$file"), \"sha256\": \"$(hash "$file")\"${deltas:+, \"deltas\": [$deltas]}}"
done
manifest=update-$channel.json
cat > "$folder/$manifest" <<JSON
{
  "format": 1, "kind": "binary", "version": "$version", "release": $number, "from": ${RELEASE_FROM:-0}, "channel": "$channel",
  "created": "$(when now)", "expires": "$(when "${RELEASE_DAYS:-400} days")", "key": "$key_id",
  "files": [$files
  ]
}
JSON
openssl pkeyutl -sign -inkey "$key" -rawin -in "$folder/$manifest" -out "$folder/$manifest.sig"
sums=$(cd "$folder" && find . -type f -printf '%P\n' | sort | xargs sha256sum --)
printf '%s\n' "$sums" > "$folder/SHA256SUMS"
openssl pkeyutl -sign -inkey "$key" -rawin -in "$folder/SHA256SUMS" -out "$folder/SHA256SUMS.sig"
script=$(cat "$here/install.sh")
script=${script//@URL@/$url}
printf '%s\n' "${script//@KEY@/$public}" > "$folder/install.sh"
ls -l "$folder"
