"""What the tree promises: layers that the compiler enforces, one style, no way around either."""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ["PPT_SOURCE"])
BUILD = pathlib.Path(os.environ["PPT_BUILD"])
STAGES = ["base", "config", "cli", "host", "press", "run", "analyze", "report", "verbs/common",
          "verbs"]  # fmt: skip
SOURCES = [p for top in ("bench", "kernels", "tests") for p in sorted((SOURCE / top).rglob("*.[ch]"))]


def include_folders(source):
    """The folders of the project that headers of a source file are looked for in."""
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    for entry in commands:
        path = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
        if path == source.resolve():
            words = shlex.split(entry["command"])
            folders = [w[2:] for w in words if w.startswith("-I")]
            return [(pathlib.Path(entry["directory"]) / f).resolve() for f in folders]
    raise AssertionError(f"{source} is not compiled")


class Layers(unittest.TestCase):
    def test_no_stage_sees_a_later_one(self):
        """A header of a later stage must not be found at all, so an arrow back does not compile; nor
        one in a folder within a stage, which is for the files beside it alone."""
        stages = [(SOURCE / "bench" / stage).resolve() for stage in STAGES]
        folders = [path for stage in stages for path in stage.rglob("*") if path.is_dir()]
        inner = [path for path in folders if path not in stages]
        self.assertTrue(inner)
        for i, stage in enumerate(stages):
            for source in sorted(stage.rglob("*.c")):
                found = include_folders(source)
                for hidden in stages[i + 1 :] + inner:
                    with self.subTest(source=source.name, hidden=hidden.name):
                        self.assertNotIn(hidden, found)

    def test_what_reads_the_command_line_knows_no_verb(self):
        """It works by descriptors alone, which are one file for every line of the table."""
        table = (SOURCE / "bench/verbs/verbs.h").read_text()
        verbs = re.findall(r"^    VERB\((\w+)\)", table, re.M)
        self.assertGreaterEqual(len(verbs), 10)
        files = {p.stem for p in (SOURCE / "bench/verbs").glob("*.c")}
        self.assertEqual(files, set(verbs))
        for source in sorted((SOURCE / "bench/cli").glob("*.[ch]")):
            texts = " ".join(re.findall(r'"([^"\n]*)"', source.read_text()))
            for verb in verbs:
                with self.subTest(source=source.name, verb=verb):
                    self.assertNotRegex(texts, rf"\b{verb}\b")

    def test_kernels_see_nothing_of_the_bench(self):
        for source in sorted((SOURCE / "kernels").rglob("*.c")):
            if source.name == "registry.c":
                continue  # compiled into the program, whose folders it is given but does not use
            for folder in include_folders(source):
                with self.subTest(source=source.name):
                    self.assertNotIn(SOURCE / "bench", [folder, *folder.parents])

    def test_registry_includes_kernel_headers_alone(self):
        text = (SOURCE / "kernels" / "registry.c").read_text()
        self.assertEqual(re.findall(r'#include "(.*)"', text), ["registry.h"])

    def test_no_include_climbs_out_of_its_folder(self):
        for path in SOURCES:
            with self.subTest(path=path.name):
                self.assertNotRegex(path.read_text(), r'#include "[^"]*/')

    def test_parallel_loop_over_tasks_is_in_one_place(self):
        """Only the pass opens a parallel region outside the kernels."""
        users = [
            p.relative_to(SOURCE).as_posix()
            for p in sorted((SOURCE / "bench").rglob("*.c"))
            if re.search(r"#pragma omp parallel", p.read_text())
        ]
        self.assertEqual(users, ["bench/run/pass.c"])


