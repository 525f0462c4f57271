"""ppt-omp-mpi on one host: ranks times workers, as a user of mpirun sees them.

Every point computes the same, every task is run exactly once, times add up, and whatever happens to
a rank, a run ends in bounded time and loses nothing that was complete.

Environment, besides that of the other tests: PPT_OMP_MPI names the program, PPT_OMP_MPI_MOCK the
same with the kernels of tests/mock. PPT_FULL=1 adds a grid of 1 to 8 ranks with 1 to 8 workers.
"""

import json
import math
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)
from test_formats import SCHEMA, loads  # noqa: E402


def program_at(variable, place):
    return pathlib.Path(os.environ.get(variable) or common.ROOT / "build" / place).resolve()


PPT_OMP_MPI = program_at("PPT_OMP_MPI", "ppt-omp-mpi")
PPT_OMP_MPI_MOCK = program_at("PPT_OMP_MPI_MOCK", "tests/ppt-omp-mpi-mock")
MPIRUN = shutil.which(os.environ.get("PPT_OMP_MPIRUN", "mpirun"))
FULL = os.environ.get("PPT_FULL") == "1"

# What meson takes for "skipped".
SKIPPED = 77

# A rank that is not heard of for so long is lost; a job that lost one ends so soon after, at most.
RANK_TIMEOUT_S = 3
BOUND_S = 40

FACTORS = ["load_balance", "communication", "scheduling", "startup", "work", "reference"]

# Every kernel in its small size, and the mix.
SMALL = {
    "sum": [1000],
    "multi": [1000],
    "io": [1],
    "zip": [1, 1, "text"],
    "tensor": [12, 2],
    "sort": [2000],
    "matrix": [20],
    "img": [["landscape.png"]],
    "password": [2, 3, [4, 8], 0.5, {"hash": "argon2id", "t_cost": 1, "m_cost_kib": 64}],
    "wait": [1, 0.1],
    "command": {"argv": ["/bin/echo", "{task}"], "output": "check"},
    "random": ["sum", "multi", "sort", "matrix", "tensor"],
}  # fmt: skip

# Long enough to be stopped in the middle.
LONG = {"task": "wait", "task_args": [6], "task_count": 24, "workers": [1, 2], "ranks": [0, 2],
        "iterations": 14, "warmup": 0, "seed": 5}  # fmt: skip
# Nearly all of its time is passes that two ranks take part in.
LONG_OVER_RANKS = {**LONG, "task_args": [12], "ranks": [2], "iterations": 8}


def missing():
    """Why nothing of this can be tested here, or None."""
    for program in (PPT_OMP_MPI, PPT_OMP_MPI_MOCK):
        if not program.is_file():
            return f"{program.name} is not built (Debian: libopenmpi-dev)"
    if not MPIRUN:
        return "mpirun is not installed (Debian: openmpi-bin)"
    done = subprocess.run([MPIRUN, "--version"], capture_output=True, text=True, check=False)
    return None if "Open MPI" in done.stdout else "mpirun is not that of Open MPI"


def point_of(entry):
    """Ranks (0: without MPI) and workers of a pass, a point or a failure, from any file."""
    return entry.get("ranks", 0), entry["workers"]


def name_of(point):
    ranks, workers = point
    return f"{ranks}r{workers}" if ranks else str(workers)


def points_of(config):
    """The points of a configuration: sequential calls are one, without MPI, if any."""
    ranks = config["ranks"] if isinstance(config["ranks"], list) else [config["ranks"]]
    points = {(r, w) for r in ranks for w in config["workers"] if w > 0}
    return sorted(points | {(0, 0) for w in config["workers"] if w == 0})


def all_workers(point):
    return max(point[0], 1) * point[1]


def in_session(leader):
    """The processes of a session that are not over: {id: path of the program}."""
    found = {}
    for folder in pathlib.Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # Behind the name, which may hold anything: state, parent, group, session.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] not in "ZX":
                found[int(folder.name)] = os.readlink(folder / "exe")
        except OSError:
            continue  # it has ended meanwhile
    return found


class Job:
    """A job under mpirun, in a session of its own, with what it prints in files."""

    def __init__(self, command, cwd, env, base):
        self.command = command
        self.out, self.err = base / "stdout", base / "stderr"
        self.exit = base / "exit"
        self.exit.unlink(missing_ok=True)
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(
                command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True,
            )  # fmt: skip

    def result(self):
        """What it printed, and the exit code of rank 0: None when that did not come to its end."""
        code = int(self.exit.read_text()) if self.exit.exists() else None
        return common.Result(self.command, code, self.out.read_bytes(), self.err.read_bytes())

    def rank(self, number):
        """The process of a rank."""
        for pid in in_session(self.process.pid):
            try:
                environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                parent = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue  # it has ended meanwhile
            if int(parent) == self.process.pid and (
                b"OMPI_COMM_WORLD_RANK=%d" % number in environment
            ):
                return pid
        raise AssertionError(f"there is no rank {number}")

    def left(self, seconds):
        """What still runs of it after at most so many seconds."""
        deadline = time.monotonic() + seconds
        while found := in_session(self.process.pid):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        return found

    def kill(self):
        """Ends whatever is left of it, ranks first: mpirun is asked for nothing."""
        for pid in sorted(in_session(self.process.pid), reverse=True):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()


