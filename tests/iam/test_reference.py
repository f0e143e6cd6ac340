"""The policies against AWS's service authorization reference: what it does not know would deny in silence.

https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

import json
import re
import subprocess
from pathlib import Path

import pytest
from cloudformation import whole

# Actions that the reference gives no resource to name, with what they are needed for. Nothing else is
# allowed on "*".
ON_EVERYTHING = {
    "application-autoscaling:DescribeScalableTargets": "the bounds to save before a rest",
    "autoscaling:DescribeAutoScalingGroups": "the minimum to save before a rest, or that a stop leaves; the size of a Spot fleet",
    "autoscaling:DescribeLifecycleHooks": "how long an instance may wait in a hook",
    "ecs:DescribeTaskDefinition": "the size of a task, for what a rest saved; how long it takes to stop",
    "ecs:ListClusters": "where an instance may be that EC2 takes back; where something may run that nobody tagged, and costs",
    "elasticloadbalancing:DescribeTargetGroupAttributes": "how long load balancers go on sending to a target that leaves",
    "freetier:GetFreeTierUsage": "how much of the Free Tier is used",
    "ecs:ListServices": "the services of a tagged cluster; scoped by ecs:cluster",
    "tag:GetResources": "whatever carries one of our tags",
}
# An action for which the reference has a resource, an instance, that a call need not name; it is
# refused on "*" then.
ON_NO_INSTANCE = {"ecs:ListTasks": "what else runs in a cluster; scoped by ecs:cluster"}


@pytest.fixture(scope="module")
def statements() -> list[dict]:
    """Every statement of every role, its actions as a list."""
    stack = whole()
    return [
        statement | {"Action": [actions] if isinstance(actions := statement["Action"], str) else actions}
        for role in stack.of_type("AWS::IAM::Role").values()
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


@pytest.fixture(scope="module")
def reference(statements) -> dict[str, dict]:
    """What the reference says of every action that is allowed; it fails on one that does not exist."""
    actions = sorted({action for statement in statements for action in statement["Action"]})
    asked = subprocess.run(
        ["node", Path(__file__).with_name("reference.mjs")],
        input=json.dumps(actions),
        capture_output=True,
        text=True,
    )
    assert asked.returncode == 0, asked.stderr
    return json.loads(asked.stdout)


def test_only_actions_without_a_resource_are_allowed_on_everything(statements):
    on_everything = {a for s in statements if s["Resource"] == "*" for a in s["Action"]}
    assert on_everything == ON_EVERYTHING.keys() | ON_NO_INSTANCE.keys()


def test_the_reference_gives_those_no_resource_and_every_other_one(reference):
    assert {action for action, says in reference.items() if says["onEverything"]} == ON_EVERYTHING.keys()


def test_every_condition_is_on_a_key_that_the_action_has(statements, reference):
    for statement in statements:
        keys = {key for test in statement.get("Condition", {}).values() for key in test}
        for action in statement["Action"]:
            known = [re.escape(key).replace(r"\$\{TagKey\}", ".+") for key in reference[action]["keys"]]
            strange = [key for key in keys if not any(re.fullmatch(pattern, key) for pattern in known)]
            assert strange == [], f"{statement['Sid']}: {action}"
