"""One check per format: what its text says, against results.json of every run in it."""

import csv
import io
import math
import os
import pathlib
import re
import statistics
import subprocess

import common
from common import HAS_GNUPLOT, loads

FORMATS = ["csv", "json", "gbench", "bmf", "ghab", "hyperfine", "markdown", "gnuplot"]

# Debian's Python, which has the modules that Debian's tools need, whatever runs this file.
SYSTEM_PYTHON = "/usr/bin/python3"
PLUGIN = pathlib.Path(os.environ.get("PPT_BUILD", common.ROOT / "build")) / "tests/plugin_none.so"

# File names that are arguments, and hold what CSV, JSON, Markdown and gnuplot have a meaning for.
HOSTILE = ["a,b.png", 'c "d".png', "e\nf|g.png", "h'i $(x) `j`.png", "[k](l).png", "\\é %s *m*.png"]
SORT = {"task": "sort", "task_args": [2000], "task_count": 4, "workers": [0, 1, 2], "iterations": 6}
RUNS = {
    "plain": SORT,
    "grid": {**SORT, "inner_threads": [1, 2], "iterations": 3},
    "two inner threads": {**SORT, "inner_threads": 2, "iterations": 3},
    "one block": {**SORT, "iterations": 1, "warmup": 0},
    "one point": {**SORT, "workers": [0], "iterations": 2},
    "not sequential": {**SORT, "workers": [2, 40], "iterations": 4, "task_count": 50},
    "hostile": {"task": "img", "task_args": [HOSTILE], "task_count": 2, "workers": [0, 2],
                "iterations": 2},
    "mix": {**SORT, "task": "random", "task_args": ["sum", "multi"], "iterations": 3},
}  # fmt: skip
SUITE = [SORT, {**SORT, "workers": [1, 2]}, RUNS["grid"], RUNS["hostile"], RUNS["mix"]]


