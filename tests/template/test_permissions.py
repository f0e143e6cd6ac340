"""Who may do what: roles, policies, and whom AWS's services may act for."""

import pytest
from cloudformation import ACCOUNT, ROOT, deployed, whole


@pytest.fixture(scope="module")
def stack():
    return whole()


def listed(value) -> list:
    return value if isinstance(value, list) else [value]


def statements(stack) -> list[dict]:
    """Every statement of every role."""
    return [
        statement
        for role in stack.of_type("AWS::IAM::Role").values()
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_every_function_has_a_role_of_its_own(stack):
    roles = [function["Role"] for function in stack.functions().values()]
    assert len(set(roles)) == len(roles) == len(list((ROOT / "functions").iterdir()))


def test_no_role_takes_a_policy_that_others_write(stack):
    for role in stack.of_type("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role


def test_every_action_is_named(stack):
    for statement in statements(stack):
        assert statement["Effect"] == "Allow"
        assert not [action for action in listed(statement["Action"]) if "*" in action], statement["Sid"]


def test_every_resource_is_of_this_account_and_region(stack):
    for statement in statements(stack):
        for resource in listed(statement["Resource"]):
            # A budget has no Region, and nobody can read one of another account.
            if resource != "*" and statement["Sid"] != "ReadTheBudgets":
                assert resource.split(":")[3:5] == ["eu-central-1", ACCOUNT], statement["Sid"]


def invokes_a_function(rule: dict) -> bool:
    """Whether a rule invokes what it targets, and does not leave it in a queue."""
    return any(":lambda:" in target["Arn"] for target in rule["Targets"])


def test_every_service_that_invokes_a_function_names_its_rule_or_topic_and_account(stack):
    permissions = stack.of_type("AWS::Lambda::Permission")
    rules = {
        f"arn:aws:events:eu-central-1:{ACCOUNT}:rule/caretaker-{rule}"
        for rule, properties in stack.of_type("AWS::Events::Rule").items()
        if invokes_a_function(properties)
    }
    topics = set(stack.functions()["budget-guard"]["Environment"]["Variables"]["BUDGET_TOPICS"].split(","))
    assert {permission["SourceArn"] for permission in permissions.values()} == rules | topics
    for logical_id, permission in permissions.items():
        if permission["Principal"] == "sns.amazonaws.com":
            assert permission["SourceArn"] in topics and f":{ACCOUNT}:" in permission["SourceArn"]
        else:
            assert permission["SourceAccount"] == ACCOUNT, logical_id


def test_every_topic_that_a_function_takes_letters_from_may_invoke_it(stack):
    allowed = {(p["SourceArn"], p["FunctionName"]) for p in stack.of_type("AWS::Lambda::Permission").values()}
    for subscription in stack.of_type("AWS::SNS::Subscription").values():
        if subscription["Protocol"] == "lambda":
            assert (subscription["TopicArn"], subscription["Endpoint"].split(":")[-1]) in allowed


def test_every_rule_may_invoke_the_function_that_it_targets(stack):
    allowed = {
        (p["SourceArn"].split("/")[-1], p["FunctionName"])
        for p in stack.of_type("AWS::Lambda::Permission").values()
    }
    for rule, properties in stack.of_type("AWS::Events::Rule").items():
        if invokes_a_function(properties):
            for target in properties["Targets"]:
                assert (f"caretaker-{rule}", target["Arn"].split(":")[-1]) in allowed


def test_every_rule_may_leave_its_events_in_the_queue_that_it_targets(stack):
    policy = stack.properties("SpotIntakePolicy")["PolicyDocument"]
    [let_in] = [s for s in policy["Statement"] if s["Sid"] == "OurRules"]
    intake = f"arn:aws:sqs:eu-central-1:{ACCOUNT}:caretaker-SpotIntake"
    assert let_in["Resource"] == intake
    queued = {
        name: rule
        for name, rule in stack.of_type("AWS::Events::Rule").items()
        if not invokes_a_function(rule)
    }
    assert {target["Arn"] for rule in queued.values() for target in rule["Targets"]} == {intake}
    named = {arn.split("/caretaker-")[-1] for arn in let_in["Condition"]["ArnEquals"]["aws:SourceArn"]}
    assert named == set(queued)


def services_let_in(stack) -> dict[str, dict]:
    """Statements by which a resource or a role lets an AWS service act, Lambda's own roles aside."""
    documents = {name: p["PolicyDocument"] for name, p in stack.of_type("AWS::SQS::QueuePolicy").items()}
    documents |= {name: p["PolicyDocument"] for name, p in stack.of_type("AWS::SNS::TopicPolicy").items()}
    documents |= {name: p["AssumeRolePolicyDocument"] for name, p in stack.of_type("AWS::IAM::Role").items()}
    return {
        f"{name}: {statement['Principal']['Service']}": statement
        for name, document in documents.items()
        for statement in document["Statement"]
        if statement["Effect"] == "Allow" and statement["Principal"] != {"Service": "lambda.amazonaws.com"}
    }


def test_every_service_that_is_let_in_acts_for_our_own_resources_only(stack):
    let_in = services_let_in(stack)
    assert len(let_in) == 9
    for who, statement in let_in.items():
        condition = statement["Condition"]
        if statement["Principal"] != {"Service": "sns.amazonaws.com"}:
            assert condition["StringEquals"]["aws:SourceAccount"] == ACCOUNT, who
        sources = [keys["aws:SourceArn"] for keys in condition.values() if "aws:SourceArn" in keys]
        assert len(sources) == 1, who
        for source in listed(sources[0]):
            assert f":{ACCOUNT}:" in source, who
            # The account's budgets are people's, and may have any name.
            assert "caretaker" in source or statement["Principal"] == {"Service": "budgets.amazonaws.com"}


def test_the_topics_of_budgets_take_letters_of_this_accounts_budgets_and_of_nobody_else(stack):
    for topic in ("BudgetWarn", "BudgetStop"):
        policy = stack.properties(f"{topic}Policy")
        assert policy["Topics"] == [f"arn:aws:sns:eu-central-1:{ACCOUNT}:caretaker-{topic}"]
        [budgets, tls] = policy["PolicyDocument"]["Statement"]
        assert budgets["Principal"] == {"Service": "budgets.amazonaws.com"}
        assert budgets["Resource"] == policy["Topics"][0]
        # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
        assert budgets["Condition"]["ArnLike"] == {"aws:SourceArn": f"arn:aws:budgets::{ACCOUNT}:*"}
        assert tls["Effect"] == "Deny"


def test_every_rule_may_leave_what_failed_in_the_dead_letter_queue(stack):
    policy = stack.properties("DeadLettersPolicy")
    let_in = policy["PolicyDocument"]["Statement"][0]["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert {arn.split("/caretaker-")[-1] for arn in let_in} == set(stack.of_type("AWS::Events::Rule"))


def test_every_topic_may_leave_what_failed_in_the_dead_letter_queue(stack):
    policy = stack.properties("DeadLettersPolicy")
    [let_in] = [s for s in policy["PolicyDocument"]["Statement"] if s["Sid"] == "OurBudgetTopics"]
    redriven = [s["TopicArn"] for s in stack.of_type("AWS::SNS::Subscription").values() if "RedrivePolicy" in s]
    assert sorted(let_in["Condition"]["ArnEquals"]["aws:SourceArn"]) == sorted(redriven)
    policy = deployed().properties("DeadLettersPolicy")
    assert [s["Sid"] for s in policy["PolicyDocument"]["Statement"]] == ["OurRules", "OnlyOverTls"]


@pytest.mark.parametrize(("function", "statements"), [("off-hours", 2), ("budget-guard", 3), ("spot-drain", 5)])
def test_the_clusters_that_are_named_are_the_ones_in_reach(function, statements):
    stack = whole(Clusters="prod,staging-*")
    scoped = [
        statement["Condition"]["ArnLike"]["ecs:cluster"]
        for statement in stack.policy(function)["Statement"]
        if "ecs:cluster" in statement.get("Condition", {}).get("ArnLike", {})
    ]
    assert scoped == [["arn:*:ecs:*:*:cluster/prod", "arn:*:ecs:*:*:cluster/staging-*"]] * statements


def test_the_pager_may_use_a_key_only_where_one_is_given(stack):
    def keys(deployed_stack):
        return [
            s["Resource"] for s in deployed_stack.policy("pager")["Statement"] if "kms:Decrypt" in s["Action"]
        ]

    assert keys(stack) == [stack.properties("Pages")["KmsMasterKeyId"]]
    assert keys(deployed()) == []
    assert "KmsMasterKeyId" not in deployed().properties("Pages")


def test_groups_are_changed_only_where_on_demand_takes_the_place_of_spot(stack):
    def changes(one):
        statements = one.policy("spot-drain")["Statement"]
        return [s["Sid"] for s in statements if "autoscaling:UpdateAutoScalingGroup" in listed(s["Action"])]

    assert changes(stack) == ["FallBackToOnDemand"]
    assert changes(deployed()) == []


def test_only_the_tick_of_every_minute_can_be_switched(stack):
    [switch] = [s for s in stack.policy("spot-drain")["Statement"] if s["Sid"] == "SwitchTheTick"]
    assert switch["Action"] == ["events:DisableRule", "events:EnableRule"]
    assert switch["Resource"] == f"arn:aws:events:eu-central-1:{ACCOUNT}:rule/caretaker-SpotMinute"
    variables = stack.functions()["spot-drain"]["Environment"]["Variables"]
    assert switch["Resource"].endswith(f"/{variables['MINUTE_RULE']}")


def test_every_topic_has_the_key_that_is_given(stack):
    for topic in stack.of_type("AWS::SNS::Topic").values():
        assert topic["KmsMasterKeyId"] == f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1234abcd"
