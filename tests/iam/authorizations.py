"""What IAM is asked for a recorded call: action, resource and context.

One row of `ROWS` for each call that a function makes, after the tables of actions, resources and condition
keys in https://docs.aws.amazon.com/service-authorization/latest/reference/. A call without a row is an
error: somebody taught a function a new call, and its permissions must be thought about.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cloudformation import ACCOUNT, PARTITION, REGION


@dataclass(frozen=True)
class Request:
    """One question to IAM."""

    action: str
    resource: str = "*"
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = ()

    def __str__(self) -> str:
        context = ", ".join(f"{key}={value}" for key, value in self.context)
        return f"{self.action} on {self.resource}" + (f" with {context}" if context else "")


def request(action: str, resource: str = "*", **context) -> Request:
    return Request(action, resource, tuple(sorted(context.items())))


def requests(call: dict) -> list[Request]:
    """Everything that IAM is asked for one recorded call."""
    row = ROWS.get(call["action"])
    if row is None:
        raise LookupError(f"{call['caller']} called {call['action']}: give it a row in {__name__}")
    return list(row(call["action"], call["input"]))


def arn(service: str, resource: str) -> str:
    return f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{resource}"


def cluster_arn(cluster: str) -> str:
    return cluster if cluster.startswith("arn:") else arn("ecs", f"cluster/{cluster}")


def service_arn(cluster: str, service: str) -> str:
    name = cluster_arn(cluster).split("/")[-1]
    return service if service.startswith("arn:") else arn("ecs", f"service/{name}/{service}")


def on_everything(action: str, _input: dict) -> Iterator[Request]:
    yield request(action)


def on_a_cluster(action: str, given: dict) -> Iterator[Request]:
    yield request(action, **{"ecs:cluster": cluster_arn(given["cluster"])})


def on_clusters(action: str, given: dict) -> Iterator[Request]:
    for cluster in given["clusters"]:
        yield request(action, cluster_arn(cluster))


def on_the_cluster_itself(action: str, given: dict) -> Iterator[Request]:
    yield request(action, cluster_arn(given["cluster"]))


def on_container_instances(action: str, given: dict) -> Iterator[Request]:
    cluster = cluster_arn(given["cluster"])
    for instance in given["containerInstances"]:
        id = instance.split("/")[-1]
        resource = arn("ecs", f"container-instance/{cluster.split('/')[-1]}/{id}")
        yield request(action, resource, **{"ecs:cluster": cluster})


def on_tasks(action: str, given: dict) -> Iterator[Request]:
    cluster = cluster_arn(given["cluster"])
    for task in given.get("tasks") or [given["task"]]:
        resource = arn("ecs", f"task/{cluster.split('/')[-1]}/{task.split('/')[-1]}")
        yield request(action, resource, **{"ecs:cluster": cluster})


def on_capacity_providers(action: str, given: dict) -> Iterator[Request]:
    for provider in given["capacityProviders"]:
        yield request(action, arn("ecs", f"capacity-provider/{provider}"))


def on_a_group_itself(action: str, given: dict) -> Iterator[Request]:
    name = given["AutoScalingGroupName"]
    yield request(
        action,
        arn("autoscaling", f"autoScalingGroup:930d940e-891e-4781-a11a-7b0acd480f03:autoScalingGroupName/{name}"),
    )


def on_instances(action: str, given: dict) -> Iterator[Request]:
    # Without one in the call it is about all instances of the cluster; this one stands for each of them.
    cluster = cluster_arn(given["cluster"])
    id = given.get("containerInstance", "0ec5example").split("/")[-1]
    resource = arn("ecs", f"container-instance/{cluster.split('/')[-1]}/{id}")
    yield request(action, resource, **{"ecs:cluster": cluster})


def on_services(action: str, given: dict) -> Iterator[Request]:
    for service in given.get("services") or [given["service"]]:
        resource = service_arn(given["cluster"], service)
        yield request(action, resource, **{"ecs:cluster": cluster_arn(given["cluster"])})


def on_a_scalable_target(action: str, given: dict) -> Iterator[Request]:
    # AWS makes up the id in the ARN; the call names the service instead.
    yield request(
        action,
        arn("application-autoscaling", "scalable-target/0ec5example"),
        **{
            "application-autoscaling:service-namespace": given["ServiceNamespace"],
            "application-autoscaling:scalable-dimension": given["ScalableDimension"],
        },
    )


def on_a_group(action: str, given: dict) -> Iterator[Request]:
    if any(key.startswith("MixedInstancesPolicy") for key in given):
        yield from on_a_group_itself(action, given)
        return
    name = given["AutoScalingGroupName"]
    resource = arn(
        "autoscaling", f"autoScalingGroup:930d940e-891e-4781-a11a-7b0acd480f03:autoScalingGroupName/{name}"
    )
    context = {f"autoscaling:{key}": str(given[key]) for key in ("MinSize", "MaxSize") if key in given}
    yield request(action, resource, **context, **{"aws:ResourceTag/caretaker:hours": "always"})
    if int(given.get("MinSize", 0)) > 0:
        # Its tag may have been removed while it rested: it must get its minimum back all the same.
        yield request(action, resource, **context)


def on_a_table(action: str, given: dict) -> Iterator[Request]:
    yield request(action, arn("dynamodb", f"table/{given['TableName']}"))


def on_tables(action: str, given: dict) -> Iterator[Request]:
    for table in given["RequestItems"]:
        yield request(action, arn("dynamodb", f"table/{table}"))


def in_a_transaction(_action: str, given: dict) -> Iterator[Request]:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    actions = {
        "Put": "PutItem",
        "Update": "UpdateItem",
        "Delete": "DeleteItem",
        "ConditionCheck": "ConditionCheckItem",
    }
    for item in given["TransactItems"]:
        for kind, write in item.items():
            yield from on_a_table(f"dynamodb:{actions[kind]}", write)


def on_a_bus(action: str, given: dict) -> Iterator[Request]:
    buses: dict[str, list[dict]] = {}
    for entry in given["Entries"]:
        buses.setdefault(entry.get("EventBusName", "default"), []).append(entry)
    for bus, entries in buses.items():
        resource = bus if bus.startswith("arn:") else arn("events", f"event-bus/{bus}")
        yield request(
            action, resource, **{"events:source": tuple(sorted({entry["Source"] for entry in entries}))}
        )


def on_a_rule(action: str, given: dict) -> Iterator[Request]:
    yield request(action, arn("events", f"rule/{given['Name']}"))


def on_a_queue(action: str, given: dict) -> Iterator[Request]:
    yield request(action, arn("sqs", given["QueueUrl"].split("/")[-1]))


def on_a_budget(_action: str, given: dict) -> Iterator[Request]:
    # One permission for every way to read a budget; it has no Region:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgetservice.html
    yield request(
        "budgets:ViewBudget", f"arn:{PARTITION}:budgets::{given['AccountId']}:budget/{given['BudgetName']}"
    )


def on_a_topic(action: str, given: dict) -> Iterator[Request]:
    yield request(action, given["TopicArn"])


ROWS: dict[str, Callable[[str, dict], Iterator[Request]]] = {
    "application-autoscaling:DescribeScalableTargets": on_everything,
    "application-autoscaling:RegisterScalableTarget": on_a_scalable_target,
    "autoscaling:CompleteLifecycleAction": on_a_group_itself,
    "autoscaling:DescribeAutoScalingGroups": on_everything,
    "autoscaling:DescribeLifecycleHooks": on_everything,
    "autoscaling:RecordLifecycleActionHeartbeat": on_a_group_itself,
    "autoscaling:UpdateAutoScalingGroup": on_a_group,
    "budgets:DescribeBudget": on_a_budget,
    "budgets:DescribeNotificationsForBudget": on_a_budget,
    "budgets:DescribeSubscribersForNotification": on_a_budget,
    "dynamodb:BatchGetItem": on_tables,
    "dynamodb:BatchWriteItem": on_tables,
    "dynamodb:DeleteItem": on_a_table,
    "dynamodb:GetItem": on_a_table,
    "dynamodb:PutItem": on_a_table,
    "dynamodb:Query": on_a_table,
    "dynamodb:TransactWriteItems": in_a_transaction,
    "dynamodb:UpdateItem": on_a_table,
    "ecs:DescribeCapacityProviders": on_capacity_providers,
    "ecs:DescribeClusters": on_clusters,
    "ecs:DescribeContainerInstances": on_container_instances,
    "ecs:DescribeServices": on_services,
    "ecs:DescribeTaskDefinition": on_everything,
    "ecs:DescribeTasks": on_tasks,
    "ecs:GetTaskProtection": on_tasks,
    "ecs:ListClusters": on_everything,
    "ecs:ListContainerInstances": on_the_cluster_itself,
    "ecs:ListServices": on_a_cluster,
    "ecs:ListTasks": on_instances,
    "ecs:StopTask": on_tasks,
    "ecs:UpdateContainerInstancesState": on_container_instances,
    "ecs:UpdateService": on_services,
    "elasticloadbalancing:DescribeTargetGroupAttributes": on_everything,
    "events:DisableRule": on_a_rule,
    "events:EnableRule": on_a_rule,
    "events:PutEvents": on_a_bus,
    "freetier:GetFreeTierUsage": on_everything,
    "sns:GetTopicAttributes": on_a_topic,
    "sns:ListSubscriptionsByTopic": on_a_topic,
    "sns:Publish": on_a_topic,
    "sqs:SendMessage": on_a_queue,
    "tag:GetResources": on_everything,
}
