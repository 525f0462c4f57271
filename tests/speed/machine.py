"""`doctor --ceilings` against small programs that share nothing with it (bare/): a multiply-add loop in
plain C, and STREAM's copy. Both sides take turns, and of each the best counts: they are to agree to
within a tenth."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

TURNS = 5
CACHES = pathlib.Path("/sys/devices/system/cpu/cpu0/cache")


def bare(name, *args):
    program = os.environ[f"PPT_BARE_{name.upper()}"]
    command = [program, *map(str, args)]
    environment = {**os.environ, "OMP_PROC_BIND": "true"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def ceilings(state):
    done = subprocess.run(
        [os.environ["PPT_OMP"], "doctor", "--ceilings", "--json"],
        env={**os.environ, "PPT_OMP_STATE": state}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def count(text):
    """CPUs in a list such as 0-3,6."""
    ends = [[int(end) for end in part.split("-")] for part in text.split(",")]
    return sum(end[-1] - end[0] + 1 for end in ends)


def places(cpus):
    """Bytes of one of two places that are to fit into half of a worker's share of each cache, and of
    one in memory, by the names that ceilings have."""
    found, largest = {}, 16 << 20
    for index in sorted(CACHES.glob("index*")):
        if (index / "type").read_text().strip() == "Instruction":
            continue
        size = int((index / "size").read_text().strip().rstrip("K")) << 10
        sharers = min(cpus, count((index / "shared_cpu_list").read_text().strip()))
        found["L" + (index / "level").read_text().strip()] = size // sharers // 4
        largest = max(largest, size)
    return {**found, "memory": 4 * largest}


def measure(state):
    """Pairs of what doctor says and what the bare programs do, by name."""
    told = ceilings(state)
    cpus = told["cpus"]
    pairs = {}
    for key, threads in (("1", 1), ("N", cpus)):
        rate = told["fma_gflops"][key]
        pairs[f"multiply-adds, {threads} (GFLOP/s)"] = (rate, bare("fma", threads))
        for place, size in places(cpus).items():
            if place in told["copy_gbs"]:
                pairs[f"copy in {place}, {threads} (GB/s)"] = (
                    told["copy_gbs"][place][key], bare("copy", threads, size))  # fmt: skip
    return pairs


def main():
    best = {}
    with tempfile.TemporaryDirectory() as state:
        for _ in range(TURNS):
            for name, (ours, theirs) in measure(state).items():
                before = best.get(name, (0, 0))
                best[name] = (max(ours, before[0]), max(theirs, before[1]))
    print(f"{'best of ' + str(TURNS) + ' turns':<28}{'doctor':>10}{'bare':>10}{'ratio':>8}")
    for name, (ours, theirs) in best.items():
        apart = "" if abs(ours / theirs - 1) <= 0.1 else "  more than a tenth apart"
        print(f"{name:<28}{ours:10.4g}{theirs:10.4g}{ours / theirs:8.3f}{apart}")


if __name__ == "__main__":
    sys.exit(main())
