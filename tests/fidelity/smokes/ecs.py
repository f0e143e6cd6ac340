"""ECS."""

from fidelity.step import Kept, done, refused

CLUSTER = {"cluster": "prod"}
API = {**CLUSTER, "service": "api"}
MISSING = "arn:aws:ecs:eu-central-1:123456789012:service-{}/prod/api/missing"
MISSING_DEPLOYMENT = MISSING.format("deployment")
MISSING_REVISION = MISSING.format("revision")
TAG = {"key": "caretaker:hours", "value": "Mon-Fri 08:00-20:00 Europe/Berlin"}

STEPS = [
    done("CreateCluster", {"cluster": "cluster.clusterArn"}, clusterName="prod", tags=[TAG]),
    done("ListClusters"),
    done(
        "DescribeClusters", clusters=["prod", "missing"], include=["TAGS", "SETTINGS", "STATISTICS"]
    ),
    done("DescribeCapacityProviders"),
    done("DescribeCapacityProviders", cluster="shop", maxResults=2),
    done(
        "PutClusterCapacityProviders",
        **CLUSTER,
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
    ),
    refused(
        "PutClusterCapacityProviders",
        "ClusterNotFoundException",
        cluster="missing",
        capacityProviders=[],
        defaultCapacityProviderStrategy=[],
    ),
    done(
        "RegisterTaskDefinition",
        {"definition": "taskDefinition.taskDefinitionArn"},
        family="api",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": "app",
                "image": "example.com/api:1",
                "essential": True,
                "portMappings": [{"containerPort": 8080}],
                "environment": [{"name": "MODE", "value": "prod"}],
            }
        ],
        tags=[{"key": "team", "value": "a"}],
    ),
    done("DescribeTaskDefinition", taskDefinition="api", include=["TAGS"]),
    refused("DescribeTaskDefinition", "ClientException", taskDefinition="missing"),
    done(
        "CreateService",
        {"service": "service.serviceArn"},
        **CLUSTER,
        serviceName="api",
        taskDefinition="api",
        desiredCount=3,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-0a"]}},
        deploymentConfiguration={
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "minimumHealthyPercent": 100,
            "maximumPercent": 200,
        },
        propagateTags="SERVICE",
        tags=[TAG],
    ),
    done(
        "CreateService",
        **CLUSTER,
        serviceName="worker",
        taskDefinition=Kept("definition"),
        desiredCount=1,
        capacityProviderStrategy=[
            {"capacityProvider": "FARGATE_SPOT", "weight": 3},
            {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
        ],
    ),
    refused(
        "CreateService",
        "ClusterNotFoundException",
        cluster="missing",
        serviceName="x",
        taskDefinition="api",
    ),
    done("ListServices", **CLUSTER),
    done("ListServices", **CLUSTER, maxResults=1),
    done("DescribeServices", **CLUSTER, services=["api", "worker", "missing"], include=["TAGS"]),
    refused("DescribeServices", "ClusterNotFoundException", cluster="missing", services=["api"]),
    refused(
        "DescribeServices",
        "InvalidParameterException",
        **CLUSTER,
        services=[f"s{n}" for n in range(11)],
    ),
    done("ListContainerInstances", {"instance": "containerInstanceArns[0]"}, cluster="shop"),
    done(
        "DescribeContainerInstances",
        cluster="shop",
        containerInstances=[Kept("instance"), "missing"],
    ),
    done("ListContainerInstances", cluster="shop", status="ACTIVE", maxResults=1),
    done(
        "ListContainerInstances",
        cluster="shop",
        filter="ec2InstanceId in [i-0123456789abcdef0, i-0fedcba9876543210]",
    ),
    done(
        "DescribeContainerInstances",
        cluster="shop",
        containerInstances=[Kept("instance")],
        include=["TAGS"],
    ),
    done(
        "ListTasks",
        {"running": "taskArns[0]"},
        cluster="shop",
        containerInstance=Kept("instance"),
        desiredStatus="RUNNING",
    ),
    done("DescribeTasks", cluster="shop", tasks=[Kept("running")], include=["TAGS"]),
    done("ListTasks", {"web": "taskArns[0]"}, cluster="shop", serviceName="web"),
    done(
        "UpdateTaskProtection",
        cluster="shop",
        tasks=[Kept("web"), "missing"],
        protectionEnabled=True,
        expiresInMinutes=60,
    ),
    done("GetTaskProtection", cluster="shop", tasks=[Kept("web"), Kept("running"), "missing"]),
    done("UpdateTaskProtection", cluster="shop", tasks=[Kept("web")], protectionEnabled=False),
    refused(
        "UpdateTaskProtection",
        "InvalidParameterException",
        cluster="shop",
        tasks=[f"t{n}" for n in range(11)],
        protectionEnabled=True,
    ),
    refused("GetTaskProtection", "ClusterNotFoundException", cluster="missing", tasks=["x"]),
    done(
        "UpdateContainerInstancesState",
        cluster="shop",
        containerInstances=[Kept("instance"), "missing"],
        status="DRAINING",
    ),
    refused(
        "UpdateContainerInstancesState",
        "InvalidParameterException",
        cluster="shop",
        containerInstances=[Kept("instance")],
        status="DRAINING",
    ),
    done(
        "UpdateContainerInstancesState",
        cluster="shop",
        containerInstances=[Kept("instance")],
        status="ACTIVE",
    ),
    refused(
        "UpdateContainerInstancesState",
        "ClusterNotFoundException",
        cluster="missing",
        containerInstances=["x"],
        status="DRAINING",
    ),
    done("StopTask", cluster="shop", task=Kept("running"), reason="Its instance goes."),
    done("DescribeTasks", cluster="shop", tasks=[Kept("running")]),
    refused("StopTask", "InvalidParameterException", cluster="shop", task="missing"),
    refused("StopTask", "ClusterNotFoundException", cluster="missing", task="x"),
    refused("ListContainerInstances", "ClusterNotFoundException", cluster="missing"),
    refused(
        "DescribeContainerInstances",
        "ClusterNotFoundException",
        cluster="missing",
        containerInstances=["x"],
    ),
    done("ListTasks", {"task": "taskArns[0]"}, **CLUSTER, serviceName="api"),
    done("DescribeTasks", **CLUSTER, tasks=[Kept("task")], include=["TAGS"]),
    done("UpdateService", **API, desiredCount=0),
    done("UpdateService", **API, forceNewDeployment=True, desiredCount=2),
    refused(
        "UpdateService", "ServiceNotFoundException", **CLUSTER, service="missing", desiredCount=1
    ),
    done(
        "TagResource", resourceArn=Kept("service"), tags=[{"key": "caretaker:wave", "value": "1"}]
    ),
    done("ListTagsForResource", resourceArn=Kept("service")),
    done("UntagResource", resourceArn=Kept("service"), tagKeys=["caretaker:wave"]),
    refused(
        "TagResource",
        "InvalidParameterException",
        resourceArn=Kept("service"),
        tags=[{"key": "aws:mine", "value": "x"}],
    ),
    done(
        "RegisterTaskDefinition",
        family="api",
        containerDefinitions=[{"name": "app", "image": "example.com/api:2"}],
    ),
    done(
        "UpdateService",
        {"deployment": "service.currentServiceDeployment"},
        **API,
        taskDefinition="api:2",
        deploymentConfiguration={
            "deploymentCircuitBreaker": {
                "enable": True,
                "rollback": True,
                "resetOnHealthyTask": False,
                "thresholdConfiguration": {"type": "COUNT", "value": 5},
            },
            "alarms": {"alarmNames": ["web-5xx"], "enable": True, "rollback": True},
        },
    ),
    done("ListServiceDeployments", {"next": "nextToken"}, **API, maxResults=1),
    done("ListServiceDeployments", **API, maxResults=1, nextToken=Kept("next")),
    done("ListServiceDeployments", **API, status=["SUCCESSFUL", "ROLLBACK_SUCCESSFUL"]),
    refused(
        "ListServiceDeployments", "ServiceNotFoundException", **CLUSTER, service="missing"
    ),
    done(
        "DescribeServiceDeployments",
        {"revision": "serviceDeployments[0].targetServiceRevision.arn"},
        serviceDeploymentArns=[Kept("deployment"), MISSING_DEPLOYMENT],
    ),
    done("DescribeServiceRevisions", serviceRevisionArns=[Kept("revision"), MISSING_REVISION]),
    refused(
        "DescribeServiceDeployments", "InvalidParameterException", serviceDeploymentArns=["api"]
    ),
    refused("DescribeServiceRevisions", "InvalidParameterException", serviceRevisionArns=["api"]),
    refused(
        "ContinueServiceDeployment",
        "InvalidParameterException",
        serviceDeploymentArn=Kept("deployment"),
        hookId="missing",
    ),
    done("StopServiceDeployment", serviceDeploymentArn=Kept("deployment"), stopType="ROLLBACK"),
    done("DescribeServiceDeployments", serviceDeploymentArns=[Kept("deployment")]),
    done("DescribeServices", **CLUSTER, services=["api"]),
    refused(
        "StopServiceDeployment",
        "ServiceDeploymentNotFoundException",
        serviceDeploymentArn=MISSING_DEPLOYMENT,
    ),
    done(
        "UpdateService",
        **CLUSTER,
        service="worker",
        forceNewDeployment=True,
        deploymentConfiguration={
            "strategy": "BLUE_GREEN",
            "lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP"]}],
        },
    ),
    done("DeregisterTaskDefinition", taskDefinition="api:2"),
    done("DescribeTaskDefinition", taskDefinition="api:2"),
    done("DeleteTaskDefinitions", taskDefinitions=["api:2", "api:1"]),
    refused("DeregisterTaskDefinition", "InvalidParameterException", taskDefinition="api"),
    refused("DeleteService", "InvalidParameterException", **API),
    done("DeleteService", **API, force=True),
    done("DescribeServices", **CLUSTER, services=["api"]),
    refused("UpdateService", "ServiceNotActiveException", **API, desiredCount=1),
]
