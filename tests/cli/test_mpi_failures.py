"""Tasks and kernels that fail on some ranks or on all: a point is left out, the others go on."""

import json
import sys

import common
from common import SCHEMA
from mpi_case import MpiCase, main, point_of


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
        for ranks, workers in points:
            words = f"{ranks} ranks? × " * (ranks > 0) + f"{workers} workers?"
            self.assertRegex(page, rf"Left out: {words}, which failed: .*{message}")
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


if __name__ == "__main__":
    sys.exit(main())
