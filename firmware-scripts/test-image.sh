#!/usr/bin/env bash
# test-image.sh BINARY FOLDER: builds the runtime stage of Dockerfile.arm64 around BINARY and runs it, with buildah in chroot isolation and a base that
# mmdebstrap made, so without a registry and a container engine. Not tested so: the build stage, HEALTHCHECK by an engine, read-only root, limits.
# Needs root, mmdebstrap and buildah.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$1 folder=$2
command -v buildah >/dev/null || { echo "test-image.sh: buildah is not installed (apt-get install buildah)." >&2; exit 3; }
case $(uname -m) in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; *) echo "test-image.sh: no image for $(uname -m)." >&2; exit 3 ;; esac
mkdir -p "$folder/context"
folder=$(cd "$folder" && pwd)
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
: > "$folder/registries.conf"
ba() { buildah --root "$folder/store" --runroot "$folder/run" --registries-conf "$folder/registries.conf" "$@"; }

"$here/debian-tree.sh" "$folder/tree"
rm -rf "$folder/tree"
base=$(ba from --arch "$arch" scratch)
ba add -q "$base" "$folder/tree.tar" / >/dev/null
ba config --arch "$arch" --os linux "$base"
ba commit -q --rm "$base" debian:bookworm-slim >/dev/null

# What the build stage would bring.
cp "$binary" "$folder/context/appliance"
sed -e '/^# --- build stage/,/^# --- runtime stage/d' -e 's|^COPY --from=build /out/appliance|COPY appliance|' "$here/../Dockerfile.arm64" > "$folder/context/Dockerfile"
ba bud --pull-never --build-arg "ARCH=$arch" -t appliance -f "$folder/context/Dockerfile" "$folder/context" > "$folder/build.log" 2>&1 || { tail -n 20 "$folder/build.log" >&2; exit 1; }

container=$(ba from --pull-never appliance)
trap 'ba rm "$container" >/dev/null' EXIT
[ "$(ba inspect --format '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}} {{.OCIv1.Architecture}}' --type image appliance)" = "10001 [appliance] $arch" ]
# Started as the image says, asked as its health check asks, ended as an engine ends it.
# shellcheck disable=SC2016 # The container expands it.
ba run --env APPLIANCE_GATEWAY_TOKEN=0123456789abcdef0123456789abcdef "$container" -- bash -c '
  [ "$(id -u)" = 10001 ] || exit 10
  touch /usr/local/bin/x 2>/dev/null && exit 11
  appliance serve --bind 0.0.0.0 --port 0 > /data/log & pid=$!
  for i in $(seq 300); do appliance health >/dev/null 2>&1 && break; sleep 0.1; done
  appliance health || exit 12
  kill -TERM $pid && wait $pid || exit 13
  [ -d /data/.appliance ] || exit 14
'
echo "  the image is built, runs as its user, is healthy, ends when it is told to: $(du -sh "$folder/context/appliance" | cut -f1) program"
