"""The tasks of against_python.py: what each means in numbers, and how its result is checked."""

import collections
import gzip
import json
import math
import pathlib
import re
import zlib

import python_tasks
from python_tasks import MIB, cv2, numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGE = str(ROOT / "data/landscape.png")
LEAST_DB = 50

# A count of the work: what it is named, what it is called in counting.so or /proc/PID/io, how many
# of these make one of the table's units, what it must be for both and how exactly. None: whatever
# it is, it is shown.
Count = collections.namedtuple("Count", "label key unit expected tolerance")


class Wrong(Exception):
    """A result that is not what it should be."""


def demand(fine, text):
    if not fine:
        raise Wrong(text)


def check_sum(dump, count):
    ones, total = python_tasks.sum_ones(count), int(dump.read_text())
    demand(ones == count, f"Python's sum is {ones}")
    demand(total == count * (count - 1) // 2, f"the sum is {total}")
    return f"the totals are right: {ones}; {total}"


def check_multi(dump, count):
    theirs, ours = python_tasks.multiply(count), float(dump.read_text())
    demand(ours == theirs, f"the products differ: {theirs!r}; {ours!r}")
    return f"the same product to the last bit, {ours!r}"


def check_io(dump, mib):
    content = dump.read_bytes()
    demand(len(content) == mib * MIB, f"the copy has {len(content)} bytes")
    demand(len(zlib.compress(content[:MIB], 1)) > 0.99 * MIB, "the bytes are not random")
    return "a copy of that size, of bytes that do not compress"


def check_zip(dump, mib):
    packed = dump.read_bytes()
    demand(packed[:3] == b"\x1f\x8b\x08" and packed[8] == 2, "not a gzip file of level 9")
    restored = len(gzip.decompress(packed))
    demand(restored == mib * MIB, f"Python restores {restored} bytes")
    return f"level 9; Python restores the file: {len(packed) / MIB:.3f} MiB packed"


def check_tensor(dump, size, _):
    product = numpy.fromstring(dump.read_text(), sep=" ")
    demand(product.size == size * size, f"the product has {product.size} numbers")
    # Factors are made so that the variance of a product's entries is 1 / size.
    spread = math.sqrt(size * numpy.mean(product**2))
    demand(0.5 < spread < 2, f"entries of the product are {spread:g} times what they should be")
    return "each task proves its product by a row of sums"


def check_sort(dump, count):
    values = numpy.fromstring(dump.read_text(), sep="\n")
    demand(values.size == count, f"{values.size} numbers")
    demand(bool(numpy.all(numpy.diff(values) >= 0)), "not in ascending order")
    demand(0 <= values[0] and values[-1] < 1, "not within 0 and 1")
    wrong = abs(values.mean() - 0.5) * math.sqrt(12 * count)
    demand(wrong < 5, f"their mean is {wrong:g} standard errors off")
    return "that many numbers, ascending"


def check_matrix(dump, size):
    """The residual as LAPACK's own tests have it; they allow 30."""
    numbers = numpy.fromstring(dump.read_text(), sep=" ")
    demand(numbers.size == 2 * size * size, f"{numbers.size} numbers instead of two matrices")
    matrix, inverse = numbers.reshape(2, size, size)
    norms = numpy.linalg.norm(matrix, 1) * numpy.linalg.norm(inverse, 1)
    wrong = numpy.linalg.norm(matrix.dot(inverse) - numpy.eye(size), 1)
    residual = wrong / (size * norms * numpy.finfo(float).eps)
    demand(residual < 30, f"the residual of the inverse is {residual:g}")
    return f"matrix times inverse is 1 (residual {residual:.2g}; LAPACK allows itself 30)"


def check_img(dump, paths):
    theirs, ours = python_tasks.equalise(paths), cv2.imread(str(dump))
    demand(ours is not None and ours.shape == theirs.shape, "not an image of that size")
    error = numpy.mean((ours.astype(float) - theirs) ** 2)
    if error == 0:
        return "the same image to the last bit"
    decibels = 10 * math.log10(255**2 / error)
    demand(decibels >= LEAST_DB, f"{decibels:.1f} dB apart")
    return f"the images are {decibels:.1f} dB apart"


def check_password(dump, stored, tried, lengths, ratio):
    text, due = dump.read_text(), int(tried * ratio)
    theirs = python_tasks.check_passwords(stored, tried, lengths, ratio)
    ours = re.findall(r"^matches (\d+)$", text, re.MULTILINE)
    hashes = len(set(re.findall(r"^[0-9a-f]{64}$", text, re.MULTILINE)))
    demand(hashes == stored, f"{hashes} hashes are stored")
    demand(ours == [str(due)], f"{', '.join(ours)} matches, {due} are due")
    demand(theirs == due, f"{theirs} matches in Python, {due} are due")
    (compared,) = map(int, re.findall(r"^compared (\d+)$", text, re.MULTILINE))
    # Each right one is found anywhere: its place is uniform among those stored.
    expected = average_comparisons(stored, tried, ratio)
    spread = math.sqrt(due / 12) * stored
    demand(abs(compared - expected) <= 6 * spread, f"{compared} comparisons, not {expected}")
    return f"{theirs} matches; {ours[0]} by {spaced(compared)} comparisons"


def average_comparisons(stored, tried, ratio):
    right = int(tried * ratio)
    return right * (stored + 1) / 2 + (tried - right) * stored


def count_comparisons(stored, tried, lengths, ratio):
    """Of one of Python's tasks, with the search in a list spelled out."""
    known, attempts = python_tasks.draw_passwords(stored, tried, lengths, ratio)
    compared = 0
    for attempt in attempts:
        for password in known:
            compared += 1
            if attempt == password:
                break
    return compared


class Subject:
    """A task with its arguments, what it means in numbers, and how its result is checked."""

    def __init__(self, name, args, check, work, counts=()):
        self.name, self.args, self.check, self.work, self.counts = name, args, check, work, counts
        self.label = f"{name} ({', '.join(map(json.dumps, args))})"


def spaced(number):
    return f"{number:,.0f}".replace(",", " ")


def io_subject(mib):
    counts = [
        Count("MiB written", "wchar", MIB, 2 * mib, 1e-3),
        Count("MiB read", "rchar", MIB, mib, 1e-3),
    ]
    work = f"{mib} MiB of random bytes; 2 files written, 1 read"
    return Subject("io", [mib], check_io, work, counts)


def zip_subject(mib):
    counts = [
        Count("MiB deflated", "deflated_bytes", MIB, mib, 1e-3),
        Count("MiB inflated", "inflated_bytes", MIB, mib, 1e-3),
        Count("MiB written", "wchar", MIB, 3 * mib, 1e-3),
        Count("MiB read", "rchar", MIB, None, None),
    ]
    work = f"{mib} MiB of random bytes, deflated at level 9 and inflated; 3 files written"
    return Subject("zip", [mib], check_zip, work, counts)


def tensor_subject(size, count):
    flop = 2 * size**3 * (count - 1)
    counts = [
        Count("products", "products", 1, count - 1, 0),
        Count("GFLOP", "product_flop", 1e9, flop / 1e9, 0.01),
    ]
    work = (
        f"{spaced(size * size * count)} random numbers, {count - 1} products: "
        f"2 · {size}³ · {count - 1} = {flop / 1e9:.3f} GFLOP"
    )
    return Subject("tensor", [size, count], check_tensor, work, counts)


def matrix_subject(size):
    counts = [Count("GFLOP", "lapack_flop", 1e9, None, None)]
    work = f"{spaced(size * size)} random numbers, one inverse"
    return Subject("matrix", [size], check_matrix, work, counts)


def password_subject(stored, tried, lengths, ratio):
    right = int(tried * ratio)
    expected = average_comparisons(stored, tried, ratio)
    compared = count_comparisons(stored, tried, lengths, ratio)
    work = (
        f"{spaced(stored + tried)} hashes of {lengths[0]} characters, {right} matches, "
        f"{spaced(expected)} comparisons on average ({spaced(compared)} in one of Python's)"
    )
    counts = [Count("hashes", "hashes", 1, stored + tried, 0)]
    return Subject("password", [stored, tried, lengths, ratio], check_password, work, counts)


def img_subject(path):
    height, width = python_tasks.decode(path).shape[:2]
    side = python_tasks.SIDE
    work = (
        f"{spaced(min(height, width) ** 2)} pixels to {spaced(side * side)}, to Lab, 64 tiles "
        "equalised, back"
    )
    subject = Subject("img", [[path]], check_img, work)
    subject.label = f"img ({width} × {height})"
    return subject


def all_subjects(quick):
    """As the configurations that come with the Python tool have them."""
    return [
        Subject("sum", [1000000], check_sum, "1 000 000 additions"),
        Subject("multi", [200000], check_multi, "200 000 multiplications"),
        io_subject(50),
        zip_subject(8 if quick else 50),
        tensor_subject(256, 50),
        Subject("sort", [1000000], check_sort, "1 000 000 random numbers made and sorted"),
        matrix_subject(1000),
        img_subject(IMAGE),
        password_subject(100, 1000, [20, 20], 0.8),
    ]
