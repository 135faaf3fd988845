#!/usr/bin/env bash
# tree.sh ARCH BASE.tar DEB TREE VERSION [kiosk]: makes the image's root in the folder TREE: the packages that fetch.sh unpacked, our package, our files
# (root/, with a screen root-kiosk/ too), and what the packages' scripts would have done, done from outside. No program of the tree runs.
# Rights are kept where it runs as root or under fakeroot.
set -euo pipefail
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 base=$2 deb=$3 tree=$4 version=$5 kiosk=${6:-}
rm -rf "$tree"
mkdir -p "$tree"
tar -C "$tree" -xpf "$base" --exclude='./dev/*'
dpkg-deb --fsys-tarfile "$deb" | tar -C "$tree" --keep-directory-symlink -xpf -
cp -r "$here/root/." "$tree/"
if [ -n "$kiosk" ]; then cp -r "$here/root-kiosk/." "$tree/"; fi
mkdir -p "$tree/boot/firmware" "$tree/srv"
# Units for images alone; the package has the others.
units=()
for unit in "$here"/../units/*.service; do
  name=${unit##*/}
  if [ "$name" = appliance-user.service ] || [ -e "$tree/usr/lib/systemd/system/$name" ]; then continue; fi
  cp "$unit" "$tree/usr/lib/systemd/system/"
  if grep -q '^\[Install\]' "$unit"; then units+=("$name"); fi
done

install -D -m 644 "$here/../units/appliance-wifi.rules" "$tree/usr/lib/udev/rules.d/90-appliance-wifi.rules"

# Users and groups, each from its package's sysusers.d.
rm -f "$tree"/etc/{passwd,group,shadow,gshadow}*
systemd-sysusers --root="$tree" 2>/dev/null
# What base-files, libpam-runtime, openssh-server and tzdata copy into /etc.
for name in account auth password session session-noninteractive; do
  # shellcheck disable=SC2016 # The dollars are in the files.
  sed -e '/^\$account_primary$/c account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so' \
      -e '/^\$auth_primary$/c auth [success=1 default=ignore] pam_unix.so' \
      -e '/^\$password_primary$/c password [success=1 default=ignore] pam_unix.so obscure yescrypt' \
      -e '/^\$session\(_nonint\)\?_primary$/c session [default=1] pam_permit.so' \
      -e '/^\$session\(_nonint\)\?_additional$/c session required pam_unix.so' \
      -e '/^\$\(account\|auth\|password\)_additional$/d' "$tree/usr/share/pam/common-$name" > "$tree/etc/pam.d/common-$name"
done
cp "$tree/usr/share/base-files/profile" "$tree/etc/profile"
cp "$tree/usr/share/openssh/sshd_config" "$tree/etc/ssh/sshd_config"
ln -sf /usr/share/zoneinfo/Etc/UTC "$tree/etc/localtime"
ln -sf ../run/systemd/resolve/stub-resolv.conf "$tree/etc/resolv.conf"
ln -sf mawk "$tree/usr/bin/awk"
# What is written while it runs is in memory, by its old names too.
rm -rf "$tree/var/run" "$tree/var/lock"
ln -s ../run "$tree/var/run"
ln -s ../run/lock "$tree/var/lock"
for file in regulatory.db regulatory.db.p7s; do ln -sf "$file-debian" "$tree/usr/lib/firmware/$file"; done
# Certificates: one file of all, and one by the hash of each name, as OpenSSL looks for them.
mkdir -p "$tree/etc/ssl/certs"
cat "$tree"/usr/share/ca-certificates/mozilla/*.crt > "$tree/etc/ssl/certs/ca-certificates.crt"
for file in "$tree"/usr/share/ca-certificates/mozilla/*.crt; do ln -sf "/usr/share/ca-certificates/mozilla/${file##*/}" "$tree/etc/ssl/certs/$(openssl x509 -noout -subject_hash -in "$file").0"; done
# A list of names of devices that nothing here asks for.
rm -rf "$tree/usr/lib/udev/hwdb.d"

# A machine of its own at its first start.
: > "$tree/etc/machine-id"
rm -f "$tree/var/lib/dbus/machine-id" "$tree"/etc/ssh/ssh_host_*
printf 'appliance %s %s%s\n' "$version" "$arch" "${kiosk:+ kiosk}" > "$tree/usr/lib/appliance/image"
awk '/^Package: /{ p = $2 } /^Version: /{ print p, $2 }' "$tree/var/lib/dpkg/status" | sort > "$tree/usr/share/appliance/packages"

"$here/modules.sh" "$tree" "$kiosk"
# Of each chip's Wi-Fi firmware the newest, which the kernel takes; no tables of old character sets.
for file in "$tree"/usr/lib/firmware/iwlwifi-*.ucode; do
  [ ! -e "$file" ] || [ "$file" = "$(printf '%s\n' "${file%-*}"-[0-9]*.ucode | sort -V | tail -n 1)" ] || rm "$file"
done
rm -rf "$tree"/usr/lib/*-linux-gnu/gconv
# Slots are replaced whole: there is nothing to install here, and no tools for it.
rm -rf "$tree"/var/lib/dpkg "$tree"/var/lib/apt "$tree"/var/cache/* "$tree"/etc/{apt,dpkg,initramfs-tools,kernel,init.d,rc?.d,cron.d,cron.daily,update-motd.d} "$tree"/usr/share/{initramfs-tools,perl5,menu,bug,lintian,pixmaps} \
  "$tree"/usr/share/locale "$tree"/usr/lib/systemd/system/{apt-daily,e2scrub,dpkg-db-backup,man-db}* "$tree"/usr/lib/firmware/intel/ibt*

units+=(systemd-networkd systemd-resolved systemd-timesyncd fstrim.timer appliance appliance-image-config appliance-image-grow appliance-image-health appliance-image-console ssh)
# The screen shows the page, or what a person needs to know.
if [ -n "$kiosk" ]; then units+=(appliance-kiosk seatd); else units+=(getty@tty1); fi
systemctl --quiet --root="$tree" enable "${units[@]}"
systemctl --quiet --root="$tree" mask systemd-networkd-wait-online.service systemd-hibernate-resume@.service
systemctl --quiet --root="$tree" disable wpa_supplicant.service 2>/dev/null || true
systemctl --quiet --root="$tree" set-default multi-user.target
