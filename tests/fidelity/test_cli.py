"""The AWS CLI takes every step of the smokes, as a person would in a terminal."""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore import xform_name
from fidelity.account import CREDENTIALS, REGION
from fidelity.smokes import SMOKES

REFUSAL = re.compile(r"An error occurred \(([\w.]+)\) when calling the (\w+) operation")


def environment(endpoint) -> dict[str, str]:
    """What a person sets; what else the machine has of AWS must not matter."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **{name.upper(): value for name, value in CREDENTIALS.items()},
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ENDPOINT_URL": endpoint,
    }


@contextmanager
def command_line(endpoint):
    """A function that has the CLI run one command."""
    command = [sys.executable, Path(__file__).parent / "cli.py"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment(endpoint), **pipes) as process:

        def run(arguments):
            # On older Pythons the first version of the CLI gives SQS a name of its own, whatever the
            # environment says, unless it is told here (awscli/customizations/overridesslcommonname.py).
            if arguments[0] == "sqs":
                arguments = [*arguments, "--endpoint-url", endpoint]
            print(json.dumps(arguments), file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())

        yield run


def ask(run, service, step, kept):
    """Takes one step; returns the code of the error that it ended in."""
    command = [service, xform_name(step.operation, "-"), "--output", "json"]
    ended = run([*command, "--cli-input-json", json.dumps(step.filled(kept))])
    if ended["code"] != 0:
        refusal = REFUSAL.search(ended["err"])
        assert refusal and refusal[2] == step.operation, ended["err"]
        return refusal[1]
    step.remember(json.loads(ended["out"] or "{}"), kept)
    return None


@pytest.mark.parametrize("service", SMOKES)
def test_the_cli_understands_every_reply(service, endpoint):
    kept = {}
    with command_line(endpoint) as run:
        for step in SMOKES[service]:
            ended = ask(run, service, step, kept)
            assert ended == step.error, f"{step.operation} {step.input}"


def test_the_cli_is_pointed_at_the_account_by_its_environment(endpoint):
    command = [sys.executable, "-m", "awscli", "sts", "get-caller-identity", "--query", "Account"]
    output = subprocess.check_output(command, env=environment(endpoint), text=True)
    assert json.loads(output) == "123456789012"
