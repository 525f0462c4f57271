"""What `meson install` installs is complete: the program runs from there, and a kernel outside of the
tree is built with nothing else."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

BUILD = pathlib.Path(os.environ.get("PPT_BUILD", common.ROOT / "build"))


def may_mount():
    """Whether folders can be put over others, seen by one program alone."""
    if not shutil.which("unshare"):
        return False
    probe = ["unshare", "-rm", "mount", "--bind", "/tmp", "/tmp"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


class Installed(common.Case):
    """Installed once, below a folder that stands for the root of a machine."""

    @classmethod
    def setUpClass(cls):
        cls.root = BUILD / "tests/installed"
        shutil.rmtree(cls.root, ignore_errors=True)
        done = subprocess.run(
            ["meson", "install", "-C", str(BUILD), "--no-rebuild", "--destdir", str(cls.root)],
            capture_output=True, text=True, timeout=common.TIMEOUT_S, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        # Wherever the prefix is, there is one program of that name below the root.
        cls.program = next(path for path in cls.root.rglob("bin/ppt-omp"))
        cls.prefix = cls.program.parents[1]

    def test_files(self):
        share = self.prefix / "share"
        for path in (
            share / "ppt-omp/landscape.png",
            share / "ppt-omp/config/sum.json",
            share / "ppt-omp/config/suite.json",
            share / "ppt-omp/config/schema.json",
            share / "doc/ppt-omp/README.md",
            share / "doc/ppt-omp/LICENSE",
            share / "bash-completion/completions/ppt-omp",
            share / "zsh/site-functions/_ppt-omp",
            share / "fish/vendor_completions.d/ppt-omp.fish",
            share / "doc/ppt-omp/docs/adding-a-kernel.md",
            share / "doc/ppt-omp/examples/primes/meson.build",
            share / "doc/ppt-omp/examples/ppt-omp.sbatch",
            self.prefix / "include/ppt-omp/kernel.h",
        ):
            self.assertTrue(path.is_file(), path)

    def test_runs(self):
        config = self.prefix / "share/ppt-omp/config/sum.json"
        result = self.run_program(str(self.program), config, "--quick", "--task-count", "2")
        self.assertEqual(result.code, 0, result)
        self.check_csv(self.only_folder())

    @unittest.skipUnless(shutil.which("scdoc"), "scdoc is not installed")
    def test_manual(self):
        self.assertTrue((self.prefix / "share/man/man1/ppt-omp.1").is_file())

    @unittest.skipUnless(shutil.which("pkg-config"), "no pkg-config here")
    def test_blas(self):
        """Its OpenBLAS is the one that it was built with, whichever else the system prefers."""
        built_with = subprocess.run(["pkg-config", "--variable=libdir", "openblas"], text=True,
                                    capture_output=True, check=True).stdout.strip()  # fmt: skip
        for program in (common.PPT_OMP, str(self.program)):
            result = self.run_program(program, "once", "tensor", "[4, 2]",
                                      env=self.environment(LD_DEBUG="files"))  # fmt: skip
            used = set(re.findall(r"calling init: (\S*libopenblas\S*)", result.err))
            self.assertEqual({str(pathlib.Path(path).parent) for path in used},
                             {str(pathlib.Path(built_with))})  # fmt: skip

    @unittest.skipUnless(may_mount(), "no mounts in a namespace of one's own here")
    def test_data_without_sources(self):
        """The image is found where it is installed, the sources being out of sight."""
        place = pathlib.Path("/") / self.prefix.relative_to(self.root) / "share"
        if not place.is_dir():
            self.skipTest(f"there is no {place} to put it at")
        empty = self.base / "empty"
        empty.mkdir()
        sources = str(common.ROOT / "data")
        script = 'mount --bind "$1" "$2" && mount --bind "$3" "$4" && exec "$5" once img --json'
        inside = ["unshare", "-rm", "sh", "-c", script, "sh"]
        env = {**self.environment(), "PATH": os.environ["PATH"]}
        for share, code in ((self.prefix / "share", 0), (empty, 2)):
            result = self.run_program(*inside, share, place, empty, sources, self.program, env=env)
            self.assertEqual(result.code, code, result)
        self.assertIn("landscape.png", result.err)

    def pkg_config(self):
        folder = next(self.prefix.rglob("pkgconfig/ppt-omp.pc")).parent
        env = self.environment(PKG_CONFIG_PATH=str(folder), PKG_CONFIG_SYSROOT_DIR=str(self.root))
        env["PATH"] = os.environ["PATH"]
        return env

    def build_example(self):
        source = self.work / "primes"
        shutil.copytree(self.prefix / "share/doc/ppt-omp/examples/primes", source)
        for command in (["meson", "setup", "build", "--fatal-meson-warnings"],
                        ["ninja", "-C", "build"]):  # fmt: skip
            done = subprocess.run(command, cwd=source, env=self.pkg_config(), capture_output=True,
                                  text=True, timeout=common.TIMEOUT_S, check=False)  # fmt: skip
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("warning", done.stdout)
        return source

    def test_example(self):
        source = self.build_example()
        listed = self.run_program(str(self.program), "list", "--kernel", "build/primes.so",
                                  cwd=source)  # fmt: skip
        self.assertEqual(listed.code, 0, listed)
        self.assertRegex(listed.out, r"(?m)^primes +count the prime numbers")
        digests = []
        for method, threads in (("sieve", 1), ("division", 1), ("sieve", 3), ("division", 2)):
            result = self.run_program(str(self.program), "once", "./build/primes.so", "20000", method,
                                      "--inner-threads", threads, "--json", cwd=source)  # fmt: skip
            self.assertEqual(result.code, 0, result)
            digests.append(json.loads(result.out)["digest"])
        self.assertEqual(len(set(digests)), 1, digests)
        result = self.run_program(str(self.program), "primes.json", "--quick", "--task-args",
                                  "[20000]", "--task-count", "8", cwd=source)  # fmt: skip
        self.assertEqual(result.code, 0, result)
        self.assertRegex(result.out, r"primes: (use|any) ")
        self.check_digests(self.only_folder(source / "output"))

    def test_example_of_sizes(self):
        """As docs/guide.md goes: the kernel, its policy, and a program with the header."""
        source = self.work / "normalise"
        shutil.copytree(self.prefix / "share/doc/ppt-omp/examples/normalise", source)
        for command in (["meson", "setup", "build", "--fatal-meson-warnings"],
                        ["ninja", "-C", "build"]):  # fmt: skip
            done = subprocess.run(command, cwd=source, env=self.pkg_config(), capture_output=True,
                                  text=True, timeout=common.TIMEOUT_S, check=False)  # fmt: skip
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("warning", done.stdout)
        result = self.run_program(str(self.program), "normalise.json", "--vary", "vectors=64,256",
                                  "--task-count", 4, "--quick", cwd=source)  # fmt: skip
        self.assertEqual(result.code, 0, result)
        self.assertRegex(result.out, r"normalise: vectors from 64 to 256: use ")
        made = (self.only_folder(source / "output") / "policy.h").read_text()
        shipped = (source / "policy.h").read_text()
        for header in (made, shipped):
            self.assertIn("static inline unsigned normalise_workers(double size)", header)
        done = subprocess.run(["build/normalise-some", "1", "1000"], cwd=source, text=True,
                              capture_output=True, check=True, timeout=common.TIMEOUT_S)  # fmt: skip
        self.assertRegex(done.stdout, r"(?m)^ +1000 +[12] +[\d.]+ us +[\d.]+ us +[\d.]+ us$")

    def test_headers_stand_alone(self):
        """Each by itself, in C11 without extensions and with all warnings."""
        for header in sorted((self.prefix / "include/ppt-omp").iterdir()):
            source = self.write("one.c", f"#include <{header.name}>\n")
            done = subprocess.run(
                ["cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fopenmp",
                 f"-I{header.parent}", "-fsyntax-only", str(source)],
                capture_output=True, text=True, timeout=common.TIMEOUT_S, check=False,
            )  # fmt: skip
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
