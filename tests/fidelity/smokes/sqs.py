"""SQS."""

import json

from fidelity.step import Kept, done, refused

URL = {"QueueUrl": Kept("queue")}
MISSING = "https://sqs.eu-central-1.amazonaws.com/123456789012/missing"
# SDKs go by the codes of the Query protocol that SQS spoke before; they come in a header.
NO_QUEUE = "AWS.SimpleQueueService.NonExistentQueue"
TEXT = {"DataType": "String", "StringValue": "a & b"}

STEPS = [
    done("CreateQueue", QueueName="dead"),
    done(
        "CreateQueue",
        {"queue": "QueueUrl"},
        QueueName="intake",
        Attributes={
            "VisibilityTimeout": "35",
            "RedrivePolicy": json.dumps(
                {
                    "deadLetterTargetArn": "arn:aws:sqs:eu-central-1:123456789012:dead",
                    "maxReceiveCount": 4,
                }
            ),
        },
    ),
    refused(
        "CreateQueue",
        "QueueAlreadyExists",
        QueueName="intake",
        Attributes={"VisibilityTimeout": "36"},
    ),
    refused(
        "CreateQueue",
        "InvalidAttributeValue",
        QueueName="lost",
        Attributes={
            "RedrivePolicy": json.dumps(
                {
                    "deadLetterTargetArn": "arn:aws:sqs:eu-central-1:123456789012:missing",
                    "maxReceiveCount": 4,
                }
            )
        },
    ),
    done("GetQueueUrl", QueueName="intake"),
    refused("GetQueueUrl", NO_QUEUE, QueueName="missing"),
    done("SendMessage", **URL, MessageBody="{}", DelaySeconds=45),
    done("SendMessage", **URL, MessageBody="x", MessageAttributes={"why": TEXT}),
    refused("SendMessage", NO_QUEUE, QueueUrl=MISSING, MessageBody="x"),
    refused("SendMessage", "InvalidParameterValue", **URL, MessageBody="x", DelaySeconds=901),
    done(
        "SendMessageBatch",
        **URL,
        Entries=[
            {"Id": "one", "MessageBody": "x"},
            {"Id": "two", "MessageBody": "x", "DelaySeconds": 901},
        ],
    ),
    refused(
        "SendMessageBatch",
        "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
        **URL,
        Entries=[{"Id": "one", "MessageBody": "x"}, {"Id": "one", "MessageBody": "y"}],
    ),
    done("GetQueueAttributes", **URL, AttributeNames=["All"]),
    refused("GetQueueAttributes", NO_QUEUE, QueueUrl=MISSING, AttributeNames=["All"]),
]
