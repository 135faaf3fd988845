# shellcheck shell=bash
# container.sh, which the tests of services source: a Debian in $tree with the package installed, booted by nspawn with a systemd of its
# own. What a test looks at is a script that runs in there after the service (look), and what it said is looked at afterwards (expect).
# $here is the folder of this file. Needs root, mmdebstrap and systemd-nspawn.
: "${here:?}" "${tree:?}"
seen=$tree/root/seen
self=$(basename "$0")
fail() { printf '%s: %s\n' "$self" "$*" >&2; exit 1; }
command -v systemd-nspawn >/dev/null || { echo "$self: systemd-nspawn is not installed (apt-get install systemd-container)." >&2; exit 3; }

# prepare DEB: unpacks the Debian, and installs the package in it.
prepare() {
  "$here/debian-tree.sh" "$tree"
  cp "$1" "$tree/root/appliance.deb"
  chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg -i /root/appliance.deb >/dev/null
}

# look SECONDS: boots it, runs the script on standard input in there, and prints what that said. The time is for a test that stands still.
look() {
  { printf '#!/bin/bash\nexec > /root/seen 2>&1\n'; cat; } > "$tree/root/look"
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
  # A machine without systemd has no such folder; nspawn wants it. script(1) is the terminal that a console needs.
  mkdir -p /run/systemd/nspawn
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout -k 5 "$1" script -qefc "systemd-nspawn --boot -D '$tree' --register=no --keep-unit --private-network --machine=appliance-test-$$ --console=interactive" /dev/null > "$tree.log" 2>&1 < /dev/null \
    || { tail -n 30 "$tree.log" >&2; cat "$seen" >&2; fail "the container did not boot and end."; }
  cat "$seen"
}

# expect PATTERN: a line of it, as an extended regular expression.
expect() { grep -qE "$1" "$seen" || fail "expected $1"; }
