"""Says in the words of a stack's file what was read of Auto Scaling groups and capacity providers."""

from collections import Counter
from dataclasses import dataclass

from discretion import tags
from found import Found, name_in, strategy_of
from members import without_empty
from remarks import Remarks


@dataclass(frozen=True)
class Behind:
    """A capacity provider, and the Auto Scaling group behind it."""

    provider: str
    group: str
    cluster: str
    managed_scaling: bool


class Groups:
    def __init__(self, found: Found, remarks: Remarks):
        self.found = found
        self.remarks = remarks
        known = {group["AutoScalingGroupName"] for group in found.groups}
        behind = [it for it in map(self.behind, found.providers.values()) if it.group in known]
        # A group in the file has one capacity provider.
        self.by_group = {it.group: it for it in behind}
        self.providers = {it.provider for it in self.by_group.values()}

    def told(self) -> list[dict]:
        """The groups behind a capacity provider, and those that off-hours would look at without one."""
        groups = sorted(self.found.groups, key=lambda group: group["AutoScalingGroupName"])
        return [
            self.group(group, self.by_group.get(group["AutoScalingGroupName"]))
            for group in groups
            if group["AutoScalingGroupName"] in self.by_group or is_ours(group)
        ]

    def behind(self, provider: dict) -> Behind:
        """The group of a provider: its ARN or its name; none for ECS Managed Instances."""
        name, group = provider["name"], provider.get("autoScalingGroupProvider", {})
        clusters = [
            cluster["clusterName"]
            for cluster in self.found.clusters
            if name in cluster.get("capacityProviders", [])
        ]
        if len(clusters) > 1:
            self.remarks.tell_otherwise(
                f"the capacity provider {name} belongs to {', '.join(clusters)}; told for the first alone"
            )
        return Behind(
            provider=name,
            group=group.get("autoScalingGroupArn", "").rpartition("autoScalingGroupName/")[2],
            cluster=next(iter(clusters), ""),
            managed_scaling=group.get("managedScaling", {}).get("status") == "ENABLED",
        )

    def group(self, group: dict, behind: Behind | None) -> dict:
        name = group["AutoScalingGroupName"]
        processes = [it["ProcessName"] for it in group.get("SuspendedProcesses", [])]
        if processes:
            listed = ", ".join(sorted(processes))
            self.remarks.tell_otherwise(f"the suspended processes of {name}: {listed}")
        types = Counter(it["InstanceType"] for it in group["Instances"] if "InstanceType" in it)
        return without_empty(
            {
                "name": name,
                "cluster": behind and behind.cluster,
                "provider": behind and behind.provider,
                "min": group["MinSize"],
                "max": group["MaxSize"],
                "desired": group["DesiredCapacity"],
                "tasks-per-instance": behind and self.tasks_per_instance(group, behind),
                "managed-scaling": None if behind is None or behind.managed_scaling else False,
                "instance-type": min(types, key=lambda it: (-types[it], it), default=None),
                "tags": tags(group.get("Tags", []), name, self.remarks),
            }
        )

    def tasks_per_instance(self, group: dict, behind: Behind) -> int | None:
        """As many as share an instance now: what else would fit, no call says."""
        instances = len([it for it in group["Instances"] if it["LifecycleState"] == "InService"])
        tasks = sum(share_of(behind.provider, service) for service in self.found.every_service())
        if instances == 0 or tasks == 0:
            self.remarks.tell_otherwise(
                f"how many tasks fit on an instance of {group['AutoScalingGroupName']}, which has no "
                "tasks now; one is assumed"
            )
            return None
        return -(-tasks // instances)


def is_ours(group: dict) -> bool:
    return any(tag["Key"].startswith("caretaker:") for tag in group.get("Tags", []))


def share_of(provider: str, service: dict) -> int:
    """How many tasks of a service run on this capacity provider, by its strategy, rounded up."""
    strategy = {name_in(it["capacityProvider"]): it for it in strategy_of(service)}
    if provider not in strategy:
        return 0
    running, own = service.get("runningCount", 0), strategy[provider]
    bases = sum(it.get("base", 0) for it in strategy.values())
    weights = sum(it.get("weight", 0) for it in strategy.values()) or 1
    above = max(running - bases, 0)
    return min(own.get("base", 0), running) + -(-above * own.get("weight", 0) // weights)
