"""Sweeps of the mock's kernels, which misbehave on purpose."""

import common


class MockCase(common.Case):
    """Helpers around the second binary."""

    def sweep(self, task, *options, args=None, workers="0,1,2", count=4, draw=False):
        """One small sweep of a mock kernel."""
        command = ["--task", task, "--workers", workers, "--task-count", str(count), "--quick"]
        if args is not None:
            command += ["--task-args", args]
        return self.run_ppt(*command, *options, mock=True, draw=draw)

    def check_message(self, result, *needles):
        """One message, nothing on standard output, nothing in TMPDIR."""
        self.assertEqual(result.out, "", result)
        messages = [line for line in result.err.splitlines() if line.startswith("ppt-omp: ")]
        self.assertEqual(len(messages), 1, result)
        for needle in needles:
            self.assertRegex(messages[0], needle)
        self.assertEqual(list(self.tmp.iterdir()), [])

    def check_no_figures(self):
        """Neither a table nor a chart of a run that failed."""
        for pattern in ("results.csv", "*.gp", "*.dat", "*.svg", "*.png", "report.html"):
            self.assertEqual(list((self.work).rglob(pattern)), [], pattern)

    def check_nothing_written(self):
        self.assertEqual(list(self.work.iterdir()), [])
