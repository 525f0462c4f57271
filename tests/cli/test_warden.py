"""Nothing that a task starts outlives it, wherever it went and however the task or ppt-omp ends."""

import fcntl
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)
import test_command  # noqa: E402

from test_command import MARK, PROGRAM, PYTHON, marked, programs, running  # noqa: E402

SHIM = os.environ.get("PPT_FAULTS_SHIM", str(common.ROOT / "build/tests/faults.so"))
CPUS = os.sched_getaffinity(0)
FULL = os.environ.get("PPT_FULL") == "1"
NOBODY = 65534

# Goes to a session of its own, closes everything and ends when it was found for long enough.
DAEMON = """import os, sys, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
os.closerange(0, 256)
time.sleep(float(sys.argv[1]))
"""

# Each process starts another one in a session of its own and ends, so that none lives for long.
COMET = """import os, sys, time
if os.fork(): os._exit(0)
end = time.monotonic() + 60
while time.monotonic() < end:
    if os.fork(): os._exit(0)
    os.setsid()
"""

# What is behind "&" must be there before the shell ends, so that it is not just ended in its group.
ESCAPES = {
    "group": f"sleep {MARK} &",
    "job control": f"set -m; sleep {MARK} &",
    "timeout": f"timeout 50 sleep {MARK} &",
    "session": f"setsid sleep {MARK} &",
    "orphan": f"(setsid sleep {MARK} &)",
    "nohup": f"nohup setsid sleep {MARK} >/dev/null &",
    "stubborn": f"setsid sh -c 'trap \"\" TERM INT HUP; while :; do sleep {MARK}; done' &",
    "stopped": f"setsid sleep {MARK} & kill -STOP $!",
    "many": f"for i in 1 2 3 4 5 6 7 8 9 10 11 12; do setsid sleep {MARK} & done",
    "daemon": f"{PYTHON} -I -S -c '{DAEMON}' {MARK}",
    "comet": f"{PYTHON} -I -S -c '{COMET}' {MARK}",
}
ALL = "\n".join(ESCAPES.values())


