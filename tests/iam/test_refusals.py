"""What each function may not do, though it is near to what it does."""

import pytest
from cloudformation import ACCOUNT, deployed
from iam.authorizations import arn, cluster_arn, request, service_arn
from iam.contract import answers

PROD = {"ecs:cluster": cluster_arn("prod")}
API = service_arn("prod", "api")
TARGET = arn("application-autoscaling", "scalable-target/0ec5example")
DESIRED_COUNT = {
    "application-autoscaling:service-namespace": "ecs",
    "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
}
GROUP = arn("autoscaling", "autoScalingGroup:930d940e:autoScalingGroupName/hosts")
TAGGED = {"aws:ResourceTag/caretaker:hours": "Mon-Fri 08:00-20:00"}
LEDGER = arn("dynamodb", "table/caretaker-Ledger")
BUS = arn("events", "event-bus/default")
PAGES = arn("sns", "caretaker-Pages")


def budget(name: str) -> str:
    return f"arn:aws:budgets::{ACCOUNT}:budget/{name}"


WARN, STOP = arn("sns", "caretaker-BudgetWarn"), arn("sns", "caretaker-BudgetStop")
TASK = arn("ecs", "task/prod/0b69d5c0")
INTAKE = arn("sqs", "caretaker-SpotIntake")
INSTANCE = arn("ecs", "container-instance/prod/0b69d5c0")
OTHER_REGION = API.replace("eu-central-1", "us-east-1")

