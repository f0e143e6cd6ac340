"""The simulated account on loopback, with a stack and the suite's table and topic."""

import subprocess
from pathlib import Path

import boto3

from places import BUDGET, CLUSTER, LEDGER, OUT, REHEARSAL, TOPIC


def stack(services: int, autoscaled_every: int = 0) -> str:
    """Services of two tasks whose hours say that they are never awake."""

    def service(number: int) -> str:
        scaled = autoscaled_every and number % autoscaled_every == 0
        scaling = ", scaling: {min: 1, max: 4}" if scaled else ""
        tags = '{"caretaker:hours": never}'
        return f"      - {{name: service-{number:04}, desired: 2, tags: {tags}{scaling}}}\n"

    lines = "".join(map(service, range(services)))
    return f"clusters:\n  - name: {CLUSTER}\n    services:\n{lines}"


def spent(services: int) -> str:
    """The same, and a budget that stops them and is spent."""
    stops = '"caretaker:hours": never, "caretaker:budget": stop'
    tagged = stack(services).replace('"caretaker:hours": never', stops)
    return f'{tagged}budgets:\n  - {{name: {BUDGET}, limit: "100", spent: "101"}}\n'


class Account:
    """`rehearsal serve` without token buckets, until the end of a `with`."""

    def __init__(self, stack: Path):
        command = [REHEARSAL, "serve", "--port", "0", "--stack", stack, "--unthrottled"]
        # Not in the repository: the table and the topic are made here, not by the template.
        self.process = subprocess.Popen(command, cwd=OUT, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().removeprefix("listening on ").strip()
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        self.client("dynamodb").create_table(
            TableName=LEDGER,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        )
        self.client("sns").create_topic(Name=TOPIC)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def client(self, service: str):
        return SESSION.client(
            service,
            endpoint_url=self.url,
            region_name="eu-central-1",
            aws_access_key_id="bench",
            aws_secret_access_key="bench",
        )

    def tasks(self) -> int:
        """How many tasks are wanted in all."""
        ecs = self.client("ecs")
        pages = ecs.get_paginator("list_services").paginate(cluster=CLUSTER)
        arns = [arn for page in pages for arn in page["serviceArns"]]
        batches = [arns[at : at + 10] for at in range(0, len(arns), 10)]
        described = [ecs.describe_services(cluster=CLUSTER, services=batch) for batch in batches]
        return sum(service["desiredCount"] for reply in described for service in reply["services"])


SESSION = boto3.Session()
