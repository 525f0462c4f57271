"""`ppt-omp-speed`, and the script that writes the table against Python: what their figures say is
for people; that they give them is tested here."""

import os
import pathlib
import re
import shutil
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


@unittest.skipUnless(shutil.which("bash") and shutil.which("cc"), "bash or cc is not installed")
class AgainstPython(common.Case):
    """scripts/against-python.sh in a tree of its own, where nothing is built or measured."""

    DOCUMENT = (
        "above\n<!-- against python: begin -->\n\n| old |\n\n<!-- against python: end -->\nbelow\n"
    )

    def setUp(self):
        super().setUp()
        self.document = self.write("docs/performance.md", self.DOCUMENT)
        self.write("scripts/setup.sh", "mkdir -p build\n")
        for name in ("cv2", "numpy"):
            self.write(f"modules/{name}.py", "")
        for name in ("against-python.sh", "measured.sh"):
            shutil.copy(common.ROOT / "scripts" / name, self.work / "scripts")

    def compare(self, code, *options):
        """The script's Result when the comparison prints a table and has this exit code."""
        self.write("tests/speed/against_python.py", f"print('| new |')\nraise SystemExit({code})\n")
        env = self.environment(True, PYTHONPATH=str(self.work / "modules"))
        script = self.work / "scripts/against-python.sh"
        result = self.run_program("bash", script, *options, env=env)
        self.assertIn("| new |", result.out, result)
        self.assertEqual(result.code, code, result)
        self.assertEqual(list((self.work / "build").iterdir()), [], "left behind")
        return result

    def test_table(self):
        """It takes the place of the old one, and of nothing else."""
        self.compare(0)
        text = self.document.read_text()
        before, after = self.DOCUMENT.split("| old |")
        self.assertTrue(text.startswith(before) and text.endswith(f"| new |{after}"), text)
        self.assertNotIn("| old |", text)

    def test_wrong(self):
        """A comparison that failed is shown and leaves the document as it was."""
        for code in (3, 1):
            with self.subTest(code=code):
                result = self.compare(code)
                self.assertEqual(self.document.read_text(), self.DOCUMENT)
                self.assertIn("docs/performance.md is left as it is", result.err)

    def test_quick(self):
        for code in (0, 3):
            with self.subTest(code=code):
                self.compare(code, "--quick")
                self.assertEqual(self.document.read_text(), self.DOCUMENT)


if __name__ == "__main__":
    unittest.main(verbosity=2)