class MpiCase(common.Case):
    """Helpers around mpirun."""

    @classmethod
    def setUpClass(cls):
        if reason := missing():
            raise unittest.SkipTest(reason)

    def setUp(self):
        super().setUp()
        for name in ("launcher", "segments"):
            (self.base / name).mkdir()

    # --- running ---------------------------------------------------------------------------

    def start(self, *args, ranks=2, mock=False, draw=False, patience=1, **changes):
        """Starts a job of so many ranks. `patience`: when a rank ends badly or the job is to end,
        mpirun waits for so many seconds, ends the ranks, and after as many again kills them."""
        env = self.environment(
            draw,
            PPT_OMP_EXIT_FILE=str(self.base / "exit"),
            PPT_OMP_RANK_TIMEOUT=str(RANK_TIMEOUT_S),
            # Ranks print to a terminal that mpirun gives them.
            NO_COLOR="1",
            # What belongs to mpirun is not mixed with what the program leaves behind, and may be
            # looked for in vain: other hosts are not asked for.
            OMPI_MCA_orte_tmpdir_base=str(self.base / "launcher"),
            OMPI_MCA_btl_vader_backing_directory=str(self.base / "segments"),
            OMPI_MCA_plm_rsh_agent="/bin/false",
            OMPI_MCA_odls_base_sigkill_timeout=str(patience),
        )
        if os.geteuid() == 0:
            env.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
        env.update(changes)
        # Called by its whole path mpirun would put its folder, and so gnuplot, into PATH again.
        program = PPT_OMP_MPI_MOCK if mock else PPT_OMP_MPI
        command = [MPIRUN, "--noprefix", "--oversubscribe", "--bind-to", "none", "-n", str(ranks),
                   str(program), *map(str, args)]  # fmt: skip
        job = Job(command, self.work, env, self.base)
        self.addCleanup(job.kill)
        return job

    def finish(self, job, seconds=BOUND_S):
        """Waits for its end; nothing of it may be left then."""
        try:
            job.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.fail(f"mpirun is still there after {seconds} s{job.result()}")
        self.assertEqual(job.left(5), {}, "processes are left")
        return job.result()

    def launch(self, *args, seconds=common.TIMEOUT_S, **options):
        """A job that nothing happens to, so mpirun has nothing to say, whatever the exit code, and
        TMPDIR is empty afterwards."""
        job = self.start(*args, **options)
        result = self.finish(job, seconds)
        # The exit code is in a file: then mpirun is not made to believe that a rank has failed.
        self.assertEqual(job.process.returncode, 0, result)
        self.assertIsNotNone(result.code, result)
        self.assertEqual(list(self.tmp.iterdir()), [], "left behind in TMPDIR")
        return result

    def launch_fine(self, *args, **options):
        result = self.launch(*args, **options)
        self.assertEqual(result.code, 0, result)
        return result

    def measure(self, config, *args, **options):
        """A run of a configuration that must succeed: its folder."""
        self.write("c.json", config)
        self.result = self.launch_fine("c.json", *args, **options)
        folder = self.only_folder()
        self.check_complete(folder, config)
        return folder

    @staticmethod
    def results(folder):
        return loads((folder / "results.json").read_text(encoding="utf-8"))

    @staticmethod
    def messages(result):
        """What the program said on standard error, without mpirun's own words."""
        return [line for line in result.err.splitlines() if line.startswith("ppt-omp")]

    # --- what a run must have left ---------------------------------------------------------

    def check_pass(self, sample, task_count):
        """Every task ran exactly once, and what is said of workers and ranks is whole."""
        ranks, workers = point = point_of(sample)
        self.assertEqual(len(sample["worker_times"]), max(all_workers(point), 1), sample)
        self.assertEqual(sum(w["tasks"] for w in sample["worker_times"]), task_count, sample)
        self.assertEqual(sample["task_count"], task_count)
        self.assertEqual(len(sample["task_ns"]), task_count)
        self.assertGreater(min(sample["task_ns"]), 0)
        self.assertEqual(sum(sample["task_ns"]), sum(w["busy_ns"] for w in sample["worker_times"]))
        parts = sample["init_ns"] + sample["work_ns"] + sample["cleanup_ns"]
        self.assertEqual(sample["total_ns"], parts)
        self.assertGreaterEqual(min(sample["init_ns"], sample["work_ns"], sample["cleanup_ns"]), 0)
        self.assertRegex(sample["digest"], r"^[0-9a-f]{16}$")
        if ranks == 0:
            self.assertNotIn("ranks", sample)
            self.assertNotIn("rank_times", sample)
            return
        self.assertEqual(len(sample["rank_times"]), ranks)
        self.assertGreater(workers, 0)

    def check_complete(self, folder, config):
        """Every point once in every block, all with the same result, and a closing line."""
        lines = common.read_samples(folder)
        self.assertEqual((lines[-1]["type"], lines[-1]["status"]), ("end", 0))
        expected = points_of(config)
        passes = common.passes(folder)
        for block in range(1, config["iterations"] + 1):
            points = [point_of(p) for p in passes if p["block"] == block]
            self.assertEqual(sorted(points), expected, f"block {block}")
        positions = [p["position"] for p in passes]
        self.assertEqual(positions, list(range(len(passes))))
        self.check_digests(folder)
        for sample in passes:
            self.check_pass(sample, config["task_count"])
        return lines


class Tasks(MpiCase):
    """All tasks, everywhere the same."""

    def check_suite(self, labels, **outer):
        config = {"task_count": 5, "workers": [0, 1, 2], "ranks": [0, 1, 2, 4], "iterations": 1,
                  "warmup": 0, "seed": 11, **outer}  # fmt: skip
        runs = [{"task": label, "task_args": SMALL[label]} for label in labels]
        self.write("suite.json", {**config, "runs": runs})
        self.launch_fine("suite.json", ranks=4, seconds=60)
        digests = {}
        for folder in self.folders():
            if not (folder / "samples.jsonl").exists():
                continue  # that of the suite itself
            self.check_complete(folder, config)
            task = common.read_samples(folder)[0]["config"]["task"]
            digests[task] = self.check_digests(folder)[1]
        self.assertEqual(set(digests), set(labels))
        return digests

    def test_every_task_is_here(self):
        listed = set(re.findall(r"(?m)^(\w+)  ", self.run_fine("list").out))
        self.assertEqual(listed, set(SMALL))

    def test_same_digests_everywhere(self):
        """At every point, and in the plain program."""
        over_ranks = self.check_suite(SMALL)
        self.write("plain.json", {
            "task_count": 5, "workers": [2], "iterations": 1, "warmup": 0, "seed": 11,
            "runs": [{"task": label, "task_args": args} for label, args in SMALL.items()],
        })  # fmt: skip
        self.run_fine("plain.json", "--output", "plain")
        for folder in self.folders(self.work / "plain"):
            if (folder / "samples.jsonl").exists():
                task = common.read_samples(folder)[0]["config"]["task"]
                self.assertEqual(self.check_digests(folder)[1], over_ranks[task], task)

    def test_inner_threads(self):
        """A third dimension: every combination, with names that tell it."""
        config = {"task": "matrix", "task_args": [40], "task_count": 5, "workers": [0, 2],
                  "ranks": [2], "inner_threads": [1, 2], "iterations": 3, "seed": 2}  # fmt: skip
        self.write("c.json", config)
        result = self.launch_fine("c.json")
        folder = self.only_folder()
        passes = common.passes(folder)
        for block in (1, 2, 3):
            seen = [(*point_of(p), p["inner_threads"]) for p in passes if p["block"] == block]
            self.assertEqual(sorted(seen), [(0, 0, 1), (0, 0, 2), (2, 2, 1), (2, 2, 2)])
        self.assertEqual(len({p["digest"] for p in passes}), 1)
        self.assertEqual(
            set(self.results(folder)["verdict"]["speedup"]), {"0x2", "2r2x1", "2r2x2"}
        )
        for label in ("0x1", "0x2", "2r2x1", "2r2x2"):
            self.assertRegex(result.out, rf"(?m)^ *\*?{label} ")

    def test_fresh_memory(self):
        """The same results; scratch that every task has anew is seen in page faults."""
        faults = {}
        for memory in ("reuse", "fresh"):
            config = {"task": "sort", "task_args": [100000], "task_count": 12, "workers": [0, 2],
                      "ranks": [2], "iterations": 2, "memory": memory, "seed": 4}  # fmt: skip
            self.write("c.json", config)
            self.launch_fine("c.json", "--output", memory)
            folder = self.only_folder(self.work / memory)
            self.check_complete(folder, config)
            samples = [p for p in common.passes(folder) if point_of(p) == (2, 2) and p["block"]]
            digest = {p["digest"] for p in common.passes(folder)}
            faults[memory] = statistics.median(
                sum(w["faults"] for w in p["worker_times"]) for p in samples
            )
            faults.setdefault("digest", digest)
            self.assertEqual(faults["digest"], digest)
            self.assertEqual(common.read_samples(folder)[0]["config"]["memory"], memory)
        # 800 000 bytes for each of twelve tasks.
        self.assertGreater(faults["fresh"], faults["reuse"] + 12 * 100)

    def test_many_tasks(self):
        """Beyond 10 000 tasks there are histograms, merged over ranks."""
        config = {"task": "steady", "task_args": [10], "task_count": 20001, "workers": [0, 2],
                  "ranks": [0, 1, 2], "iterations": 1, "warmup": 0, "seed": 4}  # fmt: skip
        self.write("c.json", config)
        self.launch_fine("c.json", mock=True)
        folder = self.only_folder()
        passes = common.passes(folder)
        self.assertEqual(sorted(map(point_of, passes)), points_of(config))
        self.check_digests(folder)
        for sample in passes:
            self.assertEqual(sum(w["tasks"] for w in sample["worker_times"]), 20001)
            self.assertNotIn("task_ns", sample)
            times = sample["task_times"]
            self.assertGreater(times["resolution"], 0)
            self.assertEqual(times["sum_ns"], sum(w["busy_ns"] for w in sample["worker_times"]))
            ordered = [times[f"{n}_ns"] for n in ("smallest", "median", "p95", "p99", "largest")]
            self.assertEqual(ordered, sorted(ordered))