def exists(pid):
    """Whether a process is there, and not only waits for somebody to be told of its end."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until(condition):
    deadline = time.monotonic() + common.TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("nothing happens")
        time.sleep(0.01)


# What is looked at happens in every pass.
ONCE = ("--iterations", "1")


class Warden(test_command.Command):
    def environment(self, draw=False, **changes):
        env = super().environment(draw, **changes)
        env["PATH"] = changes.get("PATH", common.path_without_gnuplot())
        return env

    def begin(self, *program, workers="2", options=()):
        process = subprocess.Popen(
            [common.PPT_OMP, "--workers", workers, "--quick", *options, "--",
             *program],
            cwd=self.work, env=self.environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )  # fmt: skip
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def wardens(self, process):
        return [pid for one in common.measuring(process.pid)
                for pid, name in common.children(one).items() if name == "ppt-warden"]  # fmt: skip

    def busy_wardens(self, process):
        """Once a program runs: others are made before, to see whether they can be."""
        until(lambda: any(map(common.children, self.wardens(process))))
        return self.wardens(process)


class Escapes(Warden):
    def test_at_its_end(self):
        for name, script in ESCAPES.items() if FULL else [("all", ALL)]:
            with self.subTest(name):
                shutil.rmtree(self.work / "output", ignore_errors=True)
                result = self.measure("bash", "-c", f"{script}\nsleep 0.1", tasks=2,
                                      options=ONCE)  # fmt: skip
                left = running()
                self.assertEqual(result.code, 0, result)
                self.assertEqual(left, [])

    def test_at_a_failure(self):
        result = self.measure("bash", "-c", f"{ALL}\nsleep 0.1; exit 3", tasks=2)
        self.refused(result, 1, '"bash" exited with 3')

    def test_at_a_signal(self):
        result = self.measure("bash", "-c", f"{ALL}\nsleep 0.1; kill -9 $$", tasks=2)
        self.refused(result, 1, "killed by signal 9")

    def test_at_a_timeout(self):
        for wait in (f"sleep {MARK}", f"trap '' TERM; sleep {MARK}; sleep {MARK}"):
            result = self.measure("bash", "-c", f"{ALL}\n{wait}", tasks=2,
                                  options=("--timeout", "0.5"))  # fmt: skip
            self.refused(result, 1, "took longer than 0.5 s")

    def end(self, signals, code, script=f"{ALL}\nsleep {MARK}"):
        process = self.begin("bash", "-c", script, MARK)
        until(lambda: len(programs()) >= 12)
        wardens = self.wardens(process)
        for number in signals:
            process.send_signal(number)
            time.sleep(0.05)
        self.assertEqual(process.wait(common.TIMEOUT_S), code)
        if code >= 0:
            self.assertEqual(running(), [])
            self.assertEqual(list(self.tmp.iterdir()), [])
        else:
            until(lambda: not running() and not any(map(exists, wardens)))

    def test_at_an_interrupt(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.end([number], 130)

    def test_at_two_interrupts(self):
        self.end([signal.SIGINT] * 2, 130, f"trap '' TERM\n{ALL}\nwhile :; do sleep {MARK}; done")

    def test_at_a_kill(self):
        """Nothing can be done then by ppt-omp itself."""
        self.end([signal.SIGKILL], -signal.SIGKILL)
        self.end([signal.SIGKILL], -signal.SIGKILL, f"trap '' TERM HUP\n{ALL}\nsleep {MARK}; :")

    def test_once(self):
        self.run_fine("once", "--", "bash", "-c", f"{ALL}\nsleep 0.1", env=self.environment())
        self.assertEqual(running(), [])

    def test_fresh(self):
        result = self.measure("bash", "-c", f"{ALL}\nsleep 0.1", tasks=2,
                              options=("--memory", "fresh", *ONCE))  # fmt: skip
        self.assertEqual(result.code, 0, result)
        self.assertEqual(running(), [])

    def test_whose_it_is(self):
        """What one task has in background goes on although the other worker's task has ended."""
        script = ("if [ {task} = 0 ]; then\n"
                  "  setsid sh -c 'sleep 0.5; : >{scratch}/done' & sleep 0.8\n"
                  "  test -e {scratch}/done && rm {scratch}/done\n"
                  f"else setsid sleep {MARK} & sleep 0.1\nfi")  # fmt: skip
        result = self.measure("bash", "-c", script, workers="2", tasks=2)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(running(), [])

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare"), "needs a namespace")
    def test_with_the_proc_of_others(self):
        """Numbers of processes mean others there: none is ended by them, and that is told."""
        bystander = subprocess.Popen(["sleep", MARK])
        self.addCleanup(bystander.wait)
        self.addCleanup(bystander.kill)
        result = self.run_program(
            "unshare", "--fork", "--pid", "--kill-child", common.PPT_OMP, "--workers", "0",
            "--task-count", "1", "--quick", *ONCE, "--", "sh", "-c", "setsid sleep 61 & sleep 0.2",
            env=self.environment(),
        )  # fmt: skip
        if "unshare failed" in result.err:
            self.skipTest("must not make a namespace")
        self.assertEqual(result.code, 1, result)
        self.assertIn('what "sh" left running cannot be found, and runs on; is /proc mounted?',
                      result.err)  # fmt: skip
        self.assertIsNone(bystander.poll())

    @unittest.skipUnless(os.geteuid() == 0, "only root can make programs of root's for others")
    def test_of_another_user(self):
        """As with sudo: what cannot be ended is told."""
        allowed = self.base / "as-root"
        shutil.copy(shutil.which("setpriv"), allowed)
        allowed.chmod(0o4755)
        for folder in (self.base, self.work, self.tmp):
            os.chown(folder, NOBODY, NOBODY)
        as_root = f"{allowed} --reuid 0 --regid 0 --clear-groups"
        options = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        probe = self.run_program("/bin/sh", "-c", f"{common.PPT_OMP} --version && {as_root} true",
                                 env=self.environment(PATH="/usr/bin:/bin"), **options)  # fmt: skip
        if probe.code != 0:
            self.skipTest(f"another user cannot run these programs here: {probe}")
        script = f"setsid {as_root} sleep {MARK} & sleep 0.2"
        for wait in ("sleep 0.2", f"exec {as_root} sleep {MARK}") if FULL else ("sleep 0.2",):
            with self.subTest(wait):
                result = self.run_ppt(
                    "--workers", "0", "--task-count", "1", "--quick", *ONCE, "--timeout", "1", "--", "sh",
                    "-c", f"{script}; {wait}", env=self.environment(PATH="/usr/bin:/bin"), **options
                )  # fmt: skip
                left = marked()
                for pid in left:
                    os.kill(pid, signal.SIGKILL)
                self.assertEqual(result.code, 1, result)
                self.assertRegex(result.err, r'"sh" left process \d+ \(sleep\) running, which cannot'
                                             r" be ended: Operation not permitted")  # fmt: skip
                self.assertEqual(len(left), 1 if wait == "sleep 0.2" else 2)
        # Somebody else's are left alone.
        self.assertEqual(result.err.count("ppt-omp: "), 1, result)


