"""A grid of ranks and workers whose times are known, in every format and under every command.

Compared with known times, so nothing else may run meanwhile. PPT_FULL=1 adds a grid of 1 to 8 ranks
with 1 to 8 workers.
"""

import json
import math
import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import unittest

import common
from common import SCHEMA, loads
from mpi_case import MpiCase, all_workers, main, name_of, point_of, points_of

FULL = os.environ.get("PPT_FULL") == "1"
FACTORS = ["load_balance", "communication", "scheduling", "startup", "work", "reference"]


class Waiting(MpiCase):
    """Sleeping tasks take ceil(tasks / (ranks workers)) times their length, on any CPUs."""

    def check_formula(self, milliseconds, config, ranks, seconds, within=0.05):
        config = {"task": "wait", "task_args": [milliseconds], "iterations": 3, "warmup": 0,
                  "seed": 1, **config}  # fmt: skip
        self.write("c.json", config)
        self.launch_fine("c.json", "--quiet", ranks=ranks, seconds=seconds)
        folder = self.only_folder()
        self.check_complete(folder, config)
        off = {}
        for point in points_of(config):
            times = [p["total_ns"] / 1e9 for p in common.passes(folder) if point_of(p) == point]
            rounds = math.ceil(config["task_count"] / max(all_workers(point), 1))
            expected = rounds * milliseconds / 1e3
            change = statistics.median(times) / expected - 1
            if not 0 <= change < within:
                off[name_of(point)] = f"{statistics.median(times):.4f} s, not {expected:.4f} s"
        return off

    def test_formula(self):
        """Numbers of tasks that leave some workers idle in the last round, too. Others may disturb
        a run, but not three."""
        config = {"task_count": 10, "workers": [1, 2], "ranks": [1, 2, 4]}
        for _ in range(3):
            off = self.check_formula(80, config, ranks=4, seconds=60)
            if not off:
                return
            shutil.rmtree(self.work / "output")
        self.assertEqual(off, {})

    @unittest.skipUnless(FULL, "takes minutes: PPT_FULL=1")
    def test_formula_on_a_full_grid(self):
        """All combinations of 1 to 8 ranks with 1 to 8 workers, up to 64 at a time."""
        numbers = list(range(1, 9))
        config = {"task_count": 192, "workers": numbers, "ranks": numbers}
        self.assertEqual(self.check_formula(120, config, ranks=8, seconds=900), {})


GRID = {"task": "wait", "task_args": [12], "task_count": 24, "workers": [0, 1, 2],
        "ranks": [0, 1, 2, 3, 4], "iterations": 6, "warmup": 1, "seed": 8}  # fmt: skip


