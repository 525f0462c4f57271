"""What people see: a terminal of any width, with colours and without, and what a pipe gets."""

import fcntl
import json
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


class Progress(common.Case):
    """Where standard error is no terminal a line now and then tells how far a run is."""

    CONFIG = {"task": "sum", "task_args": [3000], "task_count": 9, "workers": [0, 1, 2],
              "iterations": 4, "warmup": 1, "seed": 3}  # fmt: skip
    LINE = re.compile(
        r"(?m)^(?P<task>\w+): (?P<place>warm-up|iteration \d+( of \d+|, until settled)), "
        r"(?P<point>sequential|1 worker|\d+ workers) done(, (?P<percent>\d+) %)?"
        r"(, (about|at most) [\d hmins]+ left)?$"
    )

    def lines(self, *args, config=None, **variables):
        """Of a run, as (task, place, point, percent); nothing else looks like them."""
        if config:
            self.write("c.json", config)
        env = self.environment(PPT_PROGRESS_SECONDS="0", **variables)
        result = self.run_fine(*args, env=env)
        self.assertNotRegex(result.err_bytes.decode(), "[\x1b\r\x08]")
        self.assertNotIn(" done", result.out)
        found = [match.group("task", "place", "point", "percent")
                 for match in self.LINE.finditer(result.err)]  # fmt: skip
        self.assertEqual(len(found), result.err.count(" done"), result.err)
        return found

    def expected(self, passes, before, blocks):
        """The lines of these passes of a run with 3 points, of which others were made before."""
        every = len(passes) + before
        names = {0: "sequential", 1: "1 worker"}
        return [(f"iteration {p['block']} of {blocks}" if p["block"] else "warm-up",
                 names.get(p["workers"], f"{p['workers']} workers"),
                 f"{100 * (before + i) / every:.0f}") for i, p in enumerate(passes, 1)]  # fmt: skip

    def test_every_pass(self):
        """With no time between lines: each pass of the journal, up to 100 %."""
        found = self.lines("c.json", config=self.CONFIG)
        expected = self.expected(common.passes(self.only_folder()), 0, 4)
        self.assertEqual([line[1:] for line in found], expected)
        self.assertEqual(len(found), 14)
        self.assertEqual(found[-1][3], "100")
        self.assertEqual({line[0] for line in found}, {"sum"})

    def test_short_run(self):
        """It has none, whatever the setting, unless that is a time that is over."""
        for value in (None, "", "-1", "nan", "soon", "0 s", "1000", "inf"):
            with self.subTest(value=value):
                self.write("c.json", self.CONFIG)
                env = self.environment(PPT_PROGRESS_SECONDS=value)
                result = self.run_fine("c.json", env=env)
                self.assertNotRegex(result.err, "done|left|%")

    def test_quiet(self):
        self.assertEqual(self.lines("c.json", "--quiet", config=self.CONFIG), [])

    def test_suite(self):
        runs = [{"task": task, "task_args": [300]} for task in ("sum", "multi")]
        config = {**self.CONFIG, "runs": runs}
        del config["task"], config["task_args"]
        found = self.lines("c.json", config=config)
        self.assertEqual([line[0] for line in found], ["sum"] * 14 + ["multi"] * 14)
        self.assertEqual([i for i, line in enumerate(found) if line[3] == "100"], [13, 27])

    def test_until_settled(self):
        """Nobody knows how many passes there will be."""
        config = {**self.CONFIG, "precision": {"relative_ci": 0.5, "max_seconds": 60}}
        found = self.lines("c.json", config=config)
        passes = common.passes(self.only_folder())
        self.assertEqual(len(found), len(passes))
        self.assertEqual({line[3] for line in found}, {None})
        self.assertEqual(found[-1][1], f"iteration {passes[-1]['block']}, until settled")

    def test_resume(self):
        """What was recorded before is done; the warm-up is not, it is made again."""
        self.lines("c.json", config=self.CONFIG)
        folder = self.only_folder()
        journal = folder / "samples.jsonl"
        lines = journal.read_text().splitlines(True)
        kept = [i for i, line in enumerate(lines) if json.loads(line)["type"] == "pass"][:9]
        journal.write_text("".join(lines[: kept[-1] + 1]))
        found = self.lines("resume", folder)
        passes = common.passes(folder)[9:]
        self.assertEqual(len(passes), 2 + 14 - 9)
        self.assertEqual([line[1:] for line in found], self.expected(passes, 9 - 2, 4))
        self.assertEqual(self.lines("resume", folder, "--quiet"), [])

    def test_terminal(self):
        """There one line is rewritten, as ever."""
        self.write("c.json", self.CONFIG)
        main, side = pty.openpty()
        env = self.environment(TERM="xterm", PPT_PROGRESS_SECONDS="0")
        done = subprocess.run(
            [common.PPT_OMP, "c.json"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=side, env=env, cwd=self.work, check=False, timeout=common.TIMEOUT_S,
        )  # fmt: skip
        os.close(side)
        seen = b""
        with open(main, "rb", buffering=0) as terminal:
            try:
                while part := terminal.read(65536):
                    seen += part
            except OSError:
                pass  # what Linux says when the other side is closed
        self.assertEqual(done.returncode, 0, seen)
        self.assertNotIn(b" done", seen)
        self.assertEqual(seen.count(b"\r\x1b[Ksum  "), 14, seen)
        self.assertIn(b"  0 %  warm-up, 2 workers", seen)


if __name__ == "__main__":
    unittest.main(verbosity=2)