class Unity(unittest.TestCase):
    """Meson can hand several files of a library to the compiler as one (-Dunity=on): then two statics
    of one name clash. As it does with its defaults, four at a time; only the syntax is looked at."""

    SIZE = 4

    @staticmethod
    def groups():
        targets = json.loads((BUILD / "meson-info" / "intro-targets.json").read_text())
        for target in targets:
            for part in target.get("target_sources", []):
                files = [f for f in part["sources"] if f.startswith(str(SOURCE / "bench"))
                         or f.startswith(str(SOURCE / "kernels"))]  # fmt: skip
                if part.get("language") != "c" or target["name"] not in Unity.TARGETS:
                    continue
                for first in range(0, len(files), Unity.SIZE):
                    yield part["compiler"], part["parameters"], files[first : first + Unity.SIZE]

    TARGETS = ["base", "config", "cli", "host", "press", "run", "analyze", "report", "common",
               "verbs", "mpi", "kernels", "ppt-omp", "ppt-omp-mpi"]  # fmt: skip

    def compile_together(self, group):
        compiler, parameters, files = group
        text = "".join(f'#include "{file}"\n' for file in files)
        done = subprocess.run(
            [*compiler, *parameters, "-fdiagnostics-color=never", "-O0", "-fsyntax-only", "-x", "c", "-"],
            cwd=BUILD, input=text, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return [line for line in done.stderr.splitlines() if " error: " in line]

    def test_statics_do_not_clash(self):
        groups = list(self.groups())
        self.assertGreater(len(groups), 20)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for group, errors in zip(groups, pool.map(self.compile_together, groups)):
                with self.subTest(files=[os.path.basename(f) for f in group[2]]):
                    self.assertEqual(errors, [])


class OneHand(unittest.TestCase):
    """One file removes, cuts, renames and overwrites; one opens what comes from outside."""

    # Calls that take something away from whoever owns it, or can.
    CHANGES = (
        r"unlink|unlinkat|rmdir|remove|rename|renameat|renameat2|truncate|ftruncate|link|linkat"
        r"|symlink|symlinkat|nftw|ftw|mkstemp|mkostemp|tmpfile|freopen|creat"
    )

    @staticmethod
    def calls(path, names):
        """Calls of these functions, comments and members of structs left out."""
        code = re.sub(r"/\*[\s\S]*?\*/", "", path.read_text())
        return re.findall(rf"(?<![\w.>])(?:{names})\s*\(", code)

    def users(self, names):
        sources = [p for top in ("bench", "kernels") for p in (SOURCE / top).rglob("*.[ch]")]
        return sorted(
            p.relative_to(SOURCE).as_posix() for p in sources if self.calls(p, names)
        )

    def test_one_file_changes_what_is_there(self):
        self.assertEqual(self.users(self.CHANGES), ["bench/base/change.c"])

    def test_nobody_overwrites_in_place(self):
        """A file that is opened for writing is a new one, or a device that the user named."""
        for top in ("bench", "kernels"):
            for path in sorted((SOURCE / top).rglob("*.[ch]")):
                code = re.sub(r"/\*[\s\S]*?\*/", "", path.read_text())
                with self.subTest(path=path.name):
                    self.assertNotIn("O_TRUNC", code)
                    self.assertNotRegex(code, r'\bfopen\([^;]*"[wa+]')

    def test_one_way_to_read_what_comes_from_outside(self):
        """fopen() waits for a pipe; only files of the system are read by it."""
        readers = self.users("fopen")
        self.assertEqual(
            [p for p in readers if not p.startswith("bench/host/")],
            ["kernels/common/warden.c"],
        )


class OnePlace(unittest.TestCase):
    """Keys of configurations and options have their names from one row each: bench/config/keys.c, or
    a verb's or the shared table of options. Who means one refers to the row."""

    # The same words for something else. In bench/report/ they name fields of results, which stay what
    # they are whatever keys are called.
    OTHERS = {
        "runs": {"bench/verbs/audit.c"},  # a field of its answer
        "inner_threads": {"bench/analyze/reason.c",  # a reason
                          "bench/verbs/predict.c"},  # a field of its answer
        "memory": {"bench/config/plan.c", "bench/host/cgroup.c", "bench/host/doctor.c",  # that of the machine
                   "bench/config/resource.c",  # a resource
                   "bench/analyze/reason.c"},  # a reason
        # Of a host, an option, a kernel, a law: what has a name.
        "name": {"bench/host/host_json.c", "bench/verbs/answer.c",
                 "bench/verbs/common/comparable.c", "bench/verbs/common/kept.c",
                 "bench/verbs/describe.c", "bench/verbs/doctor.c", "bench/verbs/list.c",
                 "bench/verbs/predict.c"},
        "latency": {"bench/config/read_goal.c"},  # how results call an objective
        "objective": {"bench/analyze/reason.c"},  # a reason
        "process": {"bench/run/process.h"},  # the verb that a run starts for its passes
        "ranks": {"bench/host/cluster.c"},  # entries of a list
        "why": {"bench/run/journal_content.c", "bench/verbs/why.c"},  # a kind of line, and a verb
        "task": {"bench/run/journal.c",  # a field of the list of kernels
                 "bench/config/config.h",  # what has a folder of its own
                 "bench/verbs/common/kept.c"},  # of what is kept
        "workers": {"bench/verbs/fit.c", "bench/verbs/judge.c",  # columns of tables
                    "bench/verbs/predict.c"},  # a field of its answer
        # Options of these verbs, which are no settings of a configuration.
        "--format": {"bench/verbs/answer.c"},
        "--kernel": {"bench/verbs/list.c"},
        "--seed": {"bench/verbs/once.c"},
        "--tasks": {"bench/config/keys.c"},  # another name of --task-count
        "--tolerance": {"bench/verbs/judge.c"},
        "--workers": {"bench/verbs/predict.c"},
    }  # fmt: skip

    @staticmethod
    def described():
        program = os.environ.get("PPT_OMP", str(BUILD / "ppt-omp"))
        told = subprocess.run([program, "describe", "--json"], capture_output=True, check=True)
        return json.loads(told.stdout)

    def test_orders_have_no_gaps(self):
        """Behind a gap keys would be neither read nor recorded nor listed."""
        keys = self.described()["keys"]
        for order in ("read", "recorded", "listed"):
            places = sorted(key[order] for key in keys if key[order])
            self.assertGreaterEqual(len(places), 16)
            self.assertEqual(places, list(range(1, len(places) + 1)), order)
        for key in keys:
            with self.subTest(key=key["key"]):
                # An option has its line in --help where it is the key's own.
                own = key["option"] is not None and key["key"] != "wait_time_after_iteration"
                self.assertEqual(key["listed"] > 0, own)
                # What is read as a row is recorded, but for what is ignored, or is as the precision.
                ignored = key["key"] in ("multiprocessing_start_method", "max_seconds")
                self.assertGreaterEqual(key["recorded"] > 0, key["read"] > 0 and not ignored)

    def test_each_name_stands_once(self):
        about = self.described()
        inner = [key for key in about["keys"] for key in key.get("keys", [])]
        names = {key["key"] for key in about["keys"] + inner}
        names |= {option["name"] for verb in about["verbs"] for option in verb["options"]}
        self.assertGreaterEqual(len(names), 50)
        places = {name: [] for name in names}
        for path in sorted((SOURCE / "bench").rglob("*.[ch]")):
            code = re.sub(r"/\*[\s\S]*?\*/", "", path.read_text())
            for text in re.findall(r'"((?:[^"\\\n]|\\.)*)"', code):
                if text in places:
                    places[text].append(path.relative_to(SOURCE).as_posix())
        for name, files in places.items():
            own = [f for f in files if f not in self.OTHERS.get(name, ())
                   and not f.startswith("bench/report/")]  # fmt: skip
            with self.subTest(name=name):
                self.assertEqual(len(own), 1, own)
                self.assertLessEqual(self.OTHERS.get(name, set()), set(files))

    # Files that others made or read have blocks; so has gnuplot.
    BLOCKS = {"bench/run/journal.c", "bench/run/journal_pass.c", "bench/verbs/judge.c",
              "bench/report/json.c", "bench/report/compare_json.c", "bench/report/csv.c",
              "bench/run/sample_fields.c", "bench/report/charts/overview_chart.c",
              "bench/report/charts/programs_chart.c"}  # fmt: skip

    def test_people_read_of_iterations(self):
        """The option is --iterations: what it counts has no second name in texts."""
        told = set()
        for path in sorted((SOURCE / "bench").rglob("*.c")):
            code = re.sub(r"/\*[\s\S]*?\*/", "", path.read_text())
            if re.search(r'"(?:[^"\\\n]|\\.)*\bblocks?\b(?:[^"\\\n]|\\.)*"', code):
                told.add(path.relative_to(SOURCE).as_posix())
        self.assertLessEqual(told, self.BLOCKS)
        self.assertIn("bench/verbs/judge.c", told)


class Style(unittest.TestCase):
    @unittest.skipUnless(shutil.which("clang-format"), "clang-format is not installed")
    def test_formatting(self):
        result = subprocess.run(
            ["clang-format", "--dry-run", "-Werror", *map(str, SOURCES)],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(result.returncode, 0, result.stderr[:2000])

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_shell_scripts(self):
        scripts = [SOURCE / ".ci/run", *SOURCE.glob("scripts/*.sbatch")]
        for top, kind in (("scripts", "sh"), ("scripts", "bash"), ("tests", "sh")):
            scripts += sorted((SOURCE / top).rglob(f"*.{kind}"))
        self.assertGreaterEqual(len(scripts), 15)
        result = subprocess.run(
            ["shellcheck", "-x", *map(str, scripts)],
            cwd=SOURCE,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(result.returncode, 0, result.stdout[:2000])

    def test_every_header_is_guarded_and_described(self):
        for path in SOURCES:
            if path.suffix == ".h":
                with self.subTest(path=path.name):
                    self.assertRegex(path.read_text(), r"\A/\*\n \* [\s\S]*?#ifndef PPT_\w+_H\n#define")


class Examples(unittest.TestCase):
    def test_every_kernel_has_an_example(self):
        kernels = re.findall(r"&ppt_kernel_(\w+)", (SOURCE / "kernels/registry.c").read_text())
        self.assertGreaterEqual(len(kernels), 9)
        for name in kernels:
            with self.subTest(kernel=name):
                example = json.loads((SOURCE / "config" / f"{name}.json").read_text())
                self.assertEqual(example["task"], name)


if __name__ == "__main__":
    unittest.main()
