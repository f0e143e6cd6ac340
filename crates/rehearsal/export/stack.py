"""Says what was read in the words of a stack's file (crates/rehearsal/src/stack)."""

from discretion import tags
from found import FARGATE, Found, name_in, rollout_of, strategy_of, task_definition_of
from groups import Groups
from members import Inline, without_empty
from remarks import Remarks


class Translator:
    def __init__(self, found: Found, remarks: Remarks):
        self.found = found
        self.remarks = remarks
        self.groups = Groups(found, remarks)

    def stack(self) -> dict:
        """The stack; a service or a group that the file has no words for is remarked on."""
        clusters = sorted(self.found.clusters, key=lambda cluster: cluster["clusterName"])
        members = {"clusters": [self.cluster(it) for it in clusters], "groups": self.groups.told()}
        return without_empty(members)

    def cluster(self, cluster: dict) -> dict:
        name = cluster["clusterName"]
        services = sorted(self.found.services[name], key=lambda service: service["serviceName"])
        for service in services:
            if service["status"] != "ACTIVE":
                self.remarks.tell_otherwise(f"{name}/{service['serviceName']} is {service['status']}")
        return without_empty(
            {
                "name": name,
                "tags": tags(cluster.get("tags", []), name, self.remarks),
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
                "tags": tags(service.get("tags", []), subject, self.remarks),
            }
        )

    def runs_on(self, service: dict, subject: str) -> dict:
        """`launch` or `strategy`; neither is Fargate."""
        launch_type = rollout_of(service).get("launchType", "FARGATE")
        strategy = {name_in(it["capacityProvider"]): it for it in strategy_of(service)}
        unknown = sorted(strategy.keys() - FARGATE - self.groups.providers)
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
