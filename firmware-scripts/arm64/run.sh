#!/usr/bin/env bash
# run.sh TOOLS FOLDER PROMPT COUNT: decode.js under qemu-user with the arm64 Node and ONNX Runtime of TOOLS (./build.sh test-arm64 fetches them).
# ONNX Runtime looks for its processor in /sys, finds the other machine's, and crashes; so an empty one is mounted where nobody else sees it (root).
set -euo pipefail
tools=$1
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2016 # The inner shell expands it.
NODE_PATH=$tools/node_modules exec unshare -m sh -c 'mount -t tmpfs none /sys && exec "$@"' - \
  qemu-aarch64-static -L /usr/aarch64-linux-gnu "$tools/package/bin/node" "$here/decode.js" "$@"
