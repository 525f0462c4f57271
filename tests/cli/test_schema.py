"""config/schema.json and the program say the same of configurations."""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

SCHEMA = common.ROOT / "config/schema.json"

# A run that takes no time.
SMALL = {"task": "sum", "task_args": [1], "task_count": 1, "workers": [0], "iterations": 1,
         "warmup": 0}  # fmt: skip

# Takes away a key of it.
NOT_THERE = object()
NO_TASK = {"task": NOT_THERE, "task_args": NOT_THERE}

PLUGIN = str(pathlib.Path(os.environ.get("PPT_BUILD", common.ROOT / "build"))
             / "tests/plugin_none.so")  # fmt: skip

# Keys at the ends of their ranges; each is tried for real.
RIGHT = [
    {"task_args": {"iterations": 0}},
    {"$schema": "./schema.json"},
    {"workers": "auto"},
    {"workers": [4, 0]},
    {"workers": [1, 1]},
    {"workers": "0,1, 2"},
    {"workers": "0-3"},
    {"workers": "0-4:*2,50%"},
    {"inner_threads": "1-3:+2"},
    {"inner_threads": [2, 1, 2]},
    {"task_args": []},
    {"inner_threads": [1]},
    {"wait_time_after_runner": 0, "wait_time_after_iteration": 0.001},
    {"gc_after_iteration": True},
    {"wait_time_after_runner": None, "wait_time_after_iteration": None, "gc_after_iteration": None},
    {"multiprocessing_start_method": "spawn"},
    {"multiprocessing_start_method": None},
    {"schedule": "static"},
    {"schedule": "guided,1000"},
    {"placement": "spread"},
    {"memory": "fresh"},
    {"precision": {}},
    {"precision": None},
    {"precision": 1, "max_seconds": 0.1},
    {"max_seconds": None},
    {"precision": {"relative_ci": 1, "max_seconds": 0.1}},
    {"tolerance": 0.001},
    {"tolerance": 1},
    {"objective": None},
    {"objective": {"each_at_most": 1}},
    {"objective": {"cheapest": {"per_hour": 0.1}}},
    {"objective": {"cheapest": {"per_worker_hour": 1e9}}},
    {"memory_limit": "2 GiB"},
    {"memory_limit": 2**40},
    {"arrivals": {"rate": 1000}, "task_count": 20},
    {"arrivals": {"rate": [900, 1000]}, "task_count": 20},
    {"arrivals": {"rate": "500-1K:*2", "process": "steady"}, "task_count": 20},
    {"arrivals": {"process": [0, 0.001]}, "task_count": NOT_THERE},
    {"arrivals": {"rate": 1e6, "process": "steady"}, "task_count": 20,
     "objective": {"latency": {"percentile": 50, "at_most": "9 s"}}},
    {"warmup": 0},
    {"seed": 2**53},
    {"seed": None},
    {"task": "random", "task_args": ["sum", "multi"]},
    {"task": "wait", "task_args": [0.5]},
    {"task": "wait", "task_args": [0, 1.5]},
    {"task": "sort", "task_args": [0]},
    {"task": "zip", "task_args": [1, 1, "text"]},
    {"task": "password", "task_args": [1, 1, [1, 1], 1, {"hash": "sha256"}]},
    {"task": "command", "task_args": {"argv": ["/bin/true"], "timeout": 10, "output": "check"}},
    {"task": "command", "task_args": ["/bin/sleep", 0]},
    {"task": "command", "task_args": {"argv": ["/bin/echo", "{}"], "inputs": ["a"]}},
    {"task": "command", "task_args": {"argv": ["/bin/true"], "inputs": []}},
    {"task": "command", "task_args": {"argv": ["/bin/echo"], "inputs": {"file": "c.json"}},
     "task_count": 1},
    {"runs": [{"task_args": [2]}, {"task": "multi", "task_args": [1]}]},
    {**NO_TASK, "runs": [{"task": "sum", "task_args": [1]}, {"kernel": PLUGIN}]},
    {**NO_TASK, "kernel": PLUGIN},
    {**NO_TASK, "kernel": PLUGIN, "task": "mine", "task_args": {"words": 8}},
    {**NO_TASK, "kernel": PLUGIN, "runs": [{"task_args": {"words": 8}}]},
]

