"""Formats: valid for their parsers whatever is in them, and saying the same as results.json."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import common
from common import HAS_GNUPLOT, loads
from format_case import FORMATS, RUNS, SORT, SUITE, SYSTEM_PYTHON, FormatCase

COMPARE = pathlib.Path("/usr/share/benchmark/compare.py")


class Formats(FormatCase):
    def test_runs(self):
        """Every format of every kind of run."""
        for label, config in RUNS.items():
            with self.subTest(label):
                _, (folder,) = self.measure(config, args=("--output", "output"))
                for name in FORMATS:
                    with self.subTest(format=name):
                        self.check(name, self.report(folder, name), [self.results(folder)])
                shutil.rmtree(self.work / "output")

    def test_broken_off(self):
        """A run that died in its first block, or in its second: documents of what was measured,
        whose points may have different numbers of passes."""
        _, (folder,) = self.measure(SORT)
        path = folder / "samples.jsonl"
        lines = path.read_text().splitlines()
        first = next(i for i, line in enumerate(lines) if json.loads(line).get("block") == 1)
        for passes, points, blocks in ((2, 2, 1), (5, 3, 1)):
            path.write_text("\n".join(lines[: first + passes]) + "\n")
            self.run_fine("report", folder)
            run = self.results(folder)
            self.assertEqual((len(run["points"]), run["verdict"]["blocks"]), (points, blocks))
            self.assertIsNone(run["verdict"]["recommended"])
            for name in FORMATS:
                with self.subTest(format=name, passes=passes):
                    self.check(name, self.report(folder, name), [run])

    def test_suite(self):
        """Several runs are one document, in the order of the files; runs that look alike do not
        share names."""
        for name in FORMATS:
            with self.subTest(format=name):
                result, _ = self.measure(*SUITE, args=("--format", name))
                folders = re.findall(r"(?m)^results: (.*)/report.html$", result.err)
                runs = [self.results(self.work / folder) for folder in folders]
                self.assertEqual([r["task"] for r in runs], [c["task"] for c in SUITE])
                self.check(name, result.out_bytes.decode("utf-8"), runs)
                shutil.rmtree(self.work / "output")

    def test_run_and_report_agree(self):
        """What a run prints is what report prints of it later."""
        for name in FORMATS:
            with self.subTest(format=name):
                result, (folder,) = self.measure(RUNS["plain"], args=("--format", name))
                self.assertEqual(self.report(folder, name), result.out_bytes.decode("utf-8"))
                shutil.rmtree(self.work / "output")

    def test_files_are_written_again(self):
        """report makes every file of a run again, byte by byte, pictures included; but a PDF says
        when it was drawn."""

        def content(path):
            return re.sub(rb"/CreationDate \(.*?\)", b"", path.read_bytes())

        for label in ("plain", "grid", "mix"):
            with self.subTest(label):
                _, (folder,) = self.measure(RUNS[label], draw=HAS_GNUPLOT)
                files = {p: content(p) for p in folder.rglob("*") if p.is_file()}
                self.assertGreaterEqual(len(files), 9)
                for path in files:
                    if path.name != "samples.jsonl":
                        path.unlink()
                self.run_fine("report", folder, draw=HAS_GNUPLOT)
                again = {p: content(p) for p in folder.rglob("*") if p.is_file()}
                self.assertEqual(set(again), set(files))
                for path, before in files.items():
                    self.assertEqual(again[path], before, path.name)
                shutil.rmtree(self.work / "output")

    def test_names_are_told(self):
        """An unknown name is answered with all of them, and so does --help."""
        for args in (["--task", "sum"], ["report", "output/latest"]):
            result = self.run_ppt(*args, "--format", "yaml")
            self.assertEqual(result.code, 2, result)
            told = result.err.rpartition("there are: ")[2].strip().split(", ")
            self.assertLessEqual(set(FORMATS), set(told))
        text = self.run_fine("--help").out.partition("--format NAME")[2].partition("\nOptions of")[0]
        for name in told:
            self.assertRegex(text, rf"\b{name}\b")
        page = (common.ROOT / "docs/formats.md").read_text(encoding="utf-8")
        for name in FORMATS:
            self.assertIn(f"`{name}`", page)


class Compare(FormatCase):
    """Google Benchmark's own tool reads what we write."""

    def setUp(self):
        super().setUp()
        self.files = []
        for seed in (5, 6):
            config = {**RUNS["grid"], "iterations": 10, "seed": seed}
            result, _ = self.measure(config, args=("--format", "gbench"))
            self.files.append(self.write(f"{seed}.json", result.out_bytes))
            shutil.rmtree(self.work / "output")

    def compare(self, *args):
        if not COMPARE.is_file():
            self.skipTest("compare.py is not installed (Debian: libbenchmark-tools)")
        probe = subprocess.run([SYSTEM_PYTHON, "-c", "import numpy, scipy"], check=False,
                               capture_output=True)  # fmt: skip
        if probe.returncode != 0:
            self.skipTest("compare.py needs scipy (Debian: python3-scipy)")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        done = subprocess.run(
            [SYSTEM_PYTHON, "-B", COMPARE, "--no-color", *args],
            capture_output=True,
            text=True,
            env=environment,
            timeout=common.TIMEOUT_S,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def rows_of(self, output):
        """Names and the two relative changes of the lines that compare.py prints."""
        found = re.findall(r"(?m)^(\S+)\s+([-+]\d+\.\d{4})\s+([-+]\d+\.\d{4})\s", output)
        return [(name, float(time), float(cpu)) for name, time, cpu in found]

    def test_rules(self):
        """How it reads, without it: one schema, equal names, one unit, both times in every row."""
        first, second = (loads(path.read_text()) for path in self.files)
        for document in (first, second):
            self.assertEqual(document["context"]["json_schema_version"], 1)
            self.assertEqual({row["time_unit"] for row in document["benchmarks"]}, {"ns"})
            for row in document["benchmarks"]:
                self.assertGreater(row["real_time"], 0)
                self.assertGreaterEqual(row["cpu_time"], 0)
        names = [[row["name"] for row in d["benchmarks"]] for d in (first, second)]
        self.assertEqual(names[0], names[1])
        self.assertEqual(len(names[0]), 6 * (10 + 4))

    def test_benchmarks(self):
        """Every row finds its counterpart, and every point gets its U test."""
        output = self.compare("benchmarks", *self.files)
        first, second = (loads(path.read_text())["benchmarks"] for path in self.files)
        rows = self.rows_of(output)
        self.assertEqual({name for name, _, _ in rows} - {"OVERALL_GEOMEAN"},
                         {row["name"] for row in first})  # fmt: skip
        self.assertEqual(len(rows), len(first) + 1)
        for name in {row["run_name"] for row in first}:
            self.assertRegex(output, rf"(?m)^{re.escape(name)}_pvalue .*Repetitions: 10 vs 10$")
        for suffix in ("_mean", "_median"):
            (old,) = [r for r in first if r["name"] == first[0]["run_name"] + suffix]
            (new,) = [r for r in second if r["name"] == old["name"]]
            (change,) = [time for name, time, _ in rows if name == old["name"]]
            self.assertAlmostEqual(change, new["real_time"] / old["real_time"] - 1, 3)

    def test_filters(self):
        """Two worker counts of one file against each other."""
        output = self.compare("filters", self.files[0], "sequential", "threads:2")
        rows = self.rows_of(output)
        names = {name for name, _, _ in rows}
        self.assertIn("sort/2000/inner:1/real_time/[sequential", output)
        self.assertEqual(len(re.findall(r"_median\s+[-+]", output)), 2, names)


if __name__ == "__main__":
    unittest.main()
