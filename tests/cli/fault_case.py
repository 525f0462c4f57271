"""Runs under which calls fail, and what must be left of them."""

import collections
import concurrent.futures
import csv
import html.parser
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time

import common

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
    r"(samples\.jsonl|results\.(csv|json)|report\.html|charts/\w+\.(gp|dat|svg|png|pdf))\Z"
)

# The calls, what they fail with, whether all later ones fail too, and how many of them are tried as
# part of all tests.
Walk = collections.namedtuple("Walk", "call error ever few")


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
        for line in common.counting(line for line in lines if line["type"] == "pass"):
            if line["block"] > 0:
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
