"""Calls that fail under a run: every write, every flush, every allocation in turn.

A library before the program (tests/faults/shim.c) lets the n-th call of a kind fail, and these tests
walk n over all the calls that a whole small run makes. Whatever fails, and whenever:

  - the program ends by itself, neither by a signal nor by a time limit;
  - exit code 0 and no message if nothing is lost: an interrupted call was repeated, a write went on
    behind its first half, or what failed was only the journal's closing line, the link `latest`, or
    the reset of the kernel's figure of peak memory; else another code and exactly one message;
  - nothing is left in TMPDIR, and every file among the results is whole;
  - every pass that was on disk is still in samples.jsonl, `resume` completes the run with the digests
    of one that nothing happened to, without touching the lines that were there, and `report` works.

As part of all tests it takes some of the calls only. PPT_FAULTS=full takes all of them, see
scripts/faults.sh.
"""

import collections
import concurrent.futures
import csv
import html.parser
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

SHIM = os.environ.get("PPT_FAULTS_SHIM", str(common.ROOT / "build/tests/faults.so"))
FULL = os.environ.get("PPT_FAULTS") == "full"

SMALL = ["--workers", "0,2", "--iterations", "3", "--warmup", "1", "--seed", "7"]
RUNS = {
    "sum": ["--task", "sum", "--task-args", "[1000]", "--task-count", "3", *SMALL],
    "io": ["--task", "io", "--task-args", "[1]", "--task-count", "2", *SMALL],
}
BLOCKS = 3
POINTS = [0, 2]

# Files that a run may leave.
KNOWN = re.compile(
    r"(samples\.jsonl|results\.(csv|json)|report\.html|charts/\w+\.(gp|dat|svg|png))\Z"
)

# The calls, what they fail with, whether all later ones fail too, and how many of them are tried as
# part of all tests.
Walk = collections.namedtuple("Walk", "call error ever few")
WALKS = [
    Walk("write", "ENOSPC", True, 6),
    Walk("write", "ENOSPC", False, 6),
    Walk("write", "EIO", False, 2),
    Walk("write", "EINTR", False, 2),
    Walk("write", "SHORT", False, 2),
    Walk("write", "CUT", False, 6),
    Walk("sync", "EIO", False, 4),
    Walk("sync", "ENOSPC", True, 2),
    Walk("sync", "EINTR", False, 2),
    Walk("rename", "EIO", False, 3),
    Walk("rename", "ENOSPC", True, 2),
    Walk("open", "ENOSPC", False, 4),
    Walk("open", "EMFILE", True, 3),
    Walk("open", "EINTR", False, 2),
    Walk("open", "EOPNOTSUPP", False, 3),  # files without a name, which others can stand in for
    Walk("memory", "ENOMEM", False, 7),
    Walk("memory", "ENOMEM", True, 7),
    Walk("thread", "EAGAIN", False, 3),
    Walk("thread", "EAGAIN", True, 3),
    Walk("mkdir", "ENOSPC", False, 3),
    Walk("mkdir", "EACCES", True, 2),
    Walk("remove", "EIO", False, 6),
    Walk("look", "EMFILE", False, 6),
    Walk("look", "EMFILE", True, 4),
    Walk("look", "EINTR", False, 4),
]
RESUME_WALKS = [
    Walk("truncate", "EIO", False, 1),
    Walk("truncate", "EINTR", False, 1),
    Walk("write", "ENOSPC", True, 4),
    Walk("write", "CUT", False, 6),
    Walk("sync", "EIO", False, 4),
    Walk("open", "EMFILE", True, 4),
    Walk("memory", "ENOMEM", False, 8),
    Walk("thread", "EAGAIN", True, 3),
    Walk("mkdir", "ENOSPC", True, 2),
    Walk("remove", "EIO", False, 4),
    Walk("look", "EMFILE", True, 4),
    Walk("look", "EINTR", False, 4),
]


def spread(count, few):
    """The numbers of the calls that are tried: all of them, or so many from the first to the last."""
    if FULL or count <= few:
        return list(range(1, count + 1))
    return sorted({1 + round(i * (count - 1) / (few - 1)) for i in range(few)})


class Whole(html.parser.HTMLParser):
    """Whether a page was written to its end."""

    def __init__(self, text):
        super().__init__()
        self.last = None
        self.feed(text)

    def handle_endtag(self, tag):
        self.last = tag


