"""`make invoke` without an endpoint: the sample events that need the suite's rules are answered on any day."""

import json
import subprocess

import pytest
from fidelity.account import BINARY, ROOT


@pytest.mark.parametrize("event", ["exercise", "hourly-tick", "minute-tick"])
def test_what_switches_a_rule_finds_it_and_an_exercise_is_never_past(event):
    command = [BINARY, "invoke", "--function", "spot-drain", "--binary", BINARY.parent / "spot-drain"]
    command += ["--event", f"events/spot-drain/{event}.json", "--parameter", "BudgetNames=monthly"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr[-4000:]
    assert json.loads(told.stdout)["function"] == "spot-drain"
