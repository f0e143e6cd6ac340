"""The AWS CLI as a process that takes one command line after another.

It reads a list of arguments per line and answers with the exit code, stdout and stderr, all JSON. The
CLI is entered where its `aws` script enters it; starting Python for every command would take minutes.
"""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver


def run(arguments: list[str]) -> dict:
    # The CLI writes a reply's bytes to the buffer beneath stdout.
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    err = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = create_clidriver().main(arguments)
    return {"code": code, "out": out.buffer.getvalue().decode(), "err": err.getvalue()}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
