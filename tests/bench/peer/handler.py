"""The peer of `off-hours` in `make bench`: the rest of one service by a Python function with boto3.

Written as one would write it who wants it quick: two clients, made once, and no call too many.
`off-hours` itself makes more calls for the same rest, because it also finds what is tagged, minds
autoscalers and groups, and keeps a journal.
"""

import os

import boto3

CLUSTER = "prod"
SERVICE = "service-0000"
TABLE = os.environ["LEDGER_TABLE"]

ecs = boto3.client("ecs")
ledger = boto3.client("dynamodb")


def handler(event, context):
    key = {"pk": {"S": "standing"}, "sk": {"S": SERVICE}}
    found = ledger.get_item(TableName=TABLE, Key=key, ConsistentRead=True)
    described = ecs.describe_services(cluster=CLUSTER, services=[SERVICE], include=["TAGS"])
    desired = described["services"][0]["desiredCount"]
    if "Item" in found or desired == 0:
        return {"changed": 0}
    record = key | {"saved": {"N": str(desired)}, "settled": {"BOOL": False}}
    ledger.put_item(TableName=TABLE, Item=record, ConditionExpression="attribute_not_exists(pk)")
    ecs.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=0)
    ledger.put_item(TableName=TABLE, Item=record | {"settled": {"BOOL": True}})
    return {"changed": 1}