class Waiting(MpiCase):
    """Sleeping tasks take ceil(tasks / (ranks workers)) times their length, on any CPUs."""

    def check_formula(self, milliseconds, config, ranks, seconds, within=0.05):
        config = {"task": "wait", "task_args": [milliseconds], "iterations": 3, "warmup": 0,
                  "seed": 1, **config}  # fmt: skip
        self.write("c.json", config)
        self.launch_fine("c.json", "--quiet", ranks=ranks, seconds=seconds)
        folder = self.only_folder()
        self.check_complete(folder, config)
        off = {}
        for point in points_of(config):
            times = [p["total_ns"] / 1e9 for p in common.passes(folder) if point_of(p) == point]
            rounds = math.ceil(config["task_count"] / max(all_workers(point), 1))
            expected = rounds * milliseconds / 1e3
            change = statistics.median(times) / expected - 1
            if not 0 <= change < within:
                off[name_of(point)] = f"{statistics.median(times):.4f} s, not {expected:.4f} s"
        return off

    def test_formula(self):
        """Numbers of tasks that leave some workers idle in the last round, too. Others may disturb
        a run, but not three."""
        config = {"task_count": 10, "workers": [1, 2], "ranks": [1, 2, 4]}
        for _ in range(3):
            off = self.check_formula(80, config, ranks=4, seconds=60)
            if not off:
                return
            shutil.rmtree(self.work / "output")
        self.assertEqual(off, {})

    @unittest.skipUnless(FULL, "takes minutes: PPT_FULL=1")
    def test_formula_on_a_full_grid(self):
        """All combinations of 1 to 8 ranks with 1 to 8 workers, up to 64 at a time."""
        numbers = list(range(1, 9))
        config = {"task_count": 192, "workers": numbers, "ranks": numbers}
        self.assertEqual(self.check_formula(120, config, ranks=8, seconds=900), {})


class Distributions(MpiCase):
    """However ranks get their tasks, each is run once."""

    KINDS = ("dynamic", "dynamic,1", "dynamic,7", "static")

    def test_every_task_once(self):
        """A number of tasks that nothing divides, fewer tasks than workers, and one."""
        config = {"task": "wait", "task_args": [3], "workers": [1, 2], "ranks": [0, 1, 2, 3],
                  "iterations": 1, "warmup": 0, "seed": 6}  # fmt: skip
        runs = [{"distribution": kind, "task_count": count}
                for kind in self.KINDS for count in (1, 5, 23)]  # fmt: skip
        self.write("suite.json", {**config, "runs": runs})
        self.launch_fine("suite.json", ranks=3, seconds=60)
        seen, digests = set(), {}
        for folder in self.folders():
            if not (folder / "samples.jsonl").exists():
                continue
            used = common.read_samples(folder)[0]["config"]
            kind, count = used["distribution"], used["task_count"]
            seen.add((kind, count))
            with self.subTest(distribution=kind, tasks=count):
                self.check_complete(folder, {**config, "task_count": count})
                digests.setdefault(count, set()).add(self.check_digests(folder)[1])
                for sample in common.passes(folder):
                    self.check_shares(sample, kind, count)
        self.assertEqual(seen, {(kind, count) for kind in self.KINDS for count in (1, 5, 23)})
        for count, found in digests.items():
            self.assertEqual(len(found), 1, f"{count} tasks: {found}")

    def check_shares(self, sample, kind, count):
        """What each rank had of them."""
        ranks, workers = point_of(sample)
        if ranks < 2:
            return
        tasks = [w["tasks"] for w in sample["worker_times"]]
        shares = [sum(tasks[i * workers : (i + 1) * workers]) for i in range(ranks)]
        requests = sum(r["requests"] for r in sample["rank_times"])
        if kind == "static":
            self.assertLessEqual(max(shares) - min(shares), 1, sample)
            self.assertEqual(requests, 0, sample)
        elif kind == "dynamic,1" and count == 23:
            # Others than rank 0 have some, too, and had to ask.
            self.assertGreater(min(shares), 0, sample)
            self.assertGreater(requests, 0, sample)

    def test_recorded(self):
        """As it was given."""
        for kind in ("dynamic,3", "static"):
            with self.subTest(distribution=kind):
                self.launch_fine(
                    "--task", "sum", "--task-args", "[1000]", "--task-count", 9, "--workers", "2",
                    "--ranks", "2", "--distribution", kind, "--quick", "--output", kind,
                )  # fmt: skip
                folder = self.only_folder(self.work / kind)
                self.assertEqual(self.results(folder)["config"]["distribution"], kind)
                self.assertEqual(self.results(folder)["config"]["ranks"], [2])


class Progress(MpiCase):
    """Rank 0 tells how far the job is, in a log as well."""

    def test_every_pass(self):
        config = {"task": "sum", "task_args": [3000], "task_count": 6, "workers": [0, 1, 2],
                  "ranks": [0, 2], "iterations": 2, "warmup": 0, "seed": 6}  # fmt: skip
        folder = self.measure(config, PPT_PROGRESS_SECONDS="0")
        lines = [line for line in self.result.err.splitlines() if " done" in line]
        passes = common.passes(folder)
        self.assertEqual(len(lines), len(passes), lines)
        for i, (line, sample) in enumerate(zip(lines, passes, strict=True), 1):
            ranks, workers = point_of(sample)
            where = f"{workers} worker{'' if workers == 1 else 's'}" if workers else "sequential"
            where += f" x {ranks} ranks" if ranks else ""
            percent = f"{100 * i / len(passes):.0f} %"
            start = f"sum: block {sample['block']} of 2, {where} done, {percent}"
            self.assertTrue(line.startswith(start), f"{line} / {start}")
        self.assertNotIn(" done", self.launch_fine("c.json").err)


