"""Where things are, and what they are called."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = ROOT / "tests/bench"
TARGET = (ROOT / os.environ.get("CARGO_TARGET_DIR", "target")).resolve()
OUT = TARGET / "bench"
RELEASE = TARGET / "release"
REHEARSAL = RELEASE / "rehearsal"

CLUSTER = "prod"
LEDGER = "ledger"
TOPIC = "pages"
