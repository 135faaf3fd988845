#!/bin/sh
# Installs the appliance from a release: curl -fsSL https://HOST/install.sh | sh -s -- [--user] [options of `appliance install`]
# Nothing that was fetched is run before the signature over the checksums, and its own checksum, are right. APPLIANCE_URL names another place.
set -eu

url=${APPLIANCE_URL:-@URL@}
# The release's public key, Ed25519, as openssl reads it.
key='@KEY@'

say() { printf '%s\n' "$*"; }
die() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

# All of it is read before any of it runs: a download that breaks off does nothing.
main() {
  case $key in *BEGIN*) ;; *) die "this is no install.sh of a release: it has no key in it. ./build.sh release makes one." ;; esac
  [ "$(uname -s)" = Linux ] || die "Linux only; elsewhere build from the sources."
  case $(uname -m) in
    x86_64) name=appliance-linux-x64 ;;
    aarch64) name=appliance-linux-arm64 ;;
    *) die "there is no file for $(uname -m)." ;;
  esac
  command -v openssl >/dev/null || die "openssl is not installed; it checks the signature."
  if command -v curl >/dev/null; then fetch() { curl -fsSL --retry 3 -o "$2" "$1"; }
  elif command -v wget >/dev/null; then fetch() { wget -qO "$2" "$1"; }
  else die "neither curl nor wget is installed."; fi

  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  for file in SHA256SUMS SHA256SUMS.sig; do fetch "$url/$file" "$work/$file" || die "cannot fetch $url/$file."; done
  printf '%s\n' "$key" > "$work/key.pem"
  openssl pkeyutl -verify -pubin -inkey "$work/key.pem" -rawin -in "$work/SHA256SUMS" -sigfile "$work/SHA256SUMS.sig" >/dev/null 2>&1 \
    || die "the signature over the checksums is not the release's (OpenSSL 3 is needed to check it). Nothing was installed."
  line=$(grep -E "^[0-9a-f]{64}  $name\$" "$work/SHA256SUMS") || die "this release has no $name."
  fetch "$url/$name" "$work/$name" || die "cannot fetch $url/$name."
  printf '%s\n' "$line" | (cd "$work" && sha256sum -c - >/dev/null 2>&1) || die "$name is not what was signed. Nothing was installed."
  chmod 755 "$work/$name"
  say "checked: $name of $url"

  as_root=
  case " $* " in
    *" --user "*|*" --root "*|*" --dry-run "*|*" --print "*) ;;
    *) if [ "$(id -u)" != 0 ]; then
         command -v sudo >/dev/null || die "a service of the machine needs root: say it as root, or --user for a service of your own."
         as_root=sudo
       fi ;;
  esac
  $as_root "$work/$name" install "$@"
}

main "$@"
