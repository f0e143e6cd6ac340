"""The checker itself finds what is wrong; a checker that finds nothing would pass everything."""

import json

import botocore.session
import pytest
from fidelity.model import problems

SESSION = botocore.session.get_session()


def checked(service, operation, body, status=200):
    model = SESSION.get_service_model(service).operation_model(operation)
    if model.service_model.resolved_protocol == "query":
        headers = {"content-type": "text/xml"}
    else:
        version = model.service_model.metadata["jsonVersion"]
        headers = {"content-type": f"application/x-amz-json-{version}"}
        body = json.dumps(body)
    headers["x-amzn-requestid"] = "id"
    return problems(model, status, headers, body.encode())


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"Table": {"TableStatus": "ACTIVE", "ItemCount": 1, "CreationDateTime": 1.5}}, []),
        ({"Tables": {}}, ["DescribeTable knows no Tables"]),
        ({"Table": {"ItemCount": "1"}}, ["DescribeTable.Table.ItemCount is no long: '1'"]),
        ({"Table": {"ItemCount": True}}, ["DescribeTable.Table.ItemCount is no long: True"]),
        (
            {"Table": {"CreationDateTime": "now"}},
            ["DescribeTable.Table.CreationDateTime is no timestamp: 'now'"],
        ),
        (
            {"Table": {"KeySchema": [{"AttributeName": "pk"}]}},
            ["DescribeTable.Table.KeySchema[0] misses KeyType"],
        ),
        ({"Table": []}, ["DescribeTable.Table is no structure: []"]),
    ],
)
def test_json_is_held_against_its_shape(body, found):
    assert checked("dynamodb", "DescribeTable", body) == found


def test_a_value_outside_its_enumeration_is_found():
    [found] = checked("dynamodb", "DescribeTable", {"Table": {"TableStatus": "READY"}})
    assert found.endswith(": 'READY'")


def test_a_blob_that_is_no_base64_is_found():
    [found] = checked("dynamodb", "GetItem", {"Item": {"x": {"B": "%"}}})
    assert found == "GetItem.Item.x.B is no blob: '%'"


def test_an_error_must_be_declared_and_have_its_shape():
    failed = {"__type": "ConditionalCheckFailedException", "message": "no"}
    assert checked("dynamodb", "PutItem", failed, 400) == []
    assert checked("dynamodb", "GetItem", failed, 400) == [
        "GetItem declares no ConditionalCheckFailedException"
    ]
    assert checked("dynamodb", "PutItem", {**failed, "Items": {}}, 400) == [
        "ConditionalCheckFailedException knows no Items"
    ]
    assert checked("dynamodb", "PutItem", {"__type": "ValidationException"}, 400) == [
        "ValidationException has no message"
    ]


def test_a_message_that_the_error_s_shape_asks_for_is_spelled_as_it_asks():
    refusal = {"__type": "ValidationException"}
    said = {**refusal, "message": "no"}
    assert checked("freetier", "GetFreeTierUsage", said, 400) == []
    shouted = {**refusal, "Message": "no"}
    assert checked("freetier", "GetFreeTierUsage", shouted, 400) == [
        "ValidationException misses message"
    ]


def xml(result):
    return (
        '<DescribeTagsResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">'
        f"<DescribeTagsResult>{result}</DescribeTagsResult>"
        "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DescribeTagsResponse>"
    )


@pytest.mark.parametrize(
    ("result", "found"),
    [
        (
            "<Tags><member><Key>k</Key><PropagateAtLaunch>true</PropagateAtLaunch></member></Tags>",
            [],
        ),
        (
            "<Tags><item><Key>k</Key></item></Tags>",
            ["DescribeTags.Tags is a list of member, not of item"],
        ),
        (
            "<Tags><member><Key>k</Key><PropagateAtLaunch>yes</PropagateAtLaunch></member></Tags>",
            ["DescribeTags.Tags[0].PropagateAtLaunch is no boolean: 'yes'"],
        ),
        ("<Tags/><Tags/>", ["DescribeTags has Tags twice"]),
        ("<Labels/>", ["DescribeTags knows no Labels"]),
    ],
)
def test_xml_is_held_against_its_shape(result, found):
    assert checked("autoscaling", "DescribeTags", xml(result)) == found


def test_an_xml_error_must_be_declared():
    def error(code):
        return (
            '<ErrorResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>no</Message></Error><RequestId>id</RequestId></ErrorResponse>"
        )

    assert checked("autoscaling", "CreateAutoScalingGroup", error("AlreadyExists"), 400) == []
    assert checked("autoscaling", "CreateAutoScalingGroup", error("AlreadyExistsFault"), 400) == [
        "CreateAutoScalingGroup declares no AlreadyExistsFault"
    ]
