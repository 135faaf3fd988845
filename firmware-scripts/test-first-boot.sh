#!/usr/bin/env bash
# test-first-boot.sh DEB FOLDER: boots a Debian below FOLDER in a container with its own systemd, with the package, the units of first boot and an
# appliance.txt, and looks whether all of it is applied under what the unit forbids, before the service starts, by the rights it should have.
# Needs root, mmdebstrap and systemd-nspawn.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
deb=$1 folder=$2
command -v systemd-nspawn >/dev/null || { echo "test-first-boot.sh: systemd-nspawn is not installed (apt-get install systemd-container)." >&2; exit 3; }

tree=$folder/tree
"$here/debian-tree.sh" "$tree"
cp "$deb" "$tree/root/appliance.deb"
chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg -i /root/appliance.deb >/dev/null
for unit in appliance-first-boot appliance-setup; do
  cp "$here/units/$unit.service" "$tree/usr/lib/systemd/system/"
  chroot "$tree" systemctl enable "$unit" >/dev/null 2>&1
done
token=6a1f0e5c9b7d43820fae6c15d2b3948716a1f0e5c9b7d438
mkdir -p "$tree/boot/firmware"
# shellcheck disable=SC2016 # Nobody is to expand it, which is what this is about.
printf 'hostname = kitchen\r\nwifi_ssid = Home\r\nwifi_password = "a $(touch /root/ran) b"\r\nwifi_country = DE\r\nadmin_name = Ann\r\ngateway_token = %s\r\nend\r\n' "$token" > "$tree/boot/firmware/appliance.txt"

cat > "$tree/root/look" <<LOOK
#!/bin/bash
exec > /root/seen 2>&1
echo "first boot \$(systemctl show -p Result --value appliance-first-boot) \$(systemctl is-active appliance-first-boot)"
echo "service \$(systemctl is-active appliance)"
echo "name \$(cat /etc/hostname)"
echo "wifi \$(stat -c '%a %U' /etc/wpa_supplicant/appliance.conf) \$(grep -c 'psk="a \\\$(touch /root/ran) b"' /etc/wpa_supplicant/appliance.conf)"
echo "home \$(find /var/lib/appliance ! -user appliance | wc -l) of others, token \$(stat -c '%a %U' /var/lib/appliance/.appliance/secrets/GATEWAY_TOKEN)"
echo "gateway \$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:18789/v1/models) \$(curl -s -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer $token' http://127.0.0.1:18789/v1/models)"
echo "left \$(grep -c -e touch -e $token /boot/firmware/appliance.txt) \$(ls /boot/firmware | tr '\n' ' ')"
echo "ran \$(ls /root/ran 2>/dev/null)"
echo "setup \$(systemctl show -p ConditionResult --value appliance-setup)"
printf 'admin_name = Bo\nend\n' > /boot/firmware/appliance.txt
ln -sf /etc/shadow /var/lib/appliance/.appliance/agents/main/workspace/USER.md
systemctl restart appliance-first-boot
echo "link \$(grep -c 'My name' /etc/shadow) \$(systemctl show -p Result --value appliance-first-boot)"
LOOK
chmod +x "$tree/root/look"
cat > "$tree/etc/systemd/system/look.service" <<'UNIT'
[Unit]
After=appliance.service
[Service]
Type=oneshot
ExecStart=/root/look
ExecStopPost=/usr/bin/systemctl --no-block poweroff
[Install]
WantedBy=multi-user.target
UNIT
chroot "$tree" systemctl enable look.service >/dev/null 2>&1

mkdir -p /run/systemd/nspawn
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout -k 5 180 script -qefc "systemd-nspawn --boot -D '$tree' --register=no --keep-unit --private-network --machine=appliance-test --console=interactive" /dev/null > "$folder/first-boot.log" 2>&1 < /dev/null \
  || { tail -n 30 "$folder/first-boot.log" >&2; echo "test-first-boot.sh: the container did not boot and end." >&2; exit 1; }
seen=$tree/root/seen
cat "$seen"
expect() { grep -qE "$1" "$seen" || { echo "test-first-boot.sh: expected $1" >&2; exit 1; }; }
expect '^first boot success active$'
expect '^service active$'
expect '^name kitchen$'
expect '^wifi 600 root 1$'
expect '^home 0 of others, token 600 appliance$'
expect '^gateway 401 200$'
expect '^left 0 appliance.txt $'
expect '^ran $'
expect '^setup no$'
expect '^link 0 '
