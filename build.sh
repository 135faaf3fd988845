#!/usr/bin/env bash
# The one entry: builds, proves, measures and starts the appliance. `./build.sh help` lists the commands.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$PWD

# ONNX Runtime's official native libraries come from one npm package: pinned, and checked against its published SHA-512.
ort_package=onnxruntime-node
ort_version=1.30.0
ort_sha512='twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw=='

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
case "$(uname -m)" in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *) echo "build.sh: $(uname -m) is not supported; linux x86_64 and aarch64 are." >&2; exit 3 ;;
esac
rid=linux-$arch
out=$root/artifacts/$rid

say() { printf '%s\n' "$*"; }
die() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

usage() {
  cat <<'TXT'
usage: ./build.sh COMMAND

  run [ARGS]   install what is missing, build, and start: the chat when there is a model, else the server
  build        install what is missing and build everything
  test         everything that proves it: format, build, unit tests, native publish, end-to-end tests (what CI runs)
  test-slow    the proofs that take minutes: a million mutated frames and 100,000 commands, 500 kills, 1,000 power cuts
  test-clients OpenClaw's own program, unchanged, against the published file (fetches 0.8 GB once)
  publish      the one native file, artifacts/<rid>/appliance
  bench [ARGS] prefill, decode, load, first token and memory; LLAMA_BENCH=… LLAMA_MODEL=… puts llama.cpp beside it;
               --serving measures the server, LLAMA_SERVER=… puts llama-server beside it; --rounds N
  clean        remove artifacts/
  help         this text
TXT
}

# --- what is missing ----------------------------------------------------------------------------------------------------------------

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then say "  (asking for sudo: $*)"; sudo "$@"
  else die "needs root for: $*  Run that yourself, then try again."; fi
}

