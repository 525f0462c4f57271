"""`ppt-omp-speed`: what its figures say is for people; that it gives them is tested here."""

import os
import pathlib
import re
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

SPEED = str(pathlib.Path(common.PPT_OMP).parent / "tests/ppt-omp-speed")


class Speed(common.Case):
    def speed(self, *args):
        return self.run_program(SPEED, *args)

    def subjects(self):
        result = self.speed("--list")
        self.assertEqual((result.code, result.err), (0, ""), result)
        return [line.split()[0] for line in result.out.splitlines()]

    def test_list(self):
        """Every kernel with a natural reference, and the bench."""
        self.assertTrue(set(common.KERNELS) <= set(self.subjects()))
        self.assertTrue({"random", "isa", "harness", "scaling"} <= set(self.subjects()))

    def test_unknown(self):
        """A subject that is not there: those that are."""
        for args in (("sun",), ("sum", "sun"), ()):
            result = self.speed(*args)
            self.assertEqual((result.code, result.out), (2, ""), result)
            for name in self.subjects():
                self.assertRegex(result.err, rf"(?m)^{name} ")

    def test_table(self):
        """Rows of a table with a ratio, its interval around it, and whether the bar is met."""
        result = self.speed("--markdown", "password")
        self.assertEqual(result.code, 0, result)
        rows = [line.split(" | ") for line in result.out.splitlines() if "password: " in line]
        self.assertGreaterEqual(len(rows), 4, result)
        for row in rows:
            ratio = re.search(r"(time|speed) ([\d.]+)x \[([\d.]+), ([\d.]+)\]", row[3])
            value, low, high = (float(ratio[i]) for i in (2, 3, 4))
            self.assertLessEqual(low, value, row)
            self.assertLessEqual(value, high, row)
            self.assertIn(row[5].strip(" |"), ("yes", "no", "-"), row)
            self.assertEqual(row[4].strip() == "-", row[5].strip(" |") == "-", row)


if __name__ == "__main__":
    unittest.main(verbosity=2)