ALLOWED = {
    "a service of a cluster in scope": ("off-hours", request("ecs:UpdateService", API, **PROD)),
    "a scalable target of a service": (
        "off-hours",
        request("application-autoscaling:RegisterScalableTarget", TARGET, **DESIRED_COUNT),
    ),
    "the minimum of a tagged group": (
        "off-hours",
        request("autoscaling:UpdateAutoScalingGroup", GROUP, **TAGGED, **{"autoscaling:MinSize": "0"}),
    ),
    "a minimum back to an untagged group": (
        "off-hours",
        request("autoscaling:UpdateAutoScalingGroup", GROUP, **{"autoscaling:MinSize": "2"}),
    ),
    "the ledger": ("off-hours", request("dynamodb:PutItem", LEDGER)),
    "a notice": ("off-hours", request("events:PutEvents", BUS, **{"events:source": ("caretaker",)})),
    "a page": ("pager", request("sns:Publish", PAGES)),
    "a budget that is named": ("budget-guard", request("budgets:ViewBudget", budget("dev"))),
    "another that is named": ("budget-guard", request("budgets:ViewBudget", budget("the team's"))),
    "the topic of warnings": ("budget-guard", request("sns:GetTopicAttributes", WARN)),
    "who gets the letter of a stop": ("budget-guard", request("sns:ListSubscriptionsByTopic", STOP)),
    "a stop of a service": ("budget-guard", request("ecs:UpdateService", API, **PROD)),
    "an instance of a cluster": (
        "budget-guard",
        request("ecs:DescribeContainerInstances", INSTANCE, **PROD),
    ),
    "the scalable target of a service that stops": (
        "budget-guard",
        request("application-autoscaling:RegisterScalableTarget", TARGET, **DESIRED_COUNT),
    ),
    "an instance that goes": ("spot-drain", request("ecs:UpdateContainerInstancesState", INSTANCE, **PROD)),
    "a task that cannot leave": ("spot-drain", request("ecs:StopTask", TASK, **PROD)),
    "a hook of ours": ("spot-drain", request("autoscaling:CompleteLifecycleAction", GROUP)),
    "a look": ("spot-drain", request("sqs:SendMessage", INTAKE)),
    "the tick of every minute": (
        "spot-drain",
        request("events:EnableRule", arn("events", "rule/caretaker-SpotMinute")),
    ),
}
REFUSED = {
    "a service of another cluster": (
        "off-hours",
        request("ecs:UpdateService", service_arn("dev", "api"), **{"ecs:cluster": cluster_arn("dev")}),
    ),
    "the services of another cluster": (
        "off-hours",
        request("ecs:ListServices", **{"ecs:cluster": cluster_arn("dev")}),
    ),
    "a service of another region": ("off-hours", request("ecs:UpdateService", OTHER_REGION, **PROD)),
    "an end to a service": ("off-hours", request("ecs:DeleteService", API, **PROD)),
    "a scalable target of a table": (
        "off-hours",
        request(
            "application-autoscaling:RegisterScalableTarget",
            TARGET,
            **DESIRED_COUNT | {"application-autoscaling:service-namespace": "dynamodb"},
        ),
    ),
    "an end to a scalable target": (
        "off-hours",
        request("application-autoscaling:DeregisterScalableTarget", TARGET, **DESIRED_COUNT),
    ),
    "the minimum of an untagged group": (
        "off-hours",
        request("autoscaling:UpdateAutoScalingGroup", GROUP, **{"autoscaling:MinSize": "0"}),
    ),
    "the desired capacity of an untagged group": (
        "off-hours",
        request("autoscaling:UpdateAutoScalingGroup", GROUP),
    ),
    "the maximum of a tagged group": (
        "off-hours",
        request(
            "autoscaling:UpdateAutoScalingGroup",
            GROUP,
            **TAGGED,
            **{"autoscaling:MinSize": "0", "autoscaling:MaxSize": "0"},
        ),
    ),
    "another table": ("off-hours", request("dynamodb:PutItem", arn("dynamodb", "table/orders"))),
    "a scan of the ledger": ("off-hours", request("dynamodb:Scan", LEDGER)),
    "an end to the ledger": ("off-hours", request("dynamodb:DeleteTable", LEDGER)),
    "an event in another's name": (
        "off-hours",
        request("events:PutEvents", BUS, **{"events:source": ("caretaker", "orders")}),
    ),
    "an event on another bus": (
        "off-hours",
        request("events:PutEvents", arn("events", "event-bus/orders"), **{"events:source": ("caretaker",)}),
    ),
    "a page past the pager": ("off-hours", request("sns:Publish", PAGES)),
    "a budget that is not named": ("budget-guard", request("budgets:ViewBudget", budget("prod"))),
    "a budget whose name begins alike": ("budget-guard", request("budgets:ViewBudget", budget("dev-2"))),
    "an edit of a budget": ("budget-guard", request("budgets:ModifyBudget", budget("dev"))),
    "an action of a budget": (
        "budget-guard",
        request("budgets:ExecuteBudgetAction", budget("dev") + "/action/1234"),
    ),
    "a letter in the name of a budget": ("budget-guard", request("sns:Publish", STOP)),
    "another policy for a topic": ("budget-guard", request("sns:SetTopicAttributes", STOP)),
    "the policy of the pages": ("budget-guard", request("sns:GetTopicAttributes", PAGES)),
    "a page past the pager, by the guard": ("budget-guard", request("sns:Publish", PAGES)),
    "a stop in another cluster": (
        "budget-guard",
        request("ecs:UpdateService", service_arn("dev", "api"), **{"ecs:cluster": cluster_arn("dev")}),
    ),
    "an instance of another cluster": (
        "budget-guard",
        request("ecs:DescribeContainerInstances", INSTANCE, **{"ecs:cluster": cluster_arn("dev")}),
    ),
    "the tasks of another cluster": (
        "budget-guard",
        request("ecs:ListTasks", INSTANCE, **{"ecs:cluster": cluster_arn("dev")}),
    ),
    "an end to a service, by the guard": ("budget-guard", request("ecs:DeleteService", API, **PROD)),
    "an end to a task": (
        "budget-guard",
        request("ecs:StopTask", arn("ecs", "task/prod/0b69d5c0"), **PROD),
    ),
    "a group, by the guard": (
        "budget-guard",
        request("autoscaling:UpdateAutoScalingGroup", GROUP, **TAGGED, **{"autoscaling:MinSize": "0"}),
    ),
    "a scalable target of a table, by the guard": (
        "budget-guard",
        request(
            "application-autoscaling:RegisterScalableTarget",
            TARGET,
            **DESIRED_COUNT | {"application-autoscaling:service-namespace": "dynamodb"},
        ),
    ),
    "a budget, by off-hours": ("off-hours", request("budgets:ViewBudget", budget("dev"))),
    "the tasks of a cluster out of reach": (
        "spot-drain",
        request("ecs:ListTasks", INSTANCE, **{"ecs:cluster": cluster_arn("dev")}),
    ),
    "an instance of a cluster out of reach": (
        "spot-drain",
        request(
            "ecs:UpdateContainerInstancesState",
            arn("ecs", "container-instance/dev/0b69d5c0"),
            **{"ecs:cluster": cluster_arn("dev")},
        ),
    ),
    "a task of a cluster out of reach": (
        "spot-drain",
        request("ecs:StopTask", arn("ecs", "task/dev/0b69d5c0"), **{"ecs:cluster": cluster_arn("dev")}),
    ),
    "an end to an instance": (
        "spot-drain",
        request("autoscaling:TerminateInstanceInAutoScalingGroup", GROUP),
    ),
    "an instance out of its cluster": (
        "spot-drain",
        request("ecs:DeregisterContainerInstance", arn("ecs", "cluster/prod"), **PROD),
    ),
    "a count, by spot-drain": ("spot-drain", request("ecs:UpdateService", API, **PROD)),
    "a group, by spot-drain without a fallback": (
        "spot-drain",
        request("autoscaling:UpdateAutoScalingGroup", GROUP),
    ),
    "the other rules": (
        "spot-drain",
        request("events:DisableRule", arn("events", "rule/caretaker-InstanceWarned")),
    ),
    "a message in another queue": ("spot-drain", request("sqs:SendMessage", arn("sqs", "orders"))),
    "another topic": ("pager", request("sns:Publish", arn("sns", "orders"))),
    "a service, by the pager": ("pager", request("ecs:UpdateService", API, **PROD)),
    "the ledger, by the pager": ("pager", request("dynamodb:PutItem", LEDGER)),
}


@pytest.fixture(scope="module")
def stack():
    return deployed(Clusters="prod", BudgetNames="dev,the team's")


def allowed(stack, cases: dict) -> dict[str, bool]:
    """Which of the cases are allowed, each under its function's policy."""
    verdicts = {}
    for function in stack.functions():
        mine = {case: question for case, (name, question) in cases.items() if name == function}
        given = answers(stack.policy(function), list(mine.values()))
        verdicts |= {case: answer.allowed for case, answer in zip(mine, given, strict=True)}
    return verdicts


def test_what_is_refused_is_near_to_what_is_allowed(stack):
    assert [case for case, verdict in allowed(stack, ALLOWED).items() if not verdict] == []


def test_what_lies_outside_the_scope_is_refused(stack):
    assert [case for case, verdict in allowed(stack, REFUSED).items() if verdict] == []
    assert len(allowed(stack, REFUSED)) == len(REFUSED)
