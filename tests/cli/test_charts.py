"""The scripts of a run's charts, by hand: from any folder, of any name, and with data missing."""

import os
import re
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

GRID = {"task": "sort", "task_args": [3000], "task_count": 5, "workers": [0, 1, 2, 3, 4, 6],
        "inner_threads": [1, 2], "iterations": 3, "warmup": 0, "seed": 3}  # fmt: skip
SUITE = {"task_count": 3, "workers": [0, 2], "iterations": 2, "seed": 3,
         "runs": [{"task": task, "task_args": [300]} for task in ("sum", "multi")]}  # fmt: skip

# Names of folders that mean something to a shell, to gnuplot, to printf(), or to nobody.
NAMES = [b"plain", b"two words", b"it's", b'a"b', b"d$HOME", b"b`touch pwned`", b"100%s%n%d",
         "é ü 漢".encode(), b"no \xff\xc3 UTF-8", b"\x80", b"back\\slash\\n", b"@x", b"#c", b"+",
         b"-", b"~", b"<cat", b"|touch pwned;", b"'.system('touch pwned').'",
         b'".system("touch pwned")."', b"new\nline"]  # fmt: skip

OLD = b"drawn before"


@unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
class ChartCase(common.Case):
    def measured(self, config, pattern):
        """The folder of charts of a run or of a suite, without pictures."""
        self.write("c.json", config)
        self.run_fine("c.json")
        (folder,) = (self.work / "output").glob(f"{pattern}__*/charts")
        return folder

    def gnuplot(self, *args, cwd=None, **options):
        """What gnuplot printed, and its exit status."""
        done = subprocess.run(
            ["gnuplot", *args], cwd=cwd or self.work, env=self.environment(draw=True),
            stdin=options.pop("stdin", subprocess.DEVNULL), capture_output=True,
            timeout=common.TIMEOUT_S, check=False, **options,
        )  # fmt: skip
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")

    def pictures(self, folder):
        return {p.name for p in folder.iterdir() if p.suffix in (".svg", ".png", ".pdf")}

    def check_drawn(self, folder, names):
        """Whole pictures of these charts and no others; then they are taken away."""
        files = {f"{n}{e}" for n in names for e in common.PICTURES}
        self.assertEqual(self.pictures(folder), files)
        for file in files:
            content = (folder / file).read_bytes().rstrip()
            self.assertTrue(content.endswith((b"</svg>", b"IEND\xaeB`\x82", b"%%EOF")), file)
            (folder / file).unlink()


class Places(ChartCase):
    """Data are beside the script, and so are its pictures."""

    def check_everywhere(self, folder):
        scripts = sorted(folder.glob("*.gp"))
        names = [path.stem for path in scripts]
        before = {p.name for p in self.work.iterdir()}
        relative = [os.path.relpath(path, self.work) for path in scripts]
        for cwd, options, paths in (
            (folder, ["-d"], [path.name for path in scripts]),
            (folder.parent, ["-d"], [f"charts/{path.name}" for path in scripts]),
            (self.work, ["-d"], relative),
            (self.work, [], relative),
            (self.tmp, ["-d"], scripts),
            (self.work, ["-d", "-e", "; ".join(f"load '{path}'" for path in relative)], []),
        ):
            with self.subTest(cwd=cwd, options=options):
                self.assertEqual(self.gnuplot(*options, *paths, cwd=cwd), (0, ""))
                self.check_drawn(folder, names)
        for path in scripts:
            with open(path, "rb") as file:
                self.assertEqual(self.gnuplot("-d", cwd=folder, stdin=file), (0, ""))
        self.check_drawn(folder, names)
        self.assertEqual({p.name for p in self.work.iterdir()}, before)
        self.assertEqual(list(self.tmp.iterdir()), [])
        return set(names)

    def test_run(self):
        """All charts that a run with inner threads has, singly and all in one process."""
        drawn = self.check_everywhere(self.measured(GRID, "sort"))
        self.assertLessEqual({"heat", "speedup", "time", "tasks_per_second", "passes"}, drawn)

    def test_suite(self):
        self.assertEqual(self.check_everywhere(self.measured(SUITE, "suite")), {"overview"})

    def test_names_of_folders(self):
        """A name is a name: nothing of it is run or replaced, and without its data a script says so
        there, too."""
        charts = self.measured(GRID, "sort")
        for name in NAMES:
            folder = os.path.join(os.fsencode(self.work), name)
            shutil.copytree(os.fsencode(charts), folder)
            for path in (b"./" + name, folder) if name[:1] in b"-<" else (name, folder):
                script = os.path.join(path, b"speedup.gp")
                with self.subTest(path=path):
                    self.assertEqual(self.gnuplot("-d", script), (0, ""))
                    for ending in common.PICTURES:
                        picture = os.path.join(folder, b"speedup" + ending.encode())
                        self.assertGreater(os.stat(picture).st_size, 1000)
                        os.unlink(picture)
            os.unlink(os.path.join(folder, b"speedup.dat"))
            with self.subTest(without_data=name):
                code, said = self.gnuplot("-d", script)
                self.assertEqual(code, 1)
                self.assertIn("speedup.dat: 0 of ", said)
        self.assertFalse((self.work / "pwned").exists())

    def test_first_line_is_true(self):
        """Each script says how to draw it and what that makes."""
        charts = self.measured(GRID, "sort")
        for path in charts.glob("*.gp"):
            head = path.read_text("utf-8").splitlines()[:2]
            self.assertTrue(head[0].startswith(f"# Draw with: gnuplot -d {path.name},"), head)
            for ending in (*common.PICTURES, ".dat"):
                self.assertIn(f"{path.stem}{ending}", head[1])


