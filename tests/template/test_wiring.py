"""What is deployed: functions with their settings and logs, and where everything that fails goes."""

import json
import re

import pytest
from cloudformation import ROOT, deployed, source, whole

FOLDERS = sorted(folder.name for folder in (ROOT / "functions").iterdir())
DEAD_LETTERS = "arn:aws:sqs:eu-central-1:123456789012:caretaker-DeadLetters"
INTAKE = "arn:aws:sqs:eu-central-1:123456789012:caretaker-SpotIntake"
UNPAGED = "arn:aws:sqs:eu-central-1:123456789012:caretaker-Unpaged"


@pytest.fixture(scope="module")
def stack():
    return whole()


def test_without_a_budget_there_is_no_guard_and_nothing_of_it():
    stack = deployed()
    assert sorted(stack.functions()) == [folder for folder in FOLDERS if folder != "budget-guard"]
    assert [name for name in stack.resources if "Budget" in name] == []


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({"BudgetNames": "dev,the team's"}, "dev,the team's"),
        ({"MonthlyLimit": "250"}, "caretaker-monthly-warn-80-stop-100"),
        ({"BudgetNames": "dev", "MonthlyLimit": "250"}, "dev,caretaker-monthly-warn-80-stop-100"),
    ],
)
def test_the_guard_watches_the_budgets_that_are_named_and_the_one_that_is_made(parameters, names):
    stack = deployed(**parameters)
    assert stack.functions()["budget-guard"]["Environment"]["Variables"]["BUDGET_NAMES"] == names
    [read] = [s for s in stack.policy("budget-guard")["Statement"] if s["Sid"] == "ReadTheBudgets"]
    assert read["Resource"] == [f"arn:*:budgets::*:budget/{name}" for name in names.split(",")]


def test_the_guard_takes_its_letters_from_the_topics_that_the_budget_publishes_to(stack):
    topics = [f"arn:aws:sns:eu-central-1:123456789012:caretaker-{t}" for t in ("BudgetWarn", "BudgetStop")]
    variables = stack.functions()["budget-guard"]["Environment"]["Variables"]
    assert variables["BUDGET_TOPICS"] == ",".join(topics)
    guard = {
        s["TopicArn"]: s
        for s in stack.of_type("AWS::SNS::Subscription").values()
        if s["Protocol"] == "lambda"
    }
    assert sorted(guard) == sorted(topics)
    for subscription in guard.values():
        assert subscription["Endpoint"].endswith(":function:caretaker-budget-guard")
        assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": DEAD_LETTERS}
    notifications = stack.properties("MonthlyBudget")["NotificationsWithSubscribers"]
    told = [
        (n["Notification"]["NotificationType"], str(n["Notification"]["Threshold"]), n["Subscribers"])
        for n in notifications
    ]
    assert told == [
        ("ACTUAL", "80", [{"SubscriptionType": "SNS", "Address": topics[0]}]),
        ("FORECASTED", "100", [{"SubscriptionType": "SNS", "Address": topics[0]}]),
        ("ACTUAL", "100", [{"SubscriptionType": "SNS", "Address": topics[1]}]),
    ]


@pytest.mark.parametrize("changed", [{"WarnPercent": "70"}, {"StopPercent": "95"}])
def test_other_thresholds_are_another_budget_because_a_named_one_cannot_be_replaced(stack, changed):
    name = stack.properties("MonthlyBudget")["Budget"]["BudgetName"]
    other = whole(**changed)
    assert other.properties("MonthlyBudget")["Budget"]["BudgetName"] != name
    variables = other.functions()["budget-guard"]["Environment"]["Variables"]
    assert variables["BUDGET_NAMES"].endswith(other.properties("MonthlyBudget")["Budget"]["BudgetName"])


def test_another_limit_is_an_edit_of_the_same_budget(stack):
    def named(one):
        return one.properties("MonthlyBudget")["Budget"]["BudgetName"]

    assert named(whole(MonthlyLimit="300")) == named(stack)


def test_a_budgets_topic_lets_its_letters_in_before_there_is_a_budget():
    assert source()["Resources"]["MonthlyBudget"]["DependsOn"] == ["BudgetWarnPolicy", "BudgetStopPolicy"]


