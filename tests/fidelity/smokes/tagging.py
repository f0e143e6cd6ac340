"""The Resource Groups Tagging API."""

from fidelity.step import done

STEPS = [
    done("GetResources"),
    done(
        "GetResources",
        ResourceTypeFilters=["ecs:service"],
        TagFilters=[{"Key": "caretaker:hours"}],
        ResourcesPerPage=10,
    ),
]
