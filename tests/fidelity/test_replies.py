"""boto3 calls every modelled operation, and every reply is held against botocore's service model."""

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from fidelity.account import CREDENTIALS, REGION
from fidelity.model import problems
from fidelity.smokes import IAM_PREFIXES, ONLY_REFUSED, SMOKES


def client(service, endpoint, found):
    """A client that collects the problems of every reply in `found`."""
    made = boto3.client(service, endpoint_url=endpoint, region_name=REGION, **CREDENTIALS)

    def check(operation_model, response_dict, **_):
        status, headers = response_dict["status_code"], response_dict["headers"]
        found.extend(problems(operation_model, status, headers, response_dict["body"]))

    made.meta.events.register("before-parse", check)
    return made


def ask(made, step, kept):
    """Takes one step; returns the code of the error that it ended in."""
    try:
        output = getattr(made, xform_name(step.operation))(**step.filled(kept))
    except ClientError as error:
        return error.response["Error"]["Code"]
    step.remember(output, kept)
    return None


@pytest.mark.parametrize("service", SMOKES)
def test_every_reply_has_the_shape_that_aws_publishes(service, endpoint):
    found, kept = [], {}
    made = client(service, endpoint, found)
    for step in SMOKES[service]:
        assert ask(made, step, kept) == step.error, f"{step.operation} {step.input}"
    assert found == []


def test_every_modelled_operation_has_a_smoke(operations):
    smoked = {
        (IAM_PREFIXES.get(service, service), step.operation)
        for service, steps in SMOKES.items()
        for step in steps
        if step.error is None or (service, step.operation) in ONLY_REFUSED
    }
    modelled = {(prefix, name) for prefix, names in operations.items() for name in names}
    assert smoked == modelled


def test_an_operation_that_is_not_modelled_is_refused(endpoint):
    made = client("dynamodb", endpoint, [])
    with pytest.raises(ClientError) as refusal:
        made.list_backups()
    assert refusal.value.response["Error"]["Code"] == "NotModelled"
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
