"""Reads what a live account says of its stack."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase

from botocore.exceptions import ClientError
from found import FARGATE, Found, name_in, strategy_of, task_definition_of
from remarks import Remarks, counted, is_denied, refusal, say

# DescribeServices takes 10 services:
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
SERVICES = 10
# DescribeClusters takes 100 clusters:
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html
CLUSTERS = 100
# DescribeCapacityProviders takes 100 names, but answers with 10 at a time:
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeCapacityProviders.html
PROVIDERS = 10
# DescribeScalableTargets takes 50 resource ids:
# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html
TARGETS = 50
# The largest page of ListClusters, ListServices and DescribeAutoScalingGroups:
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html
# https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html
PAGE = {"PageSize": 100}

# Whoever is told one of these would be told it by every call after it as well.
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException"}


class Reader:
    """Reads an account through boto3's clients by service, and remarks on what it could not."""

    def __init__(self, clients: dict, remarks: Remarks):
        self.ecs = clients["ecs"]
        self.scaling = clients["application-autoscaling"]
        self.autoscaling = clients["autoscaling"]
        self.remarks = remarks
        # Whether asking for services one by one has helped against a denial; not tried yet.
        self.one_by_one_helps = True

    def read(self, patterns: list[str]) -> Found:
        """The clusters whose name fits a pattern, and what belongs to them."""
        found = Found()
        found.clusters = self.clusters(self.cluster_names(patterns))
        for cluster in found.clusters:
            name = cluster["clusterName"]
            found.services[name] = self.services(name)
            say(f"{name}: {counted(len(found.services[name]), 'service')}")
        found.task_definitions = self.task_definitions(found.every_service())
        found.targets = self.targets(found.services)
        found.providers = self.providers(found)
        found.groups = self.groups()
        return found

    def cluster_names(self, patterns: list[str]) -> list[str]:
        pages = self.ecs.get_paginator("list_clusters").paginate(PaginationConfig=PAGE)
        names = sorted(name_in(arn) for page in pages for arn in page["clusterArns"])
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in names):
                self.remarks.tell_otherwise(f"no cluster is called {pattern}")
        return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]

    def clusters(self, names: list[str]) -> list[dict]:
        found = []
        for batch in batches(names, CLUSTERS):
            with self.or_remark("ecs", ", ".join(batch)):
                reply = self.ecs.describe_clusters(clusters=batch, include=["TAGS"])
                self.remark_failures("DescribeClusters", reply, "")
                found += reply["clusters"]
        for cluster in found:
            if cluster["status"] != "ACTIVE":
                self.remarks.tell_otherwise(f"{cluster['clusterName']} is {cluster['status']}")
        return [cluster for cluster in found if cluster["status"] == "ACTIVE"]

    def services(self, cluster: str) -> list[dict]:
        names = []
        with self.or_remark("ecs", f"the services of {cluster}"):
            pages = self.ecs.get_paginator("list_services").paginate(
                cluster=cluster, PaginationConfig=PAGE
            )
            names = sorted(name_in(arn) for page in pages for arn in page["serviceArns"])
        described = (self.described(cluster, batch) for batch in batches(names, SERVICES))
        return [service for batch in described for service in batch]

    def described(self, cluster: str, names: list[str]) -> list[dict]:
        """A service that nobody may see hides the nine others of its batch: they are asked for alone."""
        try:
            reply = self.ecs.describe_services(cluster=cluster, services=names, include=["TAGS"])
        except ClientError as error:
            stop_if_expired(error)
            if len(names) > 1 and is_denied(error) and self.one_by_one_helps:
                found = [service for name in names for service in self.described(cluster, [name])]
                self.one_by_one_helps = bool(found)
                return found
            for name in names:
                self.remarks.could_not_read(f"{cluster}/{name}", refusal("ecs", error))
            return []
        self.remark_failures("DescribeServices", reply, f"{cluster}/")
        return reply["services"]

    def task_definitions(self, services: Iterable[dict]) -> dict[str, dict]:
        """One call for each, as AWS has no other; without the permission, none at all."""
        arns = sorted({arn for service in services if (arn := task_definition_of(service))})
        say(counted(len(arns), "task definition"))
        found = {}
        for arn in arns:
            try:
                found[arn] = self.ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
            except ClientError as error:
                stop_if_expired(error)
                denied = is_denied(error)
                what = "the sizes of tasks" if denied else f"the size of {name_in(arn)}"
                why = refusal("ecs", error)
                self.remarks.could_not_read(what, f"{why}; 256 CPU units and 512 MiB are assumed")
                if denied:
                    break
        return found

    def targets(self, services: dict[str, list[dict]]) -> dict[str, dict]:
        ids = [
            f"service/{cluster}/{service['serviceName']}"
            for cluster, described in services.items()
            for service in described
        ]
        found = {}
        with self.or_remark("application-autoscaling", "scalable targets"):
            for batch in batches(ids, TARGETS):
                pages = self.scaling.get_paginator("describe_scalable_targets").paginate(
                    ServiceNamespace="ecs",
                    ResourceIds=batch,
                    ScalableDimension="ecs:service:DesiredCount",
                )
                found |= {it["ResourceId"]: it for page in pages for it in page["ScalableTargets"]}
        return found

    def providers(self, found: Found) -> dict[str, dict]:
        """The capacity providers of the clusters and their services that are not Fargate's."""
        own = {name for cluster in found.clusters for name in cluster.get("capacityProviders", [])}
        used = {name_in(it["capacityProvider"]) for s in found.every_service() for it in strategy_of(s)}
        providers = {}
        for batch in batches(sorted((own | used) - FARGATE), PROVIDERS):
            with self.or_remark("ecs", f"the capacity providers {', '.join(batch)}"):
                reply = self.ecs.describe_capacity_providers(capacityProviders=batch)
                self.remark_failures("DescribeCapacityProviders", reply, "the capacity provider ")
                providers |= {provider["name"]: provider for provider in reply["capacityProviders"]}
        return providers

    def groups(self) -> list[dict]:
        with self.or_remark("autoscaling", "Auto Scaling groups"):
            pages = self.autoscaling.get_paginator("describe_auto_scaling_groups").paginate(
                PaginationConfig=PAGE
            )
            return [group for page in pages for group in page["AutoScalingGroups"]]
        return []

    @contextmanager
    def or_remark(self, service: str, what: str) -> Iterator[None]:
        """What AWS refuses within it is remarked on, and the rest goes on."""
        try:
            yield
        except ClientError as error:
            stop_if_expired(error)
            self.remarks.could_not_read(what, refusal(service, error))

    def remark_failures(self, operation: str, reply: dict, prefix: str) -> None:
        """A 200 lists what it could not describe:
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html"""
        for failure in reply.get("failures", []):
            reason = failure.get("reason", "no reason given")
            what = prefix + name_in(failure.get("arn", "?"))
            self.remarks.could_not_read(what, f"ecs:{operation}: {reason}")


def stop_if_expired(error: ClientError) -> None:
    if error.response["Error"]["Code"] in EXPIRED:
        raise error


def batches(items: list, size: int) -> list[list]:
    return [items[at : at + size] for at in range(0, len(items), size)]