class Grid(MpiCase):
    """One run of ranks times workers, looked at from all sides."""

    shared = None
    result = None
    problem = "the run of the grid was not made"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="ppt-test-")).resolve()
        cls.addClassCleanup(shutil.rmtree, cls.shared, ignore_errors=True)

    def setUp(self):
        super().setUp()
        if not (self.shared / "output").exists():
            (self.shared / "output").mkdir()
            self.write("c.json", GRID)
            job = self.start("c.json", "--output", self.shared / "output", ranks=4)
            type(self).result = self.finish(job, 60)
            type(self).left = [path.name for path in self.tmp.iterdir()]
        self.assertEqual(self.result.code, 0, self.result)
        self.folder = self.only_folder(self.shared / "output")
        self.names = [name_of(point) for point in points_of(GRID)]

    def rows(self):
        return common.read_csv(self.folder / "results.csv")[1]

    def test_complete(self):
        self.check_complete(self.folder, GRID)
        self.assertEqual(self.left, [], "left behind in TMPDIR")

    def test_points(self):
        """In order, the same in every file."""
        results = self.results(self.folder)
        self.assertEqual([point_of(p) for p in results["points"]], points_of(GRID))
        for entry in results["points"] + results["passes"]:
            self.assertEqual("ranks" in entry, point_of(entry)[0] > 0)
            if point_of(entry)[0]:
                self.assertEqual(entry["all_workers"], all_workers(point_of(entry)))
        self.assertEqual(results["config"]["ranks"], GRID["ranks"])
        self.assertEqual(results["failed"], [])

    def test_csv(self):
        """Names and numbers of ranks, finite numbers, and the verdict in one row."""
        header, rows = common.read_csv(self.folder / "results.csv")
        self.assertEqual(header[: len(common.CSV_ORIGINAL)], common.CSV_ORIGINAL)
        self.assertEqual(len(set(header)), len(header))
        names = ["sequential", *(f"parallel_{name}" for name in self.names[1:])]
        self.assertEqual([row["Name"] for row in rows], names)
        for row, point in zip(rows, points_of(GRID), strict=True):
            self.assertEqual(int(row["Ranks"]), point[0])
            self.assertEqual(int(row["Workers"]), max(all_workers(point), point[1]))
            for column in common.CSV_NUMBERS:
                self.assertTrue(math.isfinite(float(row[column])), f"{column}: {row[column]!r}")
            for value in row.values():
                self.assertNotRegex(value, r"(?i)^[-+]?(nan|inf)")
            rounds = math.ceil(24 / max(all_workers(point), 1))
            self.assertGreater(float(row["Time: total"]), rounds * 0.012)
            parts = float(row["Time: init"]) + float(row["Time: work"])
            self.assertLessEqual(parts, float(row["Time: total"]) * (1 + 1e-6))
        self.assertEqual([r["Name"] for r in rows if r["Recommended"] == "1"], ["parallel_4r2"])

    def test_schema(self):
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        found = common.schema_problems(self, schema, [self.results(self.folder)])
        self.assertEqual(found, [[]])

    def test_verdict(self):
        """Four ranks with two workers each are the fastest by far: nothing else will do."""
        verdict = self.results(self.folder)["verdict"]
        self.assertEqual((verdict["recommended_ranks"], verdict["recommended"]), (4, 2))
        self.assertEqual((verdict["best_ranks"], verdict["best"]), (4, 2))
        self.assertEqual(set(verdict["speedup"]), set(self.names) - {"0"})
        self.assertIn("use 4 ranks × 2 workers", verdict["sentence"])
        self.assertIn("use 4 ranks × 2 workers", " ".join(self.result.out.split()))
        self.assertGreater(verdict["speedup"]["4r2"][0], 4)
        self.assertLess(verdict["speedup"]["4r2"][0], 8.5)

    def test_table(self):
        """Every point once, marked where it needs more threads than there are CPUs; what the names
        mean; what starting the ranks took."""
        results = self.results(self.folder)
        cpus = results["host"]["effective_cpus"]
        for point, entry in zip(points_of(GRID), results["points"], strict=True):
            mark = r"\*" if all_workers(point) > cpus else " "
            self.assertRegex(self.result.out, rf"(?m)^ *{mark}{name_of(point)} ")
            self.assertEqual(entry["beyond_cpus"], all_workers(point) > cpus)
        self.assertRegex(self.result.out, r"3r4: 3 ranks .*4 workers each")
        self.assertIn("4 ranks on 1 host", self.result.out)
        self.assertEqual(self.result.out.count("use 4 ranks"), 1)

    def test_page(self):
        """One file with the verdict and all points."""
        page = (self.folder / "report.html").read_text(encoding="utf-8")
        self.assertIn("4 ranks × 2 workers", page)
        for ranks, workers in points_of(GRID):
            row = str(workers) if workers else "sequential"
            if ranks:
                row = f"{ranks} rank{'s' if ranks > 1 else ''} × {workers}"
            self.assertRegex(page, rf'<th scope="row"[^>]*>{row}( \*)?</th>')
        self.assertNotRegex(page, r"(?i)\bnan\b")

    def test_heat(self):
        """Every point has its field in the heat map."""
        lines = (self.folder / "charts/heat.dat").read_text(encoding="utf-8").splitlines()
        rows = [line.split() for line in lines if line and not line.startswith("#")]
        self.assertEqual(len(rows), len(self.names))
        script = (self.folder / "charts/heat.gp").read_text(encoding="utf-8")
        self.assertIn("rank", script)
        self.assertIn("worker", script)

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_charts_are_drawn(self):
        shutil.copytree(self.folder, self.work / "copy")
        result = self.run_fine("report", self.work / "copy", "--quiet", draw=True)
        self.assertNotIn("not drawn", result.err)
        for path in (self.work / "copy/charts").glob("*.gp"):
            size = common.png_size(path.with_suffix(".png").read_bytes())
            self.assertGreater(min(size), 100, path.name)

    def test_factors(self):
        """All workers times the product of the factors is the speedup: in every block exactly, and
        the figures of the run are medians over blocks."""
        lines = common.read_samples(self.folder)
        by_block = {}
        for block in range(1, GRID["iterations"] + 1):
            # A recording of this block alone.
            alone = [{**lines[0], "config": {**lines[0]["config"], "iterations": 1, "warmup": 0}}]
            for sample in lines:
                if sample["type"] == "pass" and sample["block"] == block:
                    alone.append({**sample, "block": 1, "position": len(alone) - 1})
            alone.append(lines[-1])
            text = "".join(json.dumps(line) + "\n" for line in alone)
            path = self.write(f"block-{block}/samples.jsonl", text)
            self.run_fine("report", path.parent)
            by_block[block] = {point_of(p): p for p in self.results(path.parent)["points"]}
            sequential = by_block[block][0, 0]["total_s"]["median"]
            for point, entry in by_block[block].items():
                if point == (0, 0):
                    continue
                product = all_workers(point) * math.prod(entry["factors"][f] for f in FACTORS)
                speedup = sequential / entry["total_s"]["median"]
                where = f"{name_of(point)} in block {block}"
                self.assertAlmostEqual(product / speedup, 1, 6, where)
                for name in FACTORS:
                    self.assertGreater(entry["factors"][name], 0, name)
                for name in ("load_balance", "communication", "scheduling", "startup"):
                    self.assertLessEqual(entry["factors"][name], 1 + 1e-9, name)
                if point[0] == 0:
                    self.assertEqual(entry["factors"]["communication"], 1)
        for entry in self.results(self.folder)["points"]:
            point = point_of(entry)
            if point == (0, 0):
                continue
            # Those shown are medians, each moved by its share of what these miss of the speedup.
            logs = {
                name: statistics.median(
                    math.log(b[point]["factors"][name]) for b in by_block.values()
                )
                for name in FACTORS
            }
            shown = math.log(entry["speedup_by_workers"][0] / all_workers(point))
            missing = shown - sum(logs.values())
            product = math.prod(entry["factors"][name] for name in FACTORS)
            self.assertAlmostEqual(math.log(product), shown, 6, name_of(point))
            for name, middle in logs.items():
                moved = math.log(entry["factors"][name]) - middle
                self.assertGreaterEqual(moved, min(missing, 0) - 1e-6, name_of(point))
                self.assertLessEqual(moved, max(missing, 0) + 1e-6, name_of(point))

    def test_rank_times(self):
        """Of one host: no rank begins before the pass or ends after it, clocks agree."""
        for sample in common.passes(self.folder):
            ranks, workers = point_of(sample)
            for i, times in enumerate(sample.get("rank_times", [])):
                with self.subTest(point=name_of((ranks, workers)), block=sample["block"], rank=i):
                    self.assertLessEqual(times["begin_ns"], times["end_ns"])
                    # Its time line is rank 0's, to within what is known of the clocks.
                    error = times["offset_error_ns"]
                    self.assertGreaterEqual(times["begin_ns"], -error)
                    wall = sample["total_ns"] + sample["scratch_ns"]
                    self.assertLessEqual(times["end_ns"], wall + error)
                    self.assertGreaterEqual(times["mpi_ns"], 0)
                    self.assertLessEqual(times["mpi_ns"], wall + error)
                    self.assertGreaterEqual(times["requests"], 0)
                    if i == 0:
                        self.assertEqual((times["offset_ns"], error), (0, 0))
                    # All processes of a host have one monotonic clock.
                    self.assertGreaterEqual(error, 0)
                    self.assertLess(error, 1_000_000)
                    self.assertLessEqual(abs(times["offset_ns"]), error)
                    crew = sample["worker_times"][i * workers : (i + 1) * workers]
                    for worker in crew:
                        self.assertLessEqual(times["begin_ns"], worker["start_ns"])
                        self.assertLessEqual(worker["start_ns"], worker["end_ns"])
                        self.assertLessEqual(worker["end_ns"], times["end_ns"])
                        self.assertGreaterEqual(worker["waited_ns"], 0)
                        span = worker["end_ns"] - worker["start_ns"]
                        self.assertLessEqual(worker["busy_ns"] + worker["waited_ns"], span)

    def test_cluster(self):
        """Where each rank was, what it may use there, and what starting all of them took."""
        host = self.results(self.folder)["host"]
        self.assertEqual(len(host["cluster"]), 4)
        allowed = sorted(os.sched_getaffinity(0))
        for rank in host["cluster"]:
            self.assertEqual(rank["host"], host["name"])
            self.assertEqual(rank["effective_cpus"], host["effective_cpus"])
            self.assertEqual(rank["cpu_model"], host["cpu_model"])
            cpus = []
            for part in rank["cpus"].split(","):
                first, _, last = part.partition("-")
                cpus += range(int(first), int(last or first) + 1)
            self.assertEqual(cpus, allowed)
            # That of the test that made the run, which is gone with it.
            self.assertRegex(rank["scratch"], r"/ppt-test-[^/]+/tmp$")
            self.assertGreater(rank["startup_ns"], 1_000_000)
            self.assertLess(rank["startup_ns"], 60e9)

    def test_report_again(self):
        """The plain program makes the same files from the recording alone."""
        shutil.copytree(self.folder, self.work / "copy")
        names = ("results.csv", "results.json", "charts/heat.dat", "charts/speedup.gp")
        for name in (*names, "report.html"):
            (self.work / "copy" / name).unlink()
        again = self.run_fine("report", self.work / "copy")
        for name in names:
            self.assertEqual((self.work / "copy" / name).read_text(encoding="utf-8"),
                             (self.folder / name).read_text(encoding="utf-8"), name)  # fmt: skip
        self.assertEqual(again.out.strip(), self.result.out.replace("\r", "").strip())

    def test_formats(self):
        """Each of them has all points, every one by a name of its own."""
        shutil.copytree(self.folder, self.work / "copy")
        kinds = ("csv", "json", "html", "gbench", "bmf", "ghab", "hyperfine", "markdown")
        text = {k: self.run_fine("report", self.work / "copy", "--format", k).out for k in kinds}
        self.assertEqual(text["csv"], (self.folder / "results.csv").read_bytes().decode())
        self.assertEqual(loads(text["json"]), self.results(self.folder))
        self.assertEqual(text["html"], (self.folder / "report.html").read_text(encoding="utf-8"))
        for name in self.names:
            self.assertRegex(text["markdown"], rf"(?m)^\| (\*\*)?{name}(\*\*)?( \\\*)? \|")
        hyperfine = loads(text["hyperfine"])["results"]
        names = {
            "gbench": {b["run_name"] for b in loads(text["gbench"])["benchmarks"]},
            "bmf": set(loads(text["bmf"])),
            "ghab": {e["name"].rpartition(" ")[0] for e in loads(text["ghab"])},
            "hyperfine": {r["command"] for r in hyperfine},
            # What its scripts tell series apart by.
            "hyperfine, parameters": {json.dumps(r["parameters"]) for r in hyperfine},
        }
        for kind, found in names.items():
            with self.subTest(names=kind):
                self.assertEqual(len(found), len(self.names), found)

    def test_predict(self):
        """Tasks that only wait go on gaining, or stop: of 8 workers in all, the laws do not tell. What
        each says is about all workers, and so is what is to be measured."""
        result = self.run_ppt("predict", self.folder, "--workers", "12", "--json")
        self.assertIn(result.code, (0, 5), result)
        answer = loads(result.out)
        self.assertEqual(result.code == 0, answer["answered"], result)
        # Neither too few counts nor a target that is too far: 1, 2, 3, 4, 6 and 8 in all.
        self.assertNotRegex(" ".join(answer["refusals"]), "fewer than|beyond")
        self.assertEqual(answer["measure_next"], 16)
        # 12 at a time, each 12 ms: 1000 tasks/s but for what starting ranks takes.
        for law in answer["laws"]:
            self.assertGreater(law["value"], 400, law)
            self.assertLess(law["value"], 1100, law)

    def test_compare(self):
        """With itself: nothing changed at any point, and each has its ranks. What another process
        would show is another matter."""
        result = self.run_ppt("compare", self.folder, self.folder, "--json")
        self.assertIn(result.code, (0, 5), result)
        answer = loads(result.out)
        self.assertEqual({p["time"]["change"] for p in answer["points"]}, {0})
        self.assertEqual([point_of(p) for p in answer["points"]], points_of(GRID))
        text = self.run_ppt("compare", self.folder, self.folder, "--html", "page.html").out
        for name in self.names:
            self.assertRegex(text, rf"(?m)^ *\*?{name}\b")
        self.assertIn("4r2", (self.work / "page.html").read_text(encoding="utf-8"))

    def test_compare_finds_a_change(self):
        """All passes over three ranks take half as long again: these points alone are slower."""
        lines = common.read_samples(self.folder)
        for line in lines:
            if line.get("ranks") == 3:
                line["cleanup_ns"] += line["total_ns"] // 2
                line["total_ns"] += line["total_ns"] // 2
        path = self.write("slow/samples.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
        result = self.run_ppt("compare", self.folder, path.parent, "--json")
        self.assertNotIn(result.code, (0, 2), result)
        answer = loads(result.out)
        for point in answer["points"]:
            change = point["time"]["change"]
            self.assertAlmostEqual(change, 0.5 if point_of(point)[0] == 3 else 0, 2, point)

    def test_resume_has_nothing_to_do(self):
        """The journal stays as it is."""
        shutil.copytree(self.folder, self.work / "copy")
        before = (self.work / "copy/samples.jsonl").read_bytes()
        self.launch_fine("resume", self.work / "copy", ranks=4)
        self.assertEqual((self.work / "copy/samples.jsonl").read_bytes(), before)


if __name__ == "__main__":
    sys.exit(main())
