"""scripts/plan/plan.py and its parts, for tests of them."""

import random
import sys

import common

PLAN = common.ROOT / "scripts/plan/plan.py"
sys.path.insert(0, str(PLAN.parent))

import journal  # noqa: E402, F401  (found through the line above)
import model  # noqa: E402, F401
import shared  # noqa: E402, F401


def uneven(count, seed=1, sigma=0.7):
    source = random.Random(seed)
    return [source.lognormvariate(0, sigma) for _ in range(count)]
