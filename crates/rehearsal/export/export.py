"""`make export`: the stack of a live account as a file for the rehearsal, by calls that only read.

YAML alone is on stdout, how it goes on stderr. It ends with 1, and writes nothing, if it could read
no service and no Auto Scaling group.
"""

import argparse
import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from document import contents, document
from found import Found
from pace import Pace
from reader import Reader
from remarks import Remarks, say
from stack import Translator

# What the export may call, by boto3's clients. Whatever else is asked of them is a mistake of ours.
READS = {
    "ecs": {
        "ListClusters",
        "DescribeClusters",
        "ListServices",
        "DescribeServices",
        "DescribeTaskDefinition",
        "DescribeCapacityProviders",
    },
    "application-autoscaling": {"DescribeScalableTargets"},
    "autoscaling": {"DescribeAutoScalingGroups"},
}

# Five attempts at most, with longer and longer waits: after a quarter of a minute it gives up.
# https://docs.aws.amazon.com/boto3/latest/guide/retries.html
RETRIES = {"mode": "standard", "total_max_attempts": 5}
CONFIG = Config(retries=RETRIES, user_agent_extra="caretaker-export")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clusters", default="*", help="names, with * for any characters")
    parser.add_argument("--endpoint", help="a simulated account's URL")
    arguments = parser.parse_args()
    try:
        return export(arguments.clusters.split() or ["*"], arguments.endpoint)
    except (BotoCoreError, ClientError) as error:
        say(f"nothing was written: {error}")
        return 1
    except KeyboardInterrupt:
        say("nothing was written")
        return 130


def export(patterns: list[str], endpoint: str | None) -> int:
    remarks = Remarks()
    found = Reader(clients(endpoint), remarks).read(patterns)
    stack = Translator(found, remarks).stack()
    if not stack.get("groups") and not any(it.get("services") for it in stack.get("clusters", [])):
        say("nothing was written: no service and no Auto Scaling group could be read")
        return 1
    region, account_id = home(found)
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(document(stack, remarks, account_id, region))
    say(
        f"{contents(stack)}; {len(remarks.unread)} could not be read, "
        f"{len(remarks.otherwise)} left out or told otherwise"
    )
    return 0


def clients(endpoint: str | None) -> dict:
    """boto3's clients by service; they read, and share one pace."""
    session, pace = session_of(endpoint), Pace()
    made = {name: session.client(name, endpoint_url=endpoint, config=CONFIG) for name in READS}
    for client in made.values():
        client.meta.events.register("provide-client-params", only_reads)
        client.meta.events.register("before-send", pace.take)
    return made


def session_of(endpoint: str | None) -> boto3.Session:
    """Whoever the user is; at a simulated account, nobody."""
    # boto3 reads AWS_DEFAULT_REGION alone, the AWS CLI and the other SDKs AWS_REGION first:
    # https://github.com/boto/boto3/issues/3620
    region = os.environ.get("AWS_REGION")
    if endpoint is None:
        return boto3.Session(region_name=region)
    return boto3.Session(
        region_name=region or "eu-central-1",
        aws_access_key_id="export",
        aws_secret_access_key="rehearsal",
    )


def only_reads(model, **_) -> None:
    service, operation = model.service_model.service_name, model.name
    if operation not in READS[service]:
        raise PermissionError(f"{service}:{operation} is no call of the export's")


def home(found: Found) -> tuple[str, str]:
    """The Region and the account, from any ARN."""
    arns = [cluster["clusterArn"] for cluster in found.clusters]
    arns += [group["AutoScalingGroupARN"] for group in found.groups]
    _, _, _, region, account_id, _ = arns[0].split(":", 5)
    return region, account_id


if __name__ == "__main__":
    sys.exit(main())
