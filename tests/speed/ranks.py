"""What handing out costs over two ranks: tasks that do next to nothing, one per request and with the
automatic chunk; and what all of a pass costs beside its tasks, against the same without MPI."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

TASKS = {"dynamic,1": 20000, "dynamic": 1000000, "static": 1000000}


def measure(distribution, tasks, folder):
    environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    subprocess.run(
        ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", "2", os.environ["PPT_OMP_MPI"],
         "--task", "sum", "--task-args", "[1]", "--task-count", str(tasks), "--workers", "0,1,2",
         "--ranks", "0,1,2", "--distribution", distribution, "--iterations", "10",
         "--output", folder, "--quiet"],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    with open(pathlib.Path(folder) / "latest" / "samples.jsonl", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    points = {}
    for line in lines:
        if line["type"] == "pass" and line["block"] > 0:
            points.setdefault((line.get("ranks", 0), line["workers"]), []).append(line)
    return points


def main():
    print("medians of 10 passes             per task   init + cleanup   requests   each (rank 0)")
    for distribution, tasks in TASKS.items():
        with tempfile.TemporaryDirectory() as folder:
            points = measure(distribution, tasks, folder)
        for (ranks, workers), passes in sorted(points.items()):
            per_task = statistics.median(p["total_ns"] for p in passes) / tasks
            around = statistics.median(p["init_ns"] + p["cleanup_ns"] for p in passes) / 1e3
            name = f"{distribution}, {ranks} ranks x {workers}" if ranks else f"{workers} workers"
            text = f"{name:<30} {per_task:8.1f} ns {around:13.1f} us"
            if ranks > 1 and distribution != "static":
                asked = [p["rank_times"][0] for p in passes]
                requests = statistics.median(a["requests"] for a in asked)
                each = statistics.median(a["answer_ns"] / max(1, a["requests"]) for a in asked)
                text += f" {requests:10.0f} {each / 1e3:12.1f} us"
            print(text)


if __name__ == "__main__":
    sys.exit(main())
