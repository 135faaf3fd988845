#!/usr/bin/env bash
# deb.sh ARCH BINARY FOLDER [VERSION]: packs the published file with its units as a .deb, the same bytes each time.
# ARCH is amd64 or arm64. DEB_LEVEL is how hard xz tries (6). SOURCE_DATE_EPOCH is the time of everything in it; without it that of the last commit.
set -euo pipefail
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 binary=$2 folder=$3 version=${4:-$(cat "$here/../version.txt")}
case $arch in amd64|arm64) ;; *) echo "deb.sh: $arch is no architecture that is built; amd64 and arm64 are." >&2; exit 2 ;; esac
[ -f "$binary" ] || { echo "deb.sh: $binary is not there." >&2; exit 1; }
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 1767225600)}
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
maintainer=${DEB_MAINTAINER:-"The Appliance authors <appliance@localhost>"}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
put() { install -D -m "$1" "$2" "$tree/$3"; }

put 755 "$binary" usr/bin/appliance
for unit in appliance appliance-commit appliance-rollback; do put 644 "$here/units/$unit.service" "usr/lib/systemd/system/$unit.service"; done
put 644 "$here/units/appliance.sysusers" usr/lib/sysusers.d/appliance.conf
put 644 "$here/units/appliance.tmpfiles" usr/lib/tmpfiles.d/appliance.conf
put 644 "$here/units/appliance.rules" usr/lib/udev/rules.d/60-appliance.rules
put 644 "$here/deb/copyright" usr/share/doc/appliance/copyright
put 644 "$here/deb/lintian-overrides" usr/share/lintian/overrides/appliance
put 644 "$here/deb/appliance.1" usr/share/man/man1/appliance.1
gzip -9n "$tree/usr/share/man/man1/appliance.1"
{
  printf 'appliance (%s) unstable; urgency=medium\n\n  * CHANGELOG.md of the project has what is in it.\n\n' "$version"
  printf ' -- %s  %s\n' "$maintainer" "$(date -u -d "@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %H:%M:%S +0000')"
} | gzip -9n > "$work/changelog.gz"
put 644 "$work/changelog.gz" usr/share/doc/appliance/changelog.gz
for script in postinst prerm postrm; do put 755 "$here/deb/$script" "DEBIAN/$script"; done

# Kilobytes by the files' own sizes: what a disk makes of them is its own affair.
size=$(find "$tree" -path "$tree/DEBIAN" -prune -o -type f -printf '%s\n' | awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')
cat > "$tree/DEBIAN/control" <<TXT
Package: appliance
Version: $version
Architecture: $arch
Maintainer: $maintainer
Installed-Size: $size
Depends: init-system-helpers (>= 1.54~), libc6 (>= 2.34), libgcc-s1, libssl3 | libssl3t64, libstdc++6, systemd | systemd-sysusers
Recommends: ca-certificates, tzdata
Suggests: bubblewrap
Section: net
Priority: optional
Description: private AI assistant with a local model
 Runs a quantized language model on a small box and serves it to people and
 programs: an agent with tools and a memory, and the protocols of OpenClaw,
 OpenAI, Anthropic and Ollama, on this machine alone until told otherwise.
 .
 The service has a user of its own, no privileges, and sees no devices.
TXT
(cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
chmod 644 "$tree/DEBIAN/control" "$tree/DEBIAN/md5sums"
find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$folder"
# One thread: several pack the same into other bytes.
DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group -Zxz -z"${DEB_LEVEL:-6}" -b "$tree" "$folder/appliance_${version}_$arch.deb" > /dev/null
echo "$folder/appliance_${version}_$arch.deb"
