"""Where things are, and what they are called."""

import os
import platform
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = ROOT / "tests/bench"
TARGET = (ROOT / os.environ.get("CARGO_TARGET_DIR", "target")).resolve()
OUT = TARGET / "bench"
RELEASE = TARGET / "release"
REHEARSAL = RELEASE / "rehearsal"

# Lambda's name for this machine's processor.
ARCH = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())


def artifact(function: str) -> Path:
    """The very file that is deployed."""
    return TARGET / "lambda" / ARCH / function / "bootstrap"


CLUSTER = "prod"
LEDGER = "ledger"
TOPIC = "pages"
BUDGET = "monthly"