apt_install() {
  command -v apt-get >/dev/null || die "missing: $*. Install them with your package manager, then try again."
  say "installing: $*"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

ensure_tools() {
  local missing=()
  command -v cc >/dev/null && command -v clang >/dev/null || missing+=(clang lld)
  [ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
  [ -e /usr/include/sqlite3.h ] || missing+=(libsqlite3-dev)
  command -v openssl >/dev/null || missing+=(openssl)
  command -v curl >/dev/null || missing+=(curl ca-certificates)
  if ! command -v npm >/dev/null; then missing+=(npm); fi
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  ensure_dotnet
}

ensure_dotnet() {
  [ -x "$HOME/.dotnet/dotnet" ] && export PATH="$HOME/.dotnet:$PATH" DOTNET_ROOT="$HOME/.dotnet"
  if command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^10\.'; then return; fi
  if command -v apt-cache >/dev/null && apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1; then
    apt_install dotnet-sdk-10.0
  else
    say "installing: .NET SDK 10 into ~/.dotnet (Microsoft's install script; no root needed)"
    curl -fsSL https://dot.net/v1/dotnet-install.sh -o /tmp/dotnet-install.$$ || die "cannot download the .NET SDK; install .NET SDK 10 yourself, then try again."
    bash /tmp/dotnet-install.$$ --channel 10.0 >/dev/null; rm -f /tmp/dotnet-install.$$
    export PATH="$HOME/.dotnet:$PATH" DOTNET_ROOT="$HOME/.dotnet"
  fi
}

# artifacts/native/<rid>/libonnxruntime.so.packed, from the pinned package; done once.
ensure_onnxruntime() {
  local native=$root/artifacts/native stamp=$root/artifacts/native/$ort_version.$rid.packed
  [ -e "$stamp" ] && return
  say "fetching ONNX Runtime $ort_version (once, about 110 MB)"
  local work; work=$(mktemp -d "${TMPDIR:-/tmp}/ort.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  (cd "$work" && npm pack --silent --ignore-scripts "$ort_package@$ort_version" >/dev/null) || die "npm could not fetch $ort_package@$ort_version."
  local got; got=$(openssl dgst -sha512 -binary "$work"/*.tgz | openssl base64 -A)
  [ "$got" = "$ort_sha512" ] || die "$ort_package@$ort_version has the wrong checksum: it is not what was pinned. Nothing was kept."
  mkdir -p "$native/$rid"
  tar -xzf "$work"/*.tgz -C "$work" "package/bin/napi-v6/linux/$arch/libonnxruntime.so.1"
  say "compressing it (once)"
  node src/Models/Onnx/Library/pack.mjs "$work/package/bin/napi-v6/linux/$arch/libonnxruntime.so.1" "$native/$rid/libonnxruntime.so.packed.tmp" "$arch"
  mv "$native/$rid/libonnxruntime.so.packed.tmp" "$native/$rid/libonnxruntime.so.packed"
  rm -rf "$work"; trap - EXIT
  : > "$stamp"
}

# --- the feed -----------------------------------------------------------------------------------------------------------------------

# Probes the package feed once per checkout and remembers: `full` has the owner's listed packages and net10.0's NativeAOT pack.
feed_flags() {
  local probe=$root/artifacts/feed
  if [ ! -e "$probe" ]; then
    local dir=$root/artifacts/probe; mkdir -p "$dir"
    cat > "$dir/probe.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework><ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally></PropertyGroup>
<ItemGroup><PackageDownload Include="Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64" Version="[10.0.0]" /><PackageDownload Include="Microsoft.ML.OnnxRuntimeGenAI" Version="[0.14.1]" /></ItemGroup></Project>
XML
    if (cd "$dir" && dotnet restore -p:ImportDirectoryBuildProps=false -p:ImportDirectoryPackagesProps=false >/dev/null 2>&1); then echo full; else echo short; fi > "$probe"
  fi
  if [ "$(cat "$probe")" = full ]; then feed=(-p:FullFeed=true -p:AppFramework=net10.0)
  else feed=(-p:AppFramework=net9.0); say "feed: no NativeAOT pack for .NET 10 here, so the native file is built as net9.0 from the same sources"; fi
}

# --- commands -----------------------------------------------------------------------------------------------------------------------

build() {
  ensure_tools; ensure_onnxruntime
  dotnet build Appliance.sln -c Release -v quiet --nologo "$@"
}

# x64 code is compiled for AVX2, where a processor has it (since 2013; not some Celerons): AVX-512 and VNNI are looked for at run time.
cpu_flags() {
  cpu=()
  if [ "$arch" = x64 ] && grep -qw avx2 /proc/cpuinfo; then cpu=(-p:IlcInstructionSet=avx2%2cbmi%2cbmi2%2cfma%2clzcnt%2cmovbe%2cpopcnt)
  elif [ "$arch" = x64 ]; then say "this processor has no AVX2: building without it (slower)"; fi
}

publish() {
  ensure_tools; ensure_onnxruntime; feed_flags; cpu_flags
  local log=$root/artifacts/publish.log
  say "publishing the native file ($rid)"
  if ! dotnet publish src/Appliance/Appliance.csproj -c Release -r "$rid" -p:PublishAot=true "${feed[@]}" "${cpu[@]}" -o "$out" -v quiet --nologo -p:TreatWarningsAsErrors=false > "$log" 2>&1; then
    cat "$log"; die "publish failed"
  fi
  # Ours must be 0; a library's own warnings are shown by name and counted apart.
  local ours; ours=$(grep -E 'warning (IL|AD)[0-9]+' "$log" | grep -cE "^$root/src/" || true)
  local theirs; theirs=$(grep -E 'warning (IL|AD)[0-9]+' "$log" | grep -vcE "^$root/src/" || true)
  [ "$ours" = 0 ] || { grep -E 'warning (IL|AD)' "$log"; die "$ours AOT/trim warnings from our assemblies"; }
  find "$out" -maxdepth 1 -type f ! -name appliance ! -name appliance.dbg -delete
  say "AOT/trim warnings: 0 ours, $theirs from libraries (artifacts/publish.log)"
  say "artifacts/$rid/appliance  $(stat -c %s "$out/appliance") bytes"
}

run() {
  [ -x "$out/appliance" ] && [ -z "$(find src Directory.*.props version.txt -newer "$out/appliance" -type f -print -quit)" ] || publish
  if [ $# -gt 0 ]; then exec "$out/appliance" "$@"; fi
  if "$out/appliance" models list --quiet | grep -q .; then exec "$out/appliance" chat; fi
  exec "$out/appliance" serve
}

# Runs one test project, the quick tests or those of the kind given, and adds its counts to passed, failed and skipped.
test_project() {
  local log=$root/artifacts/test-$1.log filter=${2:-Speed!=Slow}
  say "testing $1"
  # A test that hangs is named and ended, and not the whole run's time limit met.
  dotnet test "tests/$1" -c Release --no-build --nologo -v quiet --logger "console;verbosity=detailed" --filter "$filter" \
    --blame-hang-timeout 10m --blame-hang-dump-type none --results-directory artifacts/test-results > "$log" 2>&1 || true
  if ! grep -qE '^ *Total tests:' "$log"; then cat "$log"; die "$1 did not run"; fi
  grep -E '^ +(Failed|Skipped) [A-Z]|^ *\[FAIL\]' "$log" | sort -u || true
  grep -A25 -E '^ +Failed [A-Z]' "$log" || true
  grep -E '^ *figure: ' "$log" | sed 's/^ */  /' | sort -u || true
  passed=$((passed + $(awk '/^ *Passed: /{print $2}' "$log" | tail -n1 | grep . || echo 0)))
  failed=$((failed + $(awk '/^ *Failed: /{print $2}' "$log" | tail -n1 | grep . || echo 0)))
  skipped=$((skipped + $(awk '/^ *Skipped: /{print $2}' "$log" | tail -n1 | grep . || echo 0)))
}

# The official clients that the end-to-end tests drive, unchanged and pinned.
ensure_clients() {
  local clients=$root/artifacts/clients
  mkdir -p "$clients"
  cp tests/EndToEnd/clients/* "$clients/"
  # What is there is of this lock file, or it is made anew.
  cmp -s "$clients/package-lock.json" "$clients/node_modules/.installed" && return
  (cd "$clients" && npm ci --silent --ignore-scripts >/dev/null 2>&1) || die "npm could not install the official clients."
  cp "$clients/package-lock.json" "$clients/node_modules/.installed"
}

# OpenClaw's own program and the Node it needs, pinned; only test-clients uses them. Node comes as its platform package: no install script runs.
openclaw_version=2026.9.6 node_version=24.21.0 conformance_version=0.1.16
ensure_openclaw() {
  local folder=$root/artifacts/openclaw stamp=$root/artifacts/openclaw/$openclaw_version.$node_version.$conformance_version
  [ -e "$stamp" ] && return
  say "fetching openclaw $openclaw_version and Node $node_version (once)"
  mkdir -p "$folder"
  (cd "$folder" && npm install --silent --ignore-scripts --no-audit --no-fund --no-save --prefix . "openclaw@$openclaw_version" "node-linux-$arch@$node_version" "@modelcontextprotocol/conformance@$conformance_version" >/dev/null 2>&1) \
    || die "npm could not install openclaw@$openclaw_version."
  : > "$stamp"
}

# What drives a browser that is installed; the browser itself is not fetched.
playwright_version=1.56.1
ensure_browser() {
  local folder=$root/artifacts/browser stamp=$root/artifacts/browser/$playwright_version
  [ -e "$stamp" ] && return
  mkdir -p "$folder"
  (cd "$folder" && npm install --silent --ignore-scripts --no-audit --no-fund --no-save --prefix . "playwright-core@$playwright_version" >/dev/null 2>&1) \
    || die "npm could not install playwright-core@$playwright_version."
  [ -e "$folder/package.json" ] || echo '{}' > "$folder/package.json"
  : > "$stamp"
}

test_clients() {
  local passed=0 failed=0 skipped=0
  build; publish; ensure_openclaw; ensure_browser
  test_project Clients
  MCP_CONFORMANCE=$root/artifacts/openclaw/node_modules/@modelcontextprotocol/conformance/dist/index.js \
    NODE22=$root/artifacts/openclaw/node_modules/node-linux-$arch/bin/node test_project Appliance.Tests FullyQualifiedName~Conformance
  say "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}

test_slow() {
  local passed=0 failed=0 skipped=0
  build; publish
  for project in Models.Tests Runtime.Tests Appliance.Tests EndToEnd; do test_project "$project" Speed=Slow; done
  say "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}

run_tests() {
  local started=$SECONDS passed=0 failed=0 skipped=0
  build
  # The format is checked while the compiler of the native file, which waits on one core for much of its time, works.
  dotnet format Appliance.sln --no-restore --verify-no-changes --severity warn > artifacts/format.log 2>&1 &
  local format=$!
  publish
  ensure_clients
  say "checking the format"
  wait "$format" || { cat artifacts/format.log; die "run: dotnet format Appliance.sln"; }
  for project in Models.Tests Runtime.Tests Appliance.Tests Trainer.Tests EndToEnd; do test_project "$project"; done
  say "took $((SECONDS - started)) s"
  say "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}

bench() {
  publish
  dotnet build tests/Benchmarks -c Release -v quiet --nologo
  exec dotnet run --project tests/Benchmarks -c Release --no-build -- "$@"
}

case "${1:-help}" in
  bench) shift; bench "$@" ;;
  test) run_tests ;;
  test-slow) test_slow ;;
  test-clients) test_clients ;;
  run) shift; run "$@" ;;
  build) shift; build "$@" ;;
  publish) publish ;;
  clean) rm -rf artifacts ;;
  help|-h|--help) usage ;;
  *) usage >&2; exit 2 ;;
esac
