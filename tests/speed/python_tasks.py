"""The tasks of the Python tool that ppt-omp succeeds, written anew from what they mean.

    python_tasks.py                    runs tasks that are asked for on standard input, see serve()
    python_tasks.py once TASK ARGS     one task; ARGS is a JSON list

They use what that tool uses (numpy, OpenCV, hashlib, gzip) in the plainest way, on one thread. Files
go to TMPDIR.
"""

import functools
import gzip
import hashlib
import json
import os
import random
import shutil
import string
import sys
import tempfile
import time

# OpenBLAS reads them when numpy is loaded; it may be built with OpenMP.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
os.environ.update(ONE_THREAD)

import cv2
import numpy

MIB = 1 << 20
CHARACTERS = string.ascii_letters + string.digits
SIDE = 512

cv2.setNumThreads(1)


def sum_ones(count):
    total = 0
    for _ in range(count):
        total += 1
    return total


def multiply(count):
    product = 1.0
    for _ in range(count):
        product *= 1.00001
    return product


def scratch(name):
    return os.path.join(tempfile.gettempdir(), f"python-{os.getpid()}-{name}")


def write_random(path, mib):
    with open(path, "wb") as file:
        file.write(os.urandom(mib * MIB))


def copy_file(mib):
    source, copy = scratch("source"), scratch("copy")
    write_random(source, mib)
    with open(source, "rb") as file:
        content = file.read()
    with open(copy, "wb") as file:
        file.write(content)
    os.remove(source)
    os.remove(copy)


def compress(mib):
    plain, packed, restored = scratch("plain"), scratch("packed.gz"), scratch("restored")
    write_random(plain, mib)
    with open(plain, "rb") as source, gzip.open(packed, "wb") as target:
        target.writelines(source)
    with gzip.open(packed, "rb") as source, open(restored, "wb") as target:
        shutil.copyfileobj(source, target)
    for path in (plain, packed, restored):
        os.remove(path)


def tensor(size, count):
    product = numpy.random.rand(size, size)
    for _ in range(count - 1):
        product = product.dot(numpy.random.rand(size, size))
    return product


def sort(count):
    return numpy.sort(numpy.random.rand(count))


def invert(size):
    return numpy.linalg.inv(numpy.random.rand(size, size))


@functools.lru_cache(maxsize=None)
def decode(path):
    """Once per process: the first task, which is not timed, pays for it."""
    image = cv2.imread(path)
    if image is None:
        raise SystemExit(f"{path}: not an image that OpenCV can read")
    return image


def equalise(paths):
    for path in paths:
        image = decode(path)
        height, width = image.shape[:2]
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        square = image[top : top + side, left : left + side]
        small = cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
        lightness, a, b = cv2.split(cv2.cvtColor(small, cv2.COLOR_BGR2LAB))
        equaliser = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8))
        lab = cv2.merge((equaliser.apply(lightness), a, b))
        result = cv2.cvtColor(lab, cv2.COLOR_LAB2BGR)
    return result


def digest(password):
    return hashlib.sha256(password.encode()).hexdigest()


def draw_passwords(stored, tried, lengths, ratio):
    """Passwords that are stored, and those that somebody tries: so many of the stored ones, the
    others as random as these."""

    def draw():
        return "".join(random.choices(CHARACTERS, k=random.randint(*lengths)))

    known = [draw() for _ in range(stored)]
    right = int(tried * ratio)
    attempts = random.sample(known, right) if right <= stored else random.choices(known, k=right)
    attempts += [draw() for _ in range(tried - right)]
    random.shuffle(attempts)
    return known, attempts


def check_passwords(stored, tried, lengths, ratio):
    known, attempts = draw_passwords(stored, tried, lengths, ratio)
    hashes = {password: digest(password) for password in known}
    matches = 0
    for attempt in attempts:
        if digest(attempt) in hashes.values():
            matches += 1
    return matches


TASKS = {
    "sum": sum_ones,
    "multi": multiply,
    "io": copy_file,
    "zip": compress,
    "tensor": tensor,
    "sort": sort,
    "matrix": invert,
    "img": equalise,
    "password": check_passwords,
}


def repeat(work, arguments, count):
    for _ in range(count):
        work(*arguments)


def serve():
    """Answers each line {"task", "args", "count"} by one of {"wall", "cpu"}: the seconds that so
    many tasks took, after as many that were not timed."""
    for line in sys.stdin:
        order = json.loads(line)
        work, arguments, count = TASKS[order["task"]], order["args"], order["count"]
        repeat(work, arguments, count)
        wall, cpu = time.perf_counter(), time.process_time()
        repeat(work, arguments, count)
        answer = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["once"]:
        TASKS[sys.argv[2]](*json.loads(sys.argv[3]))
    else:
        serve()
