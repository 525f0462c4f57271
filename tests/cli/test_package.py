"""What carries ppt-omp elsewhere: the archive of its sources, the Debian package, the container and
the Slurm job. The package itself takes minutes to build, see scripts/package.sh."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

VERSION = re.search(r"version: '([^']+)'", (common.ROOT / "meson.build").read_text())[1]


def lines(path):
    return (common.ROOT / path).read_text(encoding="utf-8").splitlines()


def ask(*command, cwd=common.ROOT):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True,
                          timeout=common.TIMEOUT_S, check=False)  # fmt: skip


def build_depends():
    """The packages that the Debian package is built with."""
    text = "\n".join(lines("debian/control"))
    return re.findall(r"(?m)^ ([a-z0-9.+-]+)", re.search(r"(?s)Build-Depends:\n(.*?)\n\S", text)[1])


def is_checkout():
    """Whether git knows these sources; an archive of them holds none."""
    return bool(shutil.which("git")) and ask("git", "rev-parse", "HEAD").returncode == 0


class Archive(common.Case):
    @unittest.skipUnless(is_checkout(), "not a checkout")
    def test_dist(self):
        """`meson dist` makes an archive of all that is committed, and it can be configured."""
        done = ask("meson", "dist", "-C", os.environ["PPT_BUILD"], "--no-tests", "--allow-dirty",
                   "--formats", "gztar")  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        name = f"ppt-omp-{VERSION}"
        shutil.unpack_archive(re.search(r"^Created (\S+)", done.stdout, re.M)[1], self.work)
        files = {str(path.relative_to(self.work)) for path in self.work.rglob("*") if path.is_file()}
        committed = ask("git", "ls-tree", "-r", "--name-only", "HEAD").stdout.split("\n")[:-1]
        self.assertEqual(files, {f"{name}/{path}" for path in committed})
        done = ask("meson", "setup", "build", cwd=self.work / name)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Debian(common.Case):
    def test_version(self):
        self.assertEqual(lines("debian/changelog")[0].split()[:2], ["ppt-omp", f"({VERSION})"])

    def test_libraries(self):
        """It is built with the libraries that scripts/setup.sh installs."""
        control = {name for name in build_depends() if name.endswith("-dev")}
        setup = set(re.findall(r"\b[a-z0-9-]+-dev\b", "\n".join(lines("scripts/setup.sh"))))
        # Debian takes the C library for granted.
        self.assertEqual(control, setup - {"libc6-dev"})

    def test_licence(self):
        """The text of LICENSE, as that format has it."""
        text = "\n".join(lines("debian/copyright")).split("License: Expat\n Permission")[1]
        words = "Permission " + text.replace("\n .\n", "\n")
        licence = (common.ROOT / "LICENSE").read_text(encoding="utf-8")
        self.assertEqual(words.split(), licence[licence.index("Permission") :].split())


class Container(common.Case):
    """There may be no engine to build it with; what it asks for must be there."""

    def instructions(self):
        text = re.sub(r"(?m)^#.*\n", "", "\n".join(lines("Containerfile"))).replace("\\\n", "")
        return [line.split(None, 1) for line in text.split("\n") if line]

    def test_scripts(self):
        runs = [rest for word, rest in self.instructions() if word == "RUN"]
        scripts = [path for run in runs for path in re.findall(r"/src/(\S+)", run)]
        self.assertEqual(scripts, ["scripts/package.sh"])
        self.assertTrue((common.ROOT / scripts[0]).is_file())
        for run in runs:
            self.assertEqual(ask("sh", "-n", "-c", run).stderr, "")

    def test_user(self):
        """It does not run as root."""
        words = dict(self.instructions())
        self.assertRegex(words["RUN"], rf"useradd .*\b{words['USER']}\b")
        self.assertEqual(json.loads(words["ENTRYPOINT"]), ["ppt-omp"])

    @unittest.skipUnless(shutil.which("apt-cache"), "no Debian packages here")
    def test_packages(self):
        wanted = [name for name in build_depends() if name != "debhelper-compat"]  # a virtual one
        for word, rest in self.instructions():
            for install in re.findall(r"apt-get install([^&]*)", rest) if word == "RUN" else []:
                wanted += [name for name in install.split() if name[0] not in "-/"]
        self.assertIn("gnuplot-nox", wanted)
        known = set(re.findall(r"(?m)^Package: (\S+)", ask("apt-cache", "show", *wanted).stdout))
        if "libgsl-dev" not in known:
            self.skipTest("the lists of packages are not here (apt-get update)")
        self.assertEqual(set(wanted) - known, set())


class Slurm(common.Case):
    """The job as an ordinary script, which it is but for comments."""

    def submit(self, *args, program=common.PPT_OMP, **variables):
        env = {**self.environment(), "PATH": os.environ["PATH"], "PPT_OMP": program,
               "SLURM_JOB_ID": "4711", **variables}  # fmt: skip
        return self.run_program("bash", common.ROOT / "scripts/ppt-omp.sbatch", *args, env=env)

    def stub(self, text):
        path = self.write("stub", f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return str(path)

    def test_run(self):
        config = self.write("c.json", {"task": "sum", "task_args": [1], "workers": [0, 1]})
        result = self.submit(config, "--quick", "--quiet")
        self.assertEqual(result.code, 0, result)
        self.check_csv(self.only_folder(self.work / "ppt-omp-4711"))
        run = self.only_folder(self.work / "ppt-omp-4711")
        result = self.submit("report", run, "--quiet")
        self.assertEqual(result.code, 0, result)
        self.assertIn("sum: ", result.out)

    def test_exit_codes(self):
        self.assertEqual(self.submit().code, 2)
        result = self.submit("--task", "sorr")
        self.assertEqual(result.code, 2)
        self.assertIn('did you mean "sort"?', result.err)
        self.assertEqual(self.submit("c.json", program=self.stub("exit 130")).code, 130)
        self.assertEqual(self.submit("c.json", program=self.stub("kill -TERM $$")).code, -signal.SIGTERM)

    def test_arguments(self):
        """A measurement gets a folder, which may be said otherwise; everything as it was said."""
        stub = self.stub('printf "%s|" "$@"')
        folder = "--output|ppt-omp-4711|"
        self.assertEqual(self.submit("a b.json", program=stub).out, folder + "a b.json|")
        self.assertEqual(self.submit("--", "x", "a  b", program=stub).out, folder + "--|x|a  b|")
        self.assertEqual(self.submit("resume", "run", program=stub).out, "resume|run|")
        self.assertEqual(self.submit("c.json", "--output", "o", program=stub).out,
                         folder + "c.json|--output|o|")  # fmt: skip

    def test_environment(self):
        stub = self.stub("env")
        result = self.submit("c.json", program=stub, OMP_PROC_BIND="close", OMP_NUM_THREADS="1",
                             OMP_PLACES="cores", SLURM_TMPDIR="/local/4711")  # fmt: skip
        self.assertEqual(re.findall(r"(?m)^(G?OMP_\w+)=", result.out), [])
        self.assertRegex(result.out, r"(?m)^TMPDIR=/local/4711$")

    def test_program_on_the_path(self):
        """When none is built where the job was submitted."""
        self.write("bin/ppt-omp", "#!/bin/sh\necho mine\n").chmod(0o755)
        result = self.submit("c.json", program="", PATH=f"{self.work}/bin:{os.environ['PATH']}")
        self.assertEqual(result.out, "mine\n")


if __name__ == "__main__":
    unittest.main()
