"""`doctor`: is this machine fit for measuring? What it finds here depends on the machine; that its
answer is whole, the same in both forms, and in its exit code does not."""

import json
import os
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

STATES = ("good", "note", "bad", "unknown")
NAMES = (
    "noise,steadiness,equal CPUs,steal,pressure,load,CPUs,quota,governor,turbo,SMT,shared cache,"
    "clock source,clock cost,clock step,memory,swap,huge pages,temporary files,OpenBLAS,counters,inside"
).split(",")


class Doctor(common.Case):
    def examine(self, *args, prefix=(), **options):
        """Runs the doctor; it may find this machine unfit, and leaves nothing behind."""
        command = [*prefix, common.PPT_OMP, "doctor", *args]
        result = self.run_program(*command, **options)
        self.assertIn(result.code, (0, 5), result)
        self.assertEqual(result.err, "")
        self.assertEqual([*self.work.iterdir(), *self.tmp.iterdir()], [])
        return result

    def examine_json(self, **options):
        result = self.examine("--json", **options)
        answer = json.loads(result.out)
        self.assertEqual(result.code, 0 if answer["fit"] else 5)
        return answer, {check["name"]: check for check in answer["checks"]}

    def test_json(self):
        answer, checks = self.examine_json()
        self.assertEqual(list(answer), ["fit", "sentence", "checks"])
        self.assertEqual(list(checks), NAMES)
        for check in answer["checks"]:
            self.assertEqual(list(check), ["name", "state", "value", "unit", "text", "advice"])
            self.assertIn(check["state"], STATES)
            self.assertTrue(check["text"])
            if check["state"] in ("note", "bad"):
                self.assertTrue(check["advice"], check)
        bad = [check["name"] for check in answer["checks"] if check["state"] == "bad"]
        self.assertEqual(answer["fit"], not bad)
        for name in bad:
            self.assertIn(name, answer["sentence"])
        self.assertGreater(checks["clock cost"]["value"], 0)
        self.assertLessEqual(checks["CPUs"]["value"], os.cpu_count())
        self.assertIn(str(self.tmp)[:40], checks["temporary files"]["text"])

    def test_text(self):
        """A line for each check, its state first, and one closing line, in 80 columns."""
        result = self.examine()
        lines = result.out.splitlines()
        found = [line for line in lines if line.split(" ")[0] in STATES]
        self.assertEqual([line[9:26].strip() for line in found], NAMES)
        for line in lines:
            self.assertLessEqual(common.width(line), 80, line)
            self.assertEqual(line, line.rstrip())
        self.assertNotIn("\033", result.out)
        unfit = any(line.startswith("bad ") for line in found)
        self.assertEqual(result.code, 5 if unfit else 0)
        self.assertRegex(result.out, r"\n%s for measuring" % ("Not fit" if unfit else "Fit"))

    def test_a_folder_that_is_not_there(self):
        """is told, with what to do."""
        environment = self.environment(TMPDIR=str(self.base / "nowhere"))
        answer, checks = self.examine_json(env=environment)
        self.assertFalse(answer["fit"])
        self.assertEqual(checks["temporary files"]["state"], "bad")
        self.assertIn("TMPDIR", checks["temporary files"]["advice"])

    @unittest.skipUnless(shutil.which("taskset"), "taskset is not installed")
    def test_affinity(self):
        one = str(min(os.sched_getaffinity(0)))
        _, checks = self.examine_json(prefix=[shutil.which("taskset"), "-c", one])
        self.assertEqual(checks["CPUs"]["value"], 1)

    def test_quota(self):
        """A real quota, so small that other work does not hide it, stops the test: which is said."""
        with common.quota(self, 0.1) as prefix:
            answer, checks = self.examine_json(prefix=prefix)
        self.assertFalse(answer["fit"])
        self.assertEqual(checks["CPUs"]["value"], 1)
        self.assertEqual(checks["quota"]["value"], 0.1)
        self.assertEqual(checks["quota"]["state"], "bad")
        self.assertRegex(checks["quota"]["text"], "0.1 CPUs; it stopped the noise test for [1-9]")
        self.assertIn("quota", checks["noise"]["advice"])

    def test_what_it_takes_no(self):
        for args, message in (
            (["now"], 'doctor takes no argument "now"'),
            (["--quick"], "--quick does not belong to doctor"),
        ):
            result = self.run_ppt("doctor", *args)
            self.assertEqual(result.code, 2)
            self.assertIn(message, result.err)


if __name__ == "__main__":
    unittest.main()
