"""Files of a run: which are read from where, and which are left; its charts."""

import json
import os
import subprocess
import unittest
import xml.etree.ElementTree

import common
from common import HAS_GNUPLOT
from quick import quick

CHARTS = ["speedup", "tasks_per_second", "time"]


class Paths(common.Case):
    """Where files are found and where results go."""

    def image_digest(self, *args, output, cwd=None):
        self.run_fine(*args, "--output", self.work / output, cwd=cwd)
        return self.check_digests(self.only_folder(self.work / output))[1]

    def test_relative_image(self):
        """Relative to the current directory first, then to the file."""
        self.write("conf/c.json", quick("img", [["pic.png"]], task_count=1, workers=[0]))
        self.write("conf/pic.png", common.make_png(seed=1))
        here = self.work / "here"
        here.mkdir()
        beside_file = self.image_digest("../conf/c.json", output="a", cwd=here)
        self.write("here/pic.png", common.make_png(seed=2))
        in_current = self.image_digest("../conf/c.json", output="b", cwd=here)
        self.assertNotEqual(beside_file, in_current)
        path = [[str(self.work / "conf/pic.png")]]
        self.write("absolute.json", quick("img", path, task_count=1, workers=[0]))
        self.assertEqual(beside_file, self.image_digest("absolute.json", output="c"))
        path = [[str(self.work / "here/pic.png")]]
        self.write("absolute.json", quick("img", path, task_count=1, workers=[0]))
        self.assertEqual(in_current, self.image_digest("absolute.json", output="d"))

    def test_config_without_json_suffix(self):
        """An argument that names an existing file is a configuration."""
        self.write("settings", quick())
        self.run_fine("settings")
        self.check_csv(self.only_folder())

    def test_config_named_as_a_command(self):
        """The file called `list.json` is a file; with --config any name is."""
        self.write("list.json", quick())
        self.run_fine("list.json", "--output", "a")
        self.write("list", quick())
        self.run_fine("--config", "list", "--output", "b")
        self.check_csv(self.only_folder(self.work / "b"))

    def test_windows_line_ends(self):
        """A file edited elsewhere."""
        text = json.dumps(quick(), indent=2).replace("\n", "\r\n") + "\r\n"
        self.write("c.json", text.encode())
        self.run_fine("c.json")

    @unittest.skipUnless(HAS_GNUPLOT, "gnuplot is not installed")
    def test_awkward_names(self):
        """Blanks, quotes, percent signs and what looks like keys, in the names of the output
        folder and of an image: they go into CSV, JSON and gnuplot scripts."""
        name = "it's \"a\" {\"task\": %s, $x} `b` \\n é.png"
        self.write(name, common.make_png())
        output = "out put's %d \"x\" $HOME `y`"
        self.write("c.json", quick("img", [[name]]))
        self.run_fine("c.json", "--output", output, draw=True)
        folder = self.only_folder(self.work / output)
        rows = self.check_csv(folder)
        self.assertIn("it's", rows[0]["Job details"])
        common.read_samples(folder)
        for chart in CHARTS:
            svg = folder / f"charts/{chart}.svg"
            text = "".join(xml.etree.ElementTree.parse(svg).getroot().itertext())
            self.assertIn("workers", text)

    def test_equal_keys_in_different_places(self):
        """Only equal keys of one object are an error."""
        config = {
            "iterations": 2,
            "workers": [0],
            "task_count": 2,
            "runs": [
                {"task": "sort", "task_args": {"size": 10}, "iterations": 1},
                {"task": "matrix", "task_args": {"size": 3}, "iterations": 1},
            ],
        }
        self.write("c.json", config)
        self.run_fine("c.json")

    def test_output_folder_is_made(self):
        """With its parents; results lie there and nowhere else."""
        self.write("c.json", quick())
        self.run_fine("c.json", "--output", "deep/er/out")
        self.check_csv(self.only_folder(self.work / "deep/er/out"))
        self.assertFalse((self.work / "output").exists())

    def test_latest(self):
        """The link follows the newest run, and can be moved together with the folder."""
        self.write("c.json", quick())
        for _ in range(2):
            before = set(self.folders()) if (self.work / "output").exists() else set()
            self.run_fine("c.json")
            (new,) = set(self.folders()) - before
            link = self.work / "output/latest"
            self.assertTrue(link.is_symlink())
            self.assertEqual(link.resolve(), new.resolve())
            self.assertFalse(os.path.isabs(os.readlink(link)))

    def test_latest_of_somebody_else(self):
        """A real folder or file named `latest` is not ours to replace."""
        self.write("c.json", quick())
        self.write("output/latest/mine.txt", "keep me\n")
        self.run_fine("c.json")
        self.assertEqual((self.work / "output/latest/mine.txt").read_text(), "keep me\n")
        self.write("other/latest", "keep me too\n")
        self.run_fine("c.json", "--output", "other")
        self.assertEqual((self.work / "other/latest").read_text(), "keep me too\n")

    def test_same_second(self):
        """Runs that start in the same second, even at the same moment, get folders of their own
        and overwrite nothing."""
        self.write("c.json", quick("sum", [1000]))
        command = [common.PPT_OMP, "c.json"]
        started = [
            subprocess.Popen(
                command,
                cwd=self.work,
                env=self.environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            for _ in range(6)
        ]
        for process in started:
            _, err = process.communicate(timeout=common.TIMEOUT_S)
            self.assertEqual(process.returncode, 0, err)
        folders = self.folders()
        self.assertEqual(len(folders), 6, folders)
        for folder in folders:
            self.check_csv(folder)
            heads = [line for line in common.read_samples(folder) if line["type"] == "run"]
            self.assertEqual(len(heads), 1, "two runs in one journal")
            self.assertEqual(len(common.passes(folder)), 6)
        self.assertTrue((self.work / "output/latest").is_symlink())

    def test_nothing_else_is_left(self):
        """No temporary or half-written files beside the results."""
        self.write("c.json", quick("zip"))
        self.run_fine("c.json")
        names = {p.name for p in (self.work / "output").rglob("*") if p.is_file()}
        for name in names:
            self.assertRegex(name, r"^[a-z_]+\.(csv|jsonl|json|gp|dat|svg|png|html)$")
        self.assertTrue({"results.csv", "samples.jsonl"} <= names)


class Charts(common.Case):
    """Scripts and data always; drawings where gnuplot is."""

    def test_scripts_without_gnuplot(self):
        """The scripts are there, nothing pretends to be drawn, and one line says how to draw."""
        self.write("c.json", quick())
        result = self.run_fine("c.json")
        folder = self.only_folder() / "charts"
        found = {p.name for p in folder.iterdir()}
        for chart in CHARTS:
            self.assertTrue({f"{chart}.gp", f"{chart}.dat"} <= found, found)
        self.assertEqual([name for name in found if name.endswith((".svg", ".png"))], [])
        lines = [line for line in result.err.splitlines() if "gnuplot" in line]
        self.assertEqual(len(lines), 1, result)
        self.assertNotIn("gnuplot", result.out)

    @unittest.skipUnless(HAS_GNUPLOT, "gnuplot is not installed")
    def test_line_can_be_pasted(self):
        """What the line tells to do draws the charts, whatever the folder is called."""
        self.write("c.json", quick())
        for output in ("plain", "two words", "it's"):
            with self.subTest(output=output):
                result = self.run_fine("c.json", "--output", output)
                (line,) = [line for line in result.err.splitlines() if "gnuplot -d *" in line]
                command = line[line.index("cd ") :]
                done = subprocess.run(
                    ["sh", "-c", command], cwd=self.work, capture_output=True, timeout=60
                )
                self.assertEqual(done.returncode, 0, f"{command}\n{done.stderr}")
                folder = self.only_folder(self.work / output) / "charts"
                self.check_drawn(folder, CHARTS)

    def test_suite_without_gnuplot(self):
        """A suite tells it for each of its folders at the most."""
        runs = [{"task": "sum", "task_args": [10]}, {"task": "sort", "task_args": [10]}]
        self.write("s.json", {"task_count": 2, "workers": [0, 1], "iterations": 2, "runs": runs})
        result = self.run_fine("s.json")
        lines = [line for line in result.err.splitlines() if "gnuplot" in line]
        self.assertIn(len(lines), range(1, len(self.folders()) + 1), result)

    def check_drawn(self, folder, names):
        for chart in names:
            with self.subTest(chart=chart):
                self.assertGreater((folder / f"{chart}.gp").stat().st_size, 0)
                self.assertGreater((folder / f"{chart}.dat").stat().st_size, 0)
                root = xml.etree.ElementTree.parse(folder / f"{chart}.svg").getroot()
                self.assertTrue(root.tag.endswith("svg"), root.tag)
                self.assertFalse([e for e in root.iter() if e.tag.endswith("script")])
                png = (folder / f"{chart}.png").read_bytes()
                wide, high = common.png_size(png)
                self.assertGreater(wide, 300)
                self.assertGreater(high, 200)

    @unittest.skipUnless(HAS_GNUPLOT, "gnuplot is not installed")
    def test_drawn(self):
        """SVG parses as XML without scripts inside, PNG is a PNG; units, the ideal line and the
        CPUs are named; and the script draws the same again where it lies."""
        self.write("c.json", quick("sort", [5000], workers=[0, 1, 2, 4], iterations=3))
        result = self.run_fine("c.json", draw=True)
        self.assertNotIn("gnuplot", result.err)
        folder = self.only_folder() / "charts"
        self.check_drawn(folder, CHARTS)
        texts = {}
        for chart in CHARTS:
            root = xml.etree.ElementTree.parse(folder / f"{chart}.svg").getroot()
            texts[chart] = " ".join("".join(root.itertext()).split())
        self.assertRegex(texts["speedup"], "(?i)speedup")
        self.assertRegex(texts["speedup"], "(?i)ideal")
        self.assertRegex(texts["speedup"], r"\d+ CPU")
        self.assertRegex(texts["tasks_per_second"], "(?i)tasks (per second|/ ?s)")
        for part in ("init", "work", "cleanup", "second"):
            self.assertIn(part, texts["time"])
        for chart in CHARTS:
            self.assertIn("worker", texts[chart])
            (folder / f"{chart}.svg").unlink()
            (folder / f"{chart}.png").unlink()
            subprocess.run(["gnuplot", f"{chart}.gp"], cwd=folder, check=True, timeout=60)
        self.check_drawn(folder, CHARTS)

    @unittest.skipUnless(HAS_GNUPLOT, "gnuplot is not installed")
    def test_drawn_with_little_data(self):
        """One point, one block: gnuplot dislikes empty ranges and missing spreads."""
        for label, workers in (("zero", [0]), ("one", [1]), ("four", [4]), ("pair", [1, 2])):
            with self.subTest(workers=workers):
                self.write("c.json", quick("sum", [10], workers=workers, iterations=1))
                result = self.run_fine("c.json", "--output", label, draw=True)
                self.assertNotRegex(result.err, "(?i)warning|gnuplot|error")
                drawn = CHARTS[1:] if workers == [0] else CHARTS
                self.check_drawn(self.only_folder(self.work / label) / "charts", drawn)

    def test_broken_gnuplot(self):
        """A gnuplot that fails costs the drawings, not the run; nothing half-drawn stays."""
        tools = self.base / "tools"
        tools.mkdir()
        (tools / "gnuplot").write_text("#!/bin/sh\necho 'gnuplot: oh no' >&2\nexit 1\n")
        (tools / "gnuplot").chmod(0o755)
        self.write("c.json", quick())
        path = f"{tools}:/usr/bin:/bin"
        result = self.run_fine("c.json", env=self.environment(PATH=path))
        self.assertIn("gnuplot", result.err)
        self.check_csv(self.only_folder())
        self.assertEqual(list((self.only_folder() / "charts").glob("*.svg")), [])


if __name__ == "__main__":
    unittest.main()
