#!/usr/bin/env bash
# test-deb.sh BINARY FOLDER: packs BINARY twice and once more as a newer version, lets lintian look at it, and installs, upgrades, removes and purges
# it in a Debian below FOLDER. Ends at the first thing that is not as it should be. Needs root, mmdebstrap and lintian.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$1 folder=$2
version=$(cat "$here/../version.txt")
newer=$version+1
arch=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1767225600} DEB_LEVEL=0

say() { printf '  %s\n' "$*"; }
fail() { printf 'test-deb.sh: %s\n' "$*" >&2; exit 1; }

rm -rf "$folder/once" "$folder/again"
"$here/deb.sh" "$arch" "$binary" "$folder/once" >/dev/null
"$here/deb.sh" "$arch" "$binary" "$folder/again" >/dev/null
deb=$folder/once/appliance_${version}_$arch.deb
cmp "$deb" "$folder/again/appliance_${version}_$arch.deb" || fail "two packages of the same file differ"
say "packed twice, the same bytes: $(stat -c %s "$deb")"
"$here/deb.sh" "$arch" "$binary" "$folder/once" "$newer" >/dev/null

lintian --allow-root --fail-on error,warning "$deb" || fail "lintian is not content"
say "lintian is content, but for what firmware-scripts/deb/lintian-overrides lists"

tree=$folder/tree
"$here/debian-tree.sh" "$tree"
cp "$folder"/once/*.deb "$tree/root/"
in_tree() { chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
# shellcheck disable=SC2016 # dpkg-query fills these in, not the shell.
state() { in_tree dpkg-query -W -f '${db:Status-Abbrev}' appliance 2>/dev/null || true; }

in_tree dpkg -i "/root/appliance_${version}_$arch.deb" >/dev/null
[ "$(state)" = "ii " ] || fail "it is not installed: $(state)"
in_tree appliance --version | grep -qF "$version" || fail "the program does not say its version"
[ "$(stat -c '%a %U' "$tree/usr/bin/appliance")" = "755 root" ] || fail "the program has other rights"
[ "$(in_tree stat -c '%a %U %G' /var/lib/appliance)" = "700 appliance appliance" ] || fail "the data folder is not the service's alone"
[ -L "$tree/etc/systemd/system/multi-user.target.wants/appliance.service" ] || fail "the service does not start with the machine"
in_tree dpkg --verify appliance || fail "installed files are not those of the package"
say "installed: user, folder, service"

mkdir -p "$tree/etc/systemd/system/appliance.service.d" "$tree/var/lib/appliance/.appliance"
printf '[Service]\nNice=5\n' > "$tree/etc/systemd/system/appliance.service.d/mine.conf"
echo kept > "$tree/var/lib/appliance/.appliance/kept"
in_tree systemctl disable appliance.service >/dev/null 2>&1
in_tree dpkg -i "/root/appliance_${newer}_$arch.deb" >/dev/null
in_tree dpkg-query -W appliance | grep -qxF "appliance	$newer" || fail "it was not upgraded"
[ -e "$tree/var/lib/appliance/.appliance/kept" ] || fail "an upgrade lost data"
[ -e "$tree/etc/systemd/system/appliance.service.d/mine.conf" ] || fail "an upgrade lost settings"
[ ! -L "$tree/etc/systemd/system/multi-user.target.wants/appliance.service" ] || fail "an upgrade switched a service on that was off"
say "upgraded: data, own settings and being switched off stay"

in_tree dpkg -r appliance >/dev/null
[ "$(state)" = "rc " ] || [ "$(state)" = "" ] || fail "it is not removed: $(state)"
[ ! -e "$tree/usr/bin/appliance" ] || fail "the program is still there"
[ -e "$tree/var/lib/appliance/.appliance/kept" ] || fail "removing lost data"
in_tree dpkg -P appliance >/dev/null
[ ! -e "$tree/var/lib/appliance" ] || fail "purging left data"
[ ! -e "$tree/etc/systemd/system/appliance.service.d" ] || fail "purging left settings"
[ -z "$(find "$tree/etc/systemd" -name 'appliance*')" ] || fail "purging left links of the service"
[ -z "$(in_tree dpkg --audit)" ] || fail "dpkg is not content"
say "removed: data stays; purged: nothing stays"
