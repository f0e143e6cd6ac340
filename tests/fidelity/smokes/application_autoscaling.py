"""Application Auto Scaling, for the services of the stack."""

from fidelity.step import done, refused

TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/shop/reports",
    "ScalableDimension": "ecs:service:DesiredCount",
}
MISSING = {**TARGET, "ResourceId": "service/shop/missing"}

STEPS = [
    done("RegisterScalableTarget", **TARGET, MinCapacity=1, MaxCapacity=4),
    done(
        "RegisterScalableTarget",
        **TARGET,
        SuspendedState={"DynamicScalingInSuspended": True},
    ),
    refused(
        "RegisterScalableTarget", "ValidationException", **MISSING, MinCapacity=1, MaxCapacity=4
    ),
    refused(
        "RegisterScalableTarget", "ValidationException", **TARGET, MinCapacity=5, MaxCapacity=4
    ),
    done("DescribeScalableTargets", ServiceNamespace="ecs"),
    done("DescribeScalableTargets", ServiceNamespace="ecs", ResourceIds=["service/shop/reports"]),
    done(
        "PutScheduledAction",
        **TARGET,
        ScheduledActionName="morning",
        Schedule="at(2036-11-24T08:00:00)",
        Timezone="Europe/Berlin",
        ScalableTargetAction={"MinCapacity": 2},
    ),
    refused(
        "PutScheduledAction",
        "ObjectNotFoundException",
        **MISSING,
        ScheduledActionName="morning",
        Schedule="at(2036-11-24T08:00:00)",
        ScalableTargetAction={"MinCapacity": 2},
    ),
    done("DeregisterScalableTarget", **TARGET),
    refused("DeregisterScalableTarget", "ObjectNotFoundException", **TARGET),
]
