"""Elastic Load Balancing."""

from fidelity.step import done, refused

GROUP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-{}/0123456789abcdef"

STEPS = [
    done("DescribeTargetGroupAttributes", TargetGroupArn=GROUP.format("reports")),
    refused(
        "DescribeTargetGroupAttributes",
        "TargetGroupNotFound",
        TargetGroupArn=GROUP.format("missing"),
    ),
]
