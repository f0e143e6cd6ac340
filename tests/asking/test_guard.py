"""`make invoke FN=budget-guard` for every sample event, as the README has it: each shows what it is there for."""

import json
import re
import subprocess
from dataclasses import dataclass

import pytest
from fidelity.account import BINARY, ROOT, TARGET

EVENTS = ROOT / "events" / "budget-guard"
SPENT = "crates/rehearsal/stacks/spent.yaml"


@dataclass(frozen=True)
class Ended:
    code: int
    answer: dict


def invoke(event, *options) -> Ended:
    """What make runs, but with the build that `make test` has."""
    command = [BINARY, "invoke", "--function", "budget-guard", "--event", event, *options]
    command += ["--parameter", "BudgetNames=monthly", "--binary", TARGET / "debug" / "budget-guard"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.stdout, ended.stderr
    return Ended(ended.returncode, json.loads(ended.stdout))


def sample(name: str, *options) -> dict:
    ended = invoke(f"events/budget-guard/{name}.json", *options)
    assert ended.code == 0, ended.answer
    return ended.answer


def decisions(answer: dict) -> dict:
    return {budget["budget"]: budget["decision"] for budget in answer["budgets"]}


# A sample that this file does not know would be tried by nobody.
MESSAGES = ["actual", "actual-spelled-as-in-2020", "forecast", "test-message-of-a-person", "empty-message"]
OTHERS = ["foreign-budget", "two-records-of-which-one-is-bad", "no-records", "tick", "status", "drill", "veto", "restore"]


def test_every_sample_is_tried_here():
    assert sorted(MESSAGES + OTHERS) == sorted(path.stem for path in EVENTS.iterdir())


@pytest.mark.parametrize("name", ["tick", *MESSAGES])
def test_whatever_wakes_it_what_is_not_spent_stops_nothing(name):
    answer = sample(name)
    assert (decisions(answer), answer["changed"], answer["notices"]) == ({"monthly": "armed"}, [], [])


@pytest.mark.parametrize("name", ["tick", *MESSAGES])
def test_whatever_wakes_it_what_is_spent_stops(name):
    answer = sample(name, "--stack", SPENT)
    assert decisions(answer) == {"monthly": "stops"}
    assert [change["subject"] for change in answer["changed"]] == ["shop/reports", "shop/web"]


def test_a_foreign_budget_is_told_of():
    assert sample("foreign-budget")["notices"] == ["A message is about no budget that is watched here"]


def test_a_record_that_cannot_be_read_is_named():
    assert [record["what"] for record in sample("two-records-of-which-one-is-bad")["not_read"]] == ["Records[0].Sns"]


def test_an_event_without_records_is_nothing_to_do():
    assert sample("no-records")["reason"] == "no-records"


def test_a_status_says_what_is_spent():
    [budget] = sample("status")["budgets"]
    assert budget["reported"] == "61.40 of 250.00 USD (24 %)"


def test_a_drill_says_what_would_stop():
    stopping = [service["service"] for service in sample("drill")["would_stop"]]
    assert stopping == ["shop/reports", "shop/web"]


def test_a_veto_is_granted_and_keeps_up_what_would_stop():
    assert sample("veto")["answer"].keys() == {"vetoed_until"}
    spent = sample("tick", "--stack", SPENT, "--before", "events/budget-guard/veto.json")
    assert (decisions(spent), spent["changed"]) == ({"monthly": "vetoed"}, [])


def test_a_restore_gives_back_what_was_stopped_before_and_is_refused_where_nothing_was():
    restored = sample("restore", "--stack", SPENT, "--before", "events/budget-guard/actual.json")
    assert restored["answer"]["restoring"]
    assert [change["subject"] for change in restored["changed"]] == ["shop/reports", "shop/web"]
    refused = invoke("events/budget-guard/restore.json")
    assert (refused.code, refused.answer["errorType"]) == (1, "Refused")


def test_every_invocation_of_the_guard_in_the_readme_works():
    lines = re.findall(r"^make (invoke FN=budget-guard .*)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(lines) == 4
    for line in lines:
        given = dict(re.findall(r"(\w+)=(\S+)", line))
        stack = ["--stack", given["STACK"]] if "STACK" in given else []
        before = ["--before", given["BEFORE"]] if "BEFORE" in given else []
        ended = invoke(given["EVENT"], *stack, *before)
        assert ended.code == 0, (line, ended.answer)
