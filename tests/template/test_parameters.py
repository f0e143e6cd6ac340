"""What a person may enter: each pattern takes what the function understands and refuses the rest."""

import re

import pytest
from cloudformation import source

TAKEN = {
    "Clusters": ["*", "prod", "team-*", "Prod_2"],
    "DefaultTimeZone": ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"],
    "Holidays": [
        "",
        "2026-12-25",
        "12-25",
        "2026-12-24/2027-01-01",
        "2026-12-19=Mon",
        "12-25, 12-26,2026-04-03 05-01",
    ],
    "BudgetNames": ["", "dev", "Team A (old) & co.", "the team's $10 budget", "Büro/2026", "a" * 100],
    "MonthlyLimit": ["", "250", "99.50", "0.01", "100000"],
    "DrainHooks": ["", "caretaker-drain", "team/a_drain-1"],
    "ExerciseTemplates": ["", "EXTa1b2c3de5f6g7h"],
    "Email": ["", "ops@example.com"],
    "TopicKey": ["", "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
}
REFUSED = {
    "Clusters": ["", "prod/api", "arn:aws:ecs:eu-central-1:123456789012:cluster/prod", "a b"],
    "DefaultTimeZone": ["", "Europe/", "/Berlin", "UTC+1 ", "Europe Berlin"],
    "Holidays": [
        "25.12.",
        "2026-12-25;2026-12-26",
        "2026-12-19=Monday",
        "12-19=Mon",
        "12-24/12-26",
        "2026-12-25,",
    ],
    "BudgetNames": ["a:b", "a\\b", "dev*", "dev?", "${aws:username}", "a\nb", "預算", "a" * 101],
    "MonthlyLimit": ["0", "0.00", "-5", "$10", "1,000", "10.005", "ten"],
    "DrainHooks": ["a b", "drain*", "${hook}", "a" * 256],
    "ExerciseTemplates": ["EXPaBCD1efg2HIJkL3", "a1b2c3de5f6g7h", "EXT", "EXT*", "EXT" + "a" * 62],
    "Email": ["ops", "ops@example", "a@b.c d@e.f"],
    "TopicKey": ["alias/aws/sns", "arn:aws:kms:eu-central-1:123456789012:alias/pages"],
}


def fits(parameter: str, value: str) -> bool:
    return re.fullmatch(source()["Parameters"][parameter]["AllowedPattern"], value) is not None


@pytest.mark.parametrize(("parameter", "value"), [(p, v) for p, values in TAKEN.items() for v in values])
def test_a_good_value_is_taken(parameter, value):
    assert fits(parameter, value)


@pytest.mark.parametrize(("parameter", "value"), [(p, v) for p, values in REFUSED.items() for v in values])
def test_a_bad_value_is_refused(parameter, value):
    assert not fits(parameter, value)


def test_every_parameter_says_what_it_is_for_and_is_shown_in_a_group():
    parameters = source()["Parameters"]
    groups = source()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(p for group in groups for p in group["Parameters"]) == sorted(parameters)
    for name, parameter in parameters.items():
        assert len(parameter["Description"]) > 20, name
        assert {"AllowedPattern", "AllowedValues", "MinValue"} & parameter.keys(), name


def test_every_default_is_a_value_that_is_taken():
    for name, parameter in source()["Parameters"].items():
        if "AllowedPattern" in parameter:
            assert fits(name, parameter["Default"]), name
        elif "AllowedValues" in parameter:
            assert parameter["Default"] in parameter["AllowedValues"], name
        else:
            assert parameter["MinValue"] <= parameter["Default"] <= parameter["MaxValue"], name
