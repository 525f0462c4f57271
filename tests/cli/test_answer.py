"""ppt-omp answer: the number of a kept verdict, while all that it rests on is what it was."""

import json
import os
import pathlib
import signal
import stat
import subprocess
import sys
import threading
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

NO_ANSWER = 6
WORDS = ["./tool.sh", "data.txt", "--config=a.ini"]
QUICK = ["--quick", "--warmup", "0", "--task-count", "2", "--quiet"]
ENVIRONMENT = {
    "MAKEFLAGS": "-j2", "CMAKE_BUILD_PARALLEL_LEVEL": "2", "CTEST_PARALLEL_LEVEL": "2",
    "CARGO_BUILD_JOBS": "2", "PYTEST_XDIST_AUTO_NUM_WORKERS": "2", "GOMAXPROCS": "2",
    "RAYON_NUM_THREADS": "2", "OMP_NUM_THREADS": "1",
}  # fmt: skip
MUCH_LATER = time.time() + 30 * 86400


class AnswerCase(common.Case):
    def setUp(self):
        super().setUp()
        self.store = self.base / "state"
        self.file = self.store / "build.json"
        self.asked = 0

    def environment(self, draw=False, **changes):
        return super().environment(draw, **{"PPT_OMP_STATE": str(self.store), **changes})

    def program(self, name="tool.sh", text="exit 0"):
        path = self.write(name, f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def keep(self, *options, words=None, **changes):
        """A run whose verdict is kept; how sure it is must not depend on the machine's noise."""
        self.program()
        self.write("data.txt", "some data\n")
        self.write("a.ini", "a = 1\n")
        self.run_fine("--name", "build", *QUICK, "--workers", "1,2", *options, "--",
                      *(words or WORDS))  # fmt: skip
        self.change(confidence="HIGH", recommended={"workers": 2, "inner_threads": 1}, **changes)

    def kept(self):
        return json.loads(self.file.read_text(encoding="utf-8"))

    def change(self, **members):
        """Changes what is kept; "machine__cpus" is a member of a member, and None takes one out."""
        kept = self.kept()
        for name, value in members.items():
            inner = kept
            *path, last = name.split("__")
            for key in path:
                inner = inner[key]
            inner.update({last: value}) if value is not None else inner.pop(last)
        self.file.write_text(json.dumps(kept), encoding="utf-8")

    def check_valid(self, *args, number="2", **options):
        result = self.run_ppt("answer", "build", *args, **options)
        self.assertEqual((result.code, result.out, result.err), (0, f"{number}\n", ""), result)

    def check_none(self, state, *args, told="", **options):
        """No number but the one that was asked for, and why."""
        program = ["--", *options.pop("program")] if "program" in options else []
        self.asked += 1
        # Of every two one without a number of its own.
        number, out = (["--or", "41"], "41\n") if self.asked % 2 else ([], "")
        result = self.run_ppt("answer", "build", *number, *args, *program, **options)
        self.assertEqual((result.code, result.out), (NO_ANSWER, out), result)
        self.assertRegex(result.err, f"^ppt-omp: build: {state}: [^\n]+\n$")
        self.assertIn(told, result.err)


class Answers(AnswerCase):
    def test_what_is_printed(self):
        self.keep()
        self.check_valid()
        self.check_valid("--or", "4")
        self.check_valid("--format", "number")
        self.check_valid("--", *WORDS)
        result = self.run_fine("answer", "build", "--format", "env")
        self.assertEqual(dict(line.split("=", 1) for line in result.out.splitlines()), ENVIRONMENT)
        told = json.loads(self.run_fine("answer", "build", "--format", "json").out)
        self.assertEqual(told, json.loads(self.run_fine("answer", "build", "--json").out))
        self.assertEqual((told["name"], told["state"], told["number"]), ("build", "valid", 2))
        self.assertEqual(told["environment"], ENVIRONMENT)
        self.assertEqual(told["recommended"], {"ranks": 0, "workers": 2, "inner_threads": 1})
        self.assertEqual(told["counts"], "workers")
        self.assertEqual(told["kept"]["run"], str(self.only_folder()))
        names = sorted(pathlib.Path(f["path"]).name for f in told["kept"]["files"])
        self.assertEqual(names, ["a.ini", "data.txt", "tool.sh"])

    def test_who_may_read_it(self):
        self.keep()
        self.run_fine("--name", "build", *QUICK, "--workers", "1", "--", "./tool.sh")
        self.assertEqual(stat.S_IMODE(self.store.stat().st_mode), 0o700)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        self.assertEqual([p.name for p in self.store.iterdir()], ["build.json"])

    def test_where_it_is(self):
        self.keep()
        home = self.base / "home"
        self.assertEqual(self.run_ppt("answer", "build", env=self.environment(
            PPT_OMP_STATE=None, XDG_STATE_HOME="relative", HOME=str(home))).code, NO_ANSWER)  # fmt: skip
        for variables, folder in (
            ({"XDG_STATE_HOME": str(self.base / "xdg")}, self.base / "xdg/ppt-omp"),
            ({"XDG_STATE_HOME": None, "HOME": str(home)}, home / ".local/state/ppt-omp"),
            ({"XDG_STATE_HOME": "relative", "HOME": str(home)}, home / ".local/state/ppt-omp"),
        ):
            with self.subTest(variables=variables):
                env = self.environment(PPT_OMP_STATE=None, **variables)
                self.run_fine("--name", "x", *QUICK, "--workers", "1", "--", "./tool.sh", env=env)
                self.assertEqual([p.name for p in folder.iterdir()], ["x.json"])
                folder.joinpath("x.json").unlink()

    def test_a_sequential_one(self):
        """0 is "as many as you like" to make, and no number to most others."""
        self.keep(recommended__workers=0)
        self.check_valid(number="1")
        told = json.loads(self.run_fine("answer", "build", "--json").out)
        self.assertEqual((told["number"], told["recommended"]["workers"]), (1, 0))
        self.assertEqual(told["environment"]["MAKEFLAGS"], "-j1")

    def test_threads_inside(self):
        """Where the workers were the same everywhere, what was asked is how many threads each has."""
        self.program()
        self.run_fine("--name", "build", *QUICK, "--workers", "0", "--inner-threads", "1,2,4",
                      "--", "./tool.sh", "-j{inner_threads}")  # fmt: skip
        self.assertEqual(self.kept()["counts"], "inner_threads")
        self.change(confidence="HIGH", recommended={"workers": 0, "inner_threads": 4})
        self.check_valid(number="4")
        env = self.run_fine("answer", "build", "--format", "env").out.split()
        self.assertIn("MAKEFLAGS=-j4", env)
        self.assertIn("OMP_NUM_THREADS=4", env)

    def test_both(self):
        self.keep("--inner-threads", "1,2", recommended__inner_threads=3)
        self.check_valid()
        env = self.run_fine("answer", "build", "--format", "env").out.split()
        self.assertIn("CARGO_BUILD_JOBS=2", env)
        self.assertIn("OMP_NUM_THREADS=3", env)

    def test_a_kernel(self):
        """Its workers are threads of one process, and no program runs in a folder."""
        self.run_fine("--name", "build", *QUICK, "--workers", "1,2", "--task", "sum",
                      "--task-args", "[1000]")  # fmt: skip
        self.change(confidence="HIGH", recommended={"workers": 2, "inner_threads": 1})
        self.check_valid(cwd=self.base)
        env = self.run_fine("answer", "build", "--format", "env").out.split()
        self.assertIn("OMP_NUM_THREADS=2", env)
        self.assertEqual([f["path"] for f in self.kept()["files"]], [common.PPT_OMP])
        self.check_none("stale", program=["true"], told="another program")

    def test_a_configuration(self):
        self.program()
        config = {"task": "command", "task_args": ["./tool.sh"], "workers": [1, 2], "iterations": 3,
                  "task_count": 2, "name": "build"}  # fmt: skip
        self.write("c.json", config)
        self.run_fine("c.json")
        self.change(confidence="HIGH", recommended={"workers": 2, "inner_threads": 1})
        self.check_valid()
        self.write("c.json", {**config, "schedule": "static"})
        self.check_none("stale", told="c.json")
        self.write("c.json", config)
        self.check_valid()

    def test_all_of_them(self):
        self.assertEqual(self.run_fine("answer").out, "")
        self.keep()
        self.run_fine("--name", "other", *QUICK, "--iterations", "1", "--workers", "1", "--",
                      "./tool.sh")  # fmt: skip
        (self.store / "worse.json").write_text("{")
        (self.store / "not a name.json").write_text("{")
        self.program(text="exit 0 # changed")
        out = self.run_fine("answer").out
        lines = [line.split()[:2] for line in out.splitlines()]
        self.assertEqual(lines, [["build", "stale"], ["other", "stale"], ["worse", "damaged"]])
        told = json.loads(self.run_fine("answer", "--json").out)
        self.assertEqual([one["state"] for one in told], ["stale", "stale", "damaged"])

    def test_where_none_holds(self):
        self.check_none("unknown", told="--name build")
        told = json.loads(self.run_ppt("answer", "build", "--json").out)
        self.assertEqual((told["state"], told["number"], told["kept"]), ("unknown", None, None))
        result = self.run_ppt("answer", "build", "--or", "4", "--format", "env")
        self.assertEqual(result.code, NO_ANSWER)
        self.assertIn("MAKEFLAGS=-j4\n", result.out)
        self.assertNotIn("OMP_NUM_THREADS", result.out)  # what 4 counts is not known
        self.assertEqual(self.run_ppt("answer", "build", "--format", "env").out, "")

    def test_what_is_asked_wrongly(self):
        for args in (["../x"], [".x"], ["a/b"], [""], ["x", "--or", "0"], ["x", "--or", "-1"],
                     ["x", "--or", "1.5"], ["x", "--or", "99999"], ["x", "--or", "two"],
                     ["x", "--format", "csv"], ["x", "y"], ["--", "true"], ["x", "--"]):  # fmt: skip
            with self.subTest(args=args):
                result = self.run_ppt("answer", *args)
                self.assertEqual((result.code, result.out), (2, ""), result)

    def test_a_run_without_a_name_keeps_nothing(self):
        self.program()
        self.run_fine(*QUICK, "--workers", "1", "--", "./tool.sh")
        self.assertFalse(self.store.exists())

    def test_a_run_without_a_verdict(self):
        self.keep()
        self.run_fine("--name", "build", *QUICK, "--iterations", "1", "--workers", "1,2", "--", *WORDS)
        self.check_none("unsure", told="no verdict")

    def test_a_store_that_cannot_be(self):
        """The run is fine all the same."""
        self.program()
        self.store.write_text("")
        result = self.run_fine("--name", "build", *QUICK, "--workers", "1", "--", "./tool.sh")
        self.assertIn('no verdict is kept by the name "build"', result.err)


class Changes(AnswerCase):
    """Whatever changes, there is no stale answer; and where it is put back, there is one again."""

    def set_up(self):
        self.keep()
        self.check_valid()

    def one(self, label, state="stale", **options):
        with self.subTest(change=label):
            self.check_none(state, **options)
            self.changes += 1

    def run_changes(self, test, least):
        self.changes = 0
        test()
        self.assertGreaterEqual(self.changes, least)

    def test_files(self):
        """Content decides, whatever size and times say."""
        self.set_up()
        # As if they had lain there for long: they have not changed since they were looked at.
        self.change(files=[{**one, "fresh": False} for one in self.kept()["files"]])
        self.check_valid()
        self.run_changes(self.change_files, 27)

    def change_files(self):
        for name in ("tool.sh", "data.txt", "a.ini"):
            path = self.work / name
            content = path.read_bytes()
            about = path.stat()
            times = (about.st_atime_ns, about.st_mtime_ns)
            other = content[:-2] + b"#\n"
            aside = self.work / "aside"

            def put(what, old=False, path=path, times=times, about=about):
                path.write_bytes(what)
                path.chmod(about.st_mode)
                os.utime(path, ns=times) if old else None

            put(content + b"#")
            self.one(f"{name}: longer", told=name)
            put(content[:-1])
            self.one(f"{name}: shorter", told=name)
            put(other)
            self.one(f"{name}: as long", told=name)
            put(other, old=True)
            self.one(f"{name}: as long and as old", told=name)
            put(content)
            os.utime(path, (MUCH_LATER, MUCH_LATER))
            self.check_valid()  # only touched
            path.rename(aside)
            self.one(f"{name}: gone", told=f"{name} is no longer there")
            path.mkdir()
            self.one(f"{name}: a folder", told=name)
            path.rmdir()
            path.symlink_to(self.write("linked", other))
            self.one(f"{name}: a link to another file", told=name)
            path.unlink()
            (self.work / "linked").rename(path)
            os.utime(path, ns=times)
            self.one(f"{name}: another file of its size and time", told=name)
            path.unlink()
            os.mkfifo(path)
            self.one(f"{name}: a pipe", told=name)
            path.unlink()
            aside.rename(path)
            put(content, old=True)
            self.check_valid()

    def test_a_file_that_changed_just_before(self):
        """Times have a step: within it a file may change without a trace in them."""
        self.set_up()
        path = self.work / "data.txt"
        self.assertTrue(self.kept()["files"][1]["fresh"])  # it was just made
        path.write_bytes(b"some Data\n")
        about = path.stat()
        files = self.kept()["files"]
        files[1].update(mtime_ns=about.st_mtime_ns, ctime_ns=about.st_ctime_ns,
                        inode=f"{about.st_ino:016x}", device=f"{about.st_dev:016x}")  # fmt: skip
        self.change(files=files)
        self.check_none("stale", told="data.txt")

    def test_variables(self):
        self.set_up()
        self.run_changes(self.change_variables, 10)

    def change_variables(self):
        for name, value in (
            ("OMP_PROC_BIND", "true"), ("OMP_PLACES", "cores"), ("OMP_STACKSIZE", "4M"),
            ("OMP_SCHEDULE", "static"), ("OMP_DYNAMIC", "true"), ("OMP_WAIT_POLICY", "active"),
            ("GOMP_SPINCOUNT", "100"), ("GOMP_CPU_AFFINITY", "0"), ("OPENBLAS_NUM_THREADS", "1"),
            ("HWLOC_SYNTHETIC", "core:4 pu:1"), ("PPT_OMP_ISA", "baseline"),
        ):  # fmt: skip
            self.one(name, told="environment", env=self.environment(**{name: value}))
        # These a script sets itself, by what this prints.
        self.check_valid(env=self.environment(OMP_NUM_THREADS="7", MAKEFLAGS="-j7"))

    def test_cpus(self):
        """Fewer of them, and others; also where OpenMP binds threads before anybody looks."""
        self.set_up()
        mine = os.sched_getaffinity(0)
        if len(mine) < 2:
            self.skipTest("there is one CPU")
        for cpu in sorted(mine)[:4]:
            self.check_none("stale", told="cpus",
                            preexec_fn=lambda cpu=cpu: os.sched_setaffinity(0, {cpu}))  # fmt: skip
        self.check_valid()
        before = self.kept()["machine"]["environment"].splitlines()
        self.change(machine__environment="\n".join(sorted([*before, "OMP_PROC_BIND=true"])))
        self.check_valid(env=self.environment(OMP_PROC_BIND="true"))

    def test_the_machine(self):
        """Another one, as if this were it."""
        self.set_up()
        kept = self.file.read_bytes()
        for name, value in (
            ("system", "Linux 2.4 alpha"), ("cpu_model", "6502"), ("cpus", "0-4095"),
            ("online_cpus", 4096), ("cpuset_cpus", 77), ("quota_cpus", 1.5),
            ("quota_cpus", 0.25), ("memory_bytes", 65536), ("memory_limit_bytes", 1 << 40),
            ("environment", "OMP_DYNAMIC=true"),
        ):  # fmt: skip
            with self.subTest(name=name):
                self.change(**{f"machine__{name}": value})
                self.check_none("stale", told=f"{name} was ")
                self.file.write_bytes(kept)
        self.check_valid()

    def test_the_program(self):
        self.set_up()
        for words in (["./tool.sh"], [*WORDS, "x"], ["./tool.sh", "data.txt", "--config=b.ini"],
                      ["tool.sh", *WORDS[1:]], ["true"]):  # fmt: skip
            with self.subTest(words=words):
                self.check_none("stale", program=words, told="another program")
        self.check_none("stale", cwd=self.base, told="folder")
        (self.base / "link").symlink_to(self.work)
        self.check_valid(cwd=self.base / "link")

    def test_a_program_along_path(self):
        """One that is put in front of it is another one."""
        for name in ("a", "b"):
            (self.work / name).mkdir()
        self.program("b/tool")
        env = self.environment(PATH=f"{self.work}/a:{self.work}/b:/usr/bin:/bin")
        self.run_fine("--name", "build", *QUICK, "--workers", "1,2", "--", "tool", env=env)
        self.change(confidence="HIGH", recommended={"workers": 2, "inner_threads": 1})
        self.check_valid(env=env)
        self.program("a/tool")
        self.check_none("stale", told='"tool" was ', env=env)
        (self.work / "a/tool").chmod(0o644)
        self.check_valid(env=env)
        self.check_none("stale", told="not found", env=self.environment(PATH=str(self.no_bin)))

    def test_inputs(self):
        """They are words of the command line, and what files of these names hold."""
        for name in ("one", "two"):
            self.write(name, name)
        self.keep(words=("/bin/cat", "{}", ":::", "one", "two"))
        self.check_valid()
        self.check_valid("--", "/bin/cat", "{}", ":::", "one", "two")
        for words in (("{}",), ("{}", ":::", "one"), ("{}", ":::", "two", "one"),
                      ("{}", "x", ":::", "one", "two")):  # fmt: skip
            self.check_none("stale", program=("/bin/cat", *words))
        self.write("two", "three")
        self.check_none("stale")
        # Where no word has a place for an input, the run adds one.
        self.keep(words=("/bin/cat", ":::", "one", "two"))
        self.check_valid("--", "/bin/cat", ":::", "one", "two")
        (self.work / "one").unlink()
        self.check_none("stale")

    def test_what_a_shell_is_told(self):
        self.keep(words=["/bin/sh", "-c", "./tool.sh <data.txt && test -e 'a.ini'"])
        self.check_valid()
        for name in ("tool.sh", "data.txt", "a.ini"):
            content = (self.work / name).read_bytes()
            (self.work / name).write_bytes(content + b"#\n")
            self.check_none("stale", told=name)
            (self.work / name).write_bytes(content)
        self.check_valid()


class Meanwhile(AnswerCase):
    """What happens to files while they are measured."""

    def test_what_the_task_writes(self):
        """It says nothing of the program, and changes in every use of it."""
        self.program(text='date +%N >"$1"')
        self.write("out.txt", "before")
        env = self.environment(PATH="/usr/bin:/bin")
        self.run_fine("--name", "build", *QUICK, "--workers", "1,2", "--", "./tool.sh", "out.txt",
                      env=env)  # fmt: skip
        self.change(confidence="HIGH", recommended={"workers": 2, "inner_threads": 1})
        self.write("out.txt", "after")
        self.check_valid(env=env)
        self.assertEqual([pathlib.Path(f["path"]).name for f in self.kept()["written"]], ["out.txt"])

    def test_what_somebody_edits(self):
        """The passes before and after were those of two programs."""
        self.program(text='[ -e done ] || { : >done; echo x >>"$1"; }; sleep 0.01')
        self.write("data.txt", "some data\n")
        env = self.environment(PATH="/usr/bin:/bin")
        result = self.run_fine("--name", "build", *QUICK, "--iterations", "12", "--workers", "1,2",
                               "--", "./tool.sh", "data.txt", env=env)  # fmt: skip
        self.assertIn("data.txt was changed while it was measured", result.err)
        self.check_none("unknown", env=env)

    def interrupt(self, env):
        """A run that is interrupted after some blocks, and its folder."""
        process = subprocess.Popen(
            [common.PPT_OMP, "--name", "build", *QUICK, "--iterations", "120", "--workers", "1,2",
             "--", "./tool.sh"],
            cwd=self.work, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        journal = self.work / "output/latest/samples.jsonl"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if journal.exists() and journal.read_bytes().count(b"\n") > 12:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=common.TIMEOUT_S)
        self.assertEqual(process.returncode, 130)
        return self.only_folder()

    def test_a_run_that_is_gone_on_with(self):
        self.program(text="sleep 0.01")
        env = self.environment(PATH="/usr/bin:/bin")
        folder = self.interrupt(env)
        first = self.kept()
        self.assertEqual(first["run"], str(folder))
        self.run_fine("resume", folder, "--quiet", env=env)
        self.assertEqual(self.kept()["verdict"]["blocks"], 120)
        self.assertEqual(self.kept()["files"][0]["digest"], first["files"][0]["digest"])

    def test_one_that_is_gone_on_with_after_a_change(self):
        self.program(text="sleep 0.01")
        env = self.environment(PATH="/usr/bin:/bin")
        folder = self.interrupt(env)
        kept = self.file.read_bytes()
        self.program(text="sleep 0.02")
        result = self.run_ppt("resume", folder, "--quiet", "--force", env=env)
        self.assertEqual(result.code, 0, result)
        self.assertIn("no verdict is kept", result.err)
        self.assertEqual(self.file.read_bytes(), kept)
        self.check_none("stale", env=env)

    def test_one_that_is_gone_on_with_after_another(self):
        """What is kept by then is another run's, which rests on what there was then."""
        self.program(text="sleep 0.01")
        env = self.environment(PATH="/usr/bin:/bin")
        folder = self.interrupt(env)
        self.run_fine("--name", "build", *QUICK, "--workers", "1,2", "--", "./tool.sh", env=env)
        kept = self.file.read_bytes()
        result = self.run_ppt("resume", folder, "--quiet", env=env)
        self.assertEqual(result.code, 0, result)
        self.assertIn("before it was gone on with is not known", result.err)
        self.assertEqual(self.file.read_bytes(), kept)

    def test_several_that_keep_at_once(self):
        """A reader sees the one or the other, whole."""
        self.keep()
        seen, done = set(), threading.Event()

        def read():
            while not done.is_set():
                told = json.loads(self.run_ppt("answer", "build", "--json").out)
                seen.add(told["state"])

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(3):
            runs = [subprocess.Popen([common.PPT_OMP, "--name", "build", *QUICK, "--workers",
                                      "1,2", "--", *WORDS], cwd=self.work, env=self.environment(),
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    for _ in range(4)]  # fmt: skip
            for run in runs:
                _, err = run.communicate(timeout=common.TIMEOUT_S)
                self.assertEqual((run.returncode, b"no verdict is kept" in err), (0, False), err)
        done.set()
        reader.join()
        self.assertLessEqual(seen, {"valid", "unsure"})
        self.assertEqual([p.name for p in self.store.iterdir()], ["build.json"])


class Damage(AnswerCase):
    """What is kept is believed only as it was written, and where nobody else can have put it."""

    def test_what_is_in_the_file(self):
        self.keep()
        kept = self.file.read_bytes()
        whole = json.loads(kept)
        cut = [kept[: len(kept) * i // 20] for i in range(20)]
        texts = cut + [b"[]", b"3", b"null", b"\0" * 100, kept + b"x", kept + b"\0", b"\xff\xfe{}",
                       kept.replace(b'"HIGH"', b'"\xff"')]  # fmt: skip
        for name in whole:
            if name != "confidence" and name != "folder":
                texts.append(json.dumps({k: v for k, v in whole.items() if k != name}).encode())
            texts.append(json.dumps({**whole, name: [1e300]}).encode())
        for name, value in (("version", 2), ("name", "other"), ("verdict", 3), ("config", []),
                            ("recommended", {"workers": -1, "inner_threads": 1}),
                            ("recommended", {"workers": 10**9, "inner_threads": 1}),
                            ("recommended", {"workers": 2, "inner_threads": 0})):  # fmt: skip
            texts.append(json.dumps({**whole, name: value}).encode())
        self.assertGreaterEqual(len(texts), 50)
        for text in texts:
            with self.subTest(text=text[-60:]):
                self.file.write_bytes(text)
                self.check_none("damaged")
        self.file.write_bytes(kept)
        self.check_valid()
        # Damaged or not, the next run puts its own in its place.
        self.file.write_bytes(b"{")
        self.run_fine("--name", "build", *QUICK, "--workers", "1,2", "--", *WORDS)
        self.assertEqual(self.kept()["name"], "build")

    def test_how_sure_it_is(self):
        self.keep()
        self.change(confidence="MEDIUM")
        self.check_valid()
        self.change(confidence="LOW")
        # Why is a paragraph, which the report has; the line says where.
        self.check_none("unsure", told=f"its confidence is LOW; ppt-omp report {self.only_folder()} says")
        self.assertIn("unsure   2 workers, its confidence is LOW; ", self.run_fine("answer").out)
        self.change(counts="inner_threads")
        self.assertIn("unsure   1 inner thread, ", self.run_fine("answer").out)
        self.change(counts="workers")
        self.change(confidence=None)
        self.check_none("unsure", told="no verdict")
        self.change(confidence="CERTAIN")
        self.check_none("unsure")

    def test_whose_file_it_is(self):
        self.keep()
        self.file.chmod(0o620)
        self.check_none("damaged", told="others may write to it")
        self.file.chmod(0o602)
        self.check_none("damaged", told="others may write to it")
        self.file.chmod(0o644)
        self.check_valid()
        self.file.rename(self.base / "elsewhere")
        self.file.symlink_to(self.base / "elsewhere")
        self.check_none("damaged")
        self.run_fine("--name", "build", *QUICK, "--workers", "1,2", "--", *WORDS)
        self.assertFalse(self.file.is_symlink())
        self.assertEqual(json.loads((self.base / "elsewhere").read_text())["confidence"], "HIGH")
        self.file.unlink()
        self.file.mkdir()
        self.check_none("damaged")
        self.file.rmdir()
        os.mkfifo(self.file, 0o600)
        self.check_none("damaged")

    def check_no_store(self, told):
        result = self.run_ppt("answer", "build", "--or", "3")
        self.assertEqual((result.code, result.out), (NO_ANSWER, "3\n"), result)
        self.assertIn(told, result.err)
        run = self.run_fine("--name", "build", *QUICK, "--workers", "1,2", "--", *WORDS)
        self.assertIn("no verdict is kept", run.err)
        self.assertIn(told, run.err)

    def test_whose_folder_it_is(self):
        self.keep()
        for mode in (0o770, 0o707):
            self.store.chmod(mode)
            self.check_no_store("others may write to it")
        self.store.chmod(0o755)
        self.check_valid()
        self.store.rename(self.base / "elsewhere")
        self.store.symlink_to(self.base / "elsewhere")
        before = (self.base / "elsewhere/build.json").read_bytes()
        self.check_no_store("is a link")
        self.assertEqual((self.base / "elsewhere/build.json").read_bytes(), before)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_what_belongs_to_another_user(self):
        self.keep()
        os.chown(self.file, 65534, -1)
        self.check_none("damaged", told="belongs to another user")
        self.run_fine("--name", "build", *QUICK, "--workers", "1,2", "--", *WORDS)
        self.assertEqual(self.file.stat().st_uid, 0)
        os.chown(self.store, 65534, -1)
        self.check_no_store("belongs to another user")


if __name__ == "__main__":
    unittest.main()