class Refused(MpiCase):
    """What cannot be measured gets one message, and nothing is written."""

    def check_refused(self, result, code, *needles):
        self.assertEqual(result.code, code, result)
        (message,) = self.messages(result)
        for needle in needles:
            self.assertRegex(message, needle)
        self.assertEqual(list(self.tmp.iterdir()), [])
        left = [p.name for p in self.work.iterdir() if p.name != "c.json"]
        self.assertEqual(left, [], "something was written")

    def test_more_ranks_than_the_job_has(self):
        """Said once, by one of the ranks, and how to start it."""
        result = self.launch("--task", "sum", "--ranks", "1,4", "--workers", "1", "--quick")
        self.check_refused(result, 2, "ranks", r"\b4\b", r"\b2\b", "mpirun -n 4")

    def test_exit_code_without_a_file(self):
        """Then mpirun's is the program's."""
        job = self.start("--task", "sum", "--ranks", "3", "--quick", PPT_OMP_EXIT_FILE="")
        result = self.finish(job)
        self.assertEqual(job.process.returncode, 2, result)
        self.assertIn("mpirun -n 3", result.err)

    def test_more_ranks_in_a_suite(self):
        """Before anything is measured, also when only a later run has too many."""
        self.write("c.json", {"task": "sum", "workers": [1], "iterations": 1,
                              "runs": [{"ranks": [2]}, {"ranks": [3]}]})  # fmt: skip
        self.check_refused(self.launch("c.json"), 2, "ranks", "mpirun -n 3")

    def test_without_mpirun(self):
        """A job of one rank."""
        env = self.environment(OMPI_MCA_plm_rsh_agent="/bin/false")
        args = ["--task", "sum", "--ranks", "2", "--workers", "1", "--quick"]
        result = self.run_program(str(PPT_OMP_MPI), *args, env=env)
        self.check_refused(result, 2, "ranks", "mpirun -n 2")

    def test_plain_program(self):
        """It has no ranks, and says which program has."""
        for ranks in ("1", "0,2"):
            with self.subTest(ranks=ranks):
                result = self.run_ppt("--task", "sum", "--ranks", ranks, "--quick")
                self.check_refused(result, 77, "ranks", "mpirun", "ppt-omp-mpi")
        self.write("c.json", {"task": "sum", "ranks": [0, 4]})
        self.check_refused(self.run_ppt("c.json"), 77, "ranks", "mpirun -n 4", "ppt-omp-mpi")
        result = self.run_ppt("--task", "sum", "--ranks", "0", "--quick", "--output", "fine")
        self.assertEqual(result.code, 0, result)

    def test_bad_values(self):
        """From the command line and from a file, by both programs."""
        bad = {
            "ranks": [-1, [0, -1], "many", "auto", [], 1.5, [1, "2"], None, True, {}, 65537,
                      10**30, [[1]]],
            "distribution": ["guided", "dynamic,0", "dynamic,-1", "dynamic,x", "dynamic,",
                             "static,4", "", "Static", "dynamic,1,2", "dynamic,99999999999", 1,
                             None, ["static"]],
        }  # fmt: skip
        for key, values in bad.items():
            for value in values:
                with self.subTest(key=key, value=value):
                    self.write("c.json", {"task": "sum", "workers": [1], key: value})
                    self.check_refused(self.run_ppt("c.json"), 2, rf"c\.json:\d+:\d+: {key}\b")
        for option in ("--ranks=-1", "--ranks=1,,2", "--ranks=x", "--ranks=",
                       "--distribution=fast", "--distribution=dynamic,0",
                       "--distribution="):  # fmt: skip
            with self.subTest(option=option):
                key, _, value = option.partition("=")
                (self.work / "c.json").unlink(missing_ok=True)
                result = self.run_ppt("--task", "sum", key, value)
                self.check_refused(result, 2, key)

    def test_bad_values_under_mpirun(self):
        """Once, not by every rank."""
        self.write("c.json", {"task": "sum", "workers": [1], "distribution": "dynamic,0"})
        self.check_refused(self.launch("c.json", ranks=3), 2, r"c\.json:\d+:\d+: distribution\b")
        self.check_refused(self.launch("nowhere.json", ranks=3), 2, r"nowhere\.json")


class Verbs(MpiCase):
    """What needs no ranks is the same program."""

    def run_alone(self, *args):
        env = self.environment(OMPI_MCA_plm_rsh_agent="/bin/false")
        return self.run_program(str(PPT_OMP_MPI), *args, env=env)

    def test_same_answers(self):
        rows = "".join(f"{block},{w},{2 / w}\n" for w in (1, 2) for block in (1, 2, 3))
        self.write("passes.csv", "block,workers,seconds\n" + rows)
        for args in (["list"], ["judge", "passes.csv"], ["list", "--json"]):
            with self.subTest(args=args):
                alone, plain = self.run_alone(*args), self.run_ppt(*args)
                self.assertEqual((alone.code, alone.out, alone.err), (0, plain.out, ""))
        self.assertIn("--ranks", self.run_alone("--help").out)
        once = self.run_alone("once", "sum", "[1000]")
        self.assertEqual(once.code, 0, once)

    def test_printed_once(self):
        """Whatever is answered, by one rank alone."""
        for args in (["list"], ["--version"]):
            with self.subTest(args=args):
                result = self.launch_fine(*args, ranks=3)
                self.assertEqual(result.out.replace("\r", ""), self.run_ppt(*args).out)

    def test_no_ranks_asked_for(self):
        """A configuration without ranks is measured as by the plain program."""
        self.launch_fine("--task", "sum", "--task-args", "[1000]", "--workers", "0,1", "--quick")
        folder = self.only_folder()
        self.assertEqual({point_of(p) for p in common.passes(folder)}, {(0, 0), (0, 1)})
        self.check_csv(folder)


GRID = {"task": "wait", "task_args": [12], "task_count": 24, "workers": [0, 1, 2],
        "ranks": [0, 1, 2, 3, 4], "iterations": 6, "warmup": 1, "seed": 8}  # fmt: skip


