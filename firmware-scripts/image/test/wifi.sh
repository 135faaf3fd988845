#!/usr/bin/env bash
# wifi.sh ARCH FOLDER WORK: holds the image that image.sh left in FOLDER to its first start without a settings file, in an emulated machine with three radios of
# the kernel's own simulator (mac80211_hwsim): one is the box's, one a phone's, one a router's. The phone joins the box's network by its label, is led to the page,
# sees the router's network in it and answers; the box starts anew, and joins the router. Prints what it saw; fails at the first thing that is
# not as it should be. Needs what test.sh needs, and apt-get to fetch iw for the guest. WIFI_PROGRAM puts another program into the guest.
# shellcheck disable=SC2016,SC2034 # What is in single quotes the guest expands; vm_port is for vm.sh.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arch=$1 folder=$2 work=$3
rm -rf "$work"
mkdir -p "$work/tools"
vm=$work/vm vm_port=
# shellcheck source=vm.sh disable=SC1091
. "$here/vm.sh"
trap vm_cut EXIT
fail() {
  printf 'wifi.sh: %s\n' "$*" >&2
  vm_guest 60 'journalctl -b --no-pager -o short -u appliance-setup -u appliance-first-boot -u "appliance-wifi@*" -u systemd-networkd | tail -n 40; ip addr' >&2 || true
  tail -n 15 "$vm/console.log" >&2 || true
  exit 1
}
guest() { vm_guest "$(patience 300)" "$1" || fail "in the guest: $1"; }

(cd "$work" && apt-get download -qq "iw:$arch" 2>/dev/null && dpkg-deb -x iw_*.deb iw) || { echo "wifi.sh: the package feed lacks iw for $arch." >&2; exit 3; }
cp "$work"/iw/sbin/iw "$work/tools/" 2>/dev/null || cp "$work"/iw/usr/sbin/iw "$work/tools/"
if [ -n "${WIFI_PROGRAM:-}" ]; then cp "$WIFI_PROGRAM" "$work/tools/appliance"; fi
cat > "$work/tools/radios" <<'SH'
#!/bin/bash
# Three radios; the second and the third are other people's, each in a network namespace of its own. The router's network is there.
set -e
modprobe mac80211_hwsim radios=3
udevadm settle
systemctl stop appliance-wifi@wlan1 appliance-wifi@wlan2
for n in 1 2; do
  ip netns add "ns$n"
  /run/tools/iw phy "$(cat /sys/class/net/wlan$n/phy80211/name)" set netns name "ns$n"