class Place:
    """Folders of one try of its own, so that several can run at the same time."""

    def __init__(self, case):
        self.case = case
        # Where flushing takes no time, if there is such a place.
        memory = pathlib.Path("/dev/shm")
        where = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="ppt-try-", dir=where))
        case.addCleanup(shutil.rmtree, self.base, ignore_errors=True)
        self.work = self.base / "work"
        self.tmp = self.base / "tmp"
        self.work.mkdir()
        self.tmp.mkdir()

    def run(self, *args, **faults):
        env = self.case.environment(TMPDIR=str(self.tmp), OMP_WAIT_POLICY="passive")
        if faults:
            env.update(LD_PRELOAD=SHIM, **{f"PPT_FAULT_{k.upper()}": v for k, v in faults.items()})
        return self.case.run_program(common.PPT_OMP, *args, cwd=self.work, env=env)

    def folder(self):
        found = [p for p in self.work.glob("output/*") if p.is_dir() and not p.is_symlink()]
        self.case.assertLessEqual(len(found), 1)
        return found[0] if found else None

    def journal(self):
        folder = self.folder()
        path = folder / "samples.jsonl" if folder else None
        return path.read_bytes() if path and path.exists() else b""


def lines_of(journal):
    """The whole lines of a journal as objects; what is behind the last newline was being written."""
    return [json.loads(line) for line in journal.split(b"\n")[:-1]]


class FaultCase(common.Case):
    """What holds after every failure."""

    def messages(self, result):
        return [l for l in result.err.splitlines() if re.match(r"(ppt-omp|libgomp): ", l)]

    def check_files(self, place, hint):
        """Every file is whole and has a name that a run gives."""
        self.assertEqual(list(place.tmp.iterdir()), [], f"left in TMPDIR {hint}")
        output = place.work / "output"
        for path in output.iterdir() if output.exists() else []:
            if path.is_symlink():
                self.assertEqual(path.name, "latest", hint)
        folder = place.folder()
        for path in sorted(folder.rglob("*")) if folder else []:
            name = path.relative_to(folder).as_posix()
            if path.is_dir():
                self.assertEqual(name, "charts", hint)
                continue
            self.assertRegex(name, KNOWN, hint)
            text = path.read_text(encoding="utf-8")
            if name == "samples.jsonl":
                lines_of(text.encode())
            elif name == "results.json":
                json.loads(text)
            elif name == "results.csv":
                rows = list(csv.reader(text.splitlines()))
                self.assertEqual({len(row) for row in rows}, {len(rows[0])}, hint)
                self.assertTrue(text.endswith("\n"), hint)
            elif name == "report.html":
                self.assertEqual(Whole(text).last, "html", hint)
            else:
                self.assertTrue(text.endswith("\n"), hint)

    def digests(self, lines):
        """Of the measured passes: {(block, workers): digest}; each must be there once."""
        found = {}
        for line in lines:
            if line["type"] == "pass" and line["block"] > 0:
                key = (line["block"], line["workers"])
                self.assertNotIn(key, found, "measured twice")
                found[key] = line["digest"]
        return found

    def check_complete(self, place, expected, hint):
        """All passes but those of points that failed, with the digests that they must have, and all
        results. Returns whether points failed."""
        lines = lines_of(place.journal())
        failed = {l["workers"]: l["block"] for l in lines if l["type"] == "failed"}
        found = self.digests(lines)
        for key, digest in expected.items():
            if key[1] in failed and key not in found:
                self.assertGreaterEqual(key[0], failed[key[1]], hint)
            else:
                self.assertEqual(found.get(key), digest, f"{key} {hint}")
        if set(failed) != set(POINTS):
            for name in ("results.csv", "results.json", "report.html"):
                self.assertTrue((place.folder() / name).exists(), f"{name} {hint}")
        return failed

    def check_recovery(self, place, expected, hint):
        """resume completes it and report works, and no line of the journal changes."""
        before = place.journal()
        whole = before[: before.rfind(b"\n") + 1]
        if not whole:
            if place.folder():
                result = place.run("resume", place.folder())
                self.assertEqual(result.code, 2, f"{hint}{result}")
                self.assertEqual(len(self.messages(result)), 1, f"{hint}{result}")
            return
        result = place.run("resume", place.folder())
        failed = self.check_complete(place, expected, f"{hint}{result}")
        self.assertEqual(result.code, 1 if failed else 0, f"{hint}{result}")
        self.assertEqual(len(self.messages(result)), 1 if failed else 0, f"{hint}{result}")
        self.assertTrue(place.journal().startswith(whole), f"lines were changed {hint}")
        self.check_files(place, hint)
        after = place.journal()
        result = place.run("report", place.folder())
        all_failed = set(failed) == set(POINTS)
        self.assertEqual(result.code, 1 if all_failed else 0, f"{hint}{result}")
        self.assertEqual(place.journal(), after, hint)
        self.check_files(place, hint)

    def check_outcome(self, place, result, synced, expected, hint):
        messages = self.messages(result)
        lines = lines_of(place.journal())
        self.assertGreaterEqual(result.code, 0, hint)
        self.check_files(place, hint)
        self.assertGreaterEqual(len(lines), synced, f"lost lines {hint}")
        if result.code != 0:
            self.assertIn(result.code, (1, 2), hint)
            self.assertEqual(len(messages), 1, hint)
            return
        self.assertEqual(messages, [], hint)
        self.assertEqual(self.check_complete(place, expected, hint), {}, hint)

    # --- walking ---------------------------------------------------------------------------

    def count(self, prepare, call):
        """How many calls of that kind a command makes, and what it measures when none fails."""
        place = Place(self)
        command = prepare(place)
        report = place.base / "report"
        result = place.run(*command, call=call, report=str(report))
        self.assertEqual(result.code, 0, result)
        return int(report.read_text().split()[0]), self.digests(lines_of(place.journal()))

    def attempt(self, prepare, walk, n, expected):
        place = Place(self)
        command = prepare(place)
        before = len(lines_of(place.journal()))
        report = place.base / "report"
        faults = {"call": walk.call, "error": walk.error, "at": str(n), "report": str(report)}
        if walk.ever:
            faults["ever"] = "1"
        result = place.run(*command, **faults)
        hint = f"\nafter {walk} at {n}: {result}"
        synced = int(report.read_text().split()[1]) if report.exists() else 0
        self.check_outcome(place, result, before + synced, expected, hint)
        self.check_recovery(place, expected, hint)
        shutil.rmtree(place.base)
        return result.code

    def walk(self, prepare, walks):
        started = time.monotonic()
        codes = collections.Counter()
        counts = {}
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for walk in walks:
                if walk.call not in counts:
                    counts[walk.call] = self.count(prepare, walk.call)
                count, expected = counts[walk.call]
                self.assertEqual(len(expected), BLOCKS * len(POINTS))
                if walk.call != "truncate":
                    self.assertGreater(count, 0, walk)
                tries = {
                    pool.submit(self.attempt, prepare, walk, n, expected): n
                    for n in spread(count, walk.few)
                }
                for done in concurrent.futures.as_completed(tries):
                    with self.subTest(walk=walk, n=tries[done]):
                        codes[done.result()] += 1
        print(
            f"{self.id().split('.')[-1]}: {sum(codes.values())} calls failed, "
            f"{codes[0]} of them harmless; "
            + ", ".join(f"{call} {count}" for call, (count, _) in counts.items())
            + f"; {time.monotonic() - started:.0f} s",
            file=sys.stderr,
        )


