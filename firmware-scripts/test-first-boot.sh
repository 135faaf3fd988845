#!/usr/bin/env bash
# test-first-boot.sh DEB FOLDER: boots a Debian below FOLDER in a container with its own systemd, with the package, the units of first boot and an
# appliance.txt, and looks whether all of it is applied under what the unit forbids, before the service starts, by the rights it should have.
# Needs root, mmdebstrap and systemd-nspawn.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$2/tree
# shellcheck source=container.sh disable=SC1091
. "$here/container.sh"

prepare "$1"
for unit in appliance-first-boot appliance-first-boot-online appliance-setup; do
  cp "$here/units/$unit.service" "$tree/usr/lib/systemd/system/"
  chroot "$tree" systemctl enable "$unit" >/dev/null 2>&1
done
token=6a1f0e5c9b7d43820fae6c15d2b3948716a1f0e5c9b7d438
mkdir -p "$tree/boot/firmware"
# shellcheck disable=SC2016 # Nobody is to expand it, which is what this is about.
printf 'hostname = kitchen\r\nwifi_ssid = Home\r\nwifi_password = "a $(touch /root/ran) b"\r\nwifi_country = DE\r\nadmin_name = Ann\r\nmodel = hf:nobody/nothing\r\nmdns = yes\r\ngateway_token = %s\r\nend\r\n' "$token" > "$tree/boot/firmware/appliance.txt"

look 600 <<LOOK
echo "first boot \$(systemctl show -p Result --value appliance-first-boot) \$(systemctl is-active appliance-first-boot)"
echo "service \$(systemctl is-active appliance)"
echo "name \$(cat /etc/hostname)"
echo "wifi \$(stat -c '%a %U' /etc/wpa_supplicant/appliance.conf) \$(grep -c 'psk="a \\\$(touch /root/ran) b"' /etc/wpa_supplicant/appliance.conf)"
echo "home \$(find /var/lib/appliance ! -user appliance | wc -l) of others, token \$(stat -c '%a %U' /var/lib/appliance/.appliance/secrets/GATEWAY_TOKEN)"
echo "gateway \$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:18789/v1/models) \$(curl -s -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer $token' http://127.0.0.1:18789/v1/models)"
echo "left \$(grep -c -e touch -e $token /boot/firmware/appliance.txt) \$(ls /boot/firmware | tr '\n' ' ')"
echo "ran \$(ls /root/ran 2>/dev/null)"
# There is no network in there: the model is asked for by the service's user, in vain, and goes on waiting.
for _ in \$(seq 600); do journalctl -u appliance-first-boot-online -o cat | grep -q 'models pull' && break; sleep 0.5; done
echo "online \$(ls /var/lib/appliance-first-boot/model) \$(journalctl -u appliance-first-boot-online -o cat | grep -m 1 'models pull' | sed 's/.*failed: *//')"
echo "mdns \$(grep -A 2 '"mdns"' /var/lib/appliance/.appliance/appliance.json | tr -d ' \n')"
echo "user \$(setpriv --reuid appliance --regid appliance --init-groups env HOME=/var/lib/appliance appliance doctor | grep -c -E '^(warning|critical) +first-boot')"
echo "doctor \$(APPLIANCE_HOME=/var/lib/appliance/.appliance appliance doctor | grep -E '^[a-z]+ +(first-boot|discovery)' | tr -s ' ' | tr '\n' ';')"
echo "setup \$(systemctl show -p ConditionResult --value appliance-setup)"
printf 'admin_name = Bo\nend\n' > /boot/firmware/appliance.txt
ln -sf /etc/shadow /var/lib/appliance/.appliance/agents/main/workspace/USER.md
systemctl restart appliance-first-boot
echo "link \$(grep -c 'My name' /etc/shadow) \$(systemctl show -p Result --value appliance-first-boot)"
LOOK
expect '^first boot success active$'
expect '^service active$'
expect '^name kitchen$'
expect '^wifi 600 root 1$'
expect '^home 0 of others, token 600 appliance$'
expect '^gateway 401 200$'
expect '^left 0 appliance.txt $'
expect '^ran $'
expect '^online /var/lib/appliance-first-boot/model .'
expect '^mdns "mdns":{"mode":"minimal"'
expect '^user 0$'
expect '^doctor .*info first-boot pulling a model waits for a network;ok first-boot the box is set up;'
expect '^setup no$'
expect '^link 0 '
