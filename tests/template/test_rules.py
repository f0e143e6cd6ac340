"""Which events reach which function, and that our own writes do not come back to us."""

import json

import pytest
from cloudformation import ACCOUNT, ROOT, deployed, whole
from moto.events.models import EventPattern

# How a function is reached other than by a rule, told by a member of the event.
OTHER_WAYS = {
    "action": "a person invokes it",
    "RequestType": "CloudFormation, through the custom resource",
    "Records": "a queue, or a budget's topic",
}


@pytest.fixture(scope="module")
def stack():
    return whole()


def patterns(stack) -> dict[str, dict]:
    """The rules that wait for events, by logical id; a tick waits for none."""
    return {
        name: rule for name, rule in stack.of_type("AWS::Events::Rule").items() if "EventPattern" in rule
    }


def reached(stack, event: dict) -> set[str]:
    """The functions that an event on the bus reaches, be it through a queue."""
    return {
        target["Id"]
        for rule in patterns(stack).values()
        if EventPattern.load(json.dumps(rule["EventPattern"])).matches_event(event)
        for target in rule["Targets"]
    }


def api_call(name="UpdateService", identity=None, **detail) -> dict:
    """A call to ECS as CloudTrail tells it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/logging-using-cloudtrail.html
    """
    return {
        "version": "0",
        "id": "36eb8523-97d0-4518-b33d-ee3579ff19f0",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": "2026-11-20T19:00:00Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": {
            "eventVersion": "1.11",
            "eventSource": "ecs.amazonaws.com",
            "eventName": name,
            "userIdentity": identity or {"type": "IAMUser", "userName": "alice"},
            "requestParameters": {"cluster": "prod", "service": "api", "desiredCount": 4},
        }
        | detail,
    }


def assumed(role: str) -> dict:
    """Who called: a session of a role."""
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/session",
        "sessionContext": {"sessionIssuer": {"type": "Role", "userName": role}},
    }


def deployment(event_name: str) -> dict:
    return {
        "source": "aws.ecs",
        "detail-type": "ECS Deployment State Change",
        "account": ACCOUNT,
        "resources": [f"arn:aws:ecs:eu-central-1:{ACCOUNT}:service/prod/api"],
        "detail": {"eventName": event_name, "deploymentId": "ecs-svc/123"},
    }


def notice(**event) -> dict:
    return {
        "source": "caretaker",
        "detail-type": "Caretaker Notice",
        "account": ACCOUNT,
        "detail": {},
    } | event


@pytest.mark.parametrize("name", ["CreateService", "UpdateService"])
@pytest.mark.parametrize(
    "identity", [None, assumed("deployer"), {"type": "AWSService", "invokedBy": "codepipeline.amazonaws.com"}]
)
def test_a_change_by_anyone_else_reaches_off_hours(stack, name, identity):
    assert reached(stack, api_call(name, identity)) == {"off-hours"}


@pytest.mark.parametrize("function", ["off-hours", "budget-guard"])
def test_what_we_wrote_ourselves_reaches_nobody(stack, function):
    role = stack.functions()[function]["Role"].split("/")[-1]
    assert reached(stack, api_call(identity=assumed(role))) == set()


def test_without_a_budget_the_rule_names_no_role_that_is_not_there():
    [issuer, nobody] = deployed().properties("ServiceChanged")["EventPattern"]["detail"]["$or"]
    [roles] = issuer["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"]
    assert roles == {
        "anything-but": ["caretaker-OffHoursRole", "AWSServiceRoleForApplicationAutoScaling_ECSService"]
    }
    assert nobody["userIdentity"]["sessionContext"]["sessionIssuer"] == {"userName": [{"exists": False}]}


def test_what_application_auto_scaling_wrote_reaches_nobody(stack):
    scaling = assumed("AWSServiceRoleForApplicationAutoScaling_ECSService")
    assert reached(stack, api_call(identity=scaling)) == set()


def test_a_call_that_failed_reaches_nobody(stack):
    assert reached(stack, api_call(errorCode="AccessDenied")) == set()


@pytest.mark.parametrize(
    "name", ["DeleteService", "RunTask", "UpdateServicePrimaryTaskSet", "RegisterTaskDefinition"]
)
def test_a_call_that_changes_no_count_reaches_nobody(stack, name):
    assert reached(stack, api_call(name)) == set()


def test_a_deployment_that_ended_reaches_off_hours(stack):
    assert reached(stack, deployment("SERVICE_DEPLOYMENT_COMPLETED")) == {"off-hours"}


def test_a_deployment_that_began_reaches_nobody(stack):
    assert reached(stack, deployment("SERVICE_DEPLOYMENT_IN_PROGRESS")) == set()


def test_a_notice_reaches_the_pager_and_only_the_pager(stack):
    assert reached(stack, notice()) == {"pager"}


def test_a_notice_of_another_account_reaches_nobody(stack):
    assert reached(stack, notice(account="999999999999")) == set()


def spot(name: str) -> dict:
    """A sample of what spot-drain hears."""
    return json.loads((ROOT / "events/spot-drain" / f"{name}.json").read_text())


def rules_of(stack, event: dict) -> set[str]:
    """The rules that an event on the bus fits."""
    return {
        name
        for name, rule in patterns(stack).items()
        if EventPattern.load(json.dumps(rule["EventPattern"])).matches_event(event)
    }


