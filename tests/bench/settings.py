"""The functions' settings, as template.yaml states them, with the whole of the token buckets."""

import logging
import sys
from functools import cache

from places import BUDGET, LEDGER, ROOT, TOPIC

sys.path.append(str(ROOT / "tests"))
from cloudformation import Stack, deployed

NAMES = {"Ledger": LEDGER, "Pages": TOPIC}

# The translator warns that its own metrics are not published.
logging.getLogger("samtranslator.metrics").setLevel(logging.ERROR)


def settings(function: str) -> dict[str, str]:
    return stack().functions()[function]["Environment"]["Variables"]


@cache
def stack() -> Stack:
    return deployed(NAMES, BucketShare="100", DefaultTimeZone="Europe/Berlin", BudgetNames=BUDGET)
