"""EC2 Auto Scaling."""

from fidelity.step import done, refused

GROUP = {"AutoScalingGroupName": "workers"}
TAG = {"ResourceId": "workers", "ResourceType": "auto-scaling-group", "Key": "caretaker:hours"}

STEPS = [
    done(
        "CreateAutoScalingGroup",
        **GROUP,
        MinSize=1,
        MaxSize=4,
        DesiredCapacity=2,
        LaunchTemplate={"LaunchTemplateName": "workers", "Version": "$Latest"},
        VPCZoneIdentifier="subnet-0a,subnet-0b",
        Tags=[{**TAG, "Key": "team", "Value": "a & b", "PropagateAtLaunch": True}],
    ),
    refused("CreateAutoScalingGroup", "AlreadyExists", **GROUP, MinSize=0, MaxSize=1),
    done("DescribeAutoScalingGroups"),
    done("DescribeAutoScalingGroups", AutoScalingGroupNames=["workers", "missing"]),
    done("UpdateAutoScalingGroup", **GROUP, MinSize=0, MaxSize=6),
    refused("UpdateAutoScalingGroup", "ValidationError", AutoScalingGroupName="missing", MinSize=0),
    done("SetDesiredCapacity", **GROUP, DesiredCapacity=3, HonorCooldown=False),
    refused("SetDesiredCapacity", "ValidationError", **GROUP, DesiredCapacity=7),
    done("SuspendProcesses", **GROUP, ScalingProcesses=["Launch", "AZRebalance"]),
    done("DescribeAutoScalingGroups", AutoScalingGroupNames=["workers"]),
    done("ResumeProcesses", **GROUP),
    done(
        "CreateOrUpdateTags",
        Tags=[{**TAG, "Value": "Mon-Fri 08:00-20:00 Europe/Berlin", "PropagateAtLaunch": False}],
    ),
    done("DescribeTags", Filters=[{"Name": "auto-scaling-group", "Values": ["workers"]}]),
    done("DeleteTags", Tags=[TAG]),
    done("DescribeTags"),
]
