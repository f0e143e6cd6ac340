"""The IAM contract: what the functions were seen to call, held against what their policies allow.

The calls are recorded by the scenario tests, one JSON object a line:

    {"at": "2026-11-20T19:00:02Z", "caller": "off-hours", "action": "ecs:UpdateService",
     "input": {...}, "refused": null}

Whether a call was refused (by a fault that a scenario injected) makes no difference: it was meant.
"""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cloudformation import ACCOUNT, ROOT, Stack, deployed
from iam.authorizations import Request, requests

SIMULATOR = Path(__file__).with_name("simulate.mjs")
RECORDING = ROOT / "target" / "contracts" / "calls.jsonl"


@dataclass(frozen=True)
class Answer:
    """What a policy says to a request, and the Sids of the statements that allow it."""

    request: Request
    allowed: bool
    by: tuple[str, ...]


def recorded(recording: Path, functions: Iterable[str]) -> list[dict]:
    """The calls of the functions; what a scenario's team and its set-up called is not ours."""
    if not recording.exists():
        raise FileNotFoundError(
            f"{recording} is missing: the scenario tests write it; run them first (`make test` does)"
        )
    calls = map(json.loads, recording.read_text().splitlines())
    return [call for call in calls if call["caller"] in functions]


def stack_of(calls: list[dict]) -> Stack:
    """The template with the budgets that were read, and with the table, the topics, the queue and the
    rule named as they were when the calls were recorded."""
    found = {
        "Ledger": tables(calls),
        "Pages": topics(calls, "sns:Publish"),
        "SpotIntake": named(calls, "sqs:SendMessage", "QueueUrl"),
        "SpotMinute": named(calls, "events:EnableRule", "Name") | named(calls, "events:DisableRule", "Name"),
    }
    read = topics(calls, "sns:GetTopicAttributes") | topics(calls, "sns:ListSubscriptionsByTopic")
    for logical_id in ("BudgetWarn", "BudgetStop"):
        found[logical_id] = {name for name in read if name.endswith(logical_id)}
    for logical_id, names in found.items():
        if len(names) > 1:
            raise ValueError(f"one {logical_id} was expected in the recording, not {sorted(names)}")
    budgets = ",".join(sorted(budgets_read(calls))) or "dev"
    names = {logical_id: n for logical_id, names in found.items() for n in names}
    return deployed(names, BudgetNames=budgets, FallbackToOnDemand="true")


def tables(calls: list[dict]) -> set[str]:
    arns = {r.resource for call in calls for r in requests(call) if r.action.startswith("dynamodb:")}
    return {arn.split("/")[-1] for arn in arns}


def topics(calls: list[dict], action: str) -> set[str]:
    return {call["input"]["TopicArn"].split(":")[-1] for call in calls if call["action"] == action}


def named(calls: list[dict], action: str, field: str) -> set[str]:
    """What calls of an action name, without the path to it."""
    return {call["input"][field].split("/")[-1] for call in calls if call["action"] == action}


def budgets_read(calls: list[dict]) -> set[str]:
    return {call["input"]["BudgetName"] for call in calls if call["action"].startswith("budgets:")}


def asked(calls: list[dict], function: str) -> list[Request]:
    """Every distinct request of one function."""
    return sorted({r for call in calls if call["caller"] == function for r in requests(call)}, key=str)


def answers(policy: dict, questions: list[Request]) -> list[Answer]:
    """What a policy says to each request."""
    if not questions:
        return []
    simulated = subprocess.run(
        ["node", SIMULATOR, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/function"],
        input=json.dumps(
            [
                {"policy": policy, "action": q.action, "resource": q.resource, "context": dict(q.context)}
                for q in questions
            ]
        ),
        capture_output=True,
        text=True,
    )
    assert simulated.returncode == 0, simulated.stderr
    return [
        Answer(question, answer["decision"] == "Allowed", tuple(answer["by"]))
        for question, answer in zip(questions, json.loads(simulated.stdout), strict=True)
    ]


def permissions(policy: dict) -> set[tuple[str, str]]:
    """Every (Sid, action) that a policy allows."""
    return {
        (statement["Sid"], action)
        for statement in policy["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def unused(policy: dict, given: list[Answer]) -> set[tuple[str, str]]:
    """The permissions that no answer needed."""
    return permissions(policy) - {(sid, answer.request.action) for answer in given for sid in answer.by}
