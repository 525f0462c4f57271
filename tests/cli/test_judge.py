"""judge, fit and report: the method on tables and recordings, without measuring."""

import csv
import hashlib
import json
import math
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import unittest

import common

CASES = json.loads((common.ROOT / "tests/data/verdict_cases.json").read_text())


class Judge(common.Case):
    def table(self, case, name="t.csv"):
        rows = [
            f"{b},{w},{s}"
            for b, row in enumerate(case["pass_seconds"])
            for w, s in zip(case["workers"], row)
        ]
        return self.write(name, "block,workers,seconds\n" + "\n".join(rows) + "\n")

    def test_worked_cases(self):
        """Every case gives its expected verdict, bound and speedups to the printed digits."""
        self.assertEqual(len(CASES), 7)
        for case in CASES:
            with self.subTest(case=case["name"]):
                answer = json.loads(self.run_fine("judge", self.table(case), "--json").out)
                expected = case["expected"]
                self.assertEqual(answer["recommended"], expected["recommended"])
                self.assertEqual(answer["best"], expected["best_point"])
                self.assertEqual(answer["confidence"], expected["confidence"])
                self.assertEqual(answer["blocks_needed"], expected["blocks_needed"] or None)
                for key, wanted in (
                    ("slowdown_point", "slowdown_point"),
                    ("slowdown_upper", "slowdown_upper95"),
                    ("slowdown_upper99", "slowdown_upper99"),
                ):
                    self.assertAlmostEqual(answer[key], expected[wanted], delta=5.1e-5, msg=key)
                # Nothing tells the processes that they ran in, and no clock's step is seen.
                self.assertEqual((answer["scope"], answer["processes"]), ("in this run", 1))
                self.assertIsNone(answer["clock_step"])
                for n, values in expected["speedup"].items():
                    for got, wanted in zip(answer["speedup"][n], values):
                        self.assertAlmostEqual(got, wanted, delta=5.1e-4)
                for key in ("reason", "sentence"):
                    self.assertTrue(answer[key])

    def test_words(self):
        text = " ".join(self.run_fine("judge", self.table(CASES[0]), "--cpus", 8).out.split())
        self.assertIn("use 8 workers (confidence HIGH): at most 2.2 % slower than the best count "
                      "tried (95 %, in this run)", text)
        self.assertIn("7.48x [7.43, 7.51] faster than sequential calls", text)
        self.assertIn("8 of 8 CPUs are busy", text)

    def test_width(self):
        for line in self.run_fine("judge", self.table(CASES[0]), "--cpus", 8).out.splitlines():
            self.assertLessEqual(common.width(line), 80, line)

    def test_noise_says_how_much_more(self):
        text = " ".join(self.run_fine("judge", self.table(CASES[6])).out.split())
        self.assertIn("Not settled: about 260 iterations would do, 3 times in 4", text)

    def test_no_reason_against_the_verdict(self):
        """Pass times alone do not say why 2 workers are best; nothing may be said that denies it.
        That 4 gain less than the tolerance is shown; where it is not, that is said."""
        for more, reason, words in (
            ([0.51, 0.511, 0.512, 0.513, 0.514], "no_gain", "More workers do not make it faster."),
            ([0.48, 0.60, 0.52, 0.45, 0.58], "unsettled", "What limits it is not settled."),
        ):
            with self.subTest(reason=reason):
                rows = [[1 + 0.001 * b, 1.001, 0.52, more[b % 5]] for b in range(10)]
                path = self.table({"workers": [0, 1, 2, 4], "pass_seconds": rows})
                answer = json.loads(self.run_fine("judge", path, "--json").out)
                self.assertEqual((answer["recommended"], answer["reason"]), (2, reason))
                self.assertEqual(answer["because"], words)

    def test_tie_is_one_that_is_shown(self):
        """2 workers are 4.5 % slower than 4. With little noise that is shown to be within the
        tolerance, though not at 99 %; with more it is no tie but not settled."""

        def answer(noise):
            wobble = [0, 1, -1, 2, -2, 1, -1, 0, 2, -2]
            rows = [[2.0, 1.045 * (1 + noise * wobble[b]), 1 + noise * wobble[(7 * b + 3) % 10]]
                    for b in range(10)]
            path = self.table({"workers": [0, 2, 4], "pass_seconds": rows})
            return json.loads(self.run_fine("judge", path, "--json").out)

        tie, noisy = answer(0.003), answer(0.04)
        self.assertEqual((tie["recommended"], tie["best"], tie["tie"]), (2, 4, True))
        self.assertEqual(tie["confidence"], "MEDIUM")
        self.assertIn("It is a tie with 4 workers", tie["sentence"])
        self.assertFalse(noisy["tie"])
        self.assertIn("Not settled", noisy["sentence"])

    # Four blocks in each of five processes. In a process all blocks of a point are off by as much.
    OFF = [0.97, 1.02, 1.0, 1.05, 0.96]

    def processes(self, column="process", number=lambda block: block // 4):
        rows = [
            f"{b},{w},{round(s * (1 + 0.001 * (b % 4)), 6)},{number(b)}"
            for b in range(20)
            for w, s in ((0, 2), (2, 1.02 * self.OFF[b // 4]))
        ]
        return self.write("p.csv", f"block,workers,seconds,{column}\n" + "\n".join(rows) + "\n")

    def test_processes_are_the_values(self):
        """What differs between processes does not average out within one: with the column the
        interval has room for it, and without it the answer is about this run alone."""
        across = json.loads(self.run_fine("judge", self.processes(), "--json").out)
        within = json.loads(self.run_fine("judge", self.processes("other"), "--json").out)
        self.assertEqual((across["scope"], across["processes"]), ("across processes", 5))
        self.assertEqual(across["blocks"], 5)
        self.assertEqual((within["scope"], within["processes"]), ("in this run", 1))
        self.assertEqual(within["blocks"], 20)
        # Medians of 5 processes: Student's t, by hand, around the mean of ln(2 / (1.02 off)).
        logs = [math.log(2 / 1.02 / off) for off in self.OFF]
        error = 2.776445 * statistics.stdev(logs) / math.sqrt(5)
        for got, wanted in zip(
            across["speedup"]["2"],
            (statistics.median(logs), statistics.fmean(logs) - error, statistics.fmean(logs) + error),
        ):
            self.assertAlmostEqual(math.log(got), wanted, delta=2e-6)
        self.assertLess(within["speedup"]["2"][2] / within["speedup"]["2"][1],
                        across["speedup"]["2"][2] / across["speedup"]["2"][1])

    def test_one_process_is_one_run(self):
        path = self.processes(number=lambda block: 7)
        answer = json.loads(self.run_fine("judge", path, "--json").out)
        self.assertEqual((answer["scope"], answer["blocks"]), ("in this run", 20))

    def test_a_block_of_two_processes_is_refused(self):
        path = self.processes()
        path = self.write("p.csv", pathlib.Path(path).read_text().replace(",2\n", ",3\n", 1))
        result = self.run_ppt("judge", path)
        self.assertEqual(result.code, 2, result)
        self.assertIn("block 8 has passes of several processes", result.err)

    def test_coarse_clock(self):
        """Times in steps of 10 ms, mostly alike: the interval has room for half a step on each side,
        and what a step may hide is never HIGH. The same times without ties are exact."""
        rows = [[0.11, 0.06]] * 9 + [[0.11, 0.07]]
        path = self.table({"workers": [0, 2], "pass_seconds": rows})
        answer = json.loads(self.run_fine("judge", path, "--json").out)
        self.assertEqual(answer["clock_step"], 0.01)
        reach = 0.005 * (1 / 0.11 + 1 / 0.06)
        value, low, high = answer["speedup"]["2"]
        self.assertAlmostEqual(value, 11 / 6, delta=1e-6)
        self.assertLessEqual(low, value / math.exp(reach) + 1e-6)
        self.assertAlmostEqual(high, value * math.exp(reach), delta=1e-6)
        self.assertEqual((answer["confidence"], answer["blocks_needed"]), ("MEDIUM", None))
        self.assertIn("The clock's step of 0.01 s is too coarse: let passes take 0.4 s or more",
                      answer["sentence"])
        fine = [[0.11 + 0.00137 * b, 0.06 + 0.00011 * b] for b in range(10)]
        path = self.table({"workers": [0, 2], "pass_seconds": fine})
        answer = json.loads(self.run_fine("judge", path, "--json").out)
        self.assertEqual((answer["clock_step"], answer["confidence"]), (None, "HIGH"))

    def test_small_tolerance_is_no_tie(self):
        noise = [1.0, 1.08, 0.93, 1.02, 0.97, 1.05, 0.95, 1.01]
        rows = [[2 * n, noise[(3 * i + 1) % 8]] for i, n in enumerate(noise)]
        path = self.table({"workers": [0, 2], "pass_seconds": rows})
        answer = json.loads(self.run_fine("judge", path, "--tolerance", 0.005, "--json").out)
        self.assertFalse(answer["tie"])

    def test_two_blocks_are_no_verdict(self):
        """Exit 5, an answer that says so, and no interval of width 0 for one block."""
        case = dict(CASES[0])
        for blocks in (1, 2):
            case["pass_seconds"] = CASES[0]["pass_seconds"][:blocks]
            result = self.run_ppt("judge", self.table(case), "--json")
            self.assertEqual(result.code, 5, result)
            answer = json.loads(result.out)
            self.assertIsNone(answer["recommended"])
            self.assertEqual(answer["blocks_needed"], 3)
            low = answer["speedup"]["2"][1]
            self.assertEqual(low is None, blocks == 1)

    def test_columns_may_stand_anywhere(self):
        path = self.write(
            "t.csv",
            '\ufeffSeconds,"note, quoted",WORKERS,block\r\n'
            + "".join(f'{w + 1},"a ""b""\n c",{w},{b}\r\n' for b in range(3) for w in (0, 1)),
        )
        answer = json.loads(self.run_fine("judge", path, "--json").out)
        self.assertEqual(answer["recommended"], 0)

    @staticmethod
    def diagonal(n):
        """Every block has a pass at another count."""
        return "block,workers,seconds\n" + "".join(f"{i},{i},1\n" for i in range(n))

    def test_memory_grows_with_the_table_not_with_its_square(self):
        """A table of all blocks by all counts would take 800 MB here."""
        result = self.run_ppt("judge", self.write("wide.csv", self.diagonal(10000)))
        self.assertEqual(result.code, 5, result)
        self.assertIn("no verdict", result.out)
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 500 << 10)

    def test_bad_tables(self):
        for text, words in (
            ("", "names no column"),
            ("block,workers\n1,2\n", '"seconds"'),
            ("block,workers,seconds\n", "no rows"),
            ("block,workers,seconds\n1,2,x\n", ":2: seconds"),
            ("block,workers,seconds\n1,2\n", ":2: too few"),
            ("block,workers,seconds\n1,2,nan\n", "not a number"),
            ("block,workers,seconds\n1,2,-1\n", "not above 0"),
            ("block,workers,seconds\n1,2.5,1\n", "2.5"),
            ("block,workers,seconds\n1,2,1\n1,2,1\n", "two passes"),
            ("block,workers,seconds\n1,2,1\n2,2,1\n1,1,1\n1,2,2\n", "block 1 has two passes"),
            (self.diagonal(10001), "10001 different counts"),
        ):
            with self.subTest(text=text):
                result = self.run_ppt("judge", self.write("bad.csv", text))
                self.assertEqual(result.code, 2, result)
                self.assertEqual(result.out, "")
                self.assertIn("bad.csv", result.err)
                self.assertIn(words, result.err)
        self.assertEqual(self.run_ppt("judge", "missing.csv").code, 2)
        self.assertEqual(self.run_ppt("judge").code, 2)


class Fit(common.Case):
    SPEC = "workers,throughput\n1,64.9\n18,995.9\n36,1652.4\n72,1853.2\n108,1828.9\n144,1775.0\n216,1702.2\n"

    def test_published_coefficients(self):
        answer = json.loads(self.run_fine("fit", self.write("s.csv", self.SPEC), "--json").out)
        law = answer["least_squares"]
        for key, value in (
            ("lambda", 89.995233),
            ("sigma", 0.027728476),
            ("kappa", 1.0436548e-4),
            ("peak_workers", 96.51956),
            ("roof", 3245.589),
        ):
            self.assertAlmostEqual(law[key] / value, 1, delta=1e-4, msg=key)
        self.assertEqual(law["law"], "USL")
        self.assertEqual(set(answer), {"weighted", "least_squares", "refusals"})
        self.assertEqual(set(answer["weighted"]), set(law))
        self.assertTrue(any("5 iterations" in text for text in answer["refusals"]))

    def test_throughput_that_only_falls_peaks_at_one_worker(self):
        """It was told to have no peak, and a roof at half of what one worker does."""
        once = ((1, 1000), (2, 620), (3, 500), (4, 430), (6, 360), (8, 330))
        retro = [(n, x + 3 * (b % 3 - 1)) for b in range(6) for n, x in once]
        for rows in (retro, ((1, 100), (2, 60), (4, 40), (8, 30), (16, 25))):
            path = self.write("f.csv", "workers,throughput\n" + "".join(f"{n},{x}\n" for n, x in rows))
            answer = json.loads(self.run_fine("fit", path, "--json", "--cpus", 8).out)
            most = max(x for _, x in rows)
            for law in (answer["weighted"], answer["least_squares"]):
                self.assertEqual(law["peak_workers"], 1)
                self.assertEqual(law["peak_throughput"], law["lambda"])
                self.assertAlmostEqual(law["peak_throughput"] / most, 1, delta=0.02)
                self.assertGreaterEqual(law["roof"], most)
                self.assertGreaterEqual(law["roof"], law["peak_throughput"])
            text = self.run_fine("fit", path, "--cpus", 8).out
            self.assertEqual(text.count("peak at 1 worker, throughput"), 2, text)
            # Each count once is one block. Of six blocks it is seen that no law falls like that.
            reason = "no scaling law bends" if rows is retro else "fewer than 5 iterations"
            self.assertEqual(len(answer["refusals"]), 1)
            self.assertIn(reason, answer["refusals"][0])

    def test_roof_is_not_below_what_was_measured(self):
        rows = ((1, 100), (2, 130), (4, 190), (8, 150), (16, 155), (32, 154), (64, 155))
        path = self.write("f.csv", "workers,throughput\n" + "".join(f"{n},{x}\n" for n, x in rows))
        answer = json.loads(self.run_fine("fit", path, "--json").out)
        self.assertGreaterEqual(answer["weighted"]["roof"], 190)
        self.assertGreaterEqual(answer["least_squares"]["roof"], 190)

    def test_any_unit(self):
        """The squares of 1e-200 are 0 to a computer."""
        rows = ((1, 1), (2, 1.9), (4, 3.5), (8, 6), (16, 9))
        laws = []
        for unit in ("e-200", "", "e200"):
            table = "workers,throughput\n" + "".join(f"{n},{x}{unit}\n" for n, x in rows)
            laws.append(json.loads(self.run_fine("fit", self.write("u.csv", table), "--json").out))
        for law in laws:
            for key in ("sigma", "kappa", "peak_workers"):
                value, expected = law["weighted"][key], laws[1]["weighted"][key]
                self.assertAlmostEqual(value / expected, 1, delta=1e-5)

    def test_no_peak_is_null(self):
        path = self.write("a.csv", "workers,throughput\n1,10\n2,20\n4,40\n")
        law = json.loads(self.run_fine("fit", path, "--json").out)["weighted"]
        self.assertEqual(law["law"], "linear")
        self.assertIsNone(law["peak_workers"])
        self.assertIsNone(law["roof"])


class Recording(common.Case):
    def record(self, *arguments):
        self.run_fine(*arguments)
        return (self.work / "output" / "latest").resolve()

    def hashes(self, folder):
        return {
            p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in folder.rglob("*")
            if p.is_file()
        }

    def test_report_is_identical(self):
        """Everything again from the samples, byte by byte; for a mix and for images too."""
        for arguments in (
            ("--task", "sum", "--task-args", "[20000]"),
            ("--task", "random", "--task-args", '["sum", "multi"]'),
            ("--task", "img"),
            ("--task", "password", "--task-args", '[3, 5, [6, 9], 0.5]'),
        ):
            with self.subTest(arguments=arguments):
                folder = self.record(*arguments, *"--task-count 4 --workers 0,1,2".split(),
                                     "--iterations", 6)
                before = self.hashes(folder)
                for name in before:
                    if name != "samples.jsonl":
                        (folder / name).unlink()
                self.run_fine("report", folder)
                self.assertEqual(self.hashes(folder), before)

    def test_torn_last_line(self):
        """What was being written when the power failed is left out; what is whole is reported."""
        folder = self.record("--task", "sum", "--quick", "--task-count", 2, "--workers", "0,1")
        samples = folder / "samples.jsonl"
        lines = samples.read_text().splitlines(keepends=True)
        samples.write_text("".join(lines[:-2]) + lines[-2][:-20])
        (folder / "results.csv").unlink()
        self.run_fine("report", folder)
        with open(folder / "results.csv", newline="") as stream:
            rows = list(csv.DictReader(stream))
        self.assertEqual(sorted(r["Means over (blocks)"] for r in rows), ["2", "3"])

    def test_damaged_recordings(self):
        folder = self.record("--task", "sum", "--quick", "--task-count", 2, "--workers", "0,1")
        good = (folder / "samples.jsonl").read_text()
        for text, words in (
            ("", "holds no run"),
            ("{}\n", '"type" is missing'),
            (good.replace('"work_ns":', '"work_n":', 1), '"work_ns" is missing'),
            (good.replace('"version":1', '"version":99', 1), "version"),
            (good.replace('"init_ns":', '"init_ns":9', 1), "add up"),
            (good + "x\n", "JSON"),
        ):
            with self.subTest(words=words):
                (folder / "samples.jsonl").write_text(text)
                result = self.run_ppt("report", folder)
                self.assertEqual(result.code, 2, result)
                self.assertIn(words, result.err)
        self.assertEqual(self.run_ppt("report", self.work / "nowhere").code, 2)

    def test_recordings_that_disagree(self):
        """Digests are compared again, and passes must be of the configured tasks."""
        folder = self.record(*"--task random --quick --task-count 8 --workers 0,1".split(),
                             "--task-args", '["sum", "multi"]')
        path = folder / "samples.jsonl"
        good = path.read_text()
        lines = good.splitlines(keepends=True)
        last = next(i for i in reversed(range(len(lines))) if '"digest"' in lines[i])
        entry = json.loads(lines[last])
        entry["digest"] = "0123456789abcdef"
        lines[last] = json.dumps(entry) + "\n"
        for text, code, words in (
            ("".join(lines), 3, "different results"),
            (good.replace('"task_count":8', '"task_count":1', 1), 2, "number of tasks"),
        ):
            path.write_text(text)
            result = self.run_ppt("report", folder)
            self.assertEqual(result.code, code, result)
            self.assertIn(words, result.err)

    def test_results_json(self):
        """No number that is none, and the verdict in the shape that tools rely on."""
        folder = self.record("--task", "multi", "--task-count", 5, "--workers", "0,1,2,4")

        def refuse(constant):
            raise AssertionError(constant)

        results = json.loads((folder / "results.json").read_text(), parse_constant=refuse)
        verdict = results["verdict"]
        for key in ("recommended", "best", "slowdown_point", "slowdown_upper", "slowdown_upper99",
                    "confidence", "scope", "processes", "blocks_needed", "speedup", "reason", "sentence"):
            self.assertIn(key, verdict)
        self.assertEqual(list(verdict["speedup"]), ["1", "2", "4"])
        self.assertEqual([p["workers"] for p in results["points"]], [0, 1, 2, 4])
        self.assertEqual(results["version"], 1)


class Machine(common.Case):
    def host(self, prefix):
        command = [*prefix, common.PPT_OMP, *"--task sum --quick --task-count 2".split(),
                   "--task-args", "[1000]"]
        subprocess.run(command, cwd=self.work, env=self.environment(), check=True,
                       capture_output=True, timeout=60)
        results = json.loads((self.work / "output/latest/results.json").read_text())
        return results["host"], [p["workers"] for p in results["points"]]

    @unittest.skipUnless(shutil.which("taskset"), "taskset is not installed")
    def test_affinity_limits_the_cpus(self):
        host, workers = self.host([shutil.which("taskset"), "-c",
                                   str(min(os.sched_getaffinity(0)))])
        self.assertEqual(host["effective_cpus"], 1)
        self.assertEqual(workers, [0, 1])

    def test_automatic_workers_of_made_up_machines(self):
        """The machine that hwloc tells of counts, not the affinity of this process: powers of two,
        fast cores, physical cores, logical CPUs."""
        hybrid = common.ROOT / "tests/data/hybrid.xml"
        for setting, expected, cores in (
            ("HWLOC_SYNTHETIC=pack:2 core:3 pu:2", [0, 1, 2, 4, 6, 8, 12], 6),
            (f"HWLOC_XMLFILE={hybrid}", [0, 1, 2, 4, 8, 12, 16], 12),
        ):
            with self.subTest(machine=setting):
                host, workers = self.host(["/usr/bin/env", setting])
                self.assertEqual(workers, expected)
                self.assertEqual(host["allowed_cores"], cores)
                self.assertEqual(host["effective_cpus"], expected[-1])
        self.assertIn("4 of 12 cores are fast ones (P)", self.run_fine("report", "output/latest").out)
        self.assertEqual(host["cpu_kinds"], [{"name": "P", "cores": 4, "cpus": 8},
                                             {"name": "E", "cores": 8, "cpus": 8}])

    def test_quota_limits_the_cpus(self):
        with common.quota(self, 0.5) as prefix:
            host, workers = self.host(prefix)
        self.assertEqual(host["quota_cpus"], 0.5)
        self.assertEqual(host["effective_cpus"], 1)
        self.assertEqual(workers, [0, 1])

    def test_quota_is_seen_at_work(self):
        """A quota so small that other work does not hide it: stops are counted pass by pass, and told on
        the page and in the verdict."""
        args = ["--task", "sum", "--task-args", "[3000000]", "--task-count", "10", "--quick"]
        with common.quota(self, 0.1) as prefix:
            result = self.run_program(*prefix, common.PPT_OMP, *args)
        self.assertEqual(result.code, 0, result)
        folder = self.only_folder()
        results = json.loads((folder / "results.json").read_text())
        measured = [one for one in common.counting(results["passes"]) if one["block"] > 0]
        stopped = [one for one in measured if one["throttled_s"] > 0]
        self.assertTrue(stopped, measured)
        self.assertTrue(all(one["disturbed"] for one in stopped))
        # Chance decides whether 0 or 1 workers are recommended, and so where the quota is named.
        words = rf" quota allows\b.* 0\.1 CPUs.* stopped {len(stopped)} of {len(measured)} passes"
        verdict = results["verdict"]
        self.assertRegex(f"{verdict['because']} {verdict['details']}", words)
        self.assertRegex(" ".join(result.out.split()), words)
        page = (folder / "report.html").read_text()
        self.assertRegex(page, r"A quota stopped it for \d+(\.\d+)? m?s")
        self.assertIn("<th scope=\"col\">throttled</th>", page)


if __name__ == "__main__":
    unittest.main()
