#!/usr/bin/env python3
"""schema.py [PPT_OMP]: prints config/schema.json, the JSON Schema of configurations.

What is said of tasks and their arguments comes from the program's own tables (`ppt-omp list
--json`), what is said of the other keys stands here. A test compares the file with what this
prints, and tries both on right and wrong configurations:

    scripts/schema.py > config/schema.json
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
MOST_WORKERS = 1024
MOST_RANKS = 65536
LARGEST_WHOLE = 2**53


def numbers(smallest, largest, description):
    """A number, or several; the smallest unless given."""
    number = {"type": "integer", "minimum": smallest, "maximum": largest}
    several = {"type": "array", "minItems": 1, "items": number}
    return {"anyOf": [number, several], "default": smallest, "description": description}


KEYS = {
    "$schema": {"type": "string", "description": "this schema, for editors"},
    "task": {
        "type": "string",
        "description": 'what to run: a kernel, or "random" for a mix of them',
    },
    "task_args": {
        "type": ["array", "object"],
        "description": "the task's arguments, in their order or by name",
    },
    "kernel": {
        "type": "string",
        "minLength": 1,
        "description": "the shared object of a kernel that is not built in",
    },
    "kernel_digest": {
        "type": "string",
        "description": "what the digest of that file must be",
    },
    "task_count": {
        "type": "integer",
        "minimum": 1,
        "maximum": 10**9,
        "default": 100,
        "description": "tasks per pass",
    },
    "workers": {
        "anyOf": [
            {"const": "auto"},
            {
                "type": "array",
                "minItems": 1,
                "items": {"type": "integer", "minimum": 0, "maximum": MOST_WORKERS},
            },
        ],
        "default": "auto",
        "description": "worker counts, 0 for plain sequential calls; "
        '"auto": 0, 1, 2, 4 ... up to the CPUs that may be used',
    },
    "inner_threads": numbers(
        1,
        MOST_WORKERS,
        "threads that one task uses inside itself: a number, or several to compare",
    ),
    "ranks": numbers(
        0,
        MOST_RANKS,
        "ranks of MPI (processes) that share the tasks, each with as many workers; "
        "0 is without MPI; others need ppt-omp-mpi",
    ),
    "distribution": {
        "type": "string",
        "pattern": "^(static|dynamic(,0*([1-9][0-9]{0,8}|1000000000))?)$",
        "default": "dynamic",
        "description": "how ranks get their tasks: dynamic asks rank 0 for chunks, of a size chosen "
        "by what is left or given for each worker; static has equal blocks",
    },
    "iterations": {
        "type": "integer",
        "minimum": 1,
        "maximum": 100000,
        "default": 10,
        "description": "blocks: how often every worker count is measured",
    },
    "warmup": {
        "type": "integer",
        "minimum": 0,
        "maximum": 1000,
        "default": 1,
        "description": "discarded rounds before the first block",
    },
    "wait_time_after_runner": {
        "type": ["number", "null"],
        "minimum": 0,
        "maximum": 86400,
        "default": 0,
        "description": "seconds of rest after every pass",
    },
    "wait_time_after_iteration": {
        "type": ["number", "null"],
        "minimum": 0,
        "maximum": 86400,
        "default": 0,
        "description": "seconds of rest after every block",
    },
    "gc_after_iteration": {
        "type": ["boolean", "null"],
        "default": False,
        "description": "give freed memory back to the system after every block",
    },
    "multiprocessing_start_method": {
        "description": "of the Python tool; ignored, since workers are threads here"
    },
    "schedule": {
        "type": "string",
        "pattern": "^(static|dynamic|guided)(,0*([1-9][0-9]{0,8}|1000000000))?$",
        "default": "dynamic,1",
        "description": 'how tasks are handed out, with or without a chunk: "dynamic,1"',
    },
    "placement": {
        "enum": ["none", "close", "spread"],
        "default": "none",
        "description": "binds workers to CPUs: neighbouring ones, or far apart",
    },
    "memory": {
        "enum": ["reuse", "fresh"],
        "default": "reuse",
        "description": "scratch once per worker, or anew for every task as a naive program has it",
    },
    "precision": {
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {
            "relative_ci": {
                "type": "number",
                "minimum": 0.001,
                "maximum": 1,
                "default": 0.02,
                "description": "half the width of intervals, as a share of the speedup",
            },
            "max_seconds": {
                "type": "number",
                "minimum": 0.1,
                "maximum": 10**6,
                "default": 600,
                "description": "no further block is begun after so long",
            },
        },
        "description": "adds blocks until the verdict is settled",
    },
    "tolerance": {
        "type": "number",
        "minimum": 0.001,
        "maximum": 1,
        "default": 0.05,
        "description": "how much slower is as good as equal",
    },
    "seed": {
        "type": ["integer", "null"],
        "minimum": 0,
        "maximum": LARGEST_WHOLE,
        "description": "makes inputs and order repeatable; drawn and recorded when left out",
    },
}


def value_schema(parameter):
    """What one argument may be."""
    kind = parameter["kind"]
    number = {"minimum": parameter.get("smallest"), "maximum": parameter.get("largest")}
    texts = {"type": "array", "minItems": 1, "items": {"type": "string"}}
    return {
        "integer": {"type": "integer", **number},
        "number": {"type": "number", **number},
        "choice": {"enum": parameter.get("choices")},
        "[low, high]": {
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "items": {"type": "integer", **number},
        },
        "[files]": {"anyOf": [{"type": "string"}, texts]},
        "words": {
            "anyOf": [
                {"type": ["string", "number"]},
                {**texts, "items": {"type": ["string", "number"]}},
            ]
        },
    }[kind]


def described(parameter):
    """With what an editor shows."""
    unit = f" ({parameter['unit']})" if parameter["unit"] else ""
    return {
        **value_schema(parameter),
        "description": parameter["help"] + unit,
        "default": parameter["default"],
    }


def members(parameters):
    """An object of arguments by name."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {p["name"]: described(p) for p in parameters},
    }


