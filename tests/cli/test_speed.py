"""`ppt-omp-speed`, and the script that writes the table against Python: what their figures say is
for people; that they give them is tested here."""

import ctypes
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


def is_installed(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


SODIUM = is_installed("libsodium.so.23")


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
        others = {"random", "isa", "harness", "scaling", "ceilings"}
        self.assertTrue(others <= set(self.subjects()))

    def test_unknown(self):
        """A subject that is not there: those that are."""
        for args in (("sun",), ("sum", "sun"), (), ("ceilings:sun",), ("sum:sum",), ("ceil",)):
            result = self.speed(*args)
            self.assertEqual((result.code, result.out), (2, ""), result)
            for name in self.subjects():
                self.assertRegex(result.err, rf"(?m)^{name} ")

    def test_table(self):
        """Rows of a table with a ratio, its interval around it, and whether the bar is met."""
        result = self.speed("--markdown", "password", "io")
        self.assertEqual(result.code, 0, result)
        rows = [line.split(" | ") for line in result.out.splitlines()[2:]]
        subjects = [row[0].strip("| ").split(":")[0] for row in rows]
        self.assertEqual(subjects, ["password"] * 4 + ["io"] * 3, result)
        for row in rows:
            ratio = re.search(r"(time|speed) ([\d.]+)x \[([\d.]+), ([\d.]+)\]", row[3])
            value, low, high = (float(ratio[i]) for i in (2, 3, 4))
            self.assertLessEqual(low, value, row)
            self.assertLessEqual(value, high, row)
            self.assertIn(row[5].strip(" |"), ("yes", "no", "-"), row)
            self.assertEqual(row[4].strip() == "-", row[5].strip(" |") == "-", row)

    def ceilings(self, *parts, **environment):
        """The rows of the table, cell by cell."""
        parts = [f"ceilings:{part}" for part in parts]
        env = self.environment(True, **environment)
        result = self.run_program(SPEED, "--markdown", *parts, env=env)
        self.assertEqual((result.code, result.err), (0, ""), result)
        head, _, *rows = result.out.splitlines()
        self.assertEqual(head, "| task | ceiling | share of it [95 % interval] | best known | ratio |")
        return [row.strip("| ").split(" | ") for row in rows]

    def test_ceilings(self):
        """A share with its interval around it, a bar where there is one, and a ratio where there is
        somebody to be compared with."""
        rows = self.ceilings("sum", "password")
        self.assertEqual([row[0].split(":")[0] for row in rows], ["sum", "password", "password"])
        for row in rows:
            self.assertEqual(len(row), 5, row)
            share = re.match(r"([\d.]+) % \[([\d.]+), ([\d.]+)\]", row[2])
            value, low, high = (float(share[i]) for i in (1, 2, 3))
            self.assertTrue(low <= value <= high, row)
            # The share is that of the two figures beside it, but for medians of ratios.
            task = float(row[0].rsplit(": ", 1)[1].split()[0])
            ceiling = float(row[1].split(",")[0])
            if "disturbed" not in row[2]:
                self.assertLess(abs(100 * ceiling / task / value - 1), 0.5, row)
            known = SODIUM and row is not rows[0]
            self.assertEqual(re.match(r"[\d.]+, .* of libsodium", row[3]) is not None, known, row)
            self.assertEqual(re.match(r"speed [\d.]+x \[", row[4]) is not None, known, row)
        self.assertNotIn("bar", rows[0][2])
        self.assertRegex(rows[1][2], r"; bar ≤ 60 ns: (not )?met$")

    def test_no_best_known(self):
        """A library that is not there is said to be missing, and the ceiling is measured all the
        same."""
        self.write("libsodium.so.23", "")
        rows = self.ceilings("password", LD_LIBRARY_PATH=str(self.work))
        self.assertEqual(len(rows), 2)
        for row in rows:
            self.assertEqual(row[3:], ["libsodium (libsodium.so.23) is not installed", "-"])


@unittest.skipUnless(shutil.which("bash") and shutil.which("cc"), "bash or cc is not installed")
class Performance(common.Case):
    """scripts/performance.sh in a tree of its own, where nothing is built or measured."""

    TABLES = "".join(
        f"above\n<!-- {name}: begin -->\n\n| old |\n\n<!-- {name}: end -->\nbelow\n"
        for name in ("measured", "ceilings")
    )

    def setUp(self):
        super().setUp()
        self.document = self.write("docs/performance.md", self.TABLES)
        self.write("scripts/setup.sh", "")
        speed = self.write(
            "build/tests/ppt-omp-speed",
            '#!/bin/sh\ncase $1 in --list) printf "sum  x\\nceilings  y\\n";; '
            '*) echo "| rows of $* |";; esac\n',
        )
        speed.chmod(0o755)
        for name in ("performance.sh", "measured.sh"):
            shutil.copy(common.ROOT / "scripts" / name, self.work / "scripts")

    def measure(self, *options):
        script = self.work / "scripts/performance.sh"
        return self.run_program("bash", script, *options, env=self.environment(True))

    def tables(self, *options):
        result = self.measure(*options)
        self.assertEqual(result.code, 0, result)
        return re.findall(r"(?m)^\| .* \|$", self.document.read_text())

    def test_both(self):
        """What is held against ceilings has a table of its own."""
        expected = ["| rows of --markdown sum |", "| rows of --markdown ceilings |"]
        self.assertEqual(self.tables(), expected)

    def test_ceilings_alone(self):
        self.assertEqual(self.tables("--ceilings"), ["| old |", "| rows of --markdown ceilings |"])

    def test_unknown(self):
        result = self.measure("--ceiling")
        self.assertEqual(result.code, 2, result)
        self.assertEqual(self.document.read_text(), self.TABLES)


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
