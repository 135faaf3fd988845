#!/bin/sh
# Stands in for Tailscale's command: answers as 1.98.9 does (client/local, cmd/tailscale/cli and ipn/ipnstate of that version), keeps what it was
# asked in `log`, one line a call, and is in the state that the file `state` names: running, logged-out, stopped, needs-approval, no-daemon,
# no-socket, no-permission, not-operator, too-old, no-https, no-funnel, ends, nonsense. Its claims are files in `claims`, named by process, and hold as long as that
# process is there, as the daemon's do.
here=$(dirname "$0")
state=$(cat "$here/state")
echo "$*" >> "$here/log"

dead() {
    echo "failed to connect to local tailscaled; it doesn't appear to be running (sudo systemctl start tailscaled ?)" >&2
    exit 1
}
refused() {
    # Shown where the socket's own mode keeps this user out.
    echo "failed to connect to local tailscaled (which appears to be running as tailscaled, pid 801). Got error: Failed to connect to local Tailscale daemon for /localapi/v0/status; not running? Error: dial unix /var/run/tailscale/tailscaled.sock: connect: permission denied" >&2
    exit 1
}
denied() {
    printf "Access denied: %s access denied\n\nUse 'sudo tailscale %s'.\nTo not require root, use 'sudo tailscale set --operator=\$USER' once.\n" "$1" "$2" >&2
    exit 1
}

if [ "$1" = version ]; then
    case $state in
        too-old) printf '1.48.2\n  tailscale commit: 01dfb5d8c1\n  go version: go1.20.7\n' ;;
        nonsense) echo 'usage: tailscale [colour]' ;;
        *) printf '1.98.9\n  tailscale commit: 4b8a1f0c5e\n  long version: 1.98.9-t4b8a1f0c5\n  go version: go1.26.5\n' ;;
    esac
    exit 0
fi

case $state in
    no-daemon) dead ;;
    no-socket) echo "Failed to connect to local Tailscale daemon for /localapi/v0/status; not running? Error: dial unix /var/run/tailscale/tailscaled.sock: connect: no such file or directory" >&2; exit 1 ;;
    no-permission) refused ;;
esac

claims() {
    # The daemon drops a claim with the connection of the program that holds it.
    first=1
    for claim in "$here"/claims/*; do
        [ -f "$claim" ] || continue
        [ -d "/proc/${claim##*/}" ] || { rm -f "$claim"; continue; }
        [ $first = 1 ] || printf ','
        first=0
        cat "$claim"
    done
}

case "$1 $2" in
    'status --json')
        case $state in
            logged-out) cat "$here/status-logged-out.json" ;;
            stopped) sed 's/"BackendState": "Running"/"BackendState": "Stopped"/' "$here/status-running.json" ;;
            needs-approval) sed 's/"BackendState": "Running"/"BackendState": "NeedsMachineAuth"/' "$here/status-running.json" ;;
            nonsense) echo 'hello' ;;
            no-https) sed 's/"CertDomains": \[/"CertDomains": null, "Ignored": [/' "$here/status-running.json" ;;
            *) cat "$here/status-running.json" ;;
        esac
        ;;
    'serve status')
        printf '{\n  "Foreground": {'
        claims
        printf '}'
        [ -f "$here/by-hand.json" ] && { printf ',\n'; cat "$here/by-hand.json"; }
        printf '\n}\n'
        ;;
    'serve --bg=false' | 'funnel --bg=false')
        case $state in
            not-operator) denied 'serve-config' "$*" ;;
            no-https) printf '\nServe is not enabled on your tailnet.\nTo enable, visit:\n\n         https://login.tailscale.com/f/serve?node=nTESTCNTRL\n\n'; exit 0 ;;
            no-funnel) [ "$1" = funnel ] && { echo 'Funnel not available; "funnel" node attribute not set. See https://tailscale.com/s/no-funnel.' >&2; exit 1; } ;;
        esac
        mkdir -p "$here/claims"
        funnel=''
        where='Available within your tailnet:'
        [ "$1" = funnel ] && { funnel=',"AllowFunnel":{"box.tail1234.ts.net:443":true}'; where='Available on the internet:'; }
        printf '"%s":{"TCP":{"443":{"HTTPS":true}},"Web":{"box.tail1234.ts.net:443":{"Handlers":{"/":{"Proxy":"%s"}}}}%s}' "$$" "$4" "$funnel" > "$here/claims/$$"
        printf '%s\n\nhttps://box.tail1234.ts.net/\n|-- proxy %s\n\nPress Ctrl+C to exit.\n' "$where" "$4"
        [ "$state" = ends ] && exit 0
        exec sleep 3600
        ;;
    up*)
        [ "$state" = not-operator ] && denied 'checkprefs' "$*"
        case "$*" in
            *--auth-key=file:*)
                words="$*"
                file=${words##*--auth-key=file:}
                file=${file%% *}
                # The real command reads it there, and the key reaches the daemon by its socket alone.
                grep -q '^tskey-auth-good' "$file" || { echo "backend error: invalid key: API key $(cat "$file") not valid" >&2; exit 1; }
                ;;
            *)
                [ "$state" = logged-out ] && printf '\nTo authenticate, visit:\n\n\thttps://login.tailscale.com/a/1a2b3c4d5e6f\n\n' >&2
                ;;
        esac
        echo running > "$here/state"
        echo 'Success.' >&2
        ;;
    'whois --json')
        name=$(printf '%s' "$3" | tr -c 'A-Za-z0-9.\n' '_')
        [ -f "$here/whois-$name.json" ] || { echo 'no match for IP:port' >&2; exit 1; }
        cat "$here/whois-$name.json"
        ;;
    'cert '*)
        for word in "$@"; do
            case $word in
                --cert-file=*) echo 'CERTIFICATE' > "${word#*=}"; echo "Wrote public cert to ${word#*=}" ;;
                --key-file=*) echo 'PRIVATE KEY' > "${word#*=}"; echo "Wrote private key to ${word#*=}" ;;
            esac
        done
        ;;
    *)
        echo "tailscale: unknown subcommand: $1" >&2
        exit 1
        ;;
esac
