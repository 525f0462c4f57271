#!/usr/bin/env python3
"""soak.py [COUNT]: runs that are killed at random moments, and gone on with until they are complete.

Each of COUNT runs (default 200) takes about a second. It is killed with SIGKILL at a random moment
of it, and so are half of the attempts to resume it. Then:

  - no line that was whole when it was killed is lost or changed: each journal begins with the whole
    lines of the one before;
  - in the end every pass is there once, with the digest of a run that nothing happened to, and all
    results are whole, with no half-written file beside them;
  - the next run has removed the folder for temporary files that the killed one left.

Prints what it found; the exit code is 1 when anything was not so. PPT_OMP names the binary.
"""

import collections
import csv
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PPT_OMP = os.environ.get("PPT_OMP", str(ROOT / "build/ppt-omp"))
LIMIT_S = 120
BLOCKS = 10
SMALL = ["--workers", "0,1,2", "--iterations", str(BLOCKS), "--seed", "11", "--wait", "0", "--quiet"]
RUNS = {
    "io": ["--task", "io", "--task-args", "[1]", "--task-count", "4", *SMALL],
    "sum": ["--task", "sum", "--task-args", "[500000]", "--task-count", "16", *SMALL],
    "random": ["--task", "random", "--task-args", '["sum", "multi"]', "--task-count", "3", *SMALL],
}
KNOWN = re.compile(r"(samples\.jsonl|results\.(csv|json)|report\.html|charts/\w+\.(gp|dat))\Z")


class Violation(Exception):
    """Something that must hold does not."""


