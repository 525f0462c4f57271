"""results.json follows its schema, which refuses anything else."""

import json
import shutil
import unittest

import common
from common import SCHEMA, loads
from format_case import PLUGIN, RUNS, SUITE, FormatCase


class Schema(FormatCase):
    """docs/results.schema.json takes what the program writes, and nothing else."""

    def problems(self, *documents, part=None):
        """By document the list of what is wrong with it."""
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        if part:
            schema = {"$ref": f"#/definitions/{part}", "definitions": schema["definitions"]}
        return common.schema_problems(self, schema, documents)

    def test_real_results(self):
        configs = {
            **RUNS,
            "adaptive": {"task": "sum", "task_args": [3000], "task_count": 4, "workers": [0, 1],
                         "precision": {"relative_ci": 0.5, "max_seconds": 1}},
            "scaling": {"task": "wait", "task_args": [1, 0.1], "task_count": 12, "iterations": 5,
                        "workers": [0, 1, 2, 3, 4, 6]},
            "many tasks": {"task": "sum", "task_args": [0], "task_count": 10001, "workers": [0, 1],
                           "iterations": 3, "schedule": "guided,4", "placement": "close",
                           "memory": "fresh"},
            "program": {"task": "command", "task_args": [shutil.which("true")], "task_count": 2,
                        "workers": [0, 1], "iterations": 3},
            "programs": {"task": "command", "task_args": [shutil.which("true")], "task_count": 2,
                         "vs": [[shutil.which("sleep"), "0.1"]], "workers": [0, 1],
                         "iterations": 6},
            "sizes": {"task": "tensor", "vary": {"size": [8, 16], "count": [1, 2]}, "task_count": 4,
                      "workers": [0, 2], "iterations": 3},
            "one size": {"task": "sum", "vary": {"iterations": 9}, "task_count": 2,
                         "workers": [0, 1], "iterations": 1},
            "cost": {"task": "wait", "task_args": [1], "task_count": 4, "workers": [0, 1, 2],
                     "iterations": 3, "objective": {"cheapest": {"per_worker_hour": 1}}},
            "each": {"task": "wait", "task_args": [1], "task_count": 4, "workers": [0, 1, 2],
                     "iterations": 3, "objective": {"each_at_most": 100}},
            "latency": {"task": "wait", "task_args": [1], "task_count": 20, "workers": [1, 2],
                        "iterations": 3, "arrivals": {"rate": 500},
                        "objective": {"latency": {"percentile": 50, "at_most": "5s"}}},
            "rates": {"task": "wait", "task_args": [1], "task_count": 20, "workers": [1, 2],
                      "iterations": 3, "arrivals": {"rate": [200, 400]},
                      "objective": {"latency": {"percentile": 50, "at_most": "5s"}}},
            "curve": {"task": "wait", "task_args": [1], "task_count": 20, "workers": [1, 2],
                      "iterations": 1, "arrivals": {"rate": "200-400:*2", "process": "steady"}},
            "overloaded": {"task": "wait", "task_args": [1], "task_count": 400, "workers": [1],
                           "iterations": 3, "arrivals": {"rate": 1e6, "process": "steady"}},
            "plugin": {"kernel": str(PLUGIN), "task_count": 2, "workers": [0, 1], "iterations": 3},
        }  # fmt: skip
        documents = {}
        for label, config in configs.items():
            _, (folder,) = self.measure(config)
            documents[label] = self.results(folder)
            shutil.rmtree(self.work / "output")
        self.measure(*SUITE[:3])
        (suite,) = self.work.glob("output/suite__*/results.json")
        documents["suite"] = loads(suite.read_text())
        self.assertEqual(len(documents["suite"]["runs"]), 3)
        # What is null in some of them: the schema is no stricter than the program.
        self.assertIsNone(documents["one block"]["verdict"]["recommended"])
        self.assertIsNone(documents["one point"]["scaling"])
        self.assertIsNotNone(documents["scaling"]["scaling"])
        self.assertIn("kinds", documents["mix"])
        self.assertEqual(documents["programs"]["ranking"]["programs"][1]["standing"], "slower")
        self.assertEqual(len(documents["sizes"]["policies"]), 2)
        self.assertIsNone(documents["one size"]["policies"][0]["confidence"])
        self.assertEqual(documents["cost"]["verdict"]["objective"], "cost")
        self.assertIn(documents["cost"]["verdict"]["recommended"], (0, 1))
        self.assertTrue(documents["each"]["points"][2]["objective"]["keeps"])
        self.assertEqual(documents["scaling"]["verdict"]["objective"], "time")
        self.assertIn("precision", documents["adaptive"]["config"])
        self.assertGreater(documents["many tasks"]["task_time_resolution"], 0)
        found = self.problems(*documents.values())
        self.assertEqual(dict(zip(documents, found, strict=True)), {k: [] for k in documents})

    def test_verdict_of_judge(self):
        """judge prints the same object alone."""
        rows = ["block,workers,seconds"]
        rows += [f"{b},{w},{1 / (w + 1) + 0.001 * b}" for b in range(1, 7) for w in (0, 1, 2)]
        self.write("passes.csv", "\n".join(rows) + "\n")
        verdict = loads(self.run_fine("judge", "passes.csv", "--json").out)
        self.assertEqual(self.problems(verdict, part="verdict"), [[]])

    def test_anything_else_is_refused(self):
        _, (folder,) = self.measure(RUNS["plain"])

        def changed(change):
            run = self.results(folder)
            change(run)
            return run

        wrong = {
            "extra field": lambda run: run.update(more=1),
            "extra field of a point": lambda run: run["points"][0].update(more=1),
            "extra field of the verdict": lambda run: run["verdict"].update(more=1),
            "missing field": lambda run: run.pop("drift"),
            "missing field of a pass": lambda run: run["passes"][0].pop("total_s"),
            "other version": lambda run: run.update(version=2),
            "text for a number": lambda run: run["points"][0]["total_s"].update(mean="1"),
            "one end of an interval": lambda run: run["points"][0]["total_s"].update(interval=[1]),
            "unknown reason": lambda run: run["verdict"].update(reason="fate"),
            "odd label": lambda run: run["verdict"]["speedup"].update(four=[1, 1, 1]),
        }
        documents = {label: changed(change) for label, change in wrong.items()}
        found = dict(zip(documents, self.problems(*documents.values()), strict=True))
        self.assertEqual([label for label, problems in found.items() if not problems], [])

    def test_same_fields_as_the_documentation(self):
        """Every field of the schema is described, and every object is closed."""
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        page = (common.ROOT / "docs/results.md").read_text(encoding="utf-8")

        def walk(value, path):
            if isinstance(value, list):
                for item in value:
                    walk(item, path)
            if not isinstance(value, dict):
                return
            if "properties" in value:
                self.assertIs(value.get("additionalProperties"), False, path)
                for key in value["properties"]:
                    # The configuration's are in the README, the host's speak for themselves.
                    if not {"config", "host"} & set(path) and not key.endswith("_interval"):
                        self.assertIn(f"`{key}`", page, path)
            for key, inner in value.items():
                walk(inner, [*path, key])

        walk(schema["definitions"], [])


if __name__ == "__main__":
    unittest.main()
