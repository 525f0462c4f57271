"""`doctor --ceilings`, and what is kept of it. How fast this machine is does not matter."""

import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

VALUES = ["cycle_ns", "multiply_ns", "fma_gflops", "copy_gbs", "file_write_gbs",
          "file_write_all_gbs", "file_sync_us", "thread_start_us", "process_start_us",
          "clock_ns"]  # fmt: skip


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


if __name__ == "__main__":
    unittest.main()
