"""What a run prints where: into files and pipes, and on a terminal."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
import unittest

import common
from quick import quick


class Terminal(common.Case):
    """What is printed where."""

    def test_streams(self):
        """The table goes to standard output, everything else to standard error, so that
        `ppt-omp c.json > table.txt` does what one thinks."""
        self.write("c.json", quick("sort", [2000], workers=[0, 1, 2]))
        result = self.run_fine("c.json")
        self.assertTrue(result.out.strip())
        self.assertNotIn("output/", result.out)
        self.assertNotIn("ppt-omp:", result.out)
        self.assertIn("output/sort__", result.err)
        self.assertNotRegex(result.err, r"(?m)^\s+\d+\s+[\d.]+ .?s\s", "a table on stderr")

    def test_no_progress_into_a_pipe(self):
        """A log file full of escape codes and carriage returns is unreadable."""
        self.write("c.json", quick("sort", [50000], task_count=20, iterations=5))
        result = self.run_fine("c.json")
        for text in (result.err, result.out):
            self.assertNotRegex(text, "[\x1b\r\x08]")

    def test_table_width(self):
        """80 columns are enough for long arguments, many workers and large numbers."""
        names = []
        for number in range(6):
            names.append(f"a-picture-with-a-rather-long-name-{number}.png")
            self.write(names[-1], common.make_png(8, 8))
        options = {"hash": "argon2id", "t_cost": 1, "m_cost_kib": 64, "lanes": 1}
        for label, config in {
            "images": quick("img", [names]),
            "password": quick("password", [5, 5, [12, 20], 0.8125, options]),
            "random": quick("random", ["sum", "multi", "sum", "multi"] * 4, task_count=1),
            "many": quick("sum", [100], workers=[0, 1, 40, 200], task_count=1000),
            "seed": quick("sum", [100], seed=9007199254740991),
        }.items():
            with self.subTest(label):
                self.write("c.json", config)
                result = self.run_fine("c.json", "--output", label)
                for line in result.out.splitlines():
                    self.assertLessEqual(common.width(line), 80, line)

    def test_words_are_explained(self):
        """Once below the table, where several are printed, too."""
        words = "init: starting the workers; pass: all tasks at one count; seed: repeats a run"
        for program in ([], ["--", "true", "--vs", "sleep", "0"]):
            task = [] if program else ["--task", "sum", "--task-args", "[10]"]
            result = self.run_fine(*task, "--tasks", 2, "--workers", "0,2", "--quick", *program,
                                   env=self.environment(PATH="/usr/bin:/bin"))  # fmt: skip
            lines = result.out.splitlines()
            self.assertEqual(lines.count("  " + words), 1, result)
            (speedup,) = (line for line in lines if line.startswith("  speedup: "))
            self.assertIn("within iterations", speedup)
            self.assertLessEqual(len(speedup), 80)

    def test_plan_on_a_terminal(self):
        """It is broken between words; into a file it is one line."""
        code, _, seen = self.watch("--task", "sum", "--task-args", "[1000]", "--workers", "0,1,2",
                                   "--max-seconds", "1")  # fmt: skip
        self.assertEqual(code, 0, seen)
        lines = seen.replace("\r", "").splitlines()
        self.assertRegex(" ".join(lines[:3]), r"^sum: \d+ tasks per pass .* for more +certainty\b")
        for line in lines[:3]:
            self.assertLessEqual(common.width(line), 80, line)
        self.assertTrue(lines[1].startswith("  "), seen)

    def test_table_width_with_wild_times(self):
        """Two blocks of next to no work, the first of them cold: intervals over many powers of
        ten, which must not widen the table either. Several runs, as chance is at work."""
        self.write("c.json", quick("sum", [10], workers=[0, 1, 2, 4], warmup=0))
        for _ in range(12):
            for line in self.run_fine("c.json").out.splitlines():
                self.assertLessEqual(common.width(line), 80, line)

    def test_progress_within_a_pass(self):
        """A long pass does not look as if it hung: how long it runs, and later what is left."""
        start = time.monotonic()
        code, _, text = self.watch("--workers", "0", "--task-count", "1", "--iterations", "2",
                                   "--warmup", "0", "--", "/bin/sleep", "3.3")  # fmt: skip
        self.assertEqual(code, 0, text)
        blocks = [[line for line in text.split("\r") if f"iteration {block} of 2" in line]
                  for block in (1, 2)]  # fmt: skip
        # No more often than once a second, beside once at the beginning.
        self.assertLess(sum(map(len, blocks)), time.monotonic() - start + 3, text)
        for lines, words in zip(blocks, (r"  for (\d+) s", r"  about (\d+) s left")):
            told = [int(found[1]) for found in map(re.compile(words).search, lines) if found]
            self.assertGreater(len(set(told)), 1, text)
            self.assertEqual(told, sorted(told, reverse="left" in words), text)

    def watch(self, *args, columns=80, **more):
        """Runs with standard error on a terminal; returns exit code, output, and the terminal's
        text."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen(
            [common.PPT_OMP, *args],
            cwd=self.work,
            env=self.environment(TERM="xterm", **more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=slave,
        )
        os.close(slave)
        seen = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # what Linux says when the other side is closed
                break
            if not part:
                break
            seen += part
        out, _ = process.communicate(timeout=common.TIMEOUT_S)
        return process.returncode, out.decode(), seen.decode("utf-8", "replace")

    def test_progress_on_a_terminal(self):
        """It shows what is measured and how long it will still take, in one line that is gone at
        the end."""
        config = quick("sum", [1000000], task_count=60, workers=[0, 1, 2], iterations=25)
        self.write("c.json", config)
        code, out, seen = self.watch("c.json")
        self.assertEqual(code, 0, seen)
        self.assertNotIn("\x1b", out)
        self.assertNotIn("\r", out)
        self.assertRegex(seen, "(?i)left|remain|ETA")
        self.assertRegex(seen, "\r|\x1b")
        self.assertIn("sum", seen)
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)
        for line in re.split(r"[\r\n]+", plain):
            # The last column may make the terminal wrap; folders may have long names.
            if "left" in line or "remain" in line:
                self.assertLess(common.width(line), 80, line)
        rest = last_line(seen, "output/sum__")
        self.assertNotRegex(rest, "(?i) left|remain", "progress left behind on the screen")

    def test_progress_on_a_narrow_terminal(self):
        """A line longer than the terminal wraps, and every update then scrolls."""
        config = quick("sum", [1000000], task_count=40, workers=[0, 1, 2], iterations=15)
        self.write("c.json", config)
        code, _, seen = self.watch("c.json", columns=40)
        self.assertEqual(code, 0, seen)
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)
        updates = [p for p in re.split(r"[\r\n]+", plain) if re.search("left|remain|iteration", p)]
        for line in updates:
            self.assertLessEqual(common.width(line), 40, line)

    def test_interrupted_wait(self):
        """Ctrl-C during a long rest is heard at once: exit 130, and what was measured is saved."""
        config = quick("sort", workers=[0, 1], warmup=0, iterations=2, wait_time_after_runner=300)
        self.write("c.json", config)
        process = subprocess.Popen(
            [common.PPT_OMP, "c.json"],
            cwd=self.work,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        limit = time.monotonic() + common.TIMEOUT_S
        while not any(self.work.glob("output/*__*/samples.jsonl")) or not any(
            '"pass"' in p.read_text() for p in self.work.glob("output/*__*/samples.jsonl")
        ):
            self.assertLess(time.monotonic(), limit, "no pass was recorded")
            self.assertIsNone(process.poll())
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, err)
        self.assertTrue(common.passes(self.only_folder()))
        self.assertEqual(list(self.tmp.iterdir()), [])


def last_line(seen, needle):
    """What a terminal shows of the line with `needle` after carriage returns and erasures."""
    for line in reversed(seen.split("\n")):
        if needle in line:
            line = line.rstrip("\r")
            line = line[line.rfind("\x1b[K") + 3 :] if "\x1b[K" in line else line
            return line.rsplit("\r", 1)[-1]
    return ""


if __name__ == "__main__":
    unittest.main()
