"""`make export` against the simulated account: what it carries, what it keeps back, what it calls."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from export.conftest import EXPORT, run
from fidelity.account import BINARY, ROOT

EVERY = Path(__file__).with_name("every.yaml")
DENIED = "AccessDeniedException"


def one_cluster(*services: dict, **more) -> dict:
    return {"clusters": [{"name": "shop", "services": list(services)}], **more}


def test_a_stack_comes_back_as_it_is_and_a_second_time_as_the_same_text(holding):
    with holding(EVERY) as account:
        once = account.export()
    assert (once.code, once.stack) == (0, yaml.safe_load(EVERY.read_text()))
    with holding(once.text) as account:
        assert account.export().text == once.text


def test_stdout_is_yaml_that_says_at_its_top_what_it_is(holding):
    with holding(EVERY) as account:
        ended = account.export()
    assert ended.text.startswith("# 2 clusters, 10 services, 3 Auto Scaling groups in eu-central-1,")
    assert "Names and tags are in here as they are" in ended.header
    assert "Left out" not in ended.header and "Could not be read" not in ended.header
    assert "export: shop: 9 services\n" in ended.told


def test_its_calls_are_those_of_the_policy_in_the_readme(holding):
    with holding(EVERY) as account:
        account.export()
        called = account.proxy.actions()
    section = (ROOT / "README.md").read_text().split("## Rehearse your own stack")[1]
    [policy] = re.findall(r"```json\n(.*?)```", section.split("\n## ")[0], re.DOTALL)
    [statement] = json.loads(policy)["Statement"]
    assert called == set(statement["Action"])


def test_a_call_that_writes_is_not_even_sent(holding):
    script = "import export, sys; export.clients(sys.argv[1])['ecs'].delete_cluster(cluster='shop')"
    with holding(EVERY) as account:
        command = [sys.executable, "-c", script, account.proxy.url]
        ended = subprocess.run(command, cwd=EXPORT, capture_output=True, text=True)
        assert account.proxy.calls == []
    assert "ecs:DeleteCluster is no call of the export's" in ended.stderr


def test_250_services_are_read_in_pages_and_batches_as_large_as_aws_takes(holding):
    with holding(one_cluster({"name": "first"}), "--unthrottled") as account:
        ecs, scaling = account.client("ecs"), account.client("application-autoscaling")
        for number in range(249):
            name = f"s{number:03}"
            ecs.create_service(
                cluster="shop", serviceName=name, taskDefinition="shop-first", desiredCount=1
            )
            scaling.register_scalable_target(
                ServiceNamespace="ecs",
                ResourceId=f"service/shop/{name}",
                ScalableDimension="ecs:service:DesiredCount",
                MinCapacity=1,
                MaxCapacity=number + 1,
            )
        ended = account.export()
        asked = account.proxy.inputs
        assert [it["maxResults"] for it in asked("ecs:ListServices")] == [100] * 3
        assert [len(it["services"]) for it in asked("ecs:DescribeServices")] == [10] * 25
        targets = asked("application-autoscaling:DescribeScalableTargets")
        assert [len(it["ResourceIds"]) for it in targets] == [50] * 5
        # They share one task definition.
        assert len(asked("ecs:DescribeTaskDefinition")) == 1
    assert len(ended.services()) == 250
    assert ended.service("shop/s248")["scaling"] == {"min": 1, "max": 249}


def test_101_clusters_are_read_in_two_pages_and_two_batches(holding):
    clusters = [{"name": f"c{number:03}"} for number in range(100)]
    with holding({"clusters": [*clusters, *one_cluster({"name": "web"})["clusters"]]}) as account:
        ended = account.export()
        assert [it["maxResults"] for it in account.proxy.inputs("ecs:ListClusters")] == [100] * 2
        described = account.proxy.inputs("ecs:DescribeClusters")
        assert [len(it["clusters"]) for it in described] == [100, 1]
    assert len(ended.stack["clusters"]) == 101


def test_it_asks_so_slowly_that_nobody_is_throttled(holding):
    services = [{"name": f"s{number:02}"} for number in range(70)]
    with holding(one_cluster(*services)) as account:
        ended = account.export()
        # Each has a task definition of its own, and ECS answers 50 of these calls at once.
        assert len(account.proxy.inputs("ecs:DescribeTaskDefinition")) == 70
        assert account.proxy.refused() == []
    assert len(ended.services()) == 70


def test_a_call_that_is_throttled_is_made_again(holding):
    with holding(EVERY) as account:
        calm, throttled = account.export(), []

        def refuse(action, text):
            if action == "ecs:DescribeServices" and len(throttled) < 2:
                throttled.append(text)
                return "ThrottlingException"

        account.proxy.refuse = refuse
        assert account.export().text == calm.text
    assert len(throttled) == 2


def test_a_service_that_may_not_be_described_is_named_and_hides_no_other(holding):
    with holding(EVERY) as account:
        account.proxy.refuse = lambda action, text: (
            DENIED if action == "ecs:DescribeServices" and '"old"' in text else None
        )
        ended = account.export()
    assert ended.code == 0
    assert "shop/old" not in ended.services() and len(ended.services()) == 9
    told = "shop/old (ecs:DescribeServices: AccessDeniedException)"
    assert f"Could not be read: - {told}" in ended.header
    assert f"export: could not be read: {told}\n" in ended.told


def test_a_service_that_ecs_fails_to_describe_in_a_good_reply_is_named(holding):
    def without_old(action, reply):
        if action != "ecs:DescribeServices":
            return reply
        found = [it for it in reply["services"] if it["serviceName"] != "old"]
        arn = "arn:aws:ecs:eu-central-1:123456789012:service/shop/old"
        failures = [{"arn": arn, "reason": "MISSING"}] if len(found) < len(reply["services"]) else []
        return {"services": found, "failures": failures}

    with holding(EVERY) as account:
        account.proxy.change = without_old
        ended = account.export()
    assert "- shop/old (ecs:DescribeServices: MISSING)" in ended.header
    assert len(ended.services()) == 9


@pytest.mark.parametrize(
    ("action", "unread", "told"),
    [
        ("ecs:ListServices", "the services of shop", None),
        ("ecs:DescribeTaskDefinition", "the sizes of tasks", None),
        ("ecs:DescribeCapacityProviders", "the capacity providers spare, workers", "launch: ec2"),
        ("autoscaling:DescribeAutoScalingGroups", "Auto Scaling groups", "launch: ec2"),
        ("application-autoscaling:DescribeScalableTargets", "scalable targets", None),
    ],
)
def test_what_one_missing_permission_hides_is_named_and_the_rest_can_be_rehearsed(
    holding, action, unread, told
):
    with holding(EVERY) as account:
        account.proxy.refuse = lambda asked, _: DENIED if asked == action else None
        ended = account.export()
        assert len([call for call in account.proxy.calls if call.action == action]) <= 2
    assert ended.code == 0
    assert f"- {unread} ({action}: AccessDeniedException" in ended.header
    assert told is None or f"shop/images is told as {told}" in ended.header
    with holding(ended.text) as account:
        assert account.export().services() == ended.services()


@pytest.mark.parametrize("action", ["ecs:ListClusters", "ecs:DescribeClusters", "ecs:DescribeServices"])
def test_it_fails_and_writes_nothing_if_it_could_read_nothing(holding, action):
    with holding(one_cluster({"name": "web"}, {"name": "api"})) as account:
        account.proxy.refuse = lambda asked, _: DENIED if asked == action else None
        ended = account.export()
    assert (ended.code, ended.text) == (1, "")
    assert "export: nothing was written: " in ended.told
    assert "Traceback" not in ended.told


def test_an_account_without_services_is_nothing_to_rehearse(holding):
    with holding({"clusters": [{"name": "empty"}]}) as account:
        ended = account.export()
    assert (ended.code, ended.text) == (1, "")


def test_credentials_that_expire_on_the_way_end_it(holding):
    with holding(EVERY) as account:
        account.proxy.refuse = lambda action, _: (
            "ExpiredTokenException" if action == "ecs:DescribeTaskDefinition" else None
        )
        ended = account.export()
    assert (ended.code, ended.text) == (1, "")
    assert "ExpiredTokenException" in ended.told


def test_a_tag_means_the_same_in_the_file_whatever_is_in_it(holding):
    hard = [
        *('say "no"', "it's", "a: b", "a:b", ": ", "- x", "# x", "x # y", "{a: [b]}", "*x", "&x", "!x"),
        *("%", "yes", "NO", "on", "null", "~", "true", "nan", ".inf", "y"),
        *("1", "007", "0o17", "0x1f", "1e3", "1_000", "1.5", "1:30", "+1", "2026-11-19", "<<", "="),
        *("", " ", " before", "after ", "two\nlines", "tab\there", "\\n", "back\\slash", "---", "..."),
        *("Grüße", "漢字", "🙂", "\u2028", "\u00a0", "\x7f", "x" * 256),
    ]
    tags = {f"tag {number}: \"{value}\"": value for number, value in enumerate(hard)}
    stack = one_cluster(
        {"name": "web", "tags": tags},
        groups=[{"name": "g", "max": 1, "tags": {"caretaker:hours": "always"} | tags}],
    )
    with holding(stack) as account:
        once = account.export()
    assert once.service("shop/web")["tags"] == tags
    with holding(once.text) as account:
        again = account.export()
    assert again.text == once.text
    assert again.stack["groups"][0]["tags"] == {"caretaker:hours": "always"} | tags


def test_no_arn_no_account_id_no_image_and_no_secret_gets_into_the_file(holding):
    role = "arn:aws:iam::123456789012:role/secret-role"
    tags = {"role": role, role: "x", "aws:cloudformation:stack-name": "s", "team": "a-123456789012"}
    cluster = {"name": "shop-123456789012", "tags": tags, "services": [{"name": "web", "tags": tags}]}
    with holding({"clusters": [cluster]}) as account:
        ecs = account.client("ecs")
        container = {
            "name": "app",
            "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/secret-image:1",
            "essential": True,
            "environment": [{"name": "SECRET_NAME", "value": "hunter2"}],
            "secrets": [{"name": "OTHER", "valueFrom": role}],
        }
        ecs.register_task_definition(family="api", containerDefinitions=[container], taskRoleArn=role)
        ecs.create_service(
            cluster=cluster["name"], serviceName="api", taskDefinition="api", desiredCount=1
        )
        # A refusal names whom it refuses.
        account.proxy.refuse = lambda action, _: DENIED if action.endswith("Targets") else None
        ended = account.export()
    for secret in ["arn:", "123456789012", "secret-", "SECRET", "hunter2", "OTHER", "amazonaws"]:
        assert secret not in ended.text
    assert ended.service("shop-000000000000/web")["tags"] == {"team": "a-000000000000"}
    assert "a tag of shop-000000000000/web that holds an ARN" in ended.header


def test_only_the_clusters_that_are_asked_for_are_read(holding):
    names = ["dev-a", "dev-b", "prod", "shop"]
    clusters = [{"name": name, "services": [{"name": "web"}]} for name in names]
    with holding({"clusters": clusters}) as account:
        ended = account.export("--clusters", "shop dev-* stage")
        listed = {it["cluster"] for it in account.proxy.inputs("ecs:ListServices")}
    assert ended.services() == {"dev-a/web", "dev-b/web", "shop/web"}
    assert listed == {"dev-a", "dev-b", "shop"}
    assert "no cluster is called stage" in ended.header


def test_a_count_outside_its_bounds_is_pointed_out(holding):
    with holding(one_cluster({"name": "web", "desired": 3, "scaling": {"min": 2, "max": 8}})) as account:
        account.client("ecs").update_service(cluster="shop", service="web", desiredCount=0)
        ended = account.export()
    assert ended.service("shop/web")["desired"] == 0
    assert "shop/web wants 0 tasks, outside the 2 to 8 of its scalable target" in ended.header


def test_a_task_without_a_size_has_that_of_its_containers(holding):
    with holding(one_cluster({"name": "web"})) as account:
        ecs = account.client("ecs")
        containers = [
            {"name": "app", "image": "app", "cpu": 300, "memory": 700, "memoryReservation": 600},
            {"name": "log", "image": "log", "cpu": 50, "memoryReservation": 100},
        ]
        ecs.register_task_definition(family="api", containerDefinitions=containers)
        ecs.create_service(
            cluster="shop", serviceName="api", taskDefinition="api", desiredCount=1, launchType="EC2"
        )
        ended = account.export()
    api = {"name": "api", "desired": 1, "launch": "ec2", "cpu": 350, "memory": 800}
    assert ended.service("shop/api") == api


def test_what_runs_where_the_file_has_no_word_for_is_told_as_ec2(holding):
    def elsewhere(action, reply):
        for service in reply.get("services", []) if action == "ecs:DescribeServices" else []:
            service["launchType"] = "EXTERNAL"
        return reply

    with holding(one_cluster({"name": "web"})) as account:
        account.proxy.change = elsewhere
        ended = account.export()
    assert ended.service("shop/web")["launch"] == "ec2"
    assert "shop/web is told as launch: ec2: it runs on EXTERNAL" in ended.header


def test_what_is_being_deleted_is_left_out_by_name(holding):
    def draining(action, reply):
        for service in reply.get("services", []) if action == "ecs:DescribeServices" else []:
            if service["serviceName"] == "api":
                service["status"] = "DRAINING"
        return reply

    with holding(one_cluster({"name": "web"}, {"name": "api"})) as account:
        account.proxy.change = draining
        ended = account.export()
    assert ended.services() == {"shop/web"}
    assert "- shop/api is DRAINING" in ended.header


def test_a_group_with_suspended_processes_or_nothing_on_it_says_what_is_not_known(holding):
    group = {"name": "workers", "cluster": "shop", "provider": "workers", "max": 4, "desired": 0}
    with holding(one_cluster({"name": "web"}, groups=[group])) as account:
        account.client("autoscaling").suspend_processes(
            AutoScalingGroupName="workers", ScalingProcesses=["Launch"]
        )
        ended = account.export()
    assert "the suspended processes of workers: Launch" in ended.header
    assert "how many tasks fit on an instance of workers" in ended.header
    assert "tasks-per-instance" not in ended.stack["groups"][0]


def test_a_group_that_is_neither_tagged_nor_behind_a_capacity_provider_is_nobody_s(holding):
    with holding(one_cluster({"name": "web"}, groups=[{"name": "other", "max": 4}])) as account:
        assert "groups" not in account.export().stack


def test_it_asks_as_whoever_the_user_is_and_where(holding):
    keys = {"AWS_ACCESS_KEY_ID": "ana", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-west-1"}
    with holding(EVERY) as account:
        run(AWS_ENDPOINT_URL=account.proxy.url, AWS_DEFAULT_REGION="us-east-1", **keys)
        assert account.proxy.calls
        for call in account.proxy.calls:
            assert re.search(r"Credential=ana/\d+/eu-west-1/", call.signature)


def test_a_simulated_account_never_sees_the_user_s_credentials(holding):
    keys = {"AWS_ACCESS_KEY_ID": "ana", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "token"}
    with holding(EVERY) as account:
        assert run("--endpoint", account.proxy.url, **keys).code == 0
        assert all("Credential=export/" in call.signature for call in account.proxy.calls)


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"AWS_REGION": "eu-central-1"}, "Unable to locate credentials"),
        ({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, "You must specify a region"),
        ({"AWS_REGION": "eu-central-1", "AWS_PROFILE": "nobody"}, "profile (nobody) could not be found"),
    ],
)
def test_what_is_missing_to_ask_at_all_is_said_in_a_line(holding, variables, complaint):
    with holding(EVERY) as account:
        ended = run(AWS_ENDPOINT_URL=account.proxy.url, **variables)
        assert account.proxy.calls == []
    assert (ended.code, ended.text) == (1, "")
    assert complaint in ended.told and ended.told.count("\n") == 1


def test_a_night_of_what_was_exported_can_be_rehearsed(holding, tmp_path):
    with holding(EVERY) as account:
        ended = account.export()
    mine = tmp_path / "my-stack.yaml"
    mine.write_text(ended.text)
    report = ["--report", tmp_path / "night.html"]
    command = [BINARY, "rehearse", "scenarios/night.yaml", "--stack", mine, *report]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
    assert re.search(r"shop/images +5 → 0 → 5", told.stdout)