class Itself(Warden):
    def test_what_it_holds(self):
        """Neither a file of the run nor a lock, nor what another one has."""
        process = self.begin("sleep", MARK, workers="3")
        until(lambda: len(programs()) == 3)
        (folder,) = self.folders()
        wardens = self.wardens(process)
        self.assertEqual(len(wardens), 3)
        for pid in wardens:
            held = sorted(os.readlink(f) for f in pathlib.Path(f"/proc/{pid}/fd").iterdir())
            kinds = [name.split(":[")[0] for name in held]
            self.assertEqual(kinds, ["/dev/null"] * 2 + ["anon_inode", "pipe", "pipe",
                                                         "socket"])  # fmt: skip
            words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            self.assertEqual(words.strip(b"\0"), b"ppt-warden")
        started = [pid for warden in wardens for pid in common.children(warden)]
        self.assertEqual(len(started), 3)
        for pid in started:
            self.assertEqual(sorted(os.listdir(f"/proc/{pid}/fd")), ["0", "1", "2"])
        process.kill()
        process.wait()
        # Nobody holds the journal's lock any more, though wardens may still be ending theirs.
        with open(folder / "samples.jsonl", "r+b") as journal:
            fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        until(lambda: not running() and not any(map(exists, wardens)))

    def test_none_is_left(self):
        process = self.begin("sleep", "0.2", workers="0,2", options=("--task-count", "2"))
        wardens = self.busy_wardens(process)
        self.assertEqual(process.wait(common.TIMEOUT_S), 0)
        self.assertEqual([pid for pid in wardens if os.path.exists(f"/proc/{pid}")], [])

    def test_killed(self):
        """The task has failed then, and nothing waits for ever."""
        process = self.begin("sleep", MARK)
        until(lambda: len(programs()) == 2)
        os.kill(self.wardens(process)[0], signal.SIGKILL)
        self.assertEqual(process.wait(common.TIMEOUT_S), 1)
        message = process.stderr.read().decode()
        self.assertRegex(message, r'watched over "sleep" \(ppt-warden, \d+\) is gone')
        self.assertEqual(running(), [])

    def test_asked_to_end(self):
        """As when a session is closed: it waits for ppt-omp to do so."""
        process = self.begin("sleep", "0.3", options=("--task-count", "2"))
        for pid in self.busy_wardens(process):
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
                os.kill(pid, number)
        self.assertEqual(process.wait(common.TIMEOUT_S), 0, process.stderr.read())

    @unittest.skipUnless(os.path.exists(SHIM), "the library of faults was not built")
    def test_cannot_be_made(self):
        """No process, socket, pipe or memory for it: one message, and nothing is left."""
        report = self.base / "report"
        env = {"LD_PRELOAD": SHIM, "PPT_FAULT_CALL": "process", "PPT_FAULT_REPORT": str(report),
               "OMP_WAIT_POLICY": "passive"}  # fmt: skip
        self.assertEqual(self.measure("true", tasks=2, env=self.environment(**env)).code, 0)
        calls = int(report.read_text().split()[0])
        self.assertGreaterEqual(calls, 2 * 5)
        errors = (("EAGAIN", "Resource temporarily unavailable"), ("EMFILE", "Too many open files"))
        for at in range(1, calls + 1):
            error, text = errors[at % 2]
            shutil.rmtree(self.work / "output", ignore_errors=True)
            env.update(PPT_FAULT_AT=str(at), PPT_FAULT_ERROR=error)
            result = self.measure("true", tasks=2, env=self.environment(**env))
            self.refused(result, 1, "cannot be started: " + text)

    def test_many(self):
        """More than the limit of open files allows at first; programs have the limit as it was."""
        result = self.measure(
            "sh", "-c", "test $(ulimit -n) = 200", workers="0,90", tasks=90,
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_NOFILE, (200, resource.getrlimit(resource.RLIMIT_NOFILE)[1])),
        )  # fmt: skip
        self.assertEqual(result.code, 0, result)

    def test_in_place_of_its_worker(self):
        """What it starts may use the CPUs that its worker is bound to."""
        log = self.base / "log"
        script = "grep Cpus_allowed_list /proc/self/status >$LOG.{workers}.{worker}; sleep 0.1"
        count = len(CPUS)
        result = self.measure("bash", "-c", script, workers=f"0,{count}", tasks=count,
                              options=("--placement", "close"),
                              env=self.environment(LOG=str(log)))  # fmt: skip
        self.assertEqual(result.code, 0, result)
        used = {(self.base / f"log.{count}.{worker}").read_text().split()[1]
                for worker in range(count)}  # fmt: skip
        self.assertEqual(used, {str(cpu) for cpu in CPUS})

    def test_costs(self):
        """CPU time of what has left its parent is the task's, too."""
        program = ("import os, time\nr, w = os.pipe()\n"
                   "if not os.fork():\n"
                   "    if os.fork(): os._exit(0)\n"
                   "    while time.process_time() < 0.2: pass\n"
                   "    os._exit(0)\n"
                   "os.close(w); os.wait(); os.read(r, 1)\n")  # fmt: skip
        self.assertEqual(self.measure(PYTHON, *PROGRAM, program, tasks=2).code, 0)
        for sample in common.passes(self.only_folder()):
            self.assertGreaterEqual(sum(w["cpu_ns"] for w in sample["worker_times"]), 2 * 200_000_000)
            usage = sample["usage"]
            self.assertGreaterEqual(usage["user_ns"] + usage["system_ns"], 2 * 200_000_000)


