"""predict: what the laws that a run does not exclude say of more workers, and when it is silent.

A run is measured once; its passes then get the times of a curve that is known, with 1 % of noise, so
that every kind of answer comes from the program's own journal."""

import json
import os
import random
import shutil
import unittest

import common

TASKS = 16
COUNTS = (1, 2, 4, 8)


def usl(sigma, kappa):
    return lambda n: n / (1 + sigma * (n - 1) + kappa * n * (n - 1))


class Predict(common.Case):
    def setUp(self):
        """Tasks that wait: CPUs do not limit them."""
        super().setUp()
        self.folder = self.record(COUNTS)

    def record(self, counts, blocks=6):
        shutil.rmtree(self.work / "output", ignore_errors=True)
        self.run_fine(
            *("--task", "wait", "--task-args", "[0.2]", "--task-count", TASKS),
            *("--workers", ",".join(map(str, counts)), "--iterations", blocks, "--quiet"),
        )
        return self.only_folder()

    def follow(self, curve, drift=0):
        """1000 tasks/s times the curve at every number of workers; `drift` is by block. Noise is a
        pass's own, whatever the order they ran in: by chance that would look like a drift."""
        path = self.folder / "samples.jsonl"
        lines = []
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            if entry["type"] == "pass":
                noise = random.Random(f"{entry['block']} {entry['workers']}")
                slower = 1 + noise.uniform(-0.01, 0.01) + drift * entry["block"]
                time = round(1e9 * TASKS / (1000 * curve(entry["workers"])) * slower)
                entry.update(init_ns=0, cleanup_ns=0, work_ns=time, total_ns=time)
            lines.append(json.dumps(entry))
        path.write_text("\n".join(lines) + "\n")

    def predict(self, workers):
        """The answer as JSON, which exit code and words agree with."""
        result = self.run_ppt("predict", self.folder, "--workers", workers, "--json")
        plain = self.run_ppt("predict", self.folder, "--workers", workers)
        self.assertEqual(result.code, plain.code)
        answer = json.loads(result.out)
        self.assertEqual(result.code, 0 if answer["answered"] else 5, result)
        self.assertEqual(answer["low"] is not None, answer["answered"])
        self.assertEqual(answer["high"] is not None, answer["answered"])
        self.assertEqual("no prediction" in plain.out, not answer["answered"], plain)
        for law in answer["laws"]:
            self.assertLess(law["low"], law["value"], law)
            self.assertGreater(law["high"], law["value"], law)
            if answer["answered"]:
                self.assertLessEqual(answer["low"], law["low"] * (1 + 1e-9), law)
                self.assertGreaterEqual(answer["high"], law["high"] * (1 - 1e-9), law)
        for reason in answer["refusals"]:
            self.assertIn(reason, plain.out)
        return answer, plain.out

    def verdict_and_scaling(self):
        self.run_fine("report", self.folder)
        results = json.loads((self.folder / "results.json").read_text())
        return results["verdict"], results["scaling"]

    def test_laws_that_agree(self):
        """Amdahl's law with a third in a queue: the range holds what it does at 16, and is narrow."""
        truth = usl(0.3, 0)
        self.follow(truth)
        answer, text = self.predict(16)
        self.assertTrue(answer["answered"])
        self.assertLess(answer["low"], 1000 * truth(16))
        self.assertGreater(answer["high"], 1000 * truth(16))
        self.assertLess(answer["high"] / answer["low"], 1.25)
        self.assertEqual(answer["refusals"], [])
        self.assertIn("Amdahl", [law["name"] for law in answer["laws"]])
        self.assertNotIn("two slopes", [law["name"] for law in answer["laws"]])
        self.assertIn("by the laws that the passes do not exclude (95 %)", text)
        self.assertNotIn("next", text)
        verdict, scaling = self.verdict_and_scaling()
        self.assertEqual(scaling["laws"], [law["name"] for law in answer["laws"]])
        self.assertEqual(scaling["target_workers"], 16)
        # In tasks per second it is wider by what the throughput of 8 workers may be off.
        low, high = (end * scaling["throughput"] for end in scaling["outlook"])
        self.assertLess(answer["low"], low)
        self.assertGreater(answer["high"], high)
        self.assertRegex(verdict["details"],
                         r"16 workers would bring \d\.\d\dx to \d\.\d\dx of that, whichever law goes on")

    def test_laws_that_part(self):
        """A law that falls and one that stops where it is: from one to the other, and what to
        measure."""
        truth = usl(0.1, 0.02)
        self.follow(truth)
        answer, text = self.predict(16)
        self.assertTrue(answer["answered"])
        self.assertLess(answer["low"], 1000 * truth(16))
        self.assertGreater(answer["high"], 1000 * truth(16))
        self.assertTrue(1.25 < answer["high"] / answer["low"] < 1.5, answer)
        self.assertEqual(answer["measure_next"], 16)
        self.assertIn("if the USL goes on:", text)
        self.assertIn("if it stops at 8:", text)
        self.assertIn("measure 16 workers next", text)
        _, scaling = self.verdict_and_scaling()
        for key, value in (("sigma", 0.1), ("kappa", 0.02)):
            low, high = scaling[key + "_interval"]
            self.assertTrue(low <= scaling[key] <= high, scaling)
            self.assertTrue(low <= value <= high, scaling)
        self.assertAlmostEqual(scaling["throughput"] / self.median_rate(8), 1, delta=1e-6)

    def median_rate(self, workers):
        results = json.loads((self.folder / "results.json").read_text())
        (point,) = (p for p in results["points"] if p["workers"] == workers)
        return TASKS / point["total_s"]["median"]

    def test_laws_that_tell_nothing(self):
        """As many times as fast as workers: it may go on or stop. No range, but what each law says,
        and which count to measure."""
        self.follow(lambda n: n)
        answer, text = self.predict(16)
        self.assertFalse(answer["answered"])
        self.assertEqual(answer["refusals"], [])
        self.assertGreater(len(answer["laws"]), 2)
        self.assertEqual(answer["measure_next"], 16)
        self.assertIn("if it stops at 8:", text)
        self.assertIn("measure 16 workers next", text)
        verdict, scaling = self.verdict_and_scaling()
        self.assertIsNone(scaling["outlook"])
        self.assertIsNone(scaling["law"])
        self.assertRegex(verdict["details"], r"What 16 would bring these counts do not tell \(.*\): "
                                             r"measure 16 next")

    def test_silence(self):
        """Too far, drift, no law, too few counts or blocks: why, and no figure of any law."""
        self.follow(usl(0.3, 0))
        self.assert_silent(17, "beyond twice the largest worker count")
        self.follow(usl(0.3, 0), drift=0.3)
        self.assert_silent(16, "drifted")
        self.follow({1: 1, 2: 1.2, 4: 3.9, 8: 4}.get)
        self.assert_silent(16, "no scaling law bends")
        self.folder = self.record((0, 1, 2))
        self.follow(lambda n: max(n, 1))
        self.assert_silent(4, "fewer than 3 worker counts")
        self.folder = self.record(COUNTS, blocks=4)
        self.follow(usl(0.3, 0))
        self.assert_silent(16, "fewer than 5 iterations")

    def assert_silent(self, workers, words):
        with self.subTest(words=words):
            answer, text = self.predict(workers)
            self.assertFalse(answer["answered"])
            self.assertEqual(len(answer["refusals"]), 1, answer)
            self.assertIn(words, answer["refusals"][0])
            self.assertEqual(answer["laws"], [])
            self.assertNotIn("goes on", text)

    def test_cpus_are_a_limit_to_tasks_that_use_them(self):
        """No law is carried across the number of CPUs."""
        cpus = len(os.sched_getaffinity(0))
        self.run_fine(*"--task sum --task-args [20000] --task-count 4 --iterations 3".split(),
                      "--workers", ",".join(str(n) for n in range(1, cpus + 1)))
        self.folder = (self.work / "output/latest").resolve()
        answer, _ = self.predict(cpus + 1)
        self.assertIn("the target crosses the number of CPUs", answer["refusals"])

    def test_where_throughput_falls(self):
        """A fall is one that was measured: 4 workers do more than 8."""
        self.follow(usl(0.05, 0.1))
        verdict, scaling = self.verdict_and_scaling()
        self.assertEqual(scaling["falls_beyond"], 4)
        self.assertIn("Beyond 4 workers throughput falls.", verdict["details"])
        self.follow(lambda n: n)
        _, scaling = self.verdict_and_scaling()
        self.assertIsNone(scaling["falls_beyond"])

    def test_bad_targets(self):
        """Fewer than the most that were measured are no question; the option may stand anywhere."""
        self.assertEqual(self.run_ppt("predict", self.folder).code, 2)
        result = self.run_ppt("predict", self.folder, "--workers", 4)
        self.assertEqual(result.code, 2, result)
        self.assertIn("up to 8 workers were measured: predict is for more", result.err)
        self.follow(usl(0.3, 0))
        before = self.run_ppt("--workers", 16, "predict", self.folder, "--json")
        after = self.run_ppt("predict", self.folder, "--workers", 16, "--json")
        self.assertEqual((before.code, before.out), (after.code, after.out))


if __name__ == "__main__":
    unittest.main()
