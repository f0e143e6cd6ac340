"""DynamoDB."""

from fidelity.step import done, refused

TABLE = {"TableName": "ledger"}


def key(sk, **more):
    return {"pk": {"S": "standing"}, "sk": {"S": sk}, **more}


STEPS = [
    done(
        "CreateTable",
        **TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    ),
    done(
        "CreateTable",
        TableName="provisioned",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    ),
    refused(
        "CreateTable",
        "ResourceInUseException",
        **TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    ),
    done("DescribeTable", **TABLE),
    done("DescribeTable", TableName="provisioned"),
    refused("DescribeTable", "ResourceNotFoundException", TableName="missing"),
    done("ListTables"),
    done("ListTables", Limit=1),
    done("DescribeTimeToLive", **TABLE),
    done(
        "UpdateTimeToLive",
        **TABLE,
        TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
    ),
    refused(
        "UpdateTimeToLive",
        "ValidationException",
        **TABLE,
        TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
    ),
    done("DescribeTimeToLive", **TABLE),
    done("GetItem", **TABLE, Key=key("a")),
    done(
        "PutItem",
        **TABLE,
        Item=key("a", version={"N": "1"}, body={"M": {"x": {"L": [{"NULL": True}]}}}),
    ),
    done("GetItem", **TABLE, Key=key("a"), ConsistentRead=True),
    done(
        "PutItem",
        **TABLE,
        Item=key("a", version={"N": "2"}, labels={"SS": ["x"]}),
        ReturnValues="ALL_OLD",
    ),
    refused(
        "PutItem",
        "ConditionalCheckFailedException",
        **TABLE,
        Item=key("a"),
        ConditionExpression="attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    ),
    refused("PutItem", "ValidationException", **TABLE, Item={"pk": {"S": "standing"}}),
    refused("PutItem", "ResourceNotFoundException", TableName="missing", Item=key("a")),
    done(
        "UpdateItem",
        **TABLE,
        Key=key("a"),
        UpdateExpression="SET version = version + :one ADD labels :more",
        ConditionExpression="version = :two AND attribute_exists(#l)",
        ExpressionAttributeNames={"#l": "labels"},
        ExpressionAttributeValues={":one": {"N": "1"}, ":two": {"N": "2"}, ":more": {"SS": ["y"]}},
        ReturnValues="UPDATED_NEW",
    ),
    refused(
        "UpdateItem",
        "ConditionalCheckFailedException",
        **TABLE,
        Key=key("a"),
        UpdateExpression="SET version = :old",
        ConditionExpression="version = :old",
        ExpressionAttributeValues={":old": {"N": "1"}},
    ),
    done(
        "Query",
        **TABLE,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        FilterExpression="size(labels) > :none",
        ExpressionAttributeValues={
            ":pk": {"S": "standing"},
            ":sk": {"S": "a"},
            ":none": {"N": "0"},
        },
        ScanIndexForward=False,
        Limit=1,
    ),
    done(
        "Query",
        **TABLE,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "standing"}},
        Select="COUNT",
    ),
    refused(
        "Query",
        "ValidationException",
        **TABLE,
        KeyConditionExpression="sk = :sk",
        ExpressionAttributeValues={":sk": {"S": "a"}},
    ),
    done("Scan", **TABLE, ProjectionExpression="sk"),
    done(
        "TransactWriteItems",
        TransactItems=[
            {"Put": {**TABLE, "Item": key("b")}},
            {
                "ConditionCheck": {
                    **TABLE,
                    "Key": key("a"),
                    "ConditionExpression": "attribute_exists(pk)",
                }
            },
        ],
    ),
    refused(
        "TransactWriteItems",
        "TransactionCanceledException",
        TransactItems=[
            {"Delete": {**TABLE, "Key": key("b")}},
            {
                "ConditionCheck": {
                    **TABLE,
                    "Key": key("a"),
                    "ConditionExpression": "attribute_not_exists(pk)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
        ],
    ),
    refused(
        "TransactWriteItems",
        "ResourceNotFoundException",
        TransactItems=[{"Delete": {"TableName": "missing", "Key": key("b")}}],
    ),
    done(
        "BatchWriteItem",
        RequestItems={
            "ledger": [{"PutRequest": {"Item": key("c")}}, {"DeleteRequest": {"Key": key("b")}}],
        },
    ),
    done("BatchGetItem", RequestItems={"ledger": {"Keys": [key("a"), key("b"), key("c")]}}),
    refused(
        "BatchGetItem",
        "ValidationException",
        RequestItems={"ledger": {"Keys": [key("a"), key("a")]}},
    ),
    done("DeleteItem", **TABLE, Key=key("c"), ReturnValues="ALL_OLD"),
    done("DeleteItem", **TABLE, Key=key("c"), ReturnValues="ALL_OLD"),
    refused(
        "DeleteItem",
        "ConditionalCheckFailedException",
        **TABLE,
        Key=key("c"),
        ConditionExpression="attribute_exists(pk)",
    ),
    done("DeleteTable", **TABLE),
    refused("DeleteTable", "ResourceNotFoundException", **TABLE),
]
