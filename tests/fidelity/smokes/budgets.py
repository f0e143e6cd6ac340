"""AWS Budgets."""

from fidelity.step import done, refused

ACCOUNT = {"AccountId": "123456789012"}
MONTHLY = {**ACCOUNT, "BudgetName": "monthly"}
MISSING = {**ACCOUNT, "BudgetName": "missing"}
TOPIC = {
    "SubscriptionType": "SNS",
    "Address": "arn:aws:sns:eu-central-1:123456789012:budget",
}
MAIL = {"SubscriptionType": "EMAIL", "Address": "owner@example.com"}


def usd(amount: str) -> dict:
    return {"Amount": amount, "Unit": "USD"}


def budget(name: str, **more) -> dict:
    return {
        "BudgetName": name,
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": usd("10"),
        **more,
    }


def rung(percent: float, kind: str = "ACTUAL", **more) -> dict:
    return {
        "NotificationType": kind,
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": percent,
        **more,
    }


WARN = rung(80, ThresholdType="PERCENTAGE")
STOP = rung(100)

STEPS = [
    done(
        "CreateBudget",
        **ACCOUNT,
        Budget=budget("monthly"),
        NotificationsWithSubscribers=[{"Notification": WARN, "Subscribers": [TOPIC, MAIL]}],
    ),
    refused("CreateBudget", "DuplicateRecordException", **ACCOUNT, Budget=budget("monthly")),
    refused(
        "CreateBudget",
        "InvalidParameterException",
        **ACCOUNT,
        Budget={"BudgetName": "endless", "BudgetType": "COST", "TimeUnit": "MONTHLY"},
    ),
    refused(
        "CreateBudget",
        "AccessDeniedException",
        AccountId="999999999999",
        Budget=budget("theirs"),
    ),
    done(
        "CreateBudget",
        **ACCOUNT,
        Budget=budget(
            "filtered",
            FilterExpression={"Dimensions": {"Key": "SERVICE", "Values": ["Amazon ECS"]}},
            Metrics=["UnblendedCost"],
            TimeUnit="DAILY",
        ),
    ),
    done("DescribeBudget", **MONTHLY),
    done("DescribeBudget", **ACCOUNT, BudgetName="filtered", ShowFilterExpression=True),
    refused("DescribeBudget", "NotFoundException", **MISSING),
    done("DescribeBudgets", **ACCOUNT),
    done("DescribeBudgets", **ACCOUNT, MaxResults=1),
    refused("DescribeBudgets", "InvalidNextTokenException", **ACCOUNT, NextToken="strange"),
    done("UpdateBudget", **ACCOUNT, NewBudget=budget("monthly", BudgetLimit=usd("12.50"))),
    refused("UpdateBudget", "NotFoundException", **ACCOUNT, NewBudget=budget("missing")),
    done("DescribeBudgetPerformanceHistory", **MONTHLY),
    refused("DescribeBudgetPerformanceHistory", "NotFoundException", **MISSING),
    done("CreateNotification", **MONTHLY, Notification=STOP, Subscribers=[TOPIC]),
    refused(
        "CreateNotification",
        "DuplicateRecordException",
        **MONTHLY,
        Notification=STOP,
        Subscribers=[TOPIC],
    ),
    refused(
        "CreateNotification",
        "CreationLimitExceededException",
        **MONTHLY,
        Notification=rung(100, "FORECASTED"),
        Subscribers=[TOPIC, {**TOPIC, "Address": TOPIC["Address"] + "2"}],
    ),
    done("DescribeNotificationsForBudget", **MONTHLY),
    refused("DescribeNotificationsForBudget", "NotFoundException", **MISSING),
    done("CreateSubscriber", **MONTHLY, Notification=STOP, Subscriber=MAIL),
    refused(
        "CreateSubscriber",
        "DuplicateRecordException",
        **MONTHLY,
        Notification=STOP,
        Subscriber=MAIL,
    ),
    done("DescribeSubscribersForNotification", **MONTHLY, Notification=STOP),
    refused(
        "DescribeSubscribersForNotification",
        "NotFoundException",
        **MONTHLY,
        Notification=rung(50),
    ),
    done("DeleteSubscriber", **MONTHLY, Notification=STOP, Subscriber=MAIL),
    refused(
        "DeleteSubscriber", "NotFoundException", **MONTHLY, Notification=STOP, Subscriber=MAIL
    ),
    done("DeleteNotification", **MONTHLY, Notification=WARN),
    refused("DeleteNotification", "NotFoundException", **MONTHLY, Notification=WARN),
    done("DescribeNotificationsForBudget", **MONTHLY),
    done("DeleteBudget", **MONTHLY),
    refused("DeleteBudget", "NotFoundException", **MONTHLY),
]
