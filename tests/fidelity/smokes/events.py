"""EventBridge."""

import json

from fidelity.step import done, refused

EVENT = {
    "id": "1",
    "source": "caretaker",
    "detail-type": "Notice",
    "account": "123456789012",
    "time": "2026-11-23T08:00:00Z",
    "region": "eu-central-1",
    "resources": [],
    "detail": {"severity": "page"},
}
PATTERN = json.dumps({"source": ["caretaker"], "detail": {"severity": [{"prefix": "pa"}]}})
FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:pager"

STEPS = [
    done("PutRule", Name="notices", EventPattern=PATTERN, Description="Notices to the pager"),
    done("PutRule", Name="switched-off", EventPattern=PATTERN, State="DISABLED"),
    refused(
        "PutRule", "InvalidEventPatternException", Name="bad", EventPattern='{"source": "text"}'
    ),
    done("DescribeRule", Name="notices"),
    refused("DescribeRule", "ResourceNotFoundException", Name="missing"),
    done("DisableRule", Name="notices"),
    done("EnableRule", Name="notices"),
    refused("EnableRule", "ResourceNotFoundException", Name="missing"),
    done("PutRule", Name="minutes", ScheduleExpression="rate(1 minute)", State="DISABLED"),
    refused("PutRule", "ValidationException", Name="bad", ScheduleExpression="rate(0 minutes)"),
    done("DescribeRule", Name="minutes"),
    done("ListRules"),
    done("PutTargets", Rule="notices", Targets=[{"Id": "pager", "Arn": FUNCTION}]),
    refused(
        "PutTargets",
        "ResourceNotFoundException",
        Rule="missing",
        Targets=[{"Id": "a", "Arn": FUNCTION}],
    ),
    done("ListTargetsByRule", Rule="notices"),
    done("TestEventPattern", EventPattern=PATTERN, Event=json.dumps(EVENT)),
    refused(
        "TestEventPattern",
        "InvalidEventPatternException",
        EventPattern="[]",
        Event=json.dumps(EVENT),
    ),
    done(
        "PutEvents",
        Entries=[
            {
                "Source": "caretaker",
                "DetailType": "Notice",
                "Detail": json.dumps({"severity": "page"}),
                "Time": "2026-11-23T08:00:00Z",
            },
            {"Source": "aws.ecs", "DetailType": "Forged", "Detail": "{}"},
        ],
    ),
    done("RemoveTargets", Rule="notices", Ids=["pager"]),
    done("DeleteRule", Name="notices"),
]