done
ip netns exec ns2 wpa_supplicant -B -i wlan2 -c /run/tools/router.conf -D nl80211 > /dev/null
for try in $(seq 120); do if ip netns exec ns2 wpa_cli -p /run/router -i wlan2 status | grep -qx wpa_state=COMPLETED; then exit 0; fi; sleep 1; done
echo "the router's network does not open: $try tries"; exit 1
SH
printf 'ctrl_interface=/run/router\nnetwork={\n\tssid="Home"\n\tmode=2\n\tfrequency=2412\n\tkey_mgmt=WPA-PSK\n\tproto=RSN\n\tpairwise=CCMP\n\tpsk="a long password"\n}\n' > "$work/tools/router.conf"
# shellcheck disable=SC2154 # udhcpc sets them.
printf '#!/bin/sh\n[ "$1" != bound ] || { ip addr add "$ip/24" dev "$interface"; echo "address $ip, names from $dns"; }\n' > "$work/tools/bound"
chmod +x "$work/tools"/*
truncate -s $(($(du -sm "$work/tools" | cut -f1) + 16))M "$work/tools.img"
mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$work/tools" "$work/tools.img"
cp --sparse=always "$folder/disk.img" "$work/disk.img"
truncate -s 3G "$work/disk.img"
"$here/seed.sh" "$work/disk.img"

vm_start "$arch" "$work/disk.img" -drive "if=none,id=tools,file=$work/tools.img,format=raw,readonly=on" -device virtio-blk-pci,drive=tools
until_guest 900 'systemctl is-active appliance' || fail "it does not start."
tools='mkdir -p /run/tools && mount -o ro /dev/vdb /run/tools && { [ ! -e /run/tools/appliance ] || mount --bind /run/tools/appliance /usr/bin/appliance; }'
guest "$tools && /run/tools/radios"
guest 'systemctl restart --no-block appliance-setup'
until_guest 300 'test -s /boot/firmware/setup-wifi.png && cat /boot/firmware/setup-wifi.txt' || fail "there is no label."
ssid=$(tr -d '\r' < "$vm/said" | sed -n 's/^    network   //p') key=$(tr -d '\r' < "$vm/said" | sed -n 's/^    password  //p')
guest "grep -q $ssid /run/issue.d/00-appliance-setup.issue"
say "the box opens $ssid, and says so on the screen and on the boot partition"

guest "printf 'ctrl_interface=/run/phone\nnetwork={\n\tssid=\"%s\"\n\tkey_mgmt=WPA-PSK\n\tproto=RSN\n\tpsk=\"%s\"\n}\n' '$ssid' '$key' > /run/phone.conf && ip netns exec ns1 wpa_supplicant -B -i wlan1 -c /run/phone.conf -D nl80211 > /dev/null"
until_guest 120 'ip netns exec ns1 wpa_cli -p /run/phone -i wlan1 status | grep -qx wpa_state=COMPLETED' || fail "the phone cannot join."
say "the phone joins by the label's key: $(guest 'ip netns exec ns1 busybox udhcpc -i wlan1 -n -q -t 20 -s /run/tools/bound 2>/dev/null | grep ^address')"
guest 'ip netns exec ns1 busybox nslookup captive.apple.com 10.86.74.1' | grep -q '10\.86\.74\.1' || fail "names do not lead to the box."
guest 'mkdir -p /etc/netns/ns1 && echo nameserver 10.86.74.1 > /etc/netns/ns1/resolv.conf'
page=$(guest 'ip netns exec ns1 busybox wget -q -O - http://connectivitycheck.gstatic.com/generate_204')
printf '%s' "$page" | grep -q '<option>Home</option>' || fail "the page is not there, or does not know the router's network: $page"
say "whatever it asks for leads to the page, which names the router's network"
# Another network that the box is in does not lead there: nobody is behind the radio but who has its key. The gateway shows that the way is open.
guest 'ip netns add lan && ip link add lan0 type veth peer name lan1 netns lan && ip addr add 10.99.0.1/24 dev lan0 && ip link set lan0 up &&
  ip netns exec lan ip addr add 10.99.0.2/24 dev lan1 && ip netns exec lan ip link set lan1 up && ip netns exec lan ip route add default via 10.99.0.1 &&
  ip netns exec lan timeout 60 bash -c "exec 3<>/dev/tcp/10.86.74.1/18789"'
guest '! ip netns exec lan timeout 5 bash -c "exec 3<>/dev/tcp/10.86.74.1/80" 2>/dev/null'
proof=$(printf '%s' "$page" | sed 's/.*name="proof" value="\([^"]*\)".*/\1/')
saved=$(guest "ip netns exec ns1 busybox wget -q -O - --post-data 'proof=$proof&wifi_ssid=Home&other_ssid=&wifi_password=a+long+password&wifi_country=de&admin_name=Ann&hostname=kitchen&time_zone=Europe%2FBerlin&language=de' http://10.86.74.1/")
token=$(printf '%s' "$saved" | sed -n 's/.*<code>\([^<]*\)<.*/\1/p')
[ ${#token} -ge 32 ] || fail "the answers were not taken: $saved"
guest 'test -s /var/lib/appliance-first-boot/pending.txt'
vm_guest 30 "ip netns exec ns1 busybox wget -q -O /dev/null --post-data 'proof=$proof' http://10.86.74.1/finish" > /dev/null || true
say "its answers are on the disk, the token is shown, and the box starts anew"

until_guest 900 'test "$(cat /proc/sys/kernel/hostname)" = kitchen && systemctl is-active appliance' || fail "the answers were not applied."
guest 'test ! -e /boot/firmware/setup-wifi.txt && test ! -e /boot/firmware/setup-wifi.png && grep -q "^applied = yes" /boot/firmware/appliance.txt && ! grep -q "long password" /boot/firmware/appliance.txt'
guest 'test "$(systemctl show -p ConditionResult --value appliance-setup)" = no && test "$(readlink /etc/localtime)" = ../usr/share/zoneinfo/Europe/Berlin'
vm_answers "$(patience 300)" /readyz "$token" || fail "the gateway does not take the token."
guest "$tools && /run/tools/radios"
until_guest 180 'wpa_cli -p /run/wpa_supplicant -i wlan0 status | grep -qx ssid=Home && wpa_cli -p /run/wpa_supplicant -i wlan0 status | grep -qx wpa_state=COMPLETED' || fail "the box does not join the router."
say "it joined the router's network, takes the token, and its own network is gone"
vm_cut