WRONG = [
    {"arrivals": {"rate": []}},
    {"arrivals": {"rate": "often"}},
    {"arrivals": {"rate": [100, -1]}},
    {"task": "sorr"},
    {"task": 5},
    {"task_args": [-1]},
    {"task_args": ["a"]},
    {"task_args": [1, 2]},
    {"task_args": {"iteration": 1}},
    {"task_args": 5},
    {"task_count": 0},
    {"task_count": 1.5},
    {"task_count": 10**9 + 1},
    {"workers": []},
    {"workers": [-1]},
    {"workers": [1025]},
    {"workers": "many"},
    {"workers": ""},
    {"workers": "1,,2"},
    {"workers": "1-4:x"},
    {"inner_threads": "auto"},
    {"inner_threads": "50%"},
    {"workers": 4},
    {"inner_threads": 0},
    {"inner_threads": []},
    {"inner_threads": 1025},
    {"iterations": 0},
    {"iterations": 100001},
    {"warmup": -1},
    {"warmup": 1001},
    {"wait_time_after_runner": -1},
    {"wait_time_after_iteration": 86401},
    {"gc_after_iteration": "yes"},
    {"schedule": "fast"},
    {"schedule": "dynamic,0"},
    {"schedule": "dynamic,"},
    {"placement": "far"},
    {"memory": "old"},
    {"precision": 0.0002},
    {"precision": "0.02"},
    {"max_seconds": 0},
    {"max_seconds": "30"},
    {"precision": {"relative": 1}},
    {"precision": {"relative_ci": 0.0009}},
    {"precision": {"max_seconds": 0.09}},
    {"tolerance": 0},
    {"tolerance": 1.1},
    {"seed": -1},
    {"seed": 2**53 + 2},
    {"seed": "a"},
    {"speed": 1},
    {"task": "random", "task_args": ["wait"]},
    {"task": "random", "task_args": {"sum": 1}},
    {"task": "zip", "task_args": [1, 10]},
    {"task": "zip", "task_args": [1, 1, "words"]},
    {"task": "password", "task_args": [1, 1, [1], 1]},
    {"task": "password", "task_args": [1, 1, [1, 1], 2]},
    {"task": "password", "task_args": [1, 1, [1, 1], 1, {"hash": "md5"}]},
    {"task": "command", "task_args": [None]},
    {"task": "command", "task_args": {"argv": ["true"], "inputs": [None]}},
    {"task": "command", "task_args": {"argv": ["true"], "inputs": {}}},
    {"task": "command", "task_args": {"argv": ["true"], "inputs": {"files": "a"}}},
    {"task": "command", "task_args": {"argv": []}},
    {"task": "command", "task_args": {"argv": ["true"], "output": "eat"}},
    {"kernel": 5},
    {"runs": []},
    {"runs": {}},
    {"runs": [{"runs": []}]},
    {"runs": [{"task_count": 0}]},
    {"runs": [{"task_args": ["a"]}]},
    {"runs": [{"task_args": {"size": 1}}]},
    {"task": "random", "task_args": NOT_THERE, "runs": [{"task_args": ["wait"]}]},
    NO_TASK,
    {**NO_TASK, "runs": [{"task": "sum", "task_args": [1]}, {"warmup": 0}]},
    {"kernel": PLUGIN, "task_args": NOT_THERE},
    {"kernel": PLUGIN, "runs": [{"task": "mine"}]},
]


def document(keys):
    """A whole configuration."""
    return {key: value for key, value in {**SMALL, **keys}.items() if value is not NOT_THERE}


def shown():
    """The configurations that documents show."""
    pages = [common.ROOT / "README.md", *sorted((common.ROOT / "docs").glob("*.md"))]
    blocks = [block for page in pages
              for block in re.findall(r"```json\n(.*?)```", page.read_text("utf-8"), re.S)]  # fmt: skip
    return [json.loads(block) for block in blocks if '"task_count"' in block]


class Schema(common.Case):
    def setUp(self):
        super().setUp()
        self.schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    def test_is_what_the_program_says(self):
        """Made anew from its tables it is the same file."""
        done = subprocess.run(
            [sys.executable, str(common.ROOT / "scripts/describe.py"), "schema", common.PPT_OMP],
            capture_output=True, text=True, timeout=common.TIMEOUT_S, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, SCHEMA.read_text(encoding="utf-8"),
                         "make it anew: scripts/describe.py schema build/ppt-omp > config/schema.json")  # fmt: skip

    def test_keys(self):
        """Those that the program takes, and no other, each with a description."""
        about = json.loads(self.run_fine("describe", "--json").out)
        keys = {key["key"] for key in about["keys"]}
        self.assertEqual(set(self.schema["properties"]), keys)
        run = self.schema["definitions"]["run"]["properties"]
        for key, about in {**run, "runs": self.schema["properties"]["runs"]}.items():
            self.assertTrue(about.get("description"), key)

    def test_shipped(self):
        """The examples, and what the documents show."""
        files = [*(common.ROOT / "config").glob("*.json"), *(common.ROOT / "examples").rglob("*.json")]
        files.remove(SCHEMA)
        self.assertGreaterEqual(len(files), 15)
        self.assertGreaterEqual(len(shown()), 2)
        documents = [*(json.loads(path.read_text(encoding="utf-8")) for path in files), *shown()]
        problems = common.schema_problems(self, self.schema, documents)
        self.assertEqual(problems, [[] for _ in documents])

    def test_right(self):
        documents = [document(keys) for keys in RIGHT]
        for keys, problems in zip(RIGHT, common.schema_problems(self, self.schema, documents)):
            self.assertEqual(problems, [], keys)
        for right in documents:
            self.write("c.json", right)
            result = self.run_ppt("c.json", "--quiet")
            self.assertEqual(result.code, 0, f"{right}\n{result}")

    def test_wrong(self):
        documents = [document(keys) for keys in WRONG]
        for keys, problems in zip(WRONG, common.schema_problems(self, self.schema, documents)):
            self.assertNotEqual(problems, [], keys)
        for wrong in documents:
            self.write("c.json", wrong)
            result = self.run_ppt("c.json", "--quiet")
            self.assertEqual(result.code, 2, f"{wrong}\n{result}")


if __name__ == "__main__":
    unittest.main()