class Grid(MpiCase):
    """One run of ranks times workers, looked at from all sides."""

    shared = None
    result = None
    problem = "the run of the grid was not made"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="ppt-test-")).resolve()
        cls.addClassCleanup(shutil.rmtree, cls.shared, ignore_errors=True)

    def setUp(self):
        super().setUp()
        if not (self.shared / "output").exists():
            (self.shared / "output").mkdir()
            self.write("c.json", GRID)
            job = self.start("c.json", "--output", self.shared / "output", ranks=4)
            type(self).result = self.finish(job, 60)
            type(self).left = [path.name for path in self.tmp.iterdir()]
        self.assertEqual(self.result.code, 0, self.result)
        self.folder = self.only_folder(self.shared / "output")
        self.names = [name_of(point) for point in points_of(GRID)]

    def rows(self):
        return common.read_csv(self.folder / "results.csv")[1]

    def test_complete(self):
        self.check_complete(self.folder, GRID)
        self.assertEqual(self.left, [], "left behind in TMPDIR")

    def test_points(self):
        """In order, the same in every file."""
        results = self.results(self.folder)
        self.assertEqual([point_of(p) for p in results["points"]], points_of(GRID))
        for entry in results["points"] + results["passes"]:
            self.assertEqual("ranks" in entry, point_of(entry)[0] > 0)
            if point_of(entry)[0]:
                self.assertEqual(entry["all_workers"], all_workers(point_of(entry)))
        self.assertEqual(results["config"]["ranks"], GRID["ranks"])
        self.assertEqual(results["failed"], [])

    def test_csv(self):
        """Names and numbers of ranks, finite numbers, and the verdict in one row."""
        header, rows = common.read_csv(self.folder / "results.csv")
        self.assertEqual(header[: len(common.CSV_ORIGINAL)], common.CSV_ORIGINAL)
        self.assertEqual(len(set(header)), len(header))
        names = ["sequential", *(f"parallel_{name}" for name in self.names[1:])]
        self.assertEqual([row["Name"] for row in rows], names)
        for row, point in zip(rows, points_of(GRID), strict=True):
            self.assertEqual(int(row["Ranks"]), point[0])
            self.assertEqual(int(row["Workers"]), max(all_workers(point), point[1]))
            for column in common.CSV_NUMBERS:
                self.assertTrue(math.isfinite(float(row[column])), f"{column}: {row[column]!r}")
            for value in row.values():
                self.assertNotRegex(value, r"(?i)^[-+]?(nan|inf)")
            rounds = math.ceil(24 / max(all_workers(point), 1))
            self.assertGreater(float(row["Time: total"]), rounds * 0.012)
            parts = float(row["Time: init"]) + float(row["Time: work"])
            self.assertLessEqual(parts, float(row["Time: total"]) * (1 + 1e-6))
        self.assertEqual([r["Name"] for r in rows if r["Recommended"] == "1"], ["parallel_4r2"])

    def test_schema(self):
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        found = common.schema_problems(self, schema, [self.results(self.folder)])
        self.assertEqual(found, [[]])

    def test_verdict(self):
        """Four ranks with two workers each are the fastest by far: nothing else will do."""
        verdict = self.results(self.folder)["verdict"]
        self.assertEqual((verdict["recommended_ranks"], verdict["recommended"]), (4, 2))
        self.assertEqual((verdict["best_ranks"], verdict["best"]), (4, 2))
        self.assertEqual(set(verdict["speedup"]), set(self.names) - {"0"})
        self.assertIn("use 4 ranks × 2 workers", verdict["sentence"])
        self.assertIn("use 4 ranks × 2 workers", " ".join(self.result.out.split()))
        self.assertGreater(verdict["speedup"]["4r2"][0], 4)
        self.assertLess(verdict["speedup"]["4r2"][0], 8.5)

    def test_table(self):
        """Every point once, marked where it needs more threads than there are CPUs; what the names
        mean; what starting the ranks took."""
        results = self.results(self.folder)
        cpus = results["host"]["effective_cpus"]
        for point, entry in zip(points_of(GRID), results["points"], strict=True):
            mark = r"\*" if all_workers(point) > cpus else " "
            self.assertRegex(self.result.out, rf"(?m)^ *{mark}{name_of(point)} ")
            self.assertEqual(entry["beyond_cpus"], all_workers(point) > cpus)
        self.assertRegex(self.result.out, r"3r4: 3 ranks .*4 workers each")
        self.assertIn("4 ranks on 1 host", self.result.out)
        self.assertEqual(self.result.out.count("use 4 ranks"), 1)

    def test_page(self):
        """One file with the verdict and all points."""
        page = (self.folder / "report.html").read_text(encoding="utf-8")
        self.assertIn("4 ranks × 2 workers", page)
        for ranks, workers in points_of(GRID):
            row = str(workers) if workers else "sequential"
            if ranks:
                row = f"{ranks} rank{'s' if ranks > 1 else ''} × {workers}"
            self.assertRegex(page, rf'<th scope="row">{row}( \*)?</th>')
        self.assertNotRegex(page, r"(?i)\bnan\b")

    def test_heat(self):
        """Every point has its field in the heat map."""
        lines = (self.folder / "charts/heat.dat").read_text(encoding="utf-8").splitlines()
        rows = [line.split() for line in lines if line and not line.startswith("#")]
        self.assertEqual(len(rows), len(self.names))
        script = (self.folder / "charts/heat.gp").read_text(encoding="utf-8")
        self.assertIn("rank", script)
        self.assertIn("worker", script)

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_charts_are_drawn(self):
        shutil.copytree(self.folder, self.work / "copy")
        result = self.run_fine("report", self.work / "copy", "--quiet", draw=True)
        self.assertNotIn("not drawn", result.err)
        for path in (self.work / "copy/charts").glob("*.gp"):
            size = common.png_size(path.with_suffix(".png").read_bytes())
            self.assertGreater(min(size), 100, path.name)

    def test_factors(self):
        """All workers times the product of the factors is the speedup: in every block exactly, and
        the figures of the run are medians over blocks."""
        lines = common.read_samples(self.folder)
        by_block = {}
        for block in range(1, GRID["iterations"] + 1):
            # A recording of this block alone.
            alone = [{**lines[0], "config": {**lines[0]["config"], "iterations": 1, "warmup": 0}}]
            for sample in lines:
                if sample["type"] == "pass" and sample["block"] == block:
                    alone.append({**sample, "block": 1, "position": len(alone) - 1})
            alone.append(lines[-1])
            text = "".join(json.dumps(line) + "\n" for line in alone)
            path = self.write(f"block-{block}/samples.jsonl", text)
            self.run_fine("report", path.parent)
            by_block[block] = {point_of(p): p for p in self.results(path.parent)["points"]}
            sequential = by_block[block][0, 0]["total_s"]["median"]
            for point, entry in by_block[block].items():
                if point == (0, 0):
                    continue
                product = all_workers(point) * math.prod(entry["factors"][f] for f in FACTORS)
                speedup = sequential / entry["total_s"]["median"]
                where = f"{name_of(point)} in block {block}"
                self.assertAlmostEqual(product / speedup, 1, 6, where)
                for name in FACTORS:
                    self.assertGreater(entry["factors"][name], 0, name)
                for name in ("load_balance", "communication", "scheduling", "startup"):
                    self.assertLessEqual(entry["factors"][name], 1 + 1e-9, name)
                if point[0] == 0:
                    self.assertEqual(entry["factors"]["communication"], 1)
        for entry in self.results(self.folder)["points"]:
            point = point_of(entry)
            if point == (0, 0):
                continue
            for name in FACTORS:
                expected = statistics.median(b[point]["factors"][name] for b in by_block.values())
                self.assertAlmostEqual(entry["factors"][name] / expected, 1, 6, name_of(point))

    def test_rank_times(self):
        """Of one host: no rank begins before the pass or ends after it, clocks agree."""
        for sample in common.passes(self.folder):
            ranks, workers = point_of(sample)
            for i, times in enumerate(sample.get("rank_times", [])):
                with self.subTest(point=name_of((ranks, workers)), block=sample["block"], rank=i):
                    self.assertLessEqual(times["begin_ns"], times["end_ns"])
                    # Its time line is rank 0's, to within what is known of the clocks.
                    error = times["offset_error_ns"]
                    self.assertGreaterEqual(times["begin_ns"], -error)
                    wall = sample["total_ns"] + sample["scratch_ns"]
                    self.assertLessEqual(times["end_ns"], wall + error)
                    self.assertGreaterEqual(times["mpi_ns"], 0)
                    self.assertLessEqual(times["mpi_ns"], wall + error)
                    self.assertGreaterEqual(times["requests"], 0)
                    if i == 0:
                        self.assertEqual((times["offset_ns"], error), (0, 0))
                    # All processes of a host have one monotonic clock.
                    self.assertGreaterEqual(error, 0)
                    self.assertLess(error, 1_000_000)
                    self.assertLessEqual(abs(times["offset_ns"]), error)
                    crew = sample["worker_times"][i * workers : (i + 1) * workers]
                    for worker in crew:
                        self.assertLessEqual(times["begin_ns"], worker["start_ns"])
                        self.assertLessEqual(worker["start_ns"], worker["end_ns"])
                        self.assertLessEqual(worker["end_ns"], times["end_ns"])
                        self.assertGreaterEqual(worker["waited_ns"], 0)
                        span = worker["end_ns"] - worker["start_ns"]
                        self.assertLessEqual(worker["busy_ns"] + worker["waited_ns"], span)

    def test_cluster(self):
        """Where each rank was, what it may use there, and what starting all of them took."""
        host = self.results(self.folder)["host"]
        self.assertEqual(len(host["cluster"]), 4)
        allowed = sorted(os.sched_getaffinity(0))
        for rank in host["cluster"]:
            self.assertEqual(rank["host"], host["name"])
            self.assertEqual(rank["effective_cpus"], host["effective_cpus"])
            self.assertEqual(rank["cpu_model"], host["cpu_model"])
            cpus = []
            for part in rank["cpus"].split(","):
                first, _, last = part.partition("-")
                cpus += range(int(first), int(last or first) + 1)
            self.assertEqual(cpus, allowed)
            # That of the test that made the run, which is gone with it.
            self.assertRegex(rank["scratch"], r"/ppt-test-[^/]+/tmp$")
            self.assertGreater(rank["startup_ns"], 1_000_000)
            self.assertLess(rank["startup_ns"], 60e9)

    def test_report_again(self):
        """The plain program makes the same files from the recording alone."""
        shutil.copytree(self.folder, self.work / "copy")
        names = ("results.csv", "results.json", "charts/heat.dat", "charts/speedup.gp")
        for name in (*names, "report.html"):
            (self.work / "copy" / name).unlink()
        again = self.run_fine("report", self.work / "copy")
        for name in names:
            self.assertEqual((self.work / "copy" / name).read_text(encoding="utf-8"),
                             (self.folder / name).read_text(encoding="utf-8"), name)  # fmt: skip
        self.assertEqual(again.out.strip(), self.result.out.replace("\r", "").strip())

    def test_formats(self):
        """Each of them has all points, every one by a name of its own."""
        shutil.copytree(self.folder, self.work / "copy")
        kinds = ("csv", "json", "html", "gbench", "bmf", "ghab", "hyperfine", "markdown")
        text = {k: self.run_fine("report", self.work / "copy", "--format", k).out for k in kinds}
        self.assertEqual(text["csv"], (self.folder / "results.csv").read_bytes().decode())
        self.assertEqual(loads(text["json"]), self.results(self.folder))
        self.assertEqual(text["html"], (self.folder / "report.html").read_text(encoding="utf-8"))
        for name in self.names:
            self.assertRegex(text["markdown"], rf"(?m)^\| (\*\*)?{name}(\*\*)?( \\\*)? \|")
        hyperfine = loads(text["hyperfine"])["results"]
        names = {
            "gbench": {b["run_name"] for b in loads(text["gbench"])["benchmarks"]},
            "bmf": set(loads(text["bmf"])),
            "ghab": {e["name"].rpartition(" ")[0] for e in loads(text["ghab"])},
            "hyperfine": {r["command"] for r in hyperfine},
            # What its scripts tell series apart by.
            "hyperfine, parameters": {json.dumps(r["parameters"]) for r in hyperfine},
        }
        for kind, found in names.items():
            with self.subTest(names=kind):
                self.assertEqual(len(found), len(self.names), found)

    def test_predict(self):
        """Tasks that only wait go on gaining: the law says so for all workers in all, or says why
        this machine's noise does not let it."""
        result = self.run_ppt("predict", self.folder, "--workers", "12", "--json")
        self.assertIn(result.code, (0, 5), result)
        answer = loads(result.out)
        self.assertEqual(result.code == 5, bool(answer["refusals"]), result)
        if answer["refusals"]:
            # Neither too few counts nor a target that is too far: 1, 2, 3, 4, 6 and 8 in all.
            self.assertNotRegex(" ".join(answer["refusals"]), "fewer than|beyond")
            return
        # 12 at a time, each 12 ms: 1000 tasks/s but for what starting ranks takes.
        self.assertGreater(answer["throughput"], 500)
        self.assertLess(answer["throughput"], 1100)

    def test_compare(self):
        """With itself: nothing changed at any point, and each has its ranks."""
        result = self.run_fine("compare", self.folder, self.folder, "--json")
        answer = loads(result.out)
        self.assertEqual(answer["class"], "unchanged")
        self.assertEqual([point_of(p) for p in answer["points"]], points_of(GRID))
        text = self.run_fine("compare", self.folder, self.folder, "--html", "page.html").out
        for name in self.names:
            self.assertRegex(text, rf"(?m)^ *\*?{name}\b")
        self.assertIn("4r2", (self.work / "page.html").read_text(encoding="utf-8"))

    def test_compare_finds_a_change(self):
        """All passes over three ranks take half as long again: these points alone are slower."""
        lines = common.read_samples(self.folder)
        for line in lines:
            if line.get("ranks") == 3:
                line["cleanup_ns"] += line["total_ns"] // 2
                line["total_ns"] += line["total_ns"] // 2
        path = self.write("slow/samples.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
        result = self.run_ppt("compare", self.folder, path.parent, "--json")
        self.assertNotIn(result.code, (0, 2), result)
        answer = loads(result.out)
        for point in answer["points"]:
            change = point["time"]["change"]
            self.assertAlmostEqual(change, 0.5 if point_of(point)[0] == 3 else 0, 2, point)

    def test_resume_has_nothing_to_do(self):
        """The journal stays as it is."""
        shutil.copytree(self.folder, self.work / "copy")
        before = (self.work / "copy/samples.jsonl").read_bytes()
        self.launch_fine("resume", self.work / "copy", ranks=4)
        self.assertEqual((self.work / "copy/samples.jsonl").read_bytes(), before)


class Suite(MpiCase):
    def test_different_ranks(self):
        """Each with its own ranks, and one page for both."""
        outer = {"task": "wait", "task_args": [2], "task_count": 8, "iterations": 3, "seed": 1}
        inner = [{"workers": [0, 1], "ranks": [0, 3]}, {"workers": [2], "ranks": [1, 2]}]
        self.write("c.json", {**outer, "runs": inner})
        result = self.launch_fine("c.json", ranks=3)
        (both,) = self.work.glob("output/suite__*")
        runs = loads((both / "results.json").read_text(encoding="utf-8"))["runs"]
        expected = [points_of(run) for run in inner]
        self.assertEqual([[point_of(p) for p in run["points"]] for run in runs], expected)
        singles = [f for f in self.folders() if f != both]
        self.assertEqual(len(singles), 2)
        for folder, run in zip(singles, inner, strict=True):
            self.check_complete(folder, {**outer, **run})
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        document = loads((both / "results.json").read_text(encoding="utf-8"))
        self.assertEqual(common.schema_problems(self, schema, [document]), [[]])
        self.assertTrue((both / "index.html").exists())
        for label in ("3r1", "1r2", "2r2"):
            self.assertRegex(result.out, rf"(?m)^ *\*?{label} ")


class Places(MpiCase):
    """CPUs and folders."""

    @unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "needs two CPUs")
    def test_placement(self):
        """Ranks of one host share its CPUs out among them where there are enough."""
        for placement in ("close", "spread"):
            with self.subTest(placement=placement):
                config = {"task": "wait", "task_args": [1], "task_count": 6, "workers": [1],
                          "ranks": [0, 1, 2], "iterations": 2, "placement": placement}  # fmt: skip
                self.write("c.json", config)
                self.launch_fine("c.json", "--output", placement)
                folder = self.only_folder(self.work / placement)
                self.check_complete(folder, config)
                for sample in common.passes(folder):
                    bound = [w["bound"] for w in sample["worker_times"]]
                    self.assertEqual(len(set(bound)), len(bound), f"they overlap: {bound}")
                    for cpus in bound:
                        self.assertRegex(cpus, r"^\d+$")
                        self.assertIn(int(cpus), os.sched_getaffinity(0))

    def test_no_placement(self):
        """Unless asked for, workers are not bound."""
        self.launch_fine("--task", "wait", "--task-args", "[1]", "--workers", "1", "--ranks", "2",
                         "--task-count", 4, "--quick")  # fmt: skip
        for entry in self.results(self.only_folder())["passes"]:
            self.assertEqual([w["bound"] for w in entry["worker_times"]], [None, None])

    def test_temporary_folder(self):
        """Of every rank: TMPDIR, which is empty afterwards; two workers never share a folder."""
        script = 'case "$1" in "$TMPDIR"/*) mkdir "$1/$2" && rmdir "$1/$2" ;; *) exit 1 ;; esac'
        self.launch_fine(
            "--workers", "0,2", "--ranks", "0,2", "--task-count", 8, "--quick",
            "--", "/bin/sh", "-c", script, "sh", "{scratch}", "x", PATH="/usr/bin:/bin",
            PPT_CHART_SECONDS="0",
        )  # fmt: skip
        folder = self.only_folder()
        self.check_digests(folder)
        for rank in common.read_samples(folder)[0]["host"]["cluster"]:
            self.assertEqual(rank["scratch"], str(self.tmp))
        self.assertEqual(self.results(folder)["failed"], [])

    def test_results_folder(self):
        """One folder, however many ranks, and the link to it."""
        self.launch_fine("--task", "sum", "--task-args", "[10]", "--workers", "1", "--ranks", "3",
                         "--quick", "--output", "there", ranks=3)  # fmt: skip
        folder = self.only_folder(self.work / "there")
        self.assertEqual((self.work / "there/latest").resolve(), folder)
        self.assertEqual([p.name for p in self.work.iterdir()], ["there"])


