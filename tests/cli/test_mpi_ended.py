"""Ranks and launchers that are killed, stopped or interrupted: a run ends in bounded time, loses
nothing that was complete, and `resume` finishes it.
"""

import json
import os
import shutil
import signal
import sys
import time

import common
from mpi_case import BOUND_S, RANK_TIMEOUT_S, MpiCase, in_session, main, point_of, points_of

# Long enough to be stopped in the middle.
LONG = {"task": "wait", "task_args": [6], "task_count": 24, "workers": [1, 2], "ranks": [0, 2],
        "iterations": 14, "warmup": 0, "seed": 5}  # fmt: skip

# Nearly all of its time is passes that two ranks take part in.
LONG_OVER_RANKS = {**LONG, "task_args": [12], "ranks": [2], "iterations": 8}


class Ended(MpiCase):
    """Jobs that come to an early end: nothing that was complete is lost, and `resume` finishes."""

    def start_long(self, config=LONG, least=4, **options):
        """Starts a long run; returns its job and folder when so many passes are recorded."""
        self.write("c.json", config)
        job = self.start("c.json", **options)
        deadline = time.monotonic() + common.TIMEOUT_S
        while time.monotonic() < deadline:
            journals = list(self.work.glob("output/*__*/samples.jsonl"))
            if journals and journals[0].read_bytes().count(b'"type":"pass"') >= least:
                return job, journals[0].parent
            if job.process.poll() is not None:
                self.fail(f"the run ended by itself{job.result()}")
            time.sleep(0.01)
        return self.fail("the run does not get on")

    def check_kept(self, folder, config, least=4):
        """The journal of a run that ended early: its whole lines."""
        text = (folder / "samples.jsonl").read_text(encoding="utf-8")
        whole = text[: text.rindex("\n") + 1]
        lines = [json.loads(line) for line in whole.splitlines()]
        passes = [line for line in lines if line["type"] == "pass"]
        self.assertGreaterEqual(len(passes), least)
        planned = config["iterations"] * len(points_of(config))
        self.assertLess(len(passes), planned, "it came to its end before")
        for sample in passes:
            self.check_pass(sample, config["task_count"])
        return whole

    def check_resumed(self, folder, config, whole, ranks=2):
        """`resume` goes on behind what was kept; no pass is there twice, all have one result."""
        result = self.launch_fine("resume", folder, ranks=ranks)
        self.assertIn("resumed 1 time", result.out)
        text = (folder / "samples.jsonl").read_text(encoding="utf-8")
        self.assertTrue(text.startswith(whole))
        lines = self.check_complete(folder, config)
        self.assertEqual([line["type"] for line in lines].count("resume"), 1)
        passes = common.counting(p for p in lines if p["type"] == "pass")
        measured = [(p["block"], *point_of(p)) for p in passes if p["block"]]
        self.assertEqual(len(measured), len(set(measured)), "a pass is there twice")
        self.assertEqual(len({p["digest"] for p in lines if p["type"] == "pass"}), 1)
        self.assertEqual(self.results(folder)["resumed"], 1)

    def test_interrupted(self):
        """SIGINT and SIGTERM to mpirun: exit code 130, reports of what is complete."""
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number.name):
                shutil.rmtree(self.work / "output", ignore_errors=True)
                job, folder = self.start_long(least=9, patience=2)
                job.process.send_signal(number)
                before = time.monotonic()
                result = self.finish(job)
                self.assertLess(time.monotonic() - before, 15, result)
                self.assertEqual(result.code, 130, result)
                self.assertEqual(list(self.tmp.iterdir()), [], "left behind in TMPDIR")
                whole = self.check_kept(folder, LONG, 9)
                self.assertEqual(json.loads(whole.splitlines()[-1]), {"type": "end", "status": 130})
                self.assertTrue((folder / "results.csv").exists())
                blocks = self.results(folder)["verdict"]["blocks"]
                first = whole.count('"type":"pass"') - whole.count('"again":true')
                self.assertEqual(blocks, first // len(points_of(LONG)))
                self.check_resumed(folder, LONG, whole)

    def test_rank_0_interrupted(self):
        """A signal to rank 0 alone does the same; the others end with it."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        os.kill(job.rank(0), signal.SIGTERM)
        result = self.finish(job)
        self.assertEqual(result.code, 130, result)
        self.assertEqual(common.read_samples(folder)[-1], {"type": "end", "status": 130})

    def test_rank_killed(self):
        """A rank that is gone ends the job."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        os.kill(job.rank(1), signal.SIGKILL)
        result = self.finish(job)
        self.assertNotEqual(job.process.returncode, 0, result)
        self.assertNotEqual(result.code, 0, result)
        whole = self.check_kept(folder, LONG_OVER_RANKS)
        self.check_resumed(folder, LONG_OVER_RANKS, whole)

    def test_rank_0_killed(self):
        """So does rank 0, which cannot say anything any more."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        os.kill(job.rank(0), signal.SIGKILL)
        result = self.finish(job)
        self.assertNotEqual(job.process.returncode, 0, result)
        self.assertIsNone(result.code, result)
        whole = self.check_kept(folder, LONG_OVER_RANKS)
        for path in self.tmp.iterdir():
            shutil.rmtree(path)  # a process that is killed cannot do it
        self.check_resumed(folder, LONG_OVER_RANKS, whole)

    def test_mpirun_killed(self):
        """Then the ranks end by themselves."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        before = in_session(job.process.pid)
        os.kill(job.process.pid, signal.SIGKILL)
        job.process.wait()
        self.assertEqual(job.left(BOUND_S), {}, f"of {before}")
        self.assertNotEqual(job.result().code, 0)
        self.check_kept(folder, LONG_OVER_RANKS)

    def test_rank_stopped(self):
        """A rank that is not heard of is lost: the run is closed, reported, and gone on with."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        os.kill(job.rank(1), signal.SIGSTOP)
        before = time.monotonic()
        result = self.finish(job)
        self.assertGreater(time.monotonic() - before, RANK_TIMEOUT_S - 1, result)
        self.assertEqual(result.code, 1, result)
        said = " ".join(self.messages(result))
        self.assertRegex(said, r"rank 1\b")
        self.assertIn("resume", said)
        whole = self.check_kept(folder, LONG_OVER_RANKS)
        self.assertEqual(json.loads(whole.splitlines()[-1]), {"type": "end", "status": 1})
        for path in self.tmp.iterdir():
            shutil.rmtree(path)  # of the rank that was stopped
        self.check_resumed(folder, LONG_OVER_RANKS, whole)

    def test_rank_0_stopped(self):
        """The others do not wait for ever for rank 0, either."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        os.kill(job.rank(0), signal.SIGSTOP)
        result = self.finish(job)
        self.assertNotEqual(job.process.returncode, 0, result)
        # mpirun wakes it up to end it, so it may have the last word.
        self.assertIn(result.code, (1, 130, None), result)
        self.check_kept(folder, LONG_OVER_RANKS)

    def test_rank_slow_for_a_moment(self):
        """A rank that goes on in time is not lost."""
        job, folder = self.start_long({**LONG_OVER_RANKS, "iterations": 6}, least=2)
        pid = job.rank(1)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(1)
        os.kill(pid, signal.SIGCONT)
        result = self.finish(job)
        self.assertEqual(result.code, 0, result)
        self.check_complete(folder, {**LONG_OVER_RANKS, "iterations": 6})

    def test_long_tasks_are_no_loss(self):
        """A task may take longer than a rank may be silent."""
        config = {"task": "wait", "task_args": [(RANK_TIMEOUT_S + 1) * 1000], "task_count": 2,
                  "workers": [1], "ranks": [2], "iterations": 1, "warmup": 0}  # fmt: skip
        self.measure(config)

    def test_resume_with_fewer_ranks(self):
        """It says how many are needed, and leaves the journal as it is."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        job.process.send_signal(signal.SIGTERM)
        self.finish(job)
        before = (folder / "samples.jsonl").read_bytes()
        for result, code in (
            (self.launch("resume", folder, ranks=1), 2),
            (self.run_ppt("resume", folder), 77),
        ):
            self.assertEqual(result.code, code, result)
            self.assertIn("mpirun -n 2", result.err)
            self.assertEqual((folder / "samples.jsonl").read_bytes(), before)


if __name__ == "__main__":
    sys.exit(main())
