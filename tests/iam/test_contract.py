"""The permissions of each function are exactly the calls that it makes."""

import pytest
from cloudformation import ROOT
from iam.contract import (
    RECORDING,
    answers,
    asked,
    permissions,
    recorded,
    stack_of,
    unused,
)

FUNCTIONS = sorted(folder.name for folder in (ROOT / "functions").iterdir())

# Permissions that no recorded call needs, each with the reason why it is there.
LAMBDA = "Lambda does this itself, with the function's role"
EXCUSED = {
    ("off-hours", "WriteItsLog", "logs:CreateLogStream"): LAMBDA,
    ("off-hours", "WriteItsLog", "logs:PutLogEvents"): LAMBDA,
    ("off-hours", "LeaveWhatFailed", "sqs:SendMessage"): LAMBDA,
    ("budget-guard", "WriteItsLog", "logs:CreateLogStream"): LAMBDA,
    ("budget-guard", "WriteItsLog", "logs:PutLogEvents"): LAMBDA,
    ("budget-guard", "LeaveWhatFailed", "sqs:SendMessage"): LAMBDA,
    ("spot-drain", "WriteItsLog", "logs:CreateLogStream"): LAMBDA,
    ("spot-drain", "WriteItsLog", "logs:PutLogEvents"): LAMBDA,
    ("spot-drain", "LeaveWhatFailed", "sqs:SendMessage"): LAMBDA,
    ("spot-drain", "TakeWhatIsHeard", "sqs:ReceiveMessage"): LAMBDA,
    ("spot-drain", "TakeWhatIsHeard", "sqs:DeleteMessage"): LAMBDA,
    ("spot-drain", "TakeWhatIsHeard", "sqs:GetQueueAttributes"): LAMBDA,
    ("pager", "WriteItsLog", "logs:CreateLogStream"): LAMBDA,
    ("pager", "WriteItsLog", "logs:PutLogEvents"): LAMBDA,
    ("pager", "LeaveWhatFailed", "sqs:SendMessage"): LAMBDA,
    ("pager", "TakeWhatFailed", "sqs:ReceiveMessage"): LAMBDA,
    ("pager", "TakeWhatFailed", "sqs:DeleteMessage"): LAMBDA,
    ("pager", "TakeWhatFailed", "sqs:GetQueueAttributes"): LAMBDA,
}


@pytest.fixture(scope="module")
def calls():
    return recorded(RECORDING, FUNCTIONS)


@pytest.fixture(scope="module")
def stack(calls):
    return stack_of(calls)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_call_that_a_function_made_is_allowed(calls, stack, function):
    questions = asked(calls, function)
    assert questions, f"no scenario recorded a call of {function}"
    denied = [answer for answer in answers(stack.policy(function), questions) if not answer.allowed]
    assert not denied, "\n".join(str(answer.request) for answer in denied)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_nothing_that_it_never_did(calls, stack, function):
    policy = stack.policy(function)
    excused = {(sid, action) for name, sid, action in EXCUSED if name == function}
    assert unused(policy, answers(policy, asked(calls, function))) - excused == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_excuse_is_for_a_permission_that_stands_and_is_unused(calls, stack, function):
    policy = stack.policy(function)
    excused = {(sid, action) for name, sid, action in EXCUSED if name == function}
    assert excused <= permissions(policy)
    assert excused <= unused(policy, answers(policy, asked(calls, function)))
