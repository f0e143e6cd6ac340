"""What each function may not do, though it is near to what it does."""

import pytest
from cloudformation import deployed
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
    "another topic": ("pager", request("sns:Publish", arn("sns", "orders"))),
    "a service, by the pager": ("pager", request("ecs:UpdateService", API, **PROD)),
    "the ledger, by the pager": ("pager", request("dynamodb:PutItem", LEDGER)),
}


@pytest.fixture(scope="module")
def stack():
    return deployed(Clusters="prod")


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