def numbers_in(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value


def point_of(entry):
    return entry["workers"], entry["inner_threads"]


def timed(run, point):
    """The passes of a point, in order, without the warm-up."""
    return [p for p in common.counting(run["passes"]) if p["block"] > 0 and point_of(p) == point_of(point)]


def speedup_of(run, point):
    """[value, low, high], or None for the point that others are compared with."""
    several = isinstance(run["config"]["inner_threads"], list)
    label = f"{point['workers']}x{point['inner_threads']}" if several else str(point["workers"])
    return run["verdict"]["speedup"].get(label)


class FormatCase(common.Case):
    def measure(self, *configs, draw=False, **options):
        """Runs configurations and returns the outcome and the folders, the suite's not included."""
        for name in HOSTILE:
            self.write(name, common.make_png(6, 6))
        names = []
        for i, config in enumerate(configs):
            names.append(f"c{i}.json")
            self.write(names[-1], {"seed": 5, **config})
        result = self.run_fine(*names, *options.pop("args", ()), draw=draw, **options)
        folders = [f for f in self.folders() if not f.name.startswith("suite__")]
        return result, sorted(folders, key=lambda f: (f.stat().st_mtime_ns, f.name))

    def report(self, folder, name):
        """What report prints in a format: twice the same, and nothing about it on stderr."""
        first, second = (self.run_fine("report", folder, "--format", name) for _ in range(2))
        self.assertEqual(first.out_bytes, second.out_bytes)
        self.assertTrue(first.out_bytes.endswith(b"\n"))
        return first.out_bytes.decode("utf-8")

    def results(self, folder):
        return loads((folder / "results.json").read_text(encoding="utf-8"))

    def near(self, value, expected, what=""):
        """Equal as far as nine digits tell."""
        self.assertTrue(math.isclose(value, expected, rel_tol=1e-7, abs_tol=1e-12),
                        f"{what}: {value} instead of {expected}")  # fmt: skip

    # --- one check per format: the text, and results.json of every run in it ------------------

    def check(self, name, text, runs):
        self.assertNotRegex(text, r"(?i)(?<![\w./])[-+]?(nan|inf|infinity)(?![\w])", name)
        getattr(self, f"check_{name}")(text, runs)

    def check_json(self, text, runs):
        value = loads(text)
        self.assertEqual(value, runs[0] if len(runs) == 1 else {"version": 1, "runs": runs})

    def check_csv(self, text, runs):
        rows = list(csv.reader(io.StringIO(text, newline="")))
        again = io.StringIO(newline="")
        csv.writer(again, lineterminator="\r\n").writerows(rows)
        self.assertEqual(again.getvalue(), text, "a round trip changes it")
        points = [(run, point) for run in runs for point in run["points"]]
        self.assertEqual(len(rows), len(points) + 1)
        for row, (run, point) in zip(rows[1:], points, strict=True):
            row = dict(zip(rows[0], row, strict=True))
            self.assertEqual(row["Task"], run["task"])
            self.assertEqual((int(row["Workers"]), int(row["Inner threads"])), point_of(point))
            for column, key in {"Time: init": "init_s", "Time: work": "work_s",
                                "Time: total": "total_s", "Time: task avg": "task_s"}.items():  # fmt: skip
                self.near(float(row[column]), point[key]["mean"], column)
            if run["task"] == "img":
                names = ";".join(HOSTILE).replace("\n", "?")
                self.assertEqual(row["Job details"], names)

    def check_gbench(self, text, runs):
        document = loads(text)
        context = document["context"]
        self.assertEqual(context["json_schema_version"], 1)
        self.assertRegex(context["date"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")
        for key, kind in {
            "host_name": str, "executable": str, "num_cpus": int, "mhz_per_cpu": int,
            "cpu_scaling_enabled": bool, "caches": list, "load_avg": list,
            "library_build_type": str, "version": str, "seed": str, "instruction_set": str,
        }.items():  # fmt: skip
            self.assertIs(type(context[key]), kind, key)
        rows = list(document["benchmarks"])
        names = set()
        for family, run in enumerate(runs):
            for instance, point in enumerate(run["points"]):
                mine = [r for r in rows if (r["family_index"], r["per_family_instance_index"])
                        == (family, instance)]  # fmt: skip
                self.assertEqual(rows[: len(mine)], mine, "rows of a point are not together")
                rows = rows[len(mine) :]
                self.check_gbench_point(mine, run, point)
                self.assertNotIn(mine[0]["run_name"], names)
                names.add(mine[0]["run_name"])
        self.assertEqual(rows, [])

    def check_gbench_point(self, rows, run, point):
        taken = timed(run, point)
        n = len(taken)
        end = f"/threads:{point['workers']}" if point["workers"] else "/sequential"
        for row in rows:
            self.assertRegex(row["run_name"], rf"^{run['task']}/[^\s,\"'\\]*real_time{end}$")
            for key in ("real_time", "cpu_time", "items_per_second"):
                self.assertIn(type(row[key]), (int, float), key)
            self.assertEqual(row["time_unit"], "ns")
            self.assertEqual(row["threads"], max(point["workers"], 1))
            self.assertEqual(row["repetitions"], n)
            several = isinstance(run["config"]["inner_threads"], list)
            inner = f"/inner:{point['inner_threads']}/"
            self.assertEqual(inner in row["name"], several or point["inner_threads"] > 1)
        passes = [r for r in rows if r["run_type"] == "iteration"]
        self.assertEqual([r["repetition_index"] for r in passes], list(range(n)))
        for row, sample in zip(passes, taken, strict=True):
            self.assertEqual((row["name"], row["iterations"]), (row["run_name"], 1))
            self.near(row["real_time"], sample["total_s"] * 1e9, "real_time")
            self.near(row["items_per_second"], run["config"]["task_count"] / sample["total_s"])
            self.near(row["init_s"], sample["init_s"], "init_s")
            self.near(row["cleanup_s"], sample["cleanup_s"], "cleanup_s")
            self.assertIn("page_faults", row)
        aggregates = {r["aggregate_name"]: r for r in rows if r["run_type"] == "aggregate"}
        expected = ["mean", "median"] + (["stddev", "cv"] if n > 1 else [])
        self.assertEqual(list(aggregates), expected)
        self.assertEqual(len(rows), n + len(expected))
        for name, row in aggregates.items():
            self.assertEqual(row["name"], f"{row['run_name']}_{name}")
            self.assertEqual(row["iterations"], n)
        for name in ("mean", "median"):
            row = aggregates[name]
            self.near(row["real_time"], point["total_s"][name] * 1e9, name)
            self.near(row["cpu_time"], point["cpu_s"][name] * 1e9, name)
            self.near(row["items_per_second"], point["tasks_per_second"][name], name)
            self.near(row["page_faults"], point["page_faults"][name], name)
        if n > 1:
            deviation = statistics.stdev(p["total_s"] for p in taken)
            mean = point["total_s"]["mean"]
            self.assertAlmostEqual(aggregates["stddev"]["real_time"] / (deviation * 1e9), 1, 5)
            self.assertAlmostEqual(aggregates["cv"]["real_time"] / (deviation / mean), 1, 5)
        speedup = speedup_of(run, point)
        if speedup:
            self.near(aggregates["median"]["speedup"], speedup[0], "speedup")
        else:
            self.assertEqual(aggregates["median"]["speedup"], 1)

    def check_metric(self, metric, statistic, unit=1):
        """Bencher's rules for a metric, and that it is a statistic of results.json."""
        value, low, high = statistic
        self.assertLessEqual({"value"}, set(metric))
        self.assertLessEqual(set(metric), {"value", "lower_value", "upper_value"})
        self.near(metric["value"], value * unit)
        self.assertEqual("lower_value" in metric, low is not None)
        if low is not None:
            self.near(metric["lower_value"], low * unit)
            self.near(metric["upper_value"], high * unit)

    def check_bmf(self, text, runs):
        entries = list(loads(text).items())
        points = [(run, point) for run in runs for point in run["points"]]
        self.assertEqual(len(entries), len(points))
        for (name, measures), (run, point) in zip(entries, points, strict=True):
            self.check_series(name, run, point)
            for key, field, unit in (("latency", "total_s", 1e9),
                                     ("throughput", "tasks_per_second", 1)):  # fmt: skip
                ends = point[field]["interval"] or [None, None]
                self.check_metric(measures.pop(key), [point[field]["median"], *ends], unit)
            speedup = speedup_of(run, point)
            self.assertEqual(set(measures), {"speedup"} if speedup else set())
            if speedup:
                self.check_metric(measures["speedup"], speedup)

    def check_series(self, name, run, point):
        end = f"threads:{point['workers']}" if point["workers"] else "sequential"
        self.assertRegex(name, rf"^{run['task']}/[^\s,\"'\\]*{end}$")

    def check_ghab(self, text, runs):
        entries = loads(text)
        names = [entry["name"] for entry in entries]
        self.assertEqual(len(set(names)), len(names))
        expected = []
        for run in runs:
            for point in run["points"]:
                rate, speedup = point["tasks_per_second"], speedup_of(run, point)
                ends = rate["interval"] or [None, None]
                expected.append((run, point, "throughput", "tasks/s", [rate["median"], *ends]))
                if speedup:
                    expected.append((run, point, "speedup", "x", speedup))
        self.assertEqual(len(entries), len(expected))
        for entry, (run, point, what, unit, (value, low, high)) in zip(
            entries, expected, strict=True
        ):
            series, _, kind = entry["name"].rpartition(" ")
            self.check_series(series, run, point)
            self.assertEqual((kind, entry["unit"]), (what, unit))
            self.near(entry["value"], value)
            self.assertIs(type(entry["extra"]), str)
            self.assertEqual("range" in entry, low is not None)
            if low is not None:
                # As its reader takes it apart.
                matched = re.search(r"(?:(?:\+-|±)\s*)(\d.+)", entry["range"])
                reach = max(high - value, value - low)
                self.assertAlmostEqual(float(matched[1]) - reach, 0, delta=1e-4 * reach + 1e-9)

    def check_hyperfine(self, text, runs):
        results = loads(text)["results"]
        points = [(run, point) for run in runs for point in run["points"]]
        self.assertEqual(len(results), len(points))
        for result, (run, point) in zip(results, points, strict=True):
            times = [p["total_s"] for p in timed(run, point)]
            self.check_series(result["command"], run, point)
            self.assertEqual(len(result["times"]), len(times))
            for value, expected in zip(result["times"], times, strict=True):
                self.near(value, expected, "times")
            self.assertEqual(result["exit_codes"], [0] * len(times))
            for key, of in {"mean": "mean", "median": "median", "min": "smallest",
                            "max": "largest"}.items():  # fmt: skip
                self.near(result[key], point["total_s"][of], key)
            if len(times) > 1:
                self.assertAlmostEqual(result["stddev"] / statistics.stdev(times), 1, 5)
            else:
                self.assertIsNone(result["stddev"])
            self.near(result["user"] + result["system"], point["cpu_s"]["mean"], "CPU time")
            parameters = {key: float(value) for key, value in result["parameters"].items()}
            expected = {"workers": point["workers"]}
            if isinstance(run["config"]["inner_threads"], list):
                expected["inner_threads"] = point["inner_threads"]
            self.assertEqual(parameters, expected)

    def check_markdown(self, text, runs):
        self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f]")
        parts = re.split(r"(?m)^(?=### )", text)[1:]
        self.assertEqual(len(parts), len(runs))
        for part, run in zip(parts, runs, strict=True):
            lines = part.splitlines()
            plain = re.sub(r"\\([^\w\s])", r"\1", lines[0])
            if run["task"] == "img":
                details = ";".join(HOSTILE).replace("\n", "?")
                self.assertEqual(plain, f"### img ({details})")
            self.assertNotRegex(re.sub(r"\\.", "", lines[0]), r"[|`*<\[]")
            self.assertIn(run["verdict"]["sentence"], lines[2])
            table = [line for line in lines if line.startswith("|")]
            self.assertEqual(table, lines[4 : 4 + len(table)], "the table is not in one piece")
            cells = [re.split(r"(?<!\\)\|", line) for line in table]
            self.assertEqual({len(row) for row in cells}, {9})
            self.assertRegex(table[1], r"^\|( :?-+:? \|)+$")
            self.assertEqual(len(table), 2 + len(run["points"]))
            best = run["verdict"]["recommended"], run["verdict"]["recommended_inner_threads"]
            for row, point in zip(cells[2:], run["points"], strict=True):
                workers, bold = re.match(r" (\**)(\d+)", row[1])[2], "**" in row[1]
                self.assertEqual(int(workers), point["workers"])
                self.assertEqual(bold, point_of(point) == best)
                self.assertEqual("\\*" in row[1], point["beyond_cpus"])
                speedup = speedup_of(run, point)
                if speedup:
                    shown = float(row[7].split("x")[0])
                    self.assertAlmostEqual(shown / speedup[0], 1, delta=0.2)

    def check_gnuplot(self, text, runs):
        self.assertNotIn("set terminal", text)
        self.assertNotIn("set output", text)
        (data,) = re.findall(r"(?ms)^\$data << EOD\n(.*?)^EOD$", text)
        blocks = data.split("\n\n\n")
        if len(runs) == 1:
            inner = runs[0]["config"]["inner_threads"]
            curves = [(runs[0], i) for i in (inner if isinstance(inner, list) else [inner])]
        else:
            curves = [(run, run["verdict"]["recommended_inner_threads"]) for run in runs]
        self.assertEqual(len(blocks), len(curves))
        for block, (run, inner) in zip(blocks, curves, strict=True):
            lines = [line.split() for line in block.splitlines() if line[0] != "#"]
            points = [p for p in run["points"] if p["workers"] and inner in (None, p["inner_threads"])]
            if not points:
                self.assertEqual(lines, [["1", "?", "?", "?", "0"]])
                continue
            rows = {int(line[0]): [float(x) for x in line[1:]] for line in lines}
            self.assertEqual(list(rows), [p["workers"] for p in points])
            for point in points:
                value, low, high = speedup_of(run, point) or [1, 1, 1]
                *row, beyond = rows[point["workers"]]
                self.assertEqual(beyond, point["beyond_cpus"])
                for got, want in zip(row, (value, low, high), strict=True):
                    self.near(got, value if want is None else want)
        if HAS_GNUPLOT:
            self.draw(text)

    def draw(self, text):
        """On a terminal chosen beforehand, read from a pipe."""
        for terminal in ("dumb 100 40", "pngcairo size 600,400"):
            done = subprocess.run(
                ["gnuplot"],
                input=f"set terminal {terminal}\n{text}".encode(),
                capture_output=True,
                timeout=common.TIMEOUT_S,
                check=False,
            )
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            if "png" in terminal:
                self.assertEqual(common.png_size(done.stdout), (600, 400))
            else:
                self.assertRegex(done.stdout.decode("utf-8", "replace"), "faster|Tasks per second")
