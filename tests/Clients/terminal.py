"""Runs a program in a pseudo-terminal, types what a script says, and prints what the screen was told, without its control sequences.

usage: terminal.py SCRIPT COMMAND...
SCRIPT is JSON: [{"wait": TEXT, "type": TEXT, "seconds": N}, ...]: wait until TEXT has been shown, then type.
Exits 0 when every step was done and the program has ended, 2 when a step waited too long, and says which on standard error.
"""
import fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

steps, command = json.loads(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))

CONTROL = re.compile(r"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]")
shown, seen, ended = "", 0, False


def read(until):
    """Reads what comes for a while. False once the program has ended."""
    global shown
    ready, _, _ = select.select([terminal], [], [], max(0.0, min(0.2, until - time.monotonic())))
    if not ready:
        return True
    try:
        data = os.read(terminal, 65536)
    except OSError:
        return False
    if not data:
        return False
    shown += CONTROL.sub("", data.decode("utf-8", "replace")).replace("\r", "")
    return True


failed = 0
for step in steps:
    deadline = time.monotonic() + step.get("seconds", 60)
    while step["wait"] not in shown[seen:]:
        if time.monotonic() > deadline or not read(deadline):
            sys.stderr.write("did not show %r\n" % step["wait"])
            failed = 2
            break
    if failed:
        break
    seen = shown.index(step["wait"], seen) + len(step["wait"])
    for key in step.get("type", ""):
        os.write(terminal, key.encode())
        time.sleep(0.01)

deadline = time.monotonic() + (1 if failed else 30)
while time.monotonic() < deadline and read(deadline):
    pass
sys.stdout.write(shown)
sys.stdout.flush()
# The terminal is closed before the program is gone.
gone, status = os.waitpid(child, os.WNOHANG)
while gone == 0 and time.monotonic() < deadline:
    time.sleep(0.05)
    gone, status = os.waitpid(child, os.WNOHANG)
if gone == 0:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    failed = failed or 3
sys.exit(failed or os.waitstatus_to_exitcode(status))