def test_every_function_has_one_name_everywhere(stack):
    assert sorted(stack.functions()) == FOLDERS
    code = [
        resource["Properties"]["CodeUri"]
        for resource in source()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
    assert sorted(code) == [f"target/lambda/{folder}/" for folder in FOLDERS]


# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
SET_BY_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME", "AWS_REGION"}


def names_in(code: str) -> set[str]:
    """The environment variables that Rust code names, outside of its comments and its tests."""
    lines = code.split("#[cfg(test)]")[0].splitlines()
    stated = "".join(line for line in lines if not line.lstrip().startswith("//"))
    return set(re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)"', stated))


def shared_readers() -> dict[str, set[str]]:
    """The functions of the shell that read a variable of their own, and which."""
    shell = (ROOT / "crates" / "shell" / "src" / "environment.rs").read_text()
    readers = re.split(r"\bfn ", shell.split("#[cfg(test)]")[0])[1:]
    named = {reader.split("(")[0].split("<")[0]: names_in(reader) for reader in readers}
    return {name: variables for name, variables in named.items() if variables}


def test_the_account_is_read_in_one_place_for_all():
    assert shared_readers() == {"account": {"ACCOUNT_ID"}}


@pytest.mark.parametrize("function", FOLDERS)
def test_every_setting_that_is_read_is_stated_and_every_one_stated_is_read(stack, function):
    settings = (ROOT / "functions" / function / "src" / "settings.rs").read_text()
    read = names_in(settings)
    for reader, variables in shared_readers().items():
        if re.search(rf"\b{reader}\(", settings):
            read |= variables
    assert set(stack.functions()[function]["Environment"]["Variables"]) == read - SET_BY_LAMBDA


@pytest.mark.parametrize("function", FOLDERS)
def test_every_function_logs_json_to_a_group_that_forgets(stack, function):
    logging = stack.functions()[function]["LoggingConfig"]
    assert logging["LogFormat"] == "JSON"
    groups = {g["LogGroupName"]: g for g in stack.of_type("AWS::Logs::LogGroup").values()}
    assert logging["LogGroup"] == f"/aws/lambda/caretaker-{function}"
    assert groups[logging["LogGroup"]]["RetentionInDays"] == "30"


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_the_functions_run_on_the_processor_that_was_chosen(architecture):
    for function in deployed(Architecture=architecture).functions().values():
        assert function["Runtime"] == "provided.al2023"
        assert function["Handler"] == "bootstrap"
        assert function["Architectures"] == [architecture]


@pytest.mark.parametrize("function", ["off-hours", "budget-guard"])
def test_a_function_runs_once_at_a_time_unless_the_account_is_too_small(stack, function):
    assert stack.functions()[function]["ReservedConcurrentExecutions"] == 1
    small = whole(OneRunAtATime="false").functions()[function]
    assert "ReservedConcurrentExecutions" not in small


def test_a_run_ends_before_the_next_tick(stack):
    assert stack.properties("Tick")["ScheduleExpression"] == "rate(5 minutes)"
    assert stack.functions()["off-hours"]["Timeout"] < 5 * 60
    assert stack.properties("BudgetTick")["ScheduleExpression"] == "rate(1 hour)"
    # As much as Lambda allows: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
    assert stack.functions()["budget-guard"]["Timeout"] == 900


def test_every_delivery_that_fails_is_kept(stack):
    targets = [target for rule in stack.of_type("AWS::Events::Rule").values() for target in rule["Targets"]]
    targets += [schedule["Target"] for schedule in stack.of_type("AWS::Scheduler::Schedule").values()]
    assert len(targets) == 15
    for target in targets:
        assert target["DeadLetterConfig"]["Arn"] == DEAD_LETTERS
        assert target["RetryPolicy"].keys() == {"MaximumEventAgeInSeconds", "MaximumRetryAttempts"}


def test_every_invocation_that_fails_is_kept(stack):
    kept = {
        config["FunctionName"].removeprefix("caretaker-"): config["DestinationConfig"]["OnFailure"][
            "Destination"
        ]
        for config in stack.of_type("AWS::Lambda::EventInvokeConfig").values()
    }
    # The pager cannot page its own failures: they go where an alarm is watching.
    assert kept == {
        "off-hours": DEAD_LETTERS,
        "budget-guard": DEAD_LETTERS,
        "spot-drain": DEAD_LETTERS,
        "pager": UNPAGED,
    }


def source_of(stack, function: str) -> dict:
    """The one queue from which Lambda feeds a function."""
    mappings = stack.of_type("AWS::Lambda::EventSourceMapping").values()
    [mapping] = [one for one in mappings if one["FunctionName"] == f"caretaker-{function}"]
    return mapping


def test_the_pager_takes_what_failed_and_what_it_cannot_say_is_kept(stack):
    assert source_of(stack, "pager")["EventSourceArn"] == DEAD_LETTERS
    queue = stack.properties("DeadLetters")
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == UNPAGED
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    assert queue["VisibilityTimeout"] >= 6 * stack.functions()["pager"]["Timeout"]


def test_spot_drain_takes_a_surge_at_once_and_answers_message_by_message(stack):
    mapping = source_of(stack, "spot-drain")
    assert mapping["EventSourceArn"] == INTAKE
    assert mapping["BatchSize"] == 1000
    assert mapping["MaximumBatchingWindowInSeconds"] == 1
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_round_that_dies_comes_again_within_the_two_minutes_that_spot_gives(stack):
    queue, function = stack.properties("SpotIntake"), stack.functions()["spot-drain"]
    # Lambda refuses a queue whose visibility timeout is shorter than its function's timeout.
    assert function["Timeout"] < queue["VisibilityTimeout"]
    # Tried at once and after one, two and three timeouts, and then kept for people.
    assert 3 * queue["VisibilityTimeout"] < 120 < queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"]
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == DEAD_LETTERS
    assert function["Environment"]["Variables"]["QUEUE_URL"].endswith("/caretaker-SpotIntake")


def test_the_tick_of_every_minute_is_off_until_it_is_needed(stack):
    rule = stack.properties("SpotMinute")
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(1 minute)", "DISABLED")
    assert stack.properties("SpotTick")["ScheduleExpression"] == "rate(1 hour)"


def test_a_warning_that_nothing_can_be_done_about_any_more_is_not_delivered(stack):
    [target] = stack.properties("InstanceWarned")["Targets"]
    assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 120


def test_the_dashboard_shows_metrics_that_are_written(stack):
    body = json.loads(stack.properties("SpotDashboard")["DashboardBody"])
    shown = {
        metric[1]
        for widget in body["widgets"]
        for metric in widget["properties"]["metrics"]
        if metric[0] == "Caretaker"
    }
    written = (ROOT / "functions/spot-drain/src/report/metrics.rs").read_text()
    assert {name for name in shown if f'"{name}"' not in written} == set()
    assert {"LeadTime", "TimeToDraining", "TasksKilled", "Surges"} <= shown
    assert {widget["properties"]["region"] for widget in body["widgets"]} == {"eu-central-1"}


def test_every_queue_keeps_its_messages_for_as_long_as_sqs_can(stack):
    for queue in stack.of_type("AWS::SQS::Queue").values():
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert queue["SqsManagedSseEnabled"] is True


def test_the_ledger_is_encrypted_restorable_and_outlives_a_failed_deletion(stack):
    ledger = stack.properties("Ledger")
    assert ledger["SSESpecification"] == {"SSEEnabled": True}
    assert ledger["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert ledger["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert [key["AttributeName"] for key in ledger["KeySchema"]] == ["pk", "sk"]
    assert stack.resources["Ledger"]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert stack.resources["Ledger"]["UpdateReplacePolicy"] == "Retain"


def test_every_alarm_reaches_people_without_the_pager(stack):
    topic = "arn:aws:sns:eu-central-1:123456789012:caretaker-Pages"
    alarms = stack.of_type("AWS::CloudWatch::Alarm").values()
    for alarm in alarms:
        assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]
        assert alarm["AlarmName"].startswith("caretaker-")  # the topic's policy lets in no other
    watched = {(alarm["MetricName"], alarm["Dimensions"][0]["Value"]) for alarm in alarms}
    assert {(m, f"caretaker-{f}") for m in ("Errors", "Throttles") for f in FOLDERS} <= watched
    assert ("ApproximateNumberOfMessagesVisible", "caretaker-Unpaged") in watched
    for queue in ("DeadLetters", "SpotIntake"):
        assert ("ApproximateAgeOfOldestMessage", f"caretaker-{queue}") in watched


def test_pages_go_by_email_only_where_an_address_is_given(stack):
    assert not deployed().of_type("AWS::SNS::Subscription")
    assert stack.properties("PagesByEmail")["Endpoint"] == "ops@example.com"