class Soak:
    def __init__(self, base, seed):
        self.base = base
        self.tmp = base / "tmp"
        self.tmp.mkdir()
        self.no_bin = base / "no-bin"
        self.no_bin.mkdir()
        self.random = random.Random(seed)
        self.counts = collections.Counter()
        self.expected = {}
        self.seconds = {}

    def start(self, work, *args):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "GOMP_"))}
        env.update(TMPDIR=str(self.tmp), PATH=str(self.no_bin), OMP_WAIT_POLICY="passive")
        return subprocess.Popen(
            [PPT_OMP, *map(str, args)],
            cwd=work,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def finish(self, process):
        """Waits for its end and returns its code and what it said."""
        try:
            _, err = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Violation(f"still running after {LIMIT_S} s") from None
        return process.returncode, err.decode(errors="replace")

    def kill(self, process, most):
        """Kills it at a random moment; False when it ended before."""
        time.sleep(self.random.uniform(0, most))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        code, err = self.finish(process)
        if code == -signal.SIGKILL:
            self.counts["killed"] += 1
            return True
        if code != 0:
            raise Violation(f"exit code {code} of a run that was not killed: {err}")
        return False

    # --- looking ---------------------------------------------------------------------------

    @staticmethod
    def folder(work):
        found = [p for p in work.glob("output/*__*") if p.is_dir() and not p.is_symlink()]
        if len(found) > 1:
            raise Violation(f"several folders: {found}")
        return found[0] if found else None

    @staticmethod
    def whole_lines(work):
        folder = Soak.folder(work)
        path = folder / "samples.jsonl" if folder else None
        text = path.read_bytes() if path and path.exists() else b""
        return text[: text.rfind(b"\n") + 1]

    def passes(self, lines):
        """{(block, workers): digest} of measured passes. What others disturbed is measured a second
        time, and no more."""
        found, seen = {}, set()
        for text in lines.splitlines():
            line = json.loads(text)
            if line["type"] == "failed":
                raise Violation(f"a point failed: {line}")
            if line["type"] == "pass" and line["block"] > 0:
                key = (line["block"], line["workers"])
                if (key, line.get("again")) in seen:
                    raise Violation(f"measured twice: {key}")
                seen.add((key, line.get("again")))
                found[key] = line["digest"]
        return found

    def check_results(self, work, name):
        folder = self.folder(work)
        for path in sorted(folder.rglob("*")):
            known = path.relative_to(folder).as_posix()
            if path.is_file() and not KNOWN.match(known):
                raise Violation(f"a file that is none of the results: {known}")
            if path.is_file() and not path.read_bytes().endswith(b"\n"):
                raise Violation(f"not whole: {known}")
        results = json.loads((folder / "results.json").read_text())
        rows = list(csv.DictReader((folder / "results.csv").read_text().splitlines()))
        if [row["Means over (blocks)"] for row in rows] != [str(BLOCKS)] * 3 or results["failed"]:
            raise Violation(f"results are not of {BLOCKS} blocks at 3 points")
        if not (folder / "report.html").read_text().endswith("</html>\n"):
            raise Violation("report.html is not whole")
        journal = (folder / "samples.jsonl").read_bytes()
        if json.loads(journal.splitlines()[-1]) != {"type": "end", "status": 0}:
            raise Violation("the journal has no closing line")
        if self.passes(journal) != self.expected[name]:
            raise Violation("passes or digests are not those of a run that nothing happened to")
        links = [p.name for p in (work / "output").iterdir() if p.is_symlink()]
        if set(links) - {"latest", ".latest"}:
            raise Violation(f"links that nobody needs: {links}")

    def check_scratch(self):
        left = [p.name for p in self.tmp.iterdir()]
        if left:
            raise Violation(f"left in TMPDIR after a run that ended: {left}")

    # --- one run ---------------------------------------------------------------------------

    def prepare(self, name):
        """What the run measures when nothing happens to it, and how long it takes."""
        work = self.base / f"expected-{name}"
        work.mkdir()
        started = time.monotonic()
        code, err = self.finish(self.start(work, *RUNS[name]))
        if code != 0:
            raise Violation(f"exit code {code} of an undisturbed run: {err}")
        self.seconds[name] = time.monotonic() - started
        self.expected[name] = self.passes(self.whole_lines(work))
        self.check_results(work, name)
        self.check_scratch()

    def one(self, number, name):
        killed = False
        while not killed:
            # One that was too fast is complete, and another takes its place.
            work = self.base / f"run-{number}"
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            started = time.monotonic()
            killed = self.kill(self.start(work, *RUNS[name]), 1.05 * self.seconds[name])
            if not killed:
                self.seconds[name] = min(self.seconds[name], time.monotonic() - started)
        before = self.whole_lines(work)
        if not before:
            # It was killed before its journal had a first line: there is nothing to go on with.
            self.counts["before the first line"] += 1
            shutil.rmtree(work / "output", ignore_errors=True)
            code, err = self.finish(self.start(work, *RUNS[name]))
            if code != 0:
                raise Violation(f"exit code {code} of a run from the start: {err}")
        while killed and before:
            process = self.start(work, "resume", self.folder(work), "--quiet")
            if self.random.random() < 0.5:
                killed = self.kill(process, self.seconds[name])
            else:
                code, err = self.finish(process)
                killed = False
                if code != 0:
                    raise Violation(f"exit code {code} of resume: {err}")
            self.counts["resumed"] += 1
            after = self.whole_lines(work)
            if not after.startswith(before):
                raise Violation("lines that were whole are lost or changed")
            before = after
        self.check_results(work, name)
        self.check_scratch()
        self.counts["complete"] += 1
        shutil.rmtree(work)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(os.environ.get("PPT_SOAK_SEED", random.randrange(1 << 32)))
    base = pathlib.Path(tempfile.mkdtemp(prefix="ppt-soak-"))
    soak = Soak(base, seed)
    violations = 0
    started = time.monotonic()
    try:
        for name in RUNS:
            soak.prepare(name)
        for number in range(count):
            name = list(RUNS)[number % len(RUNS)]
            try:
                soak.one(number, name)
            except Violation as violation:
                violations += 1
                print(f"run {number} ({name}) in {base}: {violation}", flush=True)
    finally:
        if violations == 0:
            shutil.rmtree(base)
    print(
        f"{count} runs (seed {seed}, {time.monotonic() - started:.0f} s): "
        f"{soak.counts['killed']} times killed, {soak.counts['before the first line']} of them "
        f"before the first line; {soak.counts['resumed']} times resumed; "
        f"{soak.counts['complete']} complete with equal digests; {violations} violations"
    )
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
