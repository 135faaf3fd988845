#!/usr/bin/env bash
# release.sh KEY FOLDER ARCH=FILE...: puts what a release is made of into FOLDER: the files (appliance-linux-x64, …), their packages, SHA256SUMS with
# an Ed25519 signature by the private KEY (PEM), and install.sh with the public key in it. RELEASE_URL is where it will be found.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
key=$1 folder=$2
shift 2
url=${RELEASE_URL:?"release.sh: set RELEASE_URL to where the release will be found, such as https://example.org/appliance"}
[[ $url =~ ^https?://[A-Za-z0-9.:/_~-]+$ ]] || { echo "release.sh: RELEASE_URL is no plain address." >&2; exit 2; }
public=$(openssl pkey -in "$key" -pubout)
openssl pkey -in "$key" -noout -text | grep -qi '^ED25519' || { echo "release.sh: $key is no Ed25519 key (openssl genpkey -algorithm ed25519 makes one)." >&2; exit 2; }

rm -rf "$folder"
mkdir -p "$folder"
for pair in "$@"; do
  arch=${pair%%=*} file=${pair#*=}
  install -m 755 "$file" "$folder/appliance-linux-$arch"
  debian=amd64
  if [ "$arch" = arm64 ]; then debian=arm64; fi
  "$here/deb.sh" "$debian" "$file" "$folder" >/dev/null
done
(cd "$folder" && sha256sum -- * > SHA256SUMS)
openssl pkeyutl -sign -inkey "$key" -rawin -in "$folder/SHA256SUMS" -out "$folder/SHA256SUMS.sig"
script=$(cat "$here/install.sh")
script=${script//@URL@/$url}
printf '%s\n' "${script//@KEY@/$public}" > "$folder/install.sh"
ls -l "$folder"