class Failing(MpiCase):
    """Kernels that misbehave in some of the ranks."""

    def check_left_out(self, folder, points, message):
        """The points that failed are in no table; the others are complete."""
        results = self.results(folder)
        self.assertEqual({point_of(f) for f in results["failed"]}, points)
        for failed in results["failed"]:
            self.assertRegex(failed["message"], message)
        left = [point_of(p) for p in results["points"]]
        self.assertEqual(points & set(left), set())
        rows = [row["Name"] for row in common.read_csv(folder / "results.csv")[1]]
        self.assertEqual(len(rows), len(left))
        page = (folder / "report.html").read_text(encoding="utf-8")
        for point in points:
            self.assertRegex(page, rf"Left out: {name_of(point)}, which failed: .*{message}")
        return results

    def test_in_one_rank(self):
        """Programs that rank 1 alone cannot run: who it was is said, and the rest is measured."""
        script = 'f=/proc/$PPID/environ; ! /bin/grep -qz "^OMPI_COMM_WORLD_RANK=1$" "$f"'
        result = self.launch(
            "--workers", "0,1,2", "--ranks", "1,2", "--task-count", 8, "--iterations", 3,
            "--", "/bin/sh", "-c", script,
        )  # fmt: skip
        self.assertEqual(result.code, 1, result)
        (message,) = self.messages(result)
        self.assertRegex(message, r"2r[12]\b.*2r[12]\b.*rank 1\b")
        folder = self.only_folder()
        results = self.check_left_out(folder, {(2, 1), (2, 2)}, r"rank 1\b")
        self.assertEqual(results["verdict"]["blocks"], 3)
        passes = [point_of(p) for p in common.passes(folder) if p["block"]]
        self.assertEqual(sorted(passes), sorted([(0, 0), (1, 1), (1, 2)] * 3))
        self.assertIn("rank 1", " ".join(result.out.split()))
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        self.assertEqual(common.schema_problems(self, schema, [results]), [[]])

    def test_task_of_the_last_rank(self):
        """Where ranks have fixed shares, the last task is the last rank's."""
        result = self.launch(
            "--task", "failing", "--task-args", "[11]", "--workers", "1", "--ranks", "3",
            "--task-count", 12, "--distribution", "static", "--quick", ranks=3, mock=True,
        )  # fmt: skip
        self.assertEqual(result.code, 1, result)
        (message,) = self.messages(result)
        self.assertRegex(message, r"3r1 .*rank 2\b.*task 11 fails on purpose")

    def test_everywhere(self):
        """Nothing is left to report."""
        result = self.launch(
            "--task", "failing", "--task-args", "[3]", "--workers", "0,2", "--ranks", "0,2",
            "--task-count", 12, "--quick", mock=True,
        )  # fmt: skip
        self.assertEqual(result.code, 1, result)
        (message,) = self.messages(result)
        self.assertIn("task 3 fails on purpose", message)
        self.assertEqual(list(self.work.rglob("results.csv")), [])

    def test_attach(self):
        """A worker that cannot set itself up, in each of the ranks at once: no deadlock."""
        result = self.launch(
            "--task", "unattachable", "--workers", "1,2", "--ranks", "0,1,2", "--task-count", 6,
            "--iterations", 3, mock=True,
        )  # fmt: skip
        self.assertEqual(result.code, 1, result)
        folder = self.only_folder()
        message = "worker 1 cannot attach on purpose"
        results = self.check_left_out(folder, {(0, 2), (1, 2), (2, 2)}, message)
        self.assertEqual([point_of(p) for p in results["points"]], [(0, 1), (1, 1), (2, 1)])
        self.assertEqual(results["verdict"]["blocks"], 3)
        # Several ranks, so which one it was is of interest.
        (over_two,) = [f for f in results["failed"] if point_of(f) == (2, 2)]
        self.assertRegex(over_two["message"], r"\brank [01]\b")

    def test_later_block(self):
        """A point that fails in its fourth pass no longer counts; `resume` says the same."""
        result = self.launch(
            "--task", "fading", "--task-args", "[3]", "--workers", "0,1,2", "--ranks", "2",
            "--task-count", 6, "--iterations", 5, "--warmup", "0", mock=True,
        )  # fmt: skip
        self.assertEqual(result.code, 1, result)
        folder = self.only_folder()
        results = self.check_left_out(folder, {(2, 2)}, "it has faded on purpose")
        self.assertEqual(results["failed"][0]["block"], 4)
        self.assertEqual(results["verdict"]["blocks"], 5)
        before = (folder / "samples.jsonl").read_bytes()
        again = self.launch("resume", folder, mock=True)
        self.assertEqual(again.code, 1, again)
        self.check_left_out(folder, {(2, 2)}, "it has faded on purpose")
        self.assertEqual((folder / "samples.jsonl").read_bytes(), before)

    def test_wrong(self):
        """Results that differ between numbers of workers: exit 3 and no figure."""
        result = self.launch(
            "--task", "wrong", "--workers", "1,2", "--ranks", "1,2", "--task-count", 6, "--quick",
            mock=True,
        )  # fmt: skip
        self.assertEqual(result.code, 3, result)
        (message,) = self.messages(result)
        self.assertIn("differ", message)
        self.assertEqual(list(self.work.rglob("results.csv")), [])

    def test_open(self):
        """Input that cannot be made, in every rank: one message, and nothing is written."""
        result = self.launch(
            "--task", "unopenable", "--workers", "1", "--ranks", "2", "--quick", mock=True
        )
        self.assertEqual(result.code, 2, result)
        (message,) = self.messages(result)
        self.assertIn("cannot be opened on purpose", message)
        self.assertEqual(list(self.work.iterdir()), [])

    def test_memory(self):
        """An exbibyte is not tried in any rank."""
        result = self.launch(
            "--task", "hungry", "--workers", "1", "--ranks", "2", "--quick", mock=True
        )
        self.assertEqual(result.code, 2, result)
        (message,) = self.messages(result)
        self.assertRegex(message, "[EZ]iB")
        self.assertEqual(list(self.work.iterdir()), [])


