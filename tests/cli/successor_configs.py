"""Every configuration that the Python tool ever shipped, by its values, in the first form of these
files and in the last. Users still have them; ppt-omp must take them as they are."""

import copy
import json

# What all of them share.
COMMON = {
    "workers": [0, 1, 2, 4, 6, 8, 10, 12, 16],
    "wait_time_after_runner": 2.0,
    "wait_time_after_iteration": 2.0,
    "gc_after_iteration": True,
}

# By task: arguments, tasks per pass.
TASKS = {
    "sum": ([1000000], 100),
    "multi": ([200000], 500),
    "io": ([50], 20),
    "zip": ([50], 20),
    "tensor": ([256, 50], 100),
    "sort": ([1000000], 100),
    "matrix": ([1000], 500),
    "img": ([], 500),
    "password": ([100, 1000, [20, 20], 0.8], 10000),
    "random": ([], 200),
}

# Beside the last form's file there is a picture of that name.
PICTURE = "img.jpg"


def first_form(task):
    """A configuration as it was in the beginning: an empty list of arguments is the test image."""
    args, count = TASKS[task]
    return {
        "iterations": 20 if task == "random" else 10,
        "task": task,
        "task_args": copy.deepcopy(args),
        "task_count": count,
        **copy.deepcopy(COMMON),
    }


def last_form(task):
    """One as it was in the end: images by name, and how Python starts its processes."""
    config = first_form(task)
    if task == "img":
        config["task_args"] = [[PICTURE]]
    return {**config, "multiprocessing_start_method": None}


FORMS = {"first": first_form, "last": last_form}


def as_text(config):
    """The text of its file."""
    return json.dumps(config, indent=4) + "\n"
