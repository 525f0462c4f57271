"""Jobs of ppt-omp-mpi under mpirun on one host, and what each of them must have left.

Environment, besides that of the other tests: PPT_OMP_MPI names the program, PPT_OMP_MPI_MOCK the
same with the kernels of tests/mock.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

import common
from common import loads


def program_at(variable, place):
    return pathlib.Path(os.environ.get(variable) or common.ROOT / "build" / place).resolve()


PPT_OMP_MPI = program_at("PPT_OMP_MPI", "ppt-omp-mpi")
PPT_OMP_MPI_MOCK = program_at("PPT_OMP_MPI_MOCK", "tests/ppt-omp-mpi-mock")
MPIRUN = shutil.which(os.environ.get("PPT_OMP_MPIRUN", "mpirun"))

# What meson takes for "skipped".
SKIPPED = 77

# A rank that is not heard of for so long is lost; a job that lost one ends so soon after, at most.
RANK_TIMEOUT_S = 3
BOUND_S = 40


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
        options.setdefault("PPT_OMP_RANK_TIMEOUT", str(seconds))  # on a busy machine ranks are slow
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
        positions = [line["position"] for line in lines if line["type"] == "pass"]
        self.assertEqual(positions, list(range(len(positions))))
        self.check_digests(folder)
        for sample in passes:
            self.check_pass(sample, config["task_count"])
        return lines


def main():
    """Runs the tests of a file; says so to meson when all of them were skipped."""
    outcome = unittest.main(exit=False, verbosity=2).result
    if not outcome.wasSuccessful():
        return 1
    return SKIPPED if outcome.skipped and outcome.testsRun <= len(outcome.skipped) else 0
