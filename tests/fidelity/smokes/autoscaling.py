"""EC2 Auto Scaling."""

from fidelity.step import Kept, done, refused

GROUP = {"AutoScalingGroupName": "workers"}
# Of the group that is there before the smoke begins: its instance is in service.
HOOK = {"AutoScalingGroupName": "hosts", "LifecycleHookName": "drain"}
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
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
    done("PutLifecycleHook", **HOOK, LifecycleTransition=TERMINATING, HeartbeatTimeout=60),
    refused("PutLifecycleHook", "ValidationError", **HOOK, HeartbeatTimeout=7201),
    done("DescribeLifecycleHooks", **GROUP),
    refused("DescribeLifecycleHooks", "ValidationError", AutoScalingGroupName="missing"),
    done(
        "DescribeAutoScalingGroups",
        {"instance": "AutoScalingGroups[0].Instances[0].InstanceId"},
        AutoScalingGroupNames=["hosts"],
    ),
    done("DescribeAutoScalingInstances", InstanceIds=[Kept("instance"), "i-00000000000000000"]),
    refused(
        "DescribeAutoScalingInstances",
        "ValidationError",
        InstanceIds=[f"i-{n:017x}" for n in range(51)],
    ),
    done(
        "TerminateInstanceInAutoScalingGroup",
        InstanceId=Kept("instance"),
        ShouldDecrementDesiredCapacity=False,
    ),
    refused(
        "TerminateInstanceInAutoScalingGroup",
        "ValidationError",
        InstanceId="i-00000000000000000",
        ShouldDecrementDesiredCapacity=False,
    ),
    done("RecordLifecycleActionHeartbeat", **HOOK, InstanceId=Kept("instance")),
    done(
        "CompleteLifecycleAction",
        **HOOK,
        LifecycleActionResult="CONTINUE",
        InstanceId=Kept("instance"),
    ),
    refused(
        "CompleteLifecycleAction",
        "ValidationError",
        **HOOK,
        LifecycleActionResult="CONTINUE",
        LifecycleActionToken="f66c3d47-e602-4af0-8edd-d4e4d2fe4620",
    ),
    done("DeleteLifecycleHook", **HOOK),
    done(
        "CreateAutoScalingGroup",
        AutoScalingGroupName="mixed",
        MinSize=0,
        MaxSize=4,
        DesiredCapacity=2,
        CapacityRebalance=True,
        MixedInstancesPolicy={
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateName": "workers"},
                "Overrides": [{"InstanceType": "m6i.large"}, {"InstanceType": "m5.large"}],
            },
            "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 0},
        },
        VPCZoneIdentifier="subnet-0a",
        LifecycleHookSpecificationList=[
            {"LifecycleHookName": "drain", "LifecycleTransition": TERMINATING}
        ],
    ),
    done(
        "UpdateAutoScalingGroup",
        AutoScalingGroupName="mixed",
        MixedInstancesPolicy={"InstancesDistribution": {"OnDemandBaseCapacity": 1}},
    ),
    done("DescribeAutoScalingGroups", AutoScalingGroupNames=["mixed"]),
]
