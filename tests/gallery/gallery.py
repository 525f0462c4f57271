"""Everything that people look at, made from the recordings of journals.py: pages and charts, the
same on every machine, but that a PDF says when it was made.

Environment: PPT_OMP and PPT_GALLERY_SUITE name the programs that make them.
"""

import concurrent.futures
import dataclasses
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import journals  # noqa: E402  (found through the line above)

ROOT = pathlib.Path(os.environ.get("PPT_SOURCE") or pathlib.Path(__file__).parents[2]).resolve()
PPT_OMP = os.environ.get("PPT_OMP", str(ROOT / "build/ppt-omp"))
SUITE = os.environ.get("PPT_GALLERY_SUITE", str(ROOT / "build/tests/gallery-suite"))

LIMIT_S = 300  # for one page and its charts, on a machine that does other things, too
FINE = (0,)
COMPARED = (0, 4, 5)  # also slower, and inconclusive


@dataclasses.dataclass(frozen=True)
class Piece:
    """A page of the gallery, and where its charts are."""

    name: str
    about: str
    page: pathlib.Path
    charts: pathlib.Path  # a folder; that of a comparison is not there: its page alone has them


def environment(state):
    """No setting of this machine has a say."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "GOMP_", "PPT_"))}
    env.update(LC_ALL="C.UTF-8", PPT_OMP_STATE=state, PPT_CHART_SECONDS=str(LIMIT_S))
    return env


class Maker:
    def __init__(self, out, state):
        self.out = pathlib.Path(out)
        self.env = environment(state)

    def call(self, *command, expected=FINE):
        """From within the gallery, so that no page says where it is."""
        done = subprocess.run(
            [*map(str, command)], cwd=self.out, env=self.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_S, check=False,
        )  # fmt: skip
        if done.returncode not in expected:
            said = done.stdout.decode("utf-8", "replace")
            words = " ".join(map(str, command))
            raise RuntimeError(f"{words}: exit code {done.returncode}\n{said}")

    def piece(self, name, about, folder, page="report.html"):
        folder = self.out / folder
        return Piece(name, about, folder / page, folder / "charts")

    def run(self, name):
        self.call(PPT_OMP, "report", name, "--quiet")
        run = journals.RUNS.get(name)
        if not run:  # of the suite: looked at through its index
            return []
        pieces = [self.piece(name, run.about, name)]
        if run.programs:
            pieces.append(self.piece(f"{name}-1", "the first of them", f"{name}/program-1"))
        if run.sizes:
            first = f"{name}/size-{run.sizes[0]}"
            pieces.append(self.piece(f"{name}-1", "the first of them", first))
        if len(run.rates) > 1:
            first = f"{name}/rate-{run.rates[0]}"
            pieces.append(self.piece(f"{name}-1", "the first of them", first))
        return pieces

    def suite(self):
        (self.out / "suite").mkdir(exist_ok=True)
        self.call(SUITE, "suite", *journals.SUITE)
        return [self.piece("suite", "ten runs together", "suite", "index.html")]

    def comparison(self, side):
        """One of the sides with the base, three runs against three."""
        sides = [[f"{name}-{i}" for i in (1, 2, 3)] for name in (journals.BASE, side)]
        name = f"compare-{side}"
        (self.out / name).mkdir(exist_ok=True)
        self.call(PPT_OMP, "compare", *sides[0], "--", *sides[1], "--html", f"{name}/compare.html",
                  expected=COMPARED)  # fmt: skip
        return [self.piece(name, f"two sides: {side}", name, "compare.html")]


def make(out, whole=True):
    """Fills the folder and returns its pieces. `whole`: with a page for each run of the suite, to
    which its index leads."""
    journals.write(out)
    with tempfile.TemporaryDirectory(prefix="ppt-omp-gallery-") as state:
        maker = Maker(out, state)
        jobs = [(maker.run, name) for name in journals.RUNS]
        jobs += [(maker.suite,)]
        jobs += [(maker.comparison, side) for side in journals.SIDES if side != journals.BASE]
        jobs += [(maker.run, name) for name in journals.SUITE if whole]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return [piece for pieces in pool.map(lambda job: job[0](*job[1:]), jobs)
                    for piece in pieces]  # fmt: skip
