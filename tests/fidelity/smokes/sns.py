"""SNS."""

import json

from fidelity.step import Kept, done, refused

TOPIC = {"TopicArn": Kept("topic")}
MISSING = "arn:aws:sns:eu-central-1:123456789012:missing"

STEPS = [
    done("CreateTopic", {"topic": "TopicArn"}, Name="pages"),
    refused("CreateTopic", "InvalidParameter", Name="not a name"),
    done("ListTopics"),
    done("SetTopicAttributes", **TOPIC, AttributeName="DisplayName", AttributeValue="Caretaker"),
    done(
        "SetTopicAttributes",
        **TOPIC,
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": []}),
    ),
    refused(
        "SetTopicAttributes",
        "InvalidParameter",
        **TOPIC,
        AttributeName="Policy",
        AttributeValue="{}",
    ),
    done("GetTopicAttributes", **TOPIC),
    refused("GetTopicAttributes", "NotFound", TopicArn=MISSING),
    done("Subscribe", **TOPIC, Protocol="email", Endpoint="oncall@example.com"),
    done(
        "Subscribe",
        {"subscription": "SubscriptionArn"},
        **TOPIC,
        Protocol="sqs",
        Endpoint="arn:aws:sqs:eu-central-1:123456789012:pages",
    ),
    refused("Subscribe", "InvalidParameter", **TOPIC, Protocol="pigeon", Endpoint="loft"),
    refused("ConfirmSubscription", "InvalidParameter", **TOPIC, Token="0" * 64),
    done("ListSubscriptionsByTopic", **TOPIC),
    done("Publish", **TOPIC, Message="The <lights> are out & all is well", Subject="Night"),
    done(
        "Publish",
        **TOPIC,
        Message=json.dumps({"default": "all", "email": "a letter"}),
        MessageStructure="json",
    ),
    refused("Publish", "InvalidParameter", **TOPIC, Message="{}", MessageStructure="json"),
    refused("Publish", "NotFound", TopicArn=MISSING, Message="x"),
    done("Unsubscribe", SubscriptionArn=Kept("subscription")),
]