HEARD = {
    "InstanceWarned": [
        "warning-terminate",
        "warning-stop",
        "warning-hibernate",
        "warning-of-an-unknown-action",
        "warning-that-says-least",
        "rebalance",
        "reservation-warning",
        "interruptible-reservation-warning",
    ],
    "InstanceEnded": ["instance-stopping", "instance-stopped", "instance-shutting-down", "instance-terminated"],
    "InstanceEvicted": ["evicted"],
    "InstanceTerminating": ["hook", "hook-to-a-warm-pool", "hook-of-somebody-else"],
    "HostChanged": [
        "container-instance-registered",
        "container-instance-draining",
        "container-instance-inactive",
        "container-instance-of-a-short-arn",
    ],
    "SpotTaskStopped": ["task-stopping-for-spot", "task-stopping-as-in-2023", "task-stopped-for-spot"],
    "ExperimentChanged": [
        "experiment-initiating",
        "experiment-running",
        "experiment-completed",
        "experiment-stopped",
        "experiment-failed-before-it-began",
    ],
    "PlacementFailed": ["placement-failed", "placement-failed-on-instances"],
}


@pytest.mark.parametrize(("rule", "name"), [(rule, name) for rule, names in HEARD.items() for name in names])
def test_what_is_said_of_an_instance_or_a_task_comes_through_one_rule(stack, rule, name):
    assert rules_of(stack, spot(name)) == {rule}


@pytest.mark.parametrize(
    "name",
    [
        "instance-running",
        "hook-of-a-launch",
        "container-instance-placed-on",
        "task-stopping-for-another-reason",
        "service-steady",
        "experiment-of-another-template",
    ],
)
def test_what_says_nothing_of_spot_reaches_nobody(stack, name):
    assert rules_of(stack, spot(name)) == set()


@pytest.mark.parametrize(
    "name", ["evicted", "hook", "warning-terminate", "task-stopping-for-spot", "experiment-running"]
)
def test_an_instance_of_another_account_reaches_nobody(stack, name):
    assert rules_of(stack, spot(name) | {"account": "999999999999"}) == set()


def test_where_no_template_is_named_no_experiment_is_an_exercise():
    unnamed = whole(ExerciseTemplates="")
    assert "ExperimentChanged" not in unnamed.resources
    for name in HEARD["ExperimentChanged"]:
        assert rules_of(unnamed, spot(name)) == set()
    named = whole(ExerciseTemplates="EXTk5l6m7n8o9p0q1r")
    assert rules_of(named, spot("experiment-running")) == set()


def test_another_word_of_fis_reaches_nobody(stack):
    event = spot("experiment-running") | {"detail-type": "AWS API Call via CloudTrail"}
    assert rules_of(stack, event) == set()


def test_another_service_event_reaches_nobody(stack):
    event = spot("evicted")
    event["detail"]["eventName"] = "SharedSnapshotCopyInitiated"
    assert rules_of(stack, event) == set()


def test_every_pattern_is_short_enough_for_eventbridge(stack):
    for name, rule in patterns(stack).items():
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
        assert len(json.dumps(rule["EventPattern"])) <= 2048, name


def test_every_rule_answers_to_some_event_above(stack):
    events = [api_call(), deployment("SERVICE_DEPLOYMENT_COMPLETED"), notice()]
    events += [spot(name) for names in HEARD.values() for name in names]
    for name, rule in patterns(stack).items():
        pattern = EventPattern.load(json.dumps(rule["EventPattern"]))
        assert any(pattern.matches_event(event) for event in events), name


def way_in(stack, event: dict) -> set[str]:
    """The functions that an event reaches, whichever way it comes."""
    if event.get("source") == "aws.scheduler":
        return {
            tick["Target"]["Arn"].split(":caretaker-")[-1]
            for tick in stack.of_type("AWS::Scheduler::Schedule").values()
        }
    if event.get("source") == "aws.events":
        return {
            target["Id"]
            for rule in stack.of_type("AWS::Events::Rule").values()
            if "ScheduleExpression" in rule
            for target in rule["Targets"]
        }
    if source := next((r["EventSource"] for r in event.get("Records", []) if "EventSource" in r), None):
        assert source == "aws:sns"
        topics = {record["EventSubscriptionArn"].rsplit(":", 1)[0] for record in event["Records"]}
        return {
            subscription["Endpoint"].split(":caretaker-")[-1]
            for subscription in stack.of_type("AWS::SNS::Subscription").values()
            if subscription["TopicArn"] in topics
        }
    if OTHER_WAYS.keys() & event.keys():
        return set(stack.functions())
    return reached(stack, event | {"account": ACCOUNT})


# Events that no rule delivers: what a function must take quietly, should one reach it all the same.
STRAYS = {
    "off-hours/deployment-in-progress.json",
    "off-hours/our-own-update.json",
    "off-hours/task-stopped.json",
    "pager/foreign-event.json",
    "spot-drain/instance-running.json",
    "spot-drain/hook-of-a-launch.json",
    "spot-drain/container-instance-placed-on.json",
    "spot-drain/task-stopping-for-another-reason.json",
    "spot-drain/service-steady.json",
    "spot-drain/experiment-of-another-template.json",
}


@pytest.mark.parametrize("function", sorted(folder.name for folder in (ROOT / "functions").iterdir()))
def test_every_event_that_a_function_is_tried_with_reaches_it(stack, function):
    cases = sorted((ROOT / "events" / function).glob("*.json"))
    assert cases, f"events/{function} holds no event"
    for case in cases:
        event = json.loads(case.read_text())
        expected = f"{function}/{case.name}" not in STRAYS
        assert (function in way_in(stack, event)) == expected, case.name