class Output(Warden):
    LOOK = ("import os, stat, sys\nabout, null = os.fstat(1), os.stat('/dev/null')\n"
            "same = stat.S_ISCHR(about.st_mode) and about.st_rdev == null.st_rdev\n"
            "sys.exit(0 if (same if sys.argv[1] == 'null' else stat.S_ISFIFO(about.st_mode))"
            " else 9)\n")  # fmt: skip

    def test_what_it_is(self):
        """grep and tar do next to nothing when they see /dev/null."""
        for what, options in (("pipe", ()), ("null", ("--program-output", "null")),
                              ("pipe", ("--program-output", "discard")),
                              ("pipe", ("--program-output", "check")),
                              ("pipe", ("--program-output", "keep"))):  # fmt: skip
            with self.subTest(options):
                shutil.rmtree(self.work / "output", ignore_errors=True)
                result = self.measure(PYTHON, *PROGRAM, self.LOOK, what, tasks=2,
                                      options=(*options, *ONCE))  # fmt: skip
                self.assertEqual(result.code, 0, result)

    def test_much(self):
        """Megabytes of it, all of which are read: the program ends in its own time."""
        program = "import sys\nfor i in range(300): sys.stdout.write('x' * 99991)"
        for what in ("discard", "check", "keep", "null"):
            shutil.rmtree(self.work / "output", ignore_errors=True)
            result = self.measure(PYTHON, *PROGRAM, program, tasks=2,
                                  options=("--program-output", what, *ONCE))  # fmt: skip
            self.assertEqual(result.code, 0, result)

    def test_of_the_task_alone(self):
        """Pipes are used again: neither what is in them nor how they were left goes to the next."""
        program = ("import fcntl, os, sys\n"
                   "for fd in 1, 2:\n"
                   "    flags = fcntl.fcntl(fd, fcntl.F_GETFL)\n"
                   "    if flags & (os.O_NONBLOCK | os.O_DIRECT): sys.exit(9)\n"
                   "    fcntl.fcntl(fd, 1031, 1 << 20)\n"  # F_SETPIPE_SZ
                   "    os.write(fd, b'x' * 900_000)\n"
                   "    fcntl.fcntl(fd, fcntl.F_SETFL, flags | os.O_NONBLOCK | os.O_DIRECT)\n")
        result = self.measure(PYTHON, *PROGRAM, program, options=("--program-output", "keep"))
        self.assertEqual(result.code, 0, result)
        kept = list((self.only_folder() / "tasks").iterdir())
        self.assertEqual({path.stat().st_size for path in kept}, {900_000})
        self.assertEqual(len(kept), 16)
        for what in ("check", "discard"):
            shutil.rmtree(self.work / "output", ignore_errors=True)
            result = self.measure(PYTHON, *PROGRAM, program, options=("--program-output", what))
            self.assertEqual(result.code, 0, result)


if __name__ == "__main__":
    unittest.main()
