"""`doctor --ceilings`, what is kept of it, and what runs say by it. How fast this machine is does not
matter: what runs say is held against ceilings that are made up."""

import json
import os
import pathlib
import re
import shutil
import statistics
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

BUILT = pathlib.Path(os.environ.get("PPT_BUILD", common.ROOT / "build")) / "tests"
VALUES = ["cycle_ns", "multiply_ns", "fma_gflops", "copy_gbs", "file_write_gbs",
          "file_write_all_gbs", "file_sync_us", "thread_start_us", "process_start_us",
          "clock_ns"]  # fmt: skip
QUICK = ["--quick", "--iterations", "4", "--task-count", "8", "--workers", "0,2"]


class Ceilings(common.Case):
    def setUp(self):
        super().setUp()
        self.kept = self.base / "state/.ceilings.json"

    def measure(self, *args, **options):
        return self.run_fine("doctor", "--ceilings", *args, **options)

    def change(self, **members):
        """Changes what is kept: machine=... and ceilings=... are of these."""
        kept = json.loads(self.kept.read_text())
        for name, values in members.items():
            kept[name].update(values)
        self.kept.write_text(json.dumps(kept))

    def results(self, folder):
        return json.loads((folder / "results.json").read_text())


class Measured(Ceilings):
    def test_json(self):
        """As the contract has it, and the same is kept for runs, which only the user may read."""
        answer = json.loads(self.measure("--json").out)
        self.assertEqual([key for key in answer if key in VALUES], VALUES)
        self.assertEqual(list(answer)[len(VALUES):], ["medians", "cpus", "measured"])
        self.assertEqual(list(answer["medians"]), VALUES)
        self.assertLessEqual(answer["cpus"], os.cpu_count())
        self.assertRegex(answer["measured"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$")
        for rates in (answer["fma_gflops"], *answer["copy_gbs"].values()):
            self.assertEqual(list(rates), ["1", "N"])
            self.assertGreater(min(rates.values()), 0)
        self.assertEqual(list(answer["copy_gbs"])[-1], "memory")
        for name in set(VALUES) - {"fma_gflops", "copy_gbs"}:
            self.assertGreater(answer[name], 0, name)
        self.assertLessEqual(answer["medians"]["fma_gflops"]["N"], answer["fma_gflops"]["N"])
        self.assertGreaterEqual(answer["medians"]["clock_ns"], answer["clock_ns"])
        kept = json.loads(self.kept.read_text())
        self.assertEqual(kept["ceilings"], answer)
        self.assertEqual(self.kept.stat().st_mode & 0o777, 0o600)
        # It is no run's verdict.
        self.assertNotIn("ceilings", self.run_ppt("answer").out)

    def test_text(self):
        """A table in 80 columns; measured again, it takes the place of what was kept."""
        self.measure()
        self.change(machine={"cpus": "7-9"}, ceilings={"measured": "1999"})
        result = self.measure()
        self.assertEqual(result.err, "")
        for name in ("cycle", "multiply-adds", "copy in memory", "file written", "clock read"):
            self.assertRegex(result.out, rf"(?m)^{name} .*[\d.]+ .* (ns|GFLOP/s|GB/s|µs)$")
        for line in result.out.splitlines():
            self.assertLessEqual(common.width(line), 80, line)
        self.assertNotIn("1999", self.kept.read_text())
        self.assertNotIn("7-9", self.kept.read_text())

    def test_nowhere_to_keep_them(self):
        """is told, and is no failure."""
        nowhere = self.environment(PPT_OMP_STATE=None, XDG_STATE_HOME=None, HOME=None)
        result = self.measure("--json", env=nowhere)
        self.assertGreater(json.loads(result.out)["cycle_ns"], 0)
        self.assertIn("not kept", result.err)
        # A run without such a folder has nothing to say of it.
        result = self.run_fine("--task", "sum", *QUICK, env=nowhere)
        self.assertNotIn("ceilings", result.err)
        self.assertNotIn("can do at most", result.err)

    def test_variables_change_nothing(self):
        """What the machine can do does not depend on them."""
        self.measure()
        self.run_fine("--task", "sum", *QUICK, env=self.environment(OMP_PROC_BIND="close"))
        self.assertIn("ceilings", self.results(self.only_folder())["host"])


class Said(Ceilings):
    """By ceilings of 2 CPUs that are made up."""

    def setUp(self):
        super().setUp()
        self.measure()
        rates = {"1": 1e3, "N": 2e3}
        self.change(ceilings={
            "cpus": 2, "cycle_ns": 0.1, "multiply_ns": 0.2, "fma_gflops": rates,
            "copy_gbs": {"L1": rates, "L2": rates, "L3": rates, "memory": rates},
            "file_write_gbs": 50, "file_write_all_gbs": 99})  # fmt: skip

    def run_task(self, *task, draw=False):
        result = self.run_fine("--task", *task, *QUICK, draw=draw)
        return result, self.only_folder()

    def test_a_run_says_it(self):
        """On the terminal, on the page and in JSON, and the same when what is kept has gone."""
        result, folder = self.run_task("tensor", "--task-args", "[128, 4]")
        said = r"tensor runs at [\d.]+ % \[[\d., ]+\] of (this machine's )?multiply-add peak"
        words = " ".join(result.out.split())
        self.assertRegex(words.replace("the multiply-add", "multiply-add"), said)
        results = self.results(folder)
        claim = next(c for c in results["verdict"]["claims"] if c["kind"] == "ceiling")
        self.assertIn(claim["text"], words)
        page = (folder / "report.html").read_text().replace("&nbsp;", " ").replace("&#39;", "'")
        self.assertIn(claim["text"], " ".join(page.split()))
        self.assertEqual(results["host"]["ceilings"]["fma_gflops"], {"1": 1000, "N": 2000})
        for point in results["points"]:
            found = point["ceilings"]
            self.assertEqual(list(found), ["multiply_adds", "copies"])
            adds = found["multiply_adds"]
            threads = max(1, point["workers"])
            self.assertEqual((adds["ceiling"], adds["unit"]), (1000 * threads, "GFLOP/s"))
            # Operations of 8 tasks, each of 3 products.
            rates = [8 * 3 * 2 * 128**3 / done["work_s"] * 1e-9 for done in results["passes"]
                     if done["block"] > 0 and done["workers"] == point["workers"]]  # fmt: skip
            self.assertAlmostEqual(adds["rate"] / statistics.median(rates), 1, delta=1e-4)
            self.assertAlmostEqual(adds["share"][0], adds["rate"] / adds["ceiling"], places=9)
            self.assertLessEqual(adds["share"][1], adds["share"][0])
        self.assertIn("multiply-adds 1000 GFLOP/s (2 workers: 2000)", page)
        before = (folder / "results.json").read_bytes()
        self.kept.unlink()
        self.run_fine("report", folder)
        self.assertEqual((folder / "results.json").read_bytes(), before)

    def test_each_has_its_words(self):
        for task, args, words in (
            ("sum", "[100000]", "sum runs at [\\d.]+ % .* of one addition per cycle"),
            ("multi", "[50000]", "multi runs at .* of multiplications that wait for each other"),
            ("sort", "[20000]", r"sort moves [\d.]+ GB/s, .* of what . workers? can copy within L"),
            ("io", "[1]", r"io writes [\d.]+ GB/s to files, .* of what . workers? can write"),
        ):
            result, folder = self.run_task(task, "--task-args", args)
            self.assertRegex(" ".join(result.out.split()), words)
            shutil.rmtree(folder.parent)

    def test_not_without(self):
        """them, nor by those of another machine, nor of tasks that state nothing or differ."""
        for task in (("wait", "--task-args", "[1]"), ("random", "--task-args", '["sum"]')):
            _, folder = self.run_task(*task)
            self.assertNotIn("ceilings", self.results(folder)["points"][0])
            shutil.rmtree(folder.parent)
        self.change(machine={"cpu_model": "another"})
        result, folder = self.run_task("sum")
        self.assertNotIn("per cycle", result.out)
        self.assertNotIn("ceilings", self.results(folder)["host"])
        self.assertNotIn("ceilings", self.results(folder)["points"][0])
        self.assertEqual([claim for claim in self.results(folder)["verdict"]["claims"]
                          if claim["kind"] == "ceiling"], [])  # fmt: skip

    def test_damaged(self):
        """ones are told, by name, and what helps; the run is as without."""
        self.kept.write_text('{"version": 1,')
        result, folder = self.run_task("sum")
        self.assertIn(str(self.kept), result.err)
        self.assertIn("doctor --ceilings", result.err)
        self.assertNotIn("ceilings", self.results(folder)["host"])

    def test_a_kernel_from_outside(self):
        """Its journal has what it states: reports do not load it. One that was built before kernels
        stated anything is as good."""
        shutil.copy(BUILT / "plugin_none.so", self.work / "mine.so")
        shutil.copy(BUILT / "plugin_older.so", self.work / "older.so")
        for name, there in (("mine", True), ("older", False)):
            self.run_fine("--kernel", f"./{name}.so", *QUICK)
            folder = self.only_folder()
            first = json.loads((folder / "samples.jsonl").read_text().splitlines()[0])
            self.assertEqual(first["work"]["additions"], 100000 if there else 0)
            before = (folder / "results.json").read_bytes()
            self.assertEqual("ceilings" in json.loads(before)["points"][0], there)
            (self.work / f"{name}.so").unlink()
            self.run_fine("report", folder)
            self.assertEqual((folder / "results.json").read_bytes(), before)
            shutil.rmtree(folder.parent)

    @unittest.skipUnless(common.HAS_GNUPLOT, "gnuplot is not installed")
    def test_roofline(self):
        """where operations and bytes are known: marks below roofs, which are those of the ceilings."""
        _, folder = self.run_task("matrix", "--task-args", "[100]", draw=True)
        rows = [line.split() for line in (folder / "charts/roofline.dat").read_text().splitlines()
                if line and not line.startswith("#")]  # fmt: skip
        marks = [row for row in rows if row[1] != '"roof"']
        self.assertEqual(len(marks), 2)
        roofs = [row for row in rows if row[1] == '"roof"']
        self.assertEqual(len(roofs), 6)
        self.assertEqual([float(row[3]) for row in roofs[1::3]], [1e3, 2e3])
        for row in marks:
            self.assertLess(abs(float(row[2]) / (2 * 100**3 / 24e4) - 1), 0.1)
            self.assertLess(float(row[3]), 1e3)
        for ending in common.PICTURES:
            self.assertTrue((folder / f"charts/roofline{ending}").exists(), ending)
        page = (folder / "report.html").read_text()
        self.assertTrue(re.search('id="figure-roofline"', page))
        shutil.rmtree(folder.parent)
        _, folder = self.run_task("sum", draw=True)
        self.assertFalse((folder / "charts/roofline.dat").exists())


if __name__ == "__main__":
    unittest.main()
