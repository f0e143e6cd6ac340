"""The account that the tests ask: the rehearsal's server."""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
# `make test` builds it.
BINARY = TARGET / "debug" / "rehearsal"

STACK = Path(__file__).parent / "stack.yaml"

REGION = "eu-central-1"
# The key id is the caller's name in the simulated account; the secret is not looked at.
CREDENTIALS = {"aws_access_key_id": "fidelity", "aws_secret_access_key": "rehearsal"}


@contextmanager
def serving(folder, *options, stack=STACK):
    """The URL of an account that holds the stack. In another folder, it finds no template."""
    command = [BINARY, "serve", "--port", "0", "--stack", stack, *options]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            yield line.removeprefix("listening on ").strip()
        finally:
            process.terminate()
