"""`make status`, `lint`, `rest` and `wake`: asks the deployed function, or a local one, and prints its answer.

What is asked comes as variables, as make passes them on: SERVICE, UNTIL, WHY, BY, so that no shell reads them a second
time. STACK names the stack of the deployed function (`caretaker`); with ENDPOINT, a simulated account's address, the
function runs on this machine. The answer alone is on stdout. Ends with 1 if the answer is an error, with 2 if there is
none.
"""

import argparse
import getpass
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# What each action takes, and what it cannot do without.
FIELDS = {"status": ["service"], "lint": [], "rest": ["service", "until", "why", "by"], "wake": ["service", "until", "why", "by"]}
NEEDED = {"status": [], "lint": [], "rest": ["service", "why"], "wake": ["service", "why"]}

# As long as the function may take, and no second attempt: who asks sees the answer and asks again.
CONFIG = Config(read_timeout=300, retries={"total_max_attempts": 1}, user_agent_extra="caretaker-ask")


def event(action: str, variables) -> dict:
    """What the function is sent; a variable that is empty is not given."""
    given = {field: variables.get(field.upper(), "").strip() for field in FIELDS[action]}
    if "by" in given and not given["by"]:
        given["by"] = getpass.getuser()
    missing = [field.upper() for field in NEEDED[action] if not given[field]]
    if missing:
        raise SystemExit(f"make {action} needs {' and '.join(missing)}")
    return {"action": action, **{field: text for field, text in given.items() if text}}


def deployed(stack: str, asked: dict) -> int:
    """Asks the function of a stack, with the credentials and the Region that the AWS CLI would use."""
    client = boto3.client("lambda", config=CONFIG)
    reply = client.invoke(FunctionName=f"{stack}-off-hours", Payload=json.dumps(asked))
    print(json.dumps(json.load(reply["Payload"]), indent=2, ensure_ascii=False))
    return 1 if "FunctionError" in reply else 0


def local(endpoint: str, asked: dict, rehearsal: str, binary: str | None) -> int:
    """Runs the function on this machine against a simulated account."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "asked.json"
        path.write_text(json.dumps(asked))
        command = [rehearsal, "invoke", "--function", "off-hours", "--event", path, "--endpoint", endpoint]
        return subprocess.run([*command, *(["--binary", binary] if binary else [])]).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=FIELDS)
    parser.add_argument("--rehearsal", default="target/debug/rehearsal", help="what runs a function on this machine")
    parser.add_argument("--binary", help="the function's build, if it is not the release build")
    options = parser.parse_args()
    asked = event(options.action, os.environ)
    if endpoint := os.environ.get("ENDPOINT"):
        return local(endpoint, asked, options.rehearsal, options.binary)
    try:
        return deployed(os.environ.get("STACK") or "caretaker", asked)
    except (BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
