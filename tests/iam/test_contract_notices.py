"""The contract can fail: on a call that is denied, a permission that is not used, a call without a row."""

import json

import pytest
from cloudformation import ACCOUNT
from iam.contract import answers, asked, recorded, stack_of, unused

SAMPLE = [
    ("tag:GetResources", {"ResourceTypeFilters": ["ecs:service"]}),
    ("ecs:ListServices", {"cluster": "prod"}),
    (
        "ecs:DescribeServices",
        {"cluster": "prod", "services": ["api", f"arn:aws:ecs:eu-central-1:{ACCOUNT}:service/prod/web"]},
    ),
    ("ecs:DescribeTaskDefinition", {"taskDefinition": "prod-api:1"}),
    ("ecs:DescribeClusters", {"clusters": ["prod"], "include": ["TAGS"]}),
    (
        "ecs:UpdateService",
        {"cluster": f"arn:aws:ecs:eu-central-1:{ACCOUNT}:cluster/prod", "service": "api", "desiredCount": 0},
    ),
    ("application-autoscaling:DescribeScalableTargets", {"ServiceNamespace": "ecs"}),
    (
        "application-autoscaling:RegisterScalableTarget",
        {
            "ServiceNamespace": "ecs",
            "ResourceId": "service/prod/api",
            "ScalableDimension": "ecs:service:DesiredCount",
            "MinCapacity": 0,
        },
    ),
    ("autoscaling:DescribeAutoScalingGroups", {}),
    ("autoscaling:UpdateAutoScalingGroup", {"AutoScalingGroupName": "hosts", "MinSize": "0"}),
    ("autoscaling:UpdateAutoScalingGroup", {"AutoScalingGroupName": "hosts", "MinSize": "2"}),
    ("dynamodb:Query", {"TableName": "ledger"}),
    (
        "dynamodb:TransactWriteItems",
        {"TransactItems": [{"Put": {"TableName": "ledger"}}]},
    ),
    ("dynamodb:DeleteItem", {"TableName": "ledger"}),
    ("events:PutEvents", {"Entries": [{"Source": "caretaker", "EventBusName": "default"}]}),
]


TOPIC = f"arn:aws:sns:eu-central-1:{ACCOUNT}:caretaker-BudgetWarn"
INSTANCE = f"arn:aws:ecs:eu-central-1:{ACCOUNT}:container-instance/prod/0b69d5c0"
BUDGET = {"AccountId": ACCOUNT, "BudgetName": "the team's"}
TASK = f"arn:aws:ecs:eu-central-1:{ACCOUNT}:task/prod/0b69d5c0"
OF_GROUPS = ("autoscaling:Update", "dynamodb:TransactWriteItems")
GUARD_SAMPLE = [
    *[(action, given) for action, given in SAMPLE if not action.startswith(OF_GROUPS)],
    ("dynamodb:PutItem", {"TableName": "ledger"}),
    ("budgets:DescribeBudget", BUDGET),
    ("sns:GetTopicAttributes", {"TopicArn": TOPIC}),
    ("sns:ListSubscriptionsByTopic", {"TopicArn": TOPIC.replace("Warn", "Stop")}),
    ("freetier:GetFreeTierUsage", {}),
    ("ecs:ListClusters", {}),
    ("ecs:ListContainerInstances", {"cluster": "prod"}),
    ("ecs:DescribeContainerInstances", {"cluster": "prod", "containerInstances": [INSTANCE]}),
    ("ecs:DescribeCapacityProviders", {"cluster": "prod", "capacityProviders": ["hosts"]}),
    ("ecs:ListTasks", {"cluster": "prod"}),
    ("ecs:DescribeTasks", {"cluster": "prod", "tasks": [TASK]}),
]
OF_A_HOOK = {"AutoScalingGroupName": "hosts", "LifecycleHookName": "caretaker-drain", "InstanceId": "i-0a1b2c3d"}
OF_THE_GUARD = ("budgets:", "sns:", "freetier:", "tag:", "application-autoscaling:", "ecs:UpdateService")
# Which spot-drain asks in its own way.
OF_BOTH = ("autoscaling:Describe", "ecs:DescribeCapacityProviders", "ecs:ListClusters", "ecs:DescribeTasks")
SPOT_SAMPLE = [
    *[(action, given) for action, given in GUARD_SAMPLE if not action.startswith(OF_THE_GUARD + OF_BOTH)],
    ("autoscaling:CompleteLifecycleAction", OF_A_HOOK),
    ("autoscaling:DescribeAutoScalingGroups", {}),
    ("autoscaling:DescribeLifecycleHooks", {"AutoScalingGroupName": "hosts"}),
    ("autoscaling:RecordLifecycleActionHeartbeat", OF_A_HOOK),
    (
        "autoscaling:UpdateAutoScalingGroup",
        {
            "AutoScalingGroupName": "hosts",
            "MixedInstancesPolicy.InstancesDistribution.OnDemandBaseCapacity": "4",
        },
    ),
    ("dynamodb:BatchGetItem", {"RequestItems": {"ledger": {"Keys": []}}}),
    ("dynamodb:BatchWriteItem", {"RequestItems": {"ledger": []}}),
    ("dynamodb:UpdateItem", {"TableName": "ledger"}),
    ("ecs:DescribeCapacityProviders", {"capacityProviders": ["spot", "FARGATE_SPOT"]}),
    ("ecs:DescribeTasks", {"cluster": "prod", "tasks": [TASK]}),
    ("ecs:GetTaskProtection", {"cluster": "prod", "tasks": [TASK]}),
    ("ecs:ListClusters", {}),
    ("ecs:StopTask", {"cluster": "prod", "task": TASK}),
    ("ecs:UpdateService", {"cluster": "prod", "service": "api", "forceNewDeployment": True}),
    ("ecs:UpdateContainerInstancesState", {"cluster": "prod", "containerInstances": [INSTANCE]}),
    ("elasticloadbalancing:DescribeTargetGroupAttributes", {"TargetGroupArn": "arn"}),
    ("events:DisableRule", {"Name": "caretaker-SpotMinute"}),
    ("events:EnableRule", {"Name": "caretaker-SpotMinute"}),
    ("sqs:SendMessage", {"QueueUrl": "http://127.0.0.1:4577/123456789012/caretaker-SpotIntake"}),
]


