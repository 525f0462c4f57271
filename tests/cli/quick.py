"""Quick runs, which most tests of a run begin with."""

# The original's positional arguments for each task, in small sizes.
SMALL = {
    "sum": [20000],
    "multi": [20000],
    "io": [1],
    "zip": [1],
    "tensor": [32, 4],
    "sort": [5000],
    "matrix": [40],
    "img": [["landscape.png"]],
    "password": [10, 20, [20, 20], 0.8],
    "random": ["sum", "multi"],
}


def quick(task="sort", args=None, **more):
    """A configuration that takes a few milliseconds."""
    config = {"task": task, "task_args": SMALL[task] if args is None else args}
    config.update(task_count=3, workers=[0, 2], iterations=2, seed=1)
    config.update(more)
    return {key: value for key, value in config.items() if value is not None}
