"""Says what was read in the words of a stack's file (crates/rehearsal/src/stack)."""

import re
from collections import Counter
from dataclasses import dataclass

from account import FARGATE, Found, name_in, rollout_of, strategy_of, task_definition_of
from remarks import Remarks

ARN = re.compile(r"\barn:aws[a-z-]*:")


class Inline(dict):
    """Written on one line."""


@dataclass(frozen=True)
class Behind:
    """A capacity provider, and the Auto Scaling group behind it."""

    provider: str
    group: str
    cluster: str
    managed_scaling: bool


class Translator:
    def __init__(self, found: Found, remarks: Remarks):
        self.found = found
        self.remarks = remarks
        groups = {group["AutoScalingGroupName"] for group in found.groups}
        behind = map(self.behind, found.providers.values())
        self.behind_providers = {it.provider: it for it in behind if it.group in groups}

    def stack(self) -> dict:
        """The stack; a service or a group that the file has no words for is remarked on."""
        clusters = sorted(self.found.clusters, key=lambda cluster: cluster["clusterName"])
        groups = sorted(self.found.groups, key=lambda group: group["AutoScalingGroupName"])
        by_group = {it.group: it for it in self.behind_providers.values()}
        groups = [
            self.group(group, by_group.get(group["AutoScalingGroupName"]))
            for group in groups
            if group["AutoScalingGroupName"] in by_group or is_ours(group)
        ]
        return without_empty({"clusters": [self.cluster(it) for it in clusters], "groups": groups})

    def cluster(self, cluster: dict) -> dict:
        name = cluster["clusterName"]
        services = sorted(self.found.services[name], key=lambda service: service["serviceName"])
        for service in services:
            if service["status"] != "ACTIVE":
                self.remarks.tell_otherwise(f"{name}/{service['serviceName']} is {service['status']}")
        return without_empty(
            {
                "name": name,
                "tags": self.tags(cluster.get("tags", []), name),
                "services": [self.service(name, it) for it in services if it["status"] == "ACTIVE"],
            }
        )

    def service(self, cluster: str, service: dict) -> dict:
        subject = f"{cluster}/{service['serviceName']}"
        # ECS decides how many tasks a DAEMON service has.
        is_daemon = service.get("schedulingStrategy") == "DAEMON"
        controller = service.get("deploymentController", {}).get("type", "ECS")
        cpu, memory = size(self.found.task_definitions.get(task_definition_of(service), {}))
        return without_empty(
            {
                "name": service["serviceName"],
                "desired": None if is_daemon else service["desiredCount"],
                **self.runs_on(service, subject),
                "cpu": cpu,
                "memory": memory,
                "scheduling": "DAEMON" if is_daemon else None,
                "controller": None if controller == "ECS" else controller,
                "scaling": self.scaling(service, subject),
                "short-arn": True if service["serviceArn"].count("/") == 1 else None,
                "tags": self.tags(service.get("tags", []), subject),
            }
        )

    def runs_on(self, service: dict, subject: str) -> dict:
        """`launch` or `strategy`; neither is Fargate."""
        launch_type = rollout_of(service).get("launchType", "FARGATE")
        strategy = {name_in(it["capacityProvider"]): it for it in strategy_of(service)}
        unknown = sorted(strategy.keys() - FARGATE - self.behind_providers.keys())
        # An instance that is not modelled: the tasks simply run, and cost nothing that is known.
        if unknown:
            self.remarks.tell_otherwise(
                f"{subject} is told as launch: ec2: no Auto Scaling group was read for its "
                f"capacity provider {', '.join(unknown)}"
            )
            return {"launch": "ec2"}
        match list(strategy):
            case ["FARGATE_SPOT"]:
                return {"launch": "fargate-spot"}
            case [provider] if provider not in FARGATE:
                return {"launch": f"provider:{provider}"}
            case [_, *_]:
                return {"strategy": [share(name, it) for name, it in strategy.items()]}
        if launch_type not in ("FARGATE", "EC2"):
            self.remarks.tell_otherwise(f"{subject} is told as launch: ec2: it runs on {launch_type}")
        return {} if launch_type == "FARGATE" else {"launch": "ec2"}

    def scaling(self, service: dict, subject: str) -> Inline | None:
        target = self.found.targets.get(f"service/{subject}")
        if target is None:
            return None
        least, most = target["MinCapacity"], target["MaxCapacity"]
        if not least <= service["desiredCount"] <= most:
            self.remarks.tell_otherwise(
                f"{subject} wants {service['desiredCount']} tasks, outside the {least} to {most} of "
                "its scalable target; the rehearsal begins with it inside"
            )
        state = target.get("SuspendedState", {})
        flags = {
            "in": "DynamicScalingInSuspended",
            "out": "DynamicScalingOutSuspended",
            "scheduled": "ScheduledScalingSuspended",
        }
        suspended = Inline({word: True for word, flag in flags.items() if state.get(flag)})
        return Inline(without_empty({"min": least, "max": most, "suspended": suspended}))

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
            self.remarks.tell_otherwise(f"the suspended processes of {name}: {', '.join(sorted(processes))}")
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
                "tags": self.tags(group.get("Tags", []), name),
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

    def tags(self, tags: list[dict], subject: str) -> dict[str, str]:
        """All tags but AWS's own, which hold ARNs, as does what is remarked on."""
        kept = {}
        # ECS writes `key`, EC2 Auto Scaling `Key`.
        for tag in ({name.lower(): text for name, text in tag.items()} for tag in tags):
            key, value = tag["key"], tag.get("value") or ""
            if key.startswith("aws:"):
                continue
            if ARN.search(key) or ARN.search(value):
                self.remarks.tell_otherwise(f"a tag of {subject} that holds an ARN")
                continue
            kept[key] = value
        return dict(sorted(kept.items()))


def is_ours(group: dict) -> bool:
    """Whether off-hours would look at a group that no capacity provider leads to."""
    return any(tag["Key"].startswith("caretaker:") for tag in group.get("Tags", []))


def size(definition: dict) -> tuple[int | None, int | None]:
    """CPU units and MiB of a task: its own, or on EC2, where it may have none, its containers'.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html"""
    containers = definition.get("containerDefinitions", [])
    cpu = definition.get("cpu") or sum(it.get("cpu", 0) for it in containers)
    memory = definition.get("memory") or sum(
        it.get("memory") or it.get("memoryReservation") or 0 for it in containers
    )
    return int(cpu) or None, int(memory) or None


def share(provider: str, item: dict) -> Inline:
    return Inline(provider=provider, weight=item.get("weight", 0), base=item.get("base", 0))


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


def without_empty(members: dict) -> dict:
    return {name: value for name, value in members.items() if value is not None and value not in ({}, [], "")}
