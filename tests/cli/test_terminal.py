"""What people see: a terminal of any width, with colours and without, and what a pipe gets."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

CODES = re.compile(r"\x1b\[[0-9;]*[mK]")


class Terminal(common.Case):
    def setUp(self):
        super().setUp()
        self.write("c.json", {"task": "sum", "task_args": [3000], "task_count": 9,
                              "workers": [0, 1, 2, 999], "iterations": 5, "warmup": 0})  # fmt: skip
        self.run_fine("c.json", "--workers", "0,1,2,64")
        self.folder = self.only_folder()

    def show(self, *args, width=80, codes=(0,), **variables):
        """The program's standard output on a terminal of that width."""
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        env = self.environment(TERM="xterm", **variables)
        env = {k: v for k, v in env.items() if v is not None}
        process = subprocess.Popen(
            [common.PPT_OMP, *map(str, args)], stdin=subprocess.DEVNULL, stdout=side,
            stderr=subprocess.DEVNULL, env=env, cwd=self.work,
        )  # fmt: skip
        os.close(side)
        out = b""
        while True:
            try:
                data = os.read(main, 65536)
            except OSError:
                break
            if not data:
                break
            out += data
        os.close(main)
        self.assertIn(process.wait(), codes)
        return out.decode().replace("\r\n", "\n")

    def test_width(self):
        """No line is wider than the terminal, whatever it is; the speedup is always there."""
        for width in (40, 50, 60, 79, 80, 91, 92, 132, 300):
            with self.subTest(width=width):
                text = CODES.sub("", self.show("report", self.folder, width=width))
                for line in text.splitlines():
                    limit = max(width, 80) if line.startswith("  ") and "*" in line[:4] else width
                    self.assertLessEqual(common.width(line), limit, line)
                self.assertRegex(text, r"(?m)^ +2 .*\d+(\.\d+)?x \[")
                self.assertEqual("█" in text, width >= 92)
                self.assertEqual("init" in text, width >= 80)

    def test_colours(self):
        """The recommended count stands out, and a terminal is left as it was."""
        text = self.show("report", self.folder)
        self.assertRegex(text, r"\x1b\[1;3[23]msum: (use|no)")
        codes = CODES.findall(text)
        self.assertEqual(len(codes) % 2, 0)
        self.assertTrue(all(code == "\x1b[0m" for code in codes[1::2]), codes)

    def test_no_colour(self):
        """NO_COLOR, a dumb terminal and a pipe get none; an empty NO_COLOR says nothing."""
        self.assertNotIn("\x1b", self.show("report", self.folder, NO_COLOR="1"))
        self.assertIn("\x1b", self.show("report", self.folder, NO_COLOR=""))
        env = self.environment(NO_COLOR="", TERM="xterm")
        piped = self.run_fine("report", self.folder, env=env)
        self.assertNotIn("\x1b", piped.out)
        self.assertNotIn("█", piped.out)
        for line in piped.out.splitlines():
            self.assertLessEqual(common.width(line), 80)

    def test_doctor(self):
        """Lines fit narrow terminals and wide ones, and states have colours."""
        for width in (40, 60, 132):
            with self.subTest(width=width):
                text = self.show("doctor", width=width, codes=(0, 5))
                self.assertRegex(text, r"(?m)^\x1b\[\d+mgood\x1b\[0m +clock source")
                for line in CODES.sub("", text).splitlines():
                    self.assertLessEqual(common.width(line), width, line)

    def test_arguments_control_nothing(self):
        """A file's name with escape sequences in it is shown, not obeyed; a long one is cut."""
        for name in ("a\x1b[31m\x07\nb.png", "ä" * 100 + ".png"):
            with self.subTest(name=name):
                (self.work / name).write_bytes(common.make_png())
                self.write("i.json", {"task": "img", "task_args": [[name]], "task_count": 1,
                                      "workers": [0], "iterations": 1, "warmup": 0})  # fmt: skip
                text = self.run_fine("i.json").out
                self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f]")
                self.assertIn("a?[31m??b.png" if "\n" in name else "ää...", text)
                for line in text.splitlines():
                    self.assertLessEqual(common.width(line), 80)

    def test_quiet(self):
        """The verdict alone, and nothing on standard error."""
        for args in (("c.json", "--workers", "0,1"), ("report", self.folder)):
            result = self.run_fine(*args, "--quiet", draw=True)
            self.assertEqual(result.err, "")
            self.assertRegex(" ".join(result.out.split()), r"^sum: (use|no) .*\.$")
            self.assertLessEqual(len(result.out.splitlines()), 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
