"""Two hosts on one machine, for tests of what happens between hosts.

Each is a network namespace with a host name, an address and a hosts file of its own, plugged into a
bridge. The bridge is in a namespace too, so nothing of it is to be seen in the machine's own
network. What they share is the rest: files, CPUs and process ids. So this tests whether programs
are right, not how fast they are.

    with hosts.Hosts() as pair:
        subprocess.run(pair.on(pair.names[0], "mpirun", "--host", ",".join(pair.names), ...),
                       env={**os.environ, **pair.environment()})
        pair.cut(pair.names[1])

Needs root, and iproute2 and util-linux; without them entering the context raises Unavailable, which
says why.
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

NAMESPACES = pathlib.Path("/run/netns")
PREFIX = "ppt-host"

# Makes a process one of a host: its name, its hosts file, its network.
ENTER = """
host=$1
shift
exec nsenter --net=/run/netns/$host unshare --uts --mount -- sh -c '
    hostname "$0" && mount --bind "$1" /etc/hosts && shift && exec "$@"
' "$host" "$hosts" "$@"
"""

# What Open MPI calls in place of ssh, with the name of a host and a command for its shell. As with
# ssh the command sees little of the caller's environment and starts in another folder.
AGENT = """#!/bin/sh
hosts={hosts}
while [ "${{1#-}}" != "$1" ]; do
    shift
done
host=$1
shift
cd /
set -- "$host" env -i PATH="$PATH" HOME="$HOME" TMPDIR="$TMPDIR" sh -c "$*"
{enter}
"""


class Unavailable(Exception):
    """There cannot be such hosts here."""


def ip(*words):
    """What ip prints; a refusal of the system is no failure of the test."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unavailable(f"no hosts of network namespaces here: ip {' '.join(words)}: "
                          f"{done.stderr.strip()}")  # fmt: skip
    return done.stdout


class Hosts:
    """So many hosts, gone when the context is left; `names` are the names to reach them by."""

    def __init__(self, count=2):
        # With the process id: tests may run side by side.
        self.switch = f"{PREFIX}-{os.getpid()}-0"
        self.names = [f"{PREFIX}-{os.getpid()}-{i}" for i in range(1, count + 1)]
        self.folder = None
        self.undo = contextlib.ExitStack()

    def __enter__(self):
        for tool in ("ip", "nsenter", "unshare"):
            if not shutil.which(tool):
                raise Unavailable(f"no hosts of network namespaces here: {tool} is not installed")
        if os.geteuid() != 0:
            raise Unavailable("no hosts of network namespaces here: that takes root")
        remove_abandoned()
        with self.undo:
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ppt-hosts-"))
            self.undo.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.plug()
            self.write()
            self.probe()
            self.undo = self.undo.pop_all()
        return self

    def __exit__(self, *_):
        self.undo.close()

    def plug(self):
        """The namespaces, and what is between them."""
        for name in (self.switch, *self.names):
            self.undo.callback(remove, name)
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", self.switch, "link", "add", "switch", "type", "bridge")
        ip("-n", self.switch, "link", "set", "switch", "up")
        for i, name in enumerate(self.names, 1):
            ip("link", "add", "name", f"port{i}", "netns", self.switch,
               "type", "veth", "peer", "name", "eth0", "netns", name)  # fmt: skip
            ip("-n", self.switch, "link", "set", f"port{i}", "master", "switch", "up")
            # A range for tests of networks, and nobody else sees it.
            ip("-n", name, "address", "add", f"198.18.0.{i}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")

    def write(self):
        """The hosts file, and what stands in for ssh."""
        lines = ["127.0.0.1 localhost"]
        lines += [f"198.18.0.{i} {name}" for i, name in enumerate(self.names, 1)]
        hosts = self.folder / "hosts"
        hosts.write_text("\n".join(lines) + "\n", encoding="ascii")
        self.agent = self.folder / "agent"
        self.agent.write_text(AGENT.format(hosts=hosts, enter=ENTER), encoding="ascii")
        self.agent.chmod(0o755)

    def probe(self):
        """Namespaces alone are not enough: mounts may be forbidden."""
        for name in self.names:
            done = subprocess.run(self.on(name, "hostname"), capture_output=True, text=True,
                                  check=False)  # fmt: skip
            if done.stdout.strip() != name:
                raise Unavailable(f"no hosts of network namespaces here: {done.stderr.strip()}")

    # --- using them ------------------------------------------------------------------------

    def on(self, name, *command):
        """The command that runs another one on a host."""
        script = f"hosts={self.folder / 'hosts'}\n{ENTER}"
        return ["/bin/sh", "-c", script, "sh", name, *map(str, command)]

    def environment(self):
        """What Open MPI has to be told to start its part on other hosts."""
        return {"OMPI_MCA_plm_rsh_agent": str(self.agent)}

    def cut(self, name):
        """Pulls the host's plug out of the switch; no other host is told."""
        ip("-n", self.switch, "link", "set", f"port{self.names.index(name) + 1}", "down")

    def restore(self, name):
        """Plugs it in again, and waits until the way is open."""
        ip("-n", self.switch, "link", "set", f"port{self.names.index(name) + 1}", "up")
        deadline = time.monotonic() + 10
        while "state UP" not in ip("-n", name, "link", "show", "eth0"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the link of {name} does not come up")
            time.sleep(0.05)
        # Whom it asked for in vain meanwhile would be "no route to host" for some seconds still.
        ip("-n", name, "neighbour", "flush", "dev", "eth0", "nud", "all")

    def processes(self, name):
        """The processes of a host: {id: path of its program}."""
        return processes(name)

    def kill(self, name, program, number=signal.SIGKILL):
        """Ends all processes of a program on a host; returns how many."""
        found = [pid for pid, path in processes(name).items() if path == str(program)]
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return len(found)

    def wait_empty(self, seconds):
        """What still runs on any of the hosts after at most so many seconds."""
        deadline = time.monotonic() + seconds
        while True:
            found = {name: here for name in self.names if (here := processes(name))}
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(0.1)


# --- by the name of a namespace --------------------------------------------------------------


def processes(name):
    try:
        namespace = (NAMESPACES / name).stat().st_ino
    except FileNotFoundError:
        return {}
    found = {}
    for folder in pathlib.Path("/proc").iterdir():
        # Any process may end meanwhile.
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and (folder / "ns/net").stat().st_ino == namespace:
                found[int(folder.name)] = os.readlink(folder / "exe")
    return found


def remove(name):
    """A namespace with all that runs in it; its plugs go with it."""
    for _ in range(50):
        found = processes(name)
        if not found:
            break
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
    if (NAMESPACES / name).exists():
        subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


def remove_abandoned():
    """What tests left behind that were killed themselves."""
    if NAMESPACES.is_dir():
        for path in NAMESPACES.iterdir():
            match = re.fullmatch(rf"{PREFIX}-(\d+)-\d+", path.name)
            if match and not pathlib.Path("/proc", match[1]).exists():
                remove(path.name)