@unittest.skipUnless(os.path.exists(SHIM), "the library of faults was not built")
class Walks(FaultCase):
    def test_sum(self):
        """A run that writes nothing but its results."""
        self.walk(lambda place: RUNS["sum"], WALKS)

    def test_io(self):
        """Tasks that write files, too."""
        self.walk(lambda place: RUNS["io"], WALKS)

    def test_resume(self):
        """Going on with a run that was cut off in the middle of a line."""
        done = Place(self)
        self.assertEqual(done.run(*RUNS["sum"]).code, 0)
        journal = done.journal().splitlines(True)
        half = b"".join(journal[:5]) + journal[5][:50]

        def prepare(place):
            folder = place.work / "output/sum"
            folder.mkdir(parents=True)
            (folder / "samples.jsonl").write_bytes(half)
            os.symlink("sum", place.work / "output/latest")
            return ["resume", folder]

        self.walk(prepare, RESUME_WALKS)


@unittest.skipUnless(os.path.exists(SHIM), "the library of faults was not built")
class Threads(FaultCase):
    def test_too_few(self):
        """Whether threads can be had is found out before anything is written."""
        place = Place(self)
        command = ["--task", "sum", "--workers", "0,6", "--inner-threads", "1"]
        result = place.run(*command, call="thread", error="EAGAIN", at="3", ever="1")
        self.assertEqual(result.code, 1, result)
        self.assertEqual(result.out, "", result)
        self.assertRegex(result.err, r"\Appt-omp: 6 workers with 1 inner thread need 6 threads, but "
                         r"the system allows only 3 \(Resource temporarily .*\n\Z")  # fmt: skip
        self.assertIsNone(place.folder())
        self.assertEqual(list(place.tmp.iterdir()), [])


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
        return [p.name for p in self.only_folder().glob("charts/*") if p.suffix in (".svg", ".png")]

    WHOLE = (
        "for n in *.gp; do echo ' <svg></svg>' >${n%.gp}.svg; "
        "printf 'x\\0\\0\\0\\0IEND\\256\\102\\140\\202' >${n%.gp}.png; done\n"
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