# What the legend says, and the column of the data that it has to be.
COLUMNS = {"longest": "longest", "99 % are shorter": "p99", "95 % are shorter": "p95",
           "median": "median", "measured": "tasks/s: median", "init": "init",
           "a worker": "busy while tasks run (%)", "all together": "all together",
           "old": "tasks/s: median", "new": "tasks/s: median"}  # fmt: skip


class Pictures(ChartCase):
    """What is drawn is what the data say."""

    def test_columns(self):
        """Each mark and bar has the column of its name, each whisker the two behind it."""
        charts = self.measured({**GRID, "task_count": 120, "inner_threads": 1}, "sort")
        seen = set()
        for path in charts.glob("*.gp"):
            heads = path.with_suffix(".dat").read_text("utf-8").splitlines()[0][2:].split("  ")
            heads = [head.partition(" (")[0] for head in heads]
            for column, title in re.findall(
                r"data using (?:1|\(\$1[^)]*\)):(\d+) with .* title \"(.*?)\"", path.read_text("utf-8")
            ):
                title = title.replace("\\045", "%")
                head = COLUMNS.get(title, title).partition(" (")[0]
                self.assertEqual(heads[int(column) - 1], head, path.name)
                seen.add(title)
            for columns in re.findall(r"using [^:]+:([\d:]+) with yerrorbars", path.read_text("utf-8")):
                middle, low, high = (int(column) - 1 for column in columns.split(":"))
                self.assertEqual((low - middle, high - middle), (1, 2), path.name)
                self.assertEqual(heads[low : high + 1], ["95 % interval: low", "high"], path.name)
        self.assertLessEqual(
            {"longest", "median", "measured", "init", "load balance", "work", "a worker"}, seen
        )

    def test_size_for_print(self):
        """As wide as one asks, with the composition that fits; other pictures stay."""
        charts = self.measured(GRID, "sort")
        heights = {}
        for size, points, narrow in (("85mm", 85 / 25.4 * 72, True), ("6in", 432, False),
                                     ("16cm", 160 / 25.4 * 72, False)):  # fmt: skip
            self.run_fine("report", charts.parent, "--chart-size", size, draw=True)
            box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]",
                            (charts / "speedup.pdf").read_bytes())  # fmt: skip
            self.assertAlmostEqual(float(box[1]), points, delta=1)
            width, _ = common.png_size((charts / "speedup.png").read_bytes())
            self.assertEqual(width, 780 if narrow else 1440)
            heights[size] = float(box[2]) / float(box[1])
            self.assertIn('width="720" height', (charts / "speedup.svg").read_text("utf-8"))
            self.assertIn('width="390" height', (charts / "speedup_narrow.svg").read_text("utf-8"))
        self.assertGreater(heights["85mm"], heights["16cm"])
        for wrong in ("85", "mm", "-85mm", "1mm", "nanmm", "infin", "85 mm", ""):
            refused = self.run_ppt("report", charts.parent, "--chart-size", wrong)
            self.assertEqual(refused.code, 2, refused)
            self.assertIn("--chart-size", refused.err)
            self.assertIn("mm, cm or in", refused.err)