def recording(tmp_path, sample, caller="off-hours"):
    path = tmp_path / "calls.jsonl"
    lines = [
        {"at": "2026-11-20T19:00:02Z", "caller": caller, "action": action, "input": given, "refused": None}
        for action, given in sample
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def verdict(tmp_path, sample, function="off-hours"):
    """The requests that are denied, and the permissions that are not used."""
    calls = recorded(recording(tmp_path, sample, function), [function])
    policy = stack_of(calls).policy(function)
    given = answers(policy, asked(calls, function))
    excused = {"WriteItsLog", "LeaveWhatFailed", "TakeWhatIsHeard"}
    return (
        [answer.request.action for answer in given if not answer.allowed],
        {(sid, action) for sid, action in unused(policy, given) if sid not in excused},
    )


def test_calls_that_fit_the_policy_leave_nothing_to_say(tmp_path):
    assert verdict(tmp_path, SAMPLE) == ([], set())
    assert verdict(tmp_path, GUARD_SAMPLE, "budget-guard") == ([], set())
    assert verdict(tmp_path, SPOT_SAMPLE, "spot-drain") == ([], set())


@pytest.mark.parametrize("position", range(len(SPOT_SAMPLE)))
def test_a_permission_that_spot_drain_does_not_need_is_named(tmp_path, position):
    rest = SPOT_SAMPLE[:position] + SPOT_SAMPLE[position + 1 :]
    _, left = verdict(tmp_path, rest, "spot-drain")
    assert {unneeded for _, unneeded in left} == {SPOT_SAMPLE[position][0]}


@pytest.mark.parametrize(
    "call", ["DescribeBudget", "DescribeNotificationsForBudget", "DescribeSubscribersForNotification"]
)
def test_every_way_to_read_a_budget_is_one_permission(tmp_path, call):
    rest = [(action, given) for action, given in GUARD_SAMPLE if not action.startswith("budgets:")]
    assert verdict(tmp_path, [*rest, (f"budgets:{call}", BUDGET)], "budget-guard") == ([], set())


@pytest.mark.parametrize("position", range(len(GUARD_SAMPLE)))
def test_a_permission_that_the_guard_does_not_need_is_named(tmp_path, position):
    rest = GUARD_SAMPLE[:position] + GUARD_SAMPLE[position + 1 :]
    action = GUARD_SAMPLE[position][0].replace("budgets:DescribeBudget", "budgets:ViewBudget")
    _, left = verdict(tmp_path, rest, "budget-guard")
    assert {unneeded for _, unneeded in left} == {action}


def test_a_call_outside_the_policy_is_denied(tmp_path):
    condition = {"TransactItems": [{"ConditionCheck": {"TableName": "ledger"}}]}
    denied, _ = verdict(tmp_path, [*SAMPLE, ("dynamodb:TransactWriteItems", condition)])
    assert denied == ["dynamodb:ConditionCheckItem"]


@pytest.mark.parametrize("position", range(len(SAMPLE)))
def test_a_permission_that_nobody_needs_is_named(tmp_path, position):
    rest = SAMPLE[:position] + SAMPLE[position + 1 :]
    (action, given) = SAMPLE[position]
    _, left = verdict(tmp_path, rest)
    if given.get("MinSize") == "0":
        assert left == set()  # the minimum that is given back needs the same statement
    elif action == "autoscaling:UpdateAutoScalingGroup":
        assert left == {("WakeGroupsThatLostTheirTag", action)}
    elif action == "dynamodb:TransactWriteItems":
        assert left == {("KeepTheLedger", "dynamodb:PutItem")}
    else:
        assert {unneeded for _, unneeded in left} == {action}


def test_a_call_without_a_row_is_an_error(tmp_path):
    with pytest.raises(LookupError, match="ecs:DeleteService"):
        verdict(tmp_path, [("ecs:DeleteService", {"cluster": "prod", "service": "api"})])


def test_a_second_table_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="one Ledger was expected"):
        verdict(tmp_path, [*SAMPLE, ("dynamodb:PutItem", {"TableName": "orders"})])


def test_calls_of_others_are_left_out(tmp_path):
    path = recording(tmp_path, [("ecs:DeleteService", {})], caller="a-person")
    assert recorded(path, ["off-hours"]) == []


def test_a_missing_recording_says_who_makes_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="the scenario tests write it"):
        recorded(tmp_path / "calls.jsonl", ["off-hours"])
