"""A smoke of every modelled call, by the service's name in boto3 and in the AWS CLI."""

from . import (
    application_autoscaling,
    autoscaling,
    budgets,
    cloudwatch,
    dynamodb,
    ecr,
    ecs,
    elbv2,
    events,
    freetier,
    sns,
    sqs,
    sts,
    tagging,
)

# The IAM prefix, where it is another name.
IAM_PREFIXES = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}

SMOKES = {
    "application-autoscaling": application_autoscaling.STEPS,
    "autoscaling": autoscaling.STEPS,
    "budgets": budgets.STEPS,
    "cloudwatch": cloudwatch.STEPS,
    "dynamodb": dynamodb.STEPS,
    "ecr": ecr.STEPS,
    "ecs": ecs.STEPS,
    "elbv2": elbv2.STEPS,
    "events": events.STEPS,
    "freetier": freetier.STEPS,
    "resourcegroupstaggingapi": tagging.STEPS,
    "sns": sns.STEPS,
    "sqs": sqs.STEPS,
    "sts": sts.STEPS,
}

# Calls that cannot succeed in a smoke, with the reason.
ONLY_REFUSED = {
    ("ecs", "ContinueServiceDeployment"): "a deployment meets its first hook a second after the call",
    ("sns", "ConfirmSubscription"): "the token is in a mail that only the subscriber gets",
}
