"""Deleting the stack wakes what is held: CloudFormation deletes a resource before what it depends on."""

import pytest
from cloudformation import translated


def names_in(node) -> set[str]:
    """What a part of the template refers to."""
    if isinstance(node, list):
        return set().union(*map(names_in, node))
    if not isinstance(node, dict):
        return set()
    found = set()
    for key, value in node.items():
        match key, value:
            case "Ref", str():
                found.add(value)
            case "Fn::GetAtt", str() | list():
                found.add(value.split(".")[0] if isinstance(value, str) else value[0])
            case _:
                found |= names_in(value)
    return found


@pytest.fixture(scope="module")
def depends() -> dict[str, set[str]]:
    """What each resource depends on, directly or through others."""
    resources = translated()["Resources"]
    direct = {}
    for logical_id, resource in resources.items():
        stated = resource.get("DependsOn", [])
        stated = {stated} if isinstance(stated, str) else set(stated)
        direct[logical_id] = (stated | names_in(resource["Properties"])) & resources.keys()

    def closure(logical_id: str, seen: frozenset = frozenset()) -> set[str]:
        assert logical_id not in seen, f"{logical_id} depends on itself"
        return direct[logical_id].union(*(closure(d, seen | {logical_id}) for d in direct[logical_id]))

    return {logical_id: closure(logical_id) for logical_id in resources}


@pytest.mark.parametrize(
    "cause",
    [
        "Tick",
        "ServiceChanged",
        "DeploymentCompleted",
        "BudgetTick",
        "BudgetWarnToGuard",
        "BudgetStopToGuard",
        # ... and what waits in Lambda's own queue for it.
        "BudgetGuard",
    ],
)
def test_nothing_puts_a_service_back_to_rest_after_the_last_wake(depends, cause):
    assert "WakeBeforeDelete" in depends[cause]


@pytest.mark.parametrize(
    "needed",
    [
        "Ledger",
        "OffHours",
        "OffHoursRole",
        "OffHoursLog",
        "OffHoursEventInvokeConfig",
        "DeadLetters",
        # ... and whoever tells people, should it fail.
        "NoticesToPager",
        "NoticesMayInvokePager",
        "Pager",
        "PagerRole",
        "Pages",
    ],
)
def test_the_last_wake_finds_everything_that_it_needs(depends, needed):
    assert needed in depends["WakeBeforeDelete"]


def test_the_last_wake_is_given_the_hour_that_cloudformation_allows():
    wake = translated()["Resources"]["WakeBeforeDelete"]
    assert wake["Type"] == "Custom::WakeBeforeDelete"
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
    assert wake["Properties"]["ServiceTimeout"] == "3600"
