#!/usr/bin/env bash
# program.sh TOOLS PROGRAM HOME ARGUMENTS…: the published file for arm64 under qemu-user, with the libraries of TOOLS/root (./build.sh test-arm64
# fetches them) and HOME. An empty /sys, for the reason that run.sh names (root).
set -euo pipefail
tools=$1 program=$2 home=$3
shift 3
# shellcheck disable=SC2016 # The inner shell expands it.
APPLIANCE_HOME=$home exec unshare -m sh -c 'mount -t tmpfs none /sys && exec "$@"' - qemu-aarch64-static -L "$tools/root" "$program" "$@"
