"""The Resource Groups Tagging API, over the tags of the stack."""

from fidelity.step import done, refused

STEPS = [
    done("GetResources", {"first": "ResourceTagMappingList[0].ResourceARN"}),
    done(
        "GetResources",
        ResourceTypeFilters=["ecs:service"],
        TagFilters=[{"Key": "caretaker:wave", "Values": ["2"]}],
        ResourcesPerPage=10,
    ),
    done(
        "GetResources",
        {"balancer": "ResourceTagMappingList[0].ResourceARN"},
        ResourceTypeFilters=["elasticloadbalancing:loadbalancer", "ec2:natgateway"],
    ),
    refused("GetResources", "InvalidParameterException", ResourcesPerPage=101),
]
