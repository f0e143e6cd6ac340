"""moto as a second opinion on DynamoDB and Budgets: models that others wrote, of the same services.

Where the two differ, `DIFFERENCES` says why we side with one; a difference that is not there any more
fails the test too, so that the list stays true. Other services are not compared: moto does not
simulate ECS (services never own tasks), nor what our functions need of the others.
"""

import os
import re
import subprocess

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from fidelity.account import CREDENTIALS, REGION, ROOT
from fidelity.smokes import SMOKES
from moto.server import ThreadedMotoServer

# What an account answers differently each time.
CHANGING = {
    "CreationDateTime",
    "LastUpdateToPayPerRequestDateTime",
    "LastUpdatedTime",
    "TableId",
}

UNASKED = (
    "moto tells what was not asked for; AWS answers ConsumedCapacity only to ReturnConsumedCapacity"
)
TABLES = "moto describes what the table does not have, and leaves out or adds figures"

OWN_BUDGETS = (
    "budgets are those of the caller's account: "
    "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create.html"
)
LIMITS = (
    "moto knows no limits and no duplicates: "
    "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html"
)
PAGES = "moto does not page"
SHOWN = (
    "people see whole limits as 10.0 and no forecast where AWS has none; the start of a daily budget "
    "is its day, and CostTypes and Metrics exclude each other: "
    "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html"
)

# What moto does not have.
ONLY_OURS = {
    "budgets": {
        "CreateSubscriber",
        "DeleteSubscriber",
        "DescribeBudgetPerformanceHistory",
        "DescribeSubscribersForNotification",
        "UpdateBudget",
    },
    "dynamodb": set(),
}

# By operation and member: why.
BUDGETS_DIFFERENCES = {
    ("CreateBudget", "Code"): OWN_BUDGETS,
    ("CreateBudget", "Message"): OWN_BUDGETS,
    ("CreateNotification", "Code"): LIMITS,
    ("CreateNotification", "Message"): LIMITS,
    ("DeleteNotification", "Code"): "AWS declares NotFoundException; moto deletes nothing silently",
    ("DeleteNotification", "Message"): "the same",
    ("DescribeBudget", "Budget"): SHOWN,
    ("DescribeBudgets", "Budgets"): SHOWN,
    ("DescribeBudgets", "Code"): PAGES,
    ("DescribeBudgets", "Message"): PAGES,
    ("DescribeBudgets", "NextToken"): PAGES,
    ("DescribeNotificationsForBudget", "Notifications"): "AWS shows the state of a notification and "
    "its threshold's type, and moto has those that AWS had refused: "
    "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html",
    ("DescribeNotificationsForBudget", "Code"): "moto answers 500 where there is no budget",
    ("DescribeNotificationsForBudget", "Message"): "the same",
}

DYNAMODB_DIFFERENCES = {
    ("BatchGetItem", "ConsumedCapacity"): UNASKED,
    ("BatchWriteItem", "ConsumedCapacity"): UNASKED,
    ("BatchWriteItem", "ItemCollectionMetrics"): UNASKED,
    ("TransactWriteItems", "ConsumedCapacity"): UNASKED,
    ("TransactWriteItems", "ItemCollectionMetrics"): UNASKED,
    ("UpdateItem", "ConsumedCapacity"): UNASKED,
    ("CreateTable", "TableDescription"): TABLES,
    ("DeleteTable", "TableDescription"): TABLES,
    ("DescribeTable", "Table"): TABLES,
    ("DeleteTable", "Message"): "AWS names the missing table in the table operations",
    (
        "Query",
        "LastEvaluatedKey",
    ): "a page that ends for its Limit names a last key, even at the end: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html",
    ("TransactWriteItems", "Code"): "ResourceNotFoundException is an error of the call: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html",
    ("TransactWriteItems", "Message"): "the same",
    ("TransactWriteItems", "CancellationReasons"): "the same",
    ("UpdateTimeToLive", "Code"): "AWS refuses to enable what is enabled: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html",
    ("UpdateTimeToLive", "Message"): "the same",
    ("UpdateTimeToLive", "TimeToLiveSpecification"): "the same",
}


@pytest.fixture(scope="module")
def moto():
    """moto's URL. Its DynamoDB is not safe for threads: one caller at a time."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def client(service, endpoint):
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **CREDENTIALS)


def answer(made, step) -> dict:
    """The members of the output, or of the error, without what changes each time."""
    try:
        output = getattr(made, xform_name(step.operation))(**step.input)
    except ClientError as error:
        output = error.response
        output |= output.pop("Error")
        output.pop("message", None)
    output.pop("ResponseMetadata")
    return lasting(output)


def lasting(value):
    match value:
        case dict():
            return {key: lasting(inner) for key, inner in value.items() if key not in CHANGING}
        case list():
            return [lasting(inner) for inner in value]
        case _:
            return value


DIFFERENCES = {"budgets": BUDGETS_DIFFERENCES, "dynamodb": DYNAMODB_DIFFERENCES}


@pytest.mark.parametrize("service", DIFFERENCES)
def test_a_service_answers_as_moto_does_but_for_the_listed_differences(service, endpoint, moto):
    ours, theirs = client(service, endpoint), client(service, moto)
    differing = set()
    for step in SMOKES[service]:
        if step.operation in ONLY_OURS[service]:
            continue
        our_answer, their_answer = answer(ours, step), answer(theirs, step)
        for member in our_answer.keys() | their_answer.keys():
            if our_answer.get(member) != their_answer.get(member):
                differing.add((step.operation, member))
    assert differing == DIFFERENCES[service].keys()


def test_the_ledger_keeps_its_promises_on_moto_too(moto):
    # The same flags as for every other Rust test, so that nothing is built twice.
    command = [
        "cargo",
        "test",
        "--workspace",
        "--features",
        "rehearsal-clock",
        "--test",
        "contract",
    ]
    environment = {**os.environ, "LEDGER_ENDPOINT": moto, "RUST_TEST_THREADS": "1"}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert re.search(r"test result: ok\. [1-9]\d* passed", ended.stdout), ended.stdout
