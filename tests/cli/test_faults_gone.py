"""Files and folders that go away under a run, and a gnuplot that hangs, fails or floods."""

import resource
import shutil
import subprocess
import time
import unittest

import common
from fault_case import RUNS, FaultCase


class Gone(FaultCase):
    """Files removed under a run, and limits."""

    LONG = ["--task", "io", "--task-args", "[1]", "--task-count", "4", "--workers", "0,2"]
    LONG += ["--iterations", "100000", "--wait", "0"]

    def interfere(self, action):
        """Starts a run, does something to it after some passes, and returns its Result."""
        process = subprocess.Popen(
            [common.PPT_OMP, *self.LONG],
            cwd=self.work,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        limit = time.monotonic() + 60
        try:
            while sum(p.read_bytes().count(b"\n") for p in self.work.rglob("samples.jsonl")) < 8:
                self.assertIsNone(process.poll(), "ended too early")
                self.assertLess(time.monotonic(), limit, "nothing was recorded")
                time.sleep(0.01)
            action()
            out, err = process.communicate(timeout=60)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
        return common.Result(self.LONG, process.returncode, out, err)

    def test_results(self):
        """Without the folder of the run nothing could be kept: it ends."""
        result = self.interfere(lambda: shutil.rmtree(self.work / "output"))
        self.assertEqual(result.code, 1, result)
        (message,) = self.messages(result)
        self.assertRegex(message, r"/samples\.jsonl: was removed while it was being written$")
        self.assertEqual(result.out, "", result)
        self.assertEqual(list(self.tmp.iterdir()), [])
        self.assertEqual(list(self.work.iterdir()), [])

    def test_scratch(self):
        """Without the folder for temporary files every point would fail: the run ends, and can be
        gone on with."""
        result = self.interfere(lambda: [self.remove(p) for p in self.tmp.iterdir()])
        self.assertEqual(result.code, 1, result)
        (message,) = self.messages(result)
        self.assertRegex(message, r"/ppt-omp-\w+: the folder for temporary files is gone$")
        folder = self.only_folder()
        path = folder / "samples.jsonl"
        self.assertNotIn(b'"failed"', path.read_bytes())
        self.assertEqual(list(self.tmp.iterdir()), [])
        path.write_bytes(path.read_bytes().replace(b'"iterations":100000', b'"iterations":6'))
        self.run_fine("resume", folder)
        self.check_csv(folder)

    def remove(self, folder):
        """The program may be writing into it."""
        while folder.exists():
            shutil.rmtree(folder, ignore_errors=True)

    def test_largest_file(self):
        """A limit on the size of files is an error like a full disk, not a signal."""
        limit = 1 << 19

        def set_limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        result = self.run_ppt(*RUNS["io"], preexec_fn=set_limit)
        self.assertEqual(result.code, 1, result)
        (message,) = self.messages(result)
        self.assertRegex(message, "failed at 2 and 0 workers: io: .* cannot write: File too large")
        self.assertEqual(list(self.tmp.iterdir()), [])


class Gnuplot(FaultCase):
    """A program of that name that does not do what it should."""

    def draw(self, script, **changes):
        """A run with a gnuplot of our own; returns its Result and the seconds that it took."""
        folder = self.base / "bin"
        folder.mkdir()
        path = folder / "gnuplot"
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)
        started = time.monotonic()
        env = self.environment(PATH=f"{folder}:/usr/bin:/bin", **changes)
        result = self.run_ppt(*RUNS["sum"], env=env)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(self.messages(result), [], result)
        self.assertEqual(list(self.tmp.iterdir()), [])
        for name in ("results.csv", "results.json", "report.html"):
            self.assertTrue((self.only_folder() / name).exists(), name)
        return result, time.monotonic() - started

    def drawn(self):
        return [p.name for p in self.only_folder().glob("charts/*") if p.name.endswith(common.PICTURES)]

    WHOLE = (
        "for n in *.gp; do n=${n%.gp}; echo ' <svg></svg>' | tee $n.svg >${n}_narrow.svg; "
        "echo '%PDF %%EOF' >$n.pdf; "
        "printf 'x\\0\\0\\0\\0IEND\\256\\102\\140\\202' >$n.png; done\n"
    )
    HALF = "for n in *.gp; do echo '<svg><g>' >${n%.gp}.svg; done\n"

    def test_hangs(self):
        """It is ended, and what it had half drawn is removed."""
        result, seconds = self.draw(self.HALF + "exec sleep 1000\n", PPT_CHART_SECONDS="0.5")
        self.assertIn("charts were not drawn: gnuplot took too long and was ended; draw", result.err)
        self.assertLess(seconds, 30)
        self.assertEqual(self.drawn(), [])

    def test_fails(self):
        result, _ = self.draw(self.HALF + "echo sorry >&2\nexit 3\n")
        self.assertIn("charts were not drawn: gnuplot failed; draw them with: cd ", result.err)
        self.assertNotIn("sorry", result.err)
        self.assertEqual(self.drawn(), [])

    def test_is_killed(self):
        result, _ = self.draw("kill -9 $$\n")
        self.assertIn("charts were not drawn: gnuplot failed", result.err)

    def test_floods(self):
        """Megabytes of output go nowhere, and fill no pipe."""
        result, _ = self.draw(
            self.WHOLE + "head -c 30000000 /dev/zero\nhead -c 30000000 /dev/zero >&2\n"
        )
        self.assertNotIn("charts were not drawn", result.err)
        self.assertLess(len(result.err_bytes) + len(result.out_bytes), 10000)

    def test_draws_nothing(self):
        """A program of that name that is another one."""
        result, _ = self.draw("exit 0\n")
        self.assertIn("charts were not drawn: gnuplot made no whole pictures", result.err)
        self.assertEqual(self.drawn(), [])

    def test_no_room_where_it_draws(self):
        """gnuplot ends well then, with pictures that are empty or cut."""
        result, _ = self.draw(self.WHOLE + "head -c 9 speedup.svg >x; mv x speedup.svg\n")
        self.assertIn("charts were not drawn: gnuplot made no whole pictures", result.err)
        self.assertEqual(self.drawn(), [])

    def test_limit_that_is_none(self):
        """Anything but a number above 0 means 60 seconds."""
        for value in ("", "soon", "0", "-1", "nan"):
            with self.subTest(value=value):
                shutil.rmtree(self.base / "bin", ignore_errors=True)
                shutil.rmtree(self.work / "output", ignore_errors=True)
                result, _ = self.draw(self.WHOLE + "exec sleep 0.2\n", PPT_CHART_SECONDS=value)
                self.assertNotIn("charts were not drawn", result.err)


if __name__ == "__main__":
    unittest.main()
