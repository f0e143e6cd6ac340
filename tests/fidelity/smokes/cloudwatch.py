"""CloudWatch's alarms."""

from fidelity.step import Kept, done, refused

STEPS = [
    done(
        "DescribeAlarms",
        {"alarm": "MetricAlarms[?AlarmName=='web-5xx'].AlarmArn | [0]"},
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
    ),
    done("DescribeAlarms", AlarmNames=["web-5xx", "missing"], StateValue="OK"),
    done("DescribeAlarms", AlarmNamePrefix="web-", MaxRecords=1),
    refused("DescribeAlarms", "InvalidNextToken", NextToken="missing"),
    done(
        "SetAlarmState",
        AlarmName="web-5xx",
        StateValue="ALARM",
        StateReason="a drill",
        StateReasonData='{"drill": true}',
    ),
    refused(
        "SetAlarmState",
        "ResourceNotFound",
        AlarmName="missing",
        StateValue="OK",
        StateReason="a drill",
    ),
    refused(
        "SetAlarmState",
        "InvalidFormat",
        AlarmName="web-5xx",
        StateValue="OK",
        StateReason="a drill",
        StateReasonData="{",
    ),
    done("DescribeAlarms", AlarmTypes=["CompositeAlarm"], StateValue="ALARM"),
    done("TagResource", ResourceARN=Kept("alarm"), Tags=[{"Key": "team", "Value": "a"}]),
    done("ListTagsForResource", ResourceARN=Kept("alarm")),
    done("UntagResource", ResourceARN=Kept("alarm"), TagKeys=["team"]),
    refused(
        "ListTagsForResource",
        "ResourceNotFoundException",
        ResourceARN="arn:aws:cloudwatch:eu-central-1:123456789012:alarm:missing",
    ),
]
