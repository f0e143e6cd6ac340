"""What was read of an account, as AWS says it, and how to look something up in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

# The capacity providers that every account has, with no group behind them.
FARGATE = {"FARGATE", "FARGATE_SPOT"}


@dataclass
class Found:
    clusters: list[dict] = field(default_factory=list)
    # By the cluster's name.
    services: dict[str, list[dict]] = field(default_factory=dict)
    # By ARN.
    task_definitions: dict[str, dict] = field(default_factory=dict)
    # By resource id: `service/CLUSTER/NAME`.
    targets: dict[str, dict] = field(default_factory=dict)
    # By name.
    providers: dict[str, dict] = field(default_factory=dict)
    groups: list[dict] = field(default_factory=list)

    def every_service(self) -> Iterator[dict]:
        for services in self.services.values():
            yield from services


def name_in(arn: str) -> str:
    return arn.rpartition("/")[2]


def rollout_of(service: dict) -> dict:
    """The service, or the task set in its place where CodeDeploy or somebody else deploys it."""
    primary = [it for it in service.get("taskSets", []) if it["status"] == "PRIMARY"]
    return {**(primary[0] if primary else {}), **service}


def task_definition_of(service: dict) -> str | None:
    return rollout_of(service).get("taskDefinition")


def strategy_of(service: dict) -> list[dict]:
    return rollout_of(service).get("capacityProviderStrategy", [])
