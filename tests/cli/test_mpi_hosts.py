"""ppt-omp-mpi over two hosts, started by scripts/mpirun.sh: a job that nothing happens to, one that
loses a rank, and one that loses the way to a host. What was measured before is kept, everything
ends in bounded time, and `resume` finishes it.

Environment: PPT_OMP_MPI names the program, PPT_SOURCE the root of the sources.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)
import hosts  # noqa: E402

PPT_OMP_MPI = pathlib.Path(
    os.environ.get("PPT_OMP_MPI") or common.ROOT / "build/ppt-omp-mpi"
).resolve()
MPIRUN = os.environ.get("PPT_OMP_MPIRUN", "mpirun")

# What meson takes for "skipped".
SKIPPED = 77

CONFIG = {"task": "wait", "task_args": [10], "task_count": 16, "workers": [0, 1, 2],
          "ranks": [0, 1, 2], "iterations": 2, "warmup": 0, "seed": 5}  # fmt: skip
# Nearly all of its time is passes that both hosts take part in.
LONG = {**CONFIG, "task_args": [25], "task_count": 32, "workers": [1, 2], "ranks": [2],
        "iterations": 8}  # fmt: skip

# A launcher ends so soon after a rank or a host was lost, at most.
BOUND_S = 60


def missing():
    """Why nothing of this can be tested here, or None."""
    if not PPT_OMP_MPI.is_file():
        return f"{PPT_OMP_MPI} is not built (Debian: libopenmpi-dev)"
    if not shutil.which(MPIRUN):
        return "mpirun is not installed (Debian: openmpi-bin)"
    done = subprocess.run([MPIRUN, "--version"], capture_output=True, text=True, check=False)
    return None if "Open MPI" in done.stdout else "mpirun is not that of Open MPI"


class TwoHosts(common.Case):
    """The same two for all tests; the launcher and rank 0 are on the first."""

    @classmethod
    def setUpClass(cls):
        if reason := missing():
            raise unittest.SkipTest(reason)
        try:
            cls.hosts = cls.enterClassContext(hosts.Hosts())
        except hosts.Unavailable as problem:
            raise unittest.SkipTest(str(problem)) from problem

    def setUp(self):
        super().setUp()
        self.here, self.there = self.hosts.names
        self.addCleanup(self.hosts.restore, self.there)
        # Charts would take longer than the measurements.
        self.write("bin/gnuplot", "#!/bin/sh\nexit 1\n").chmod(0o755)

    def launcher(self, *args):
        """The command that starts the program with a rank on each host, and its environment."""
        command = self.hosts.on(
            self.here, "bash", common.ROOT / "scripts/mpirun.sh", "--grace", "3",
            "--host", f"{self.here}:1,{self.there}:1", "-n", "2", "--", PPT_OMP_MPI, *args,
        )  # fmt: skip
        path = f"{self.work / 'bin'}:{os.environ['PATH']}"
        changes = {"PATH": path, "PPT_OMP_RANK_TIMEOUT": "3", **self.hosts.environment()}
        return command, self.environment(**changes)

    def launch(self, *args):
        """To its end."""
        (program, *words), env = self.launcher(*args)
        return self.run_program(program, *words, env=env)

    def start(self, least=4):
        """Starts the long run; returns its process and folder when so many passes are recorded."""
        self.write("c.json", LONG)
        command, env = self.launcher("c.json")
        process = subprocess.Popen(
            command, cwd=self.work, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.addCleanup(self.end, process)
        deadline = time.monotonic() + common.TIMEOUT_S
        while time.monotonic() < deadline:
            journals = list(self.work.glob("output/*__*/samples.jsonl"))
            if journals and journals[0].read_bytes().count(b'"type":"pass"') >= least:
                return process, journals[0].parent
            if process.poll() is not None:
                self.fail(f"the run ended by itself:\n{process.stdout.read().decode()}")
            time.sleep(0.01)
        return self.fail("the run does not get on")

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=BOUND_S)

    def finish(self, process):
        """Waits for a launcher that has lost something; returns what it printed."""
        before = time.monotonic()
        try:
            out, _ = process.communicate(timeout=BOUND_S)
        except subprocess.TimeoutExpired:
            self.fail(f"the launcher is still there after {BOUND_S} s")
        text = out.decode("utf-8", "replace")
        self.assertEqual(process.returncode, 1, f"after {time.monotonic() - before:.1f} s:\n{text}")
        return text

    def check_kept(self, folder, least):
        """The journal of a run that ended early: whole lines, and the passes before that."""
        text = (folder / "samples.jsonl").read_text(encoding="utf-8")
        self.assertTrue(text.endswith("\n"))
        passes = common.passes(folder)
        self.assertGreaterEqual(len(passes), least)
        self.assertLess(len(passes), LONG["iterations"] * 2, "it came to its end before")
        return text

    def check_complete(self, folder, config):
        """Every point once in every block, all with the same result, and a closing line."""
        lines = common.read_samples(folder)
        self.assertEqual((lines[-1]["type"], lines[-1]["status"]), ("end", 0))
        expected = sorted(
            (ranks, workers)
            for ranks in config["ranks"]
            for workers in config["workers"]
            # Sequential calls are one point, without MPI.
            if workers > 0 or ranks == 0
        )
        passes = common.passes(folder)
        for block in range(1, config["iterations"] + 1):
            points = [(p.get("ranks", 0), p["workers"]) for p in passes if p["block"] == block]
            self.assertEqual(sorted(points), expected, f"block {block}")
        self.assertEqual(len(passes), len(expected) * config["iterations"])
        self.check_digests(folder)
        for sample in passes:
            shares = max(sample.get("ranks", 1), 1) * max(sample["workers"], 1)
            self.assertEqual(len(sample["worker_times"]), shares, sample)
            self.assertEqual(sum(w["tasks"] for w in sample["worker_times"]), config["task_count"])
        return lines

    def check_gone(self, seconds):
        found = self.hosts.wait_empty(seconds)
        self.assertEqual(found, {}, "processes are left on a host")
        left = [path.name for path in self.work.iterdir() if path.name.startswith(".")]
        self.assertEqual(left, [], "the launcher left files behind")

    # --- tests -----------------------------------------------------------------------------

    def test_complete(self):
        self.write("c.json", CONFIG)
        result = self.launch("c.json")
        self.assertEqual(result.code, 0, result)
        # Output that is not for a terminal has no colours.
        self.assertNotIn("\033", result.out)
        lines = self.check_complete(self.only_folder(), CONFIG)
        cluster = [rank["host"] for rank in lines[0]["host"]["cluster"]]
        self.assertEqual(cluster, self.hosts.names)
        self.check_gone(5)

    def test_exit_codes(self):
        """Those of the program, and no waiting for what is over."""
        before = time.monotonic()
        result = self.launch("nowhere.json")
        self.assertEqual(result.code, 2, result)
        self.assertIn("nowhere.json", result.err)
        self.assertLess(time.monotonic() - before, 10, result)
        self.check_gone(5)

    def test_interrupted(self):
        """A signal to the launcher ends the run as one to the program does."""
        process, folder = self.start()
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=BOUND_S)
        self.assertEqual(process.returncode, 130, out.decode())
        self.assertEqual(common.read_samples(folder)[-1], {"type": "end", "status": 130})
        self.check_gone(5)

    def test_rank_killed(self):
        """A rank that is gone ends the run."""
        process, folder = self.start()
        self.assertEqual(self.hosts.kill(self.there, PPT_OMP_MPI), 1)
        self.finish(process)
        self.check_kept(folder, 4)
        self.check_gone(10)

    def test_link_cut(self):
        """So does a host that cannot be reached; later the run goes on from where it was."""
        process, folder = self.start()
        self.hosts.cut(self.there)
        out = self.finish(process)
        self.assertIn(self.there, out)
        before = self.check_kept(folder, 4)
        self.hosts.restore(self.there)
        # What waited behind the link for an answer is told now that nobody is there.
        self.check_gone(20)
        result = self.launch("resume", folder)
        self.assertEqual(result.code, 0, result)
        self.check_complete(folder, LONG)
        journal = (folder / "samples.jsonl").read_text(encoding="utf-8")
        self.assertTrue(journal.startswith(before))
        self.check_gone(5)


def main():
    # A test that is ended takes its hosts with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    outcome = unittest.main(exit=False).result
    if not outcome.wasSuccessful():
        return 1
    return SKIPPED if outcome.skipped and outcome.testsRun <= len(outcome.skipped) else 0


if __name__ == "__main__":
    sys.exit(main())