def slots(parameters):
    """Places of the positional list: parameters of a group share one, as an object."""
    places = []
    for parameter in parameters:
        group = parameter["group"]
        if group and places and places[-1][0] == group:
            places[-1][1].append(parameter)
        else:
            places.append((group, [parameter]))
    return places


def positional(parameters):
    """A list of arguments in their order. Words take all that is left of it."""
    places = slots(parameters)
    words = parameters[0]["kind"] == "words" if parameters else False
    if words:
        return {
            "type": "array",
            "minItems": 1,
            "items": {"type": ["string", "number"]},
            "description": parameters[0]["help"],
        }
    return {
        "type": "array",
        "minItems": sum(not group[0]["optional"] for _, group in places),
        "maxItems": len(places),
        "items": [members(group) if name else described(group[0]) for name, group in places],
    }


# As if there were no list.
DEFAULTS = {"type": "array", "maxItems": 0, "description": "every argument's default"}

# Whether an object says itself what to run, rather than inheriting it.
SAYS_WHAT = {"anyOf": [{"required": ["task"]}, {"required": ["kernel"]}]}


def of_task(name, summary):
    """The arguments that go with a task: of the object that names it, and of a suite's runs that
    inherit it."""
    arguments = {"task_args": {"$ref": f"#/definitions/arguments/{name}"}}
    inherits = {"if": {"not": SAYS_WHAT}, "then": {"properties": arguments}}
    return {
        "if": {
            "required": ["task"],
            "properties": {"task": {"const": name}},
            "not": {"required": ["kernel"]},
        },
        "then": {
            "properties": {
                "task": {"description": summary},
                **arguments,
                "runs": {"items": inherits},
            }
        },
    }


def schema(kernels):
    """The whole schema. Draft 7, which editors and validators of today all know."""
    mix = {
        "type": "array",
        "items": {"enum": [kernel["name"] for kernel in kernels if kernel["in_random_mix"]]},
        "description": "tasks to draw from; all when empty",
    }
    arguments = {
        kernel["name"]: {
            "anyOf": [
                positional(kernel["parameters"]),
                members(kernel["parameters"]),
                DEFAULTS,
            ]
        }
        for kernel in kernels
    }
    arguments["random"] = mix
    summaries = {kernel["name"]: kernel["summary"] for kernel in kernels}
    summaries["random"] = "a mix of tasks"
    # A kernel from outside has a name of its own, and arguments that are not known here.
    task = {
        "if": {"required": ["kernel"]},
        "then": {"properties": {"task": {"not": {"enum": list(arguments)}}}},
        "else": {"properties": {"task": {"enum": list(arguments)}}},
    }
    tasks = {"$ref": "#/definitions/tasks"}
    run = {
        "type": "object",
        "additionalProperties": False,
        "properties": KEYS,
        "allOf": [tasks],
    }
    keys = {key: {"$ref": f"#/definitions/run/properties/{key}"} for key in KEYS}
    runs = {
        "type": "array",
        "minItems": 1,
        "items": {"$ref": "#/definitions/run"},
        "description": "a suite: configurations that inherit the other keys of this file",
    }
    nothing_to_inherit = {
        "if": {"not": SAYS_WHAT},
        "then": {"required": ["runs"], "properties": {"runs": {"items": SAYS_WHAT}}},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "configuration of ppt-omp",
        "type": "object",
        "additionalProperties": False,
        "properties": {**keys, "runs": runs},
        "allOf": [nothing_to_inherit, tasks],
        "definitions": {
            "run": run,
            "tasks": {"allOf": [task, *(of_task(*entry) for entry in summaries.items())]},
            "arguments": arguments,
        },
    }


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/ppt-omp")
    listed = subprocess.run([program, "list", "--json"], capture_output=True, check=True)
    print(json.dumps(schema(json.loads(listed.stdout)["kernels"]), indent=2))


if __name__ == "__main__":
    main()