class Ended(MpiCase):
    """Jobs that come to an early end: nothing that was complete is lost, and `resume` finishes."""

    def start_long(self, config=LONG, least=4, **options):
        """Starts a long run; returns its job and folder when so many passes are recorded."""
        self.write("c.json", config)
        job = self.start("c.json", **options)
        deadline = time.monotonic() + common.TIMEOUT_S
        while time.monotonic() < deadline:
            journals = list(self.work.glob("output/*__*/samples.jsonl"))
            if journals and journals[0].read_bytes().count(b'"type":"pass"') >= least:
                return job, journals[0].parent
            if job.process.poll() is not None:
                self.fail(f"the run ended by itself{job.result()}")
            time.sleep(0.01)
        return self.fail("the run does not get on")

    def check_kept(self, folder, config, least=4):
        """The journal of a run that ended early: its whole lines."""
        text = (folder / "samples.jsonl").read_text(encoding="utf-8")
        whole = text[: text.rindex("\n") + 1]
        lines = [json.loads(line) for line in whole.splitlines()]
        passes = [line for line in lines if line["type"] == "pass"]
        self.assertGreaterEqual(len(passes), least)
        planned = config["iterations"] * len(points_of(config))
        self.assertLess(len(passes), planned, "it came to its end before")
        for sample in passes:
            self.check_pass(sample, config["task_count"])
        return whole

    def check_resumed(self, folder, config, whole, ranks=2):
        """`resume` goes on behind what was kept; no pass is there twice, all have one result."""
        result = self.launch_fine("resume", folder, ranks=ranks)
        self.assertIn("resumed 1 time", result.out)
        text = (folder / "samples.jsonl").read_text(encoding="utf-8")
        self.assertTrue(text.startswith(whole))
        lines = self.check_complete(folder, config)
        self.assertEqual([line["type"] for line in lines].count("resume"), 1)
        measured = [(p["block"], *point_of(p)) for p in lines if p["type"] == "pass" and p["block"]]
        self.assertEqual(len(measured), len(set(measured)), "a pass is there twice")
        self.assertEqual(len({p["digest"] for p in lines if p["type"] == "pass"}), 1)
        self.assertEqual(self.results(folder)["resumed"], 1)

    def test_interrupted(self):
        """SIGINT and SIGTERM to mpirun: exit code 130, reports of what is complete."""
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number.name):
                shutil.rmtree(self.work / "output", ignore_errors=True)
                job, folder = self.start_long(least=9, patience=2)
                job.process.send_signal(number)
                before = time.monotonic()
                result = self.finish(job)
                self.assertLess(time.monotonic() - before, 15, result)
                self.assertEqual(result.code, 130, result)
                self.assertEqual(list(self.tmp.iterdir()), [], "left behind in TMPDIR")
                whole = self.check_kept(folder, LONG, 9)
                self.assertEqual(json.loads(whole.splitlines()[-1]), {"type": "end", "status": 130})
                self.assertTrue((folder / "results.csv").exists())
                blocks = self.results(folder)["verdict"]["blocks"]
                self.assertEqual(blocks, whole.count('"type":"pass"') // len(points_of(LONG)))
                self.check_resumed(folder, LONG, whole)

    def test_rank_0_interrupted(self):
        """A signal to rank 0 alone does the same; the others end with it."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        os.kill(job.rank(0), signal.SIGTERM)
        result = self.finish(job)
        self.assertEqual(result.code, 130, result)
        self.assertEqual(common.read_samples(folder)[-1], {"type": "end", "status": 130})

    def test_rank_killed(self):
        """A rank that is gone ends the job."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        os.kill(job.rank(1), signal.SIGKILL)
        result = self.finish(job)
        self.assertNotEqual(job.process.returncode, 0, result)
        self.assertNotEqual(result.code, 0, result)
        whole = self.check_kept(folder, LONG_OVER_RANKS)
        self.check_resumed(folder, LONG_OVER_RANKS, whole)

    def test_rank_0_killed(self):
        """So does rank 0, which cannot say anything any more."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        os.kill(job.rank(0), signal.SIGKILL)
        result = self.finish(job)
        self.assertNotEqual(job.process.returncode, 0, result)
        self.assertIsNone(result.code, result)
        whole = self.check_kept(folder, LONG_OVER_RANKS)
        for path in self.tmp.iterdir():
            shutil.rmtree(path)  # a process that is killed cannot do it
        self.check_resumed(folder, LONG_OVER_RANKS, whole)

    def test_mpirun_killed(self):
        """Then the ranks end by themselves."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        before = in_session(job.process.pid)
        os.kill(job.process.pid, signal.SIGKILL)
        job.process.wait()
        self.assertEqual(job.left(BOUND_S), {}, f"of {before}")
        self.assertNotEqual(job.result().code, 0)
        self.check_kept(folder, LONG_OVER_RANKS)

    def test_rank_stopped(self):
        """A rank that is not heard of is lost: the run is closed, reported, and gone on with."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        os.kill(job.rank(1), signal.SIGSTOP)
        before = time.monotonic()
        result = self.finish(job)
        self.assertGreater(time.monotonic() - before, RANK_TIMEOUT_S - 1, result)
        self.assertEqual(result.code, 1, result)
        said = " ".join(self.messages(result))
        self.assertRegex(said, r"rank 1\b")
        self.assertIn("resume", said)
        whole = self.check_kept(folder, LONG_OVER_RANKS)
        self.assertEqual(json.loads(whole.splitlines()[-1]), {"type": "end", "status": 1})
        for path in self.tmp.iterdir():
            shutil.rmtree(path)  # of the rank that was stopped
        self.check_resumed(folder, LONG_OVER_RANKS, whole)

    def test_rank_0_stopped(self):
        """The others do not wait for ever for rank 0, either."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        os.kill(job.rank(0), signal.SIGSTOP)
        result = self.finish(job)
        self.assertNotEqual(job.process.returncode, 0, result)
        # mpirun wakes it up to end it, so it may have the last word.
        self.assertIn(result.code, (1, 130, None), result)
        self.check_kept(folder, LONG_OVER_RANKS)

    def test_rank_slow_for_a_moment(self):
        """A rank that goes on in time is not lost."""
        job, folder = self.start_long({**LONG_OVER_RANKS, "iterations": 6}, least=2)
        pid = job.rank(1)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(1)
        os.kill(pid, signal.SIGCONT)
        result = self.finish(job)
        self.assertEqual(result.code, 0, result)
        self.check_complete(folder, {**LONG_OVER_RANKS, "iterations": 6})

    def test_long_tasks_are_no_loss(self):
        """A task may take longer than a rank may be silent."""
        config = {"task": "wait", "task_args": [(RANK_TIMEOUT_S + 1) * 1000], "task_count": 2,
                  "workers": [1], "ranks": [2], "iterations": 1, "warmup": 0}  # fmt: skip
        self.measure(config)

    def test_resume_with_fewer_ranks(self):
        """It says how many are needed, and leaves the journal as it is."""
        job, folder = self.start_long(LONG_OVER_RANKS)
        job.process.send_signal(signal.SIGTERM)
        self.finish(job)
        before = (folder / "samples.jsonl").read_bytes()
        for result, code in (
            (self.launch("resume", folder, ranks=1), 2),
            (self.run_ppt("resume", folder), 77),
        ):
            self.assertEqual(result.code, code, result)
            self.assertIn("mpirun -n 2", result.err)
            self.assertEqual((folder / "samples.jsonl").read_bytes(), before)


# Compared with known times, so nothing else may run meanwhile.
ALONE = (Waiting, Grid)


def choose():
    """The halves of this file, "alone" and "beside" (others), as the first argument."""
    half = sys.argv[1:2]
    if half in (["alone"], ["beside"]):
        cases = [
            case
            for case in vars(sys.modules[__name__]).values()
            if isinstance(case, type) and issubclass(case, MpiCase) and case is not MpiCase
        ]
        sys.argv[1:2] = [case.__name__ for case in cases if (case in ALONE) == (half == ["alone"])]


def main():
    choose()
    outcome = unittest.main(exit=False, verbosity=2).result
    if not outcome.wasSuccessful():
        return 1
    return SKIPPED if outcome.skipped and outcome.testsRun <= len(outcome.skipped) else 0


if __name__ == "__main__":
    sys.exit(main())
