#!/usr/bin/env bash
# Usage: code-order.sh FOLDER FILE: writes to FILE the names of the methods that the published file in FOLDER runs at its start and while it serves,
# those of the start first. Needs valgrind, which knows every function that ran, and eu-unstrip, which gives the file its names back.
set -euo pipefail
published=$1 list=$2 work=$(mktemp -d)
trap 'kill "${server:-0}" 2>/dev/null || true; rm -rf "$work"' EXIT
export APPLIANCE_HOME=$work/home DOTNET_GCHeapHardLimit=10000000
mkdir "$APPLIANCE_HOME"

# Valgrind does not read today's debug information; the table of names is enough.
eu-unstrip "$published/appliance" "$published/appliance.dbg" -o "$work/full"
objcopy --strip-debug --remove-section=.gnu_debuglink "$work/full" "$work/appliance"

# Serves and is asked, or only serves; what ran goes to NAME.
watch() { # NAME COMMAND...
  local name=$1; shift
  valgrind --tool=callgrind --callgrind-out-file="$work/$name.out" "$work/appliance" serve --port 18997 >"$work/$name.log" 2>&1 &
  server=$!
  until curl -fs http://127.0.0.1:18997/readyz >/dev/null; do kill -0 "$server" || { cat "$work/$name.log"; exit 1; }; sleep 0.2; done
  "$@"
  kill -TERM "$server"; wait "$server" || true
  sed -n "s/^c\?fn=([0-9]*) //p" "$work/$name.out" | sed "s/'[0-9]*$//" | LC_ALL=C sort -u > "$work/$name"
}

ask() {
  local i
  for i in 1 2 3; do
    "$published/appliance" status; "$published/appliance" sessions list; "$published/appliance" health; "$published/appliance" devices list
    "$published/appliance" gateway call status; "$published/appliance" gateway call sessions.list; "$published/appliance" logs --limit 5
  done >"$work/answers" 2>&1 || true
}

watch start true
watch served ask
# Managed methods have two underscores between type and name; what else ran is the runtime's, whose place the linker chooses.
nm "$work/appliance" | sed -n 's/^[0-9a-f]* [tT] //p' | grep '__' | LC_ALL=C sort -u > "$work/methods"
LC_ALL=C comm -12 "$work/start" "$work/methods" > "$work/first"
LC_ALL=C comm -12 "$work/served" "$work/methods" | LC_ALL=C comm -23 - "$work/start" > "$work/then"
cat "$work/first" "$work/then" > "$list"
echo "$(wc -l < "$work/first") methods of the start and $(wc -l < "$work/then") of serving are in $list"