class Failures(ChartCase):
    """A script that cannot draw all says so, exits with 1, and leaves what is there."""

    def setUp(self):
        super().setUp()
        self.charts = self.measured(GRID, "sort")

    def check_refused(self, name, *said, script=None):
        """Without pictures and with those of before, from two folders."""
        script = script or f"{name}.gp"
        older = {f"{name}{ending}": OLD for ending in common.PICTURES}
        for before, cwd, path in (({}, self.charts, script),
                                  (older, self.work, self.charts / script)):  # fmt: skip
            for file, content in before.items():
                (self.charts / file).write_bytes(content)
            code, text = self.gnuplot("-d", path, cwd=cwd)
            self.assertEqual(code, 1, text)
            for words in said:
                self.assertRegex(text, words)
            left = {p: (self.charts / p).read_bytes() for p in self.pictures(self.charts)}
            self.assertEqual(left, before)
        for file in older:
            (self.charts / file).unlink()
        self.assertEqual([p.name for p in self.work.iterdir() if p.suffix in (".svg", ".png", ".pdf")], [])

    def test_data_are_missing(self):
        """Whatever becomes of the data of whatever chart."""
        for path in sorted(self.charts.glob("*.dat")):
            name, content = path.stem, path.read_bytes()
            rows = [l for l in content.splitlines() if l and not l.startswith(b"#")]
            missing = f"{path.name}: 0 of {len(rows)} rows of data are there; nothing is drawn"
            last_row = content.rindex(rows[-1])
            with self.subTest(chart=name, data="gone"):
                path.unlink()
                self.check_refused(name, missing)
            with self.subTest(chart=name, data="empty"):
                path.write_bytes(b"")
                self.check_refused(name, missing)
            with self.subTest(chart=name, data="comments"):
                path.write_bytes(content.splitlines(True)[0])
                self.check_refused(name, missing)
            with self.subTest(chart=name, data="cut"):
                path.write_bytes(content[:last_row])
                self.check_refused(name, f"{path.name}: {len(rows) - 1} of {len(rows)} rows")
            for data, spoiled, message in self.spoil(content, rows[-1]):
                with self.subTest(chart=name, data=data):
                    path.write_bytes(spoiled)
                    self.check_refused(name, f"{path.name}: {message}")
            with self.subTest(chart=name, data="a folder"):
                path.unlink()
                path.mkdir()
                self.check_refused(name, f"{path.name}\" is a directory")
                path.rmdir()
            path.write_bytes(content)

    @staticmethod
    def spoil(content, row):
        """Data whose rows are as many as ever, the last of them not whole."""
        start, fields = content.rindex(row), row.split()
        before, end = content[:start], content[start + len(row) :]
        numbers = r"\d+ of \d+ numbers are there; nothing is drawn"
        no_end = "the line #end that ends the data is not there; nothing is drawn"
        yield "a row begun", before + fields[0], numbers
        yield "a row of text", before + b"x y z" + end, numbers
        yield "text in a row", before + b" ".join(fields[:-1] + [b"x"]) + end, numbers
        yield "a digit lost", before + row[:-1], no_end if len(fields[-1]) > 1 else numbers
        yield "no end", before + row, no_end

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_data_are_not_to_be_read(self):
        (self.charts / "time.dat").chmod(0)
        self.check_refused("time", "time.dat: 0 of ")

    def test_suite_without_data(self):
        self.charts = self.measured(SUITE, "suite")
        (self.charts / "overview.dat").unlink()
        self.check_refused("overview", "overview.dat: 0 of 2 rows")

    def test_one_of_several(self):
        """What was drawn before it is whole, and the status tells that not all is there."""
        (self.charts / "passes.dat").unlink()
        scripts = ["heat.gp", "passes.gp", "time.gp"]
        code, said = self.gnuplot("-d", *scripts, cwd=self.charts)
        self.assertEqual(code, 1)
        self.assertIn("passes.dat: 0 of ", said)
        self.check_drawn(self.charts, ["heat"])

    def test_commands_that_fail(self):
        """After the data were found to be there: in the plot, and where PNGs cannot be made."""
        script = (self.charts / "passes.gp").read_text("utf-8")
        for old, new, said in (
            ("\nplot ", "\nplot nonsense(x), ", "undefined function: nonsense"),
            ("terminal pngcairo", "terminal pngnone", "terminal type"),
        ):
            with self.subTest(said=said):
                self.assertIn(old, script)
                (self.charts / "changed.gp").write_text(script.replace(old, new), "utf-8")
                self.check_refused("passes", said, script="changed.gp")

    def test_at_a_prompt(self):
        """Where gnuplot talks to somebody it goes on, with the terminal that was set."""
        (self.charts / "time.dat").unlink()
        process = subprocess.run(
            ["script", "-qec", "gnuplot -d", "/dev/null"], cwd=self.charts, text=True,
            input="set terminal dumb\nload 'time.gp'\nload 'heat.gp'\nshow terminal\nexit\n",
            env=self.environment(draw=True, TERM="dumb"), capture_output=True,
            timeout=common.TIMEOUT_S, check=False,
        )  # fmt: skip
        self.assertIn("time.dat: 0 of ", process.stdout)
        self.assertIn("terminal type is dumb", process.stdout)
        self.check_drawn(self.charts, ["heat"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
