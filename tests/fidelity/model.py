"""Holds a reply against the service model that botocore ships: what AWS itself publishes of its API.

A problem is a sentence: a member that the model does not know, a type that it does not have, a
required member that is missing, a value outside an enumeration, an error that the operation does not
declare. Members that are optional and absent are none of its business.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree

# What every service may answer to every operation.
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
COMMON_ERRORS = {
    "AccessDeniedException",
    "InternalFailure",
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "MissingParameter",
    "SerializationException",
    "ServiceUnavailable",
    "ThrottlingException",
    "ValidationError",
    "ValidationException",
}

INTEGER = re.compile(r"-?\d+")
ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def problems(operation, status: int, headers, body: bytes) -> list[str]:
    """What is wrong with a reply to this operation."""
    found = [] if "x-amzn-requestid" in headers else ["the reply has no request id"]
    if operation.service_model.resolved_protocol == "query":
        found += _query(operation, status, body)
    else:
        found += _json(operation, status, headers, body)
    return found


def _json(operation, status, headers, body) -> Iterator[str]:
    version = operation.service_model.metadata["jsonVersion"]
    if headers.get("content-type") != f"application/x-amz-json-{version}":
        yield f"the content type is {headers.get('content-type')}"
    content = json.loads(body)
    if status < 300:
        if operation.output_shape:
            yield from _value(operation.output_shape, content, operation.name)
        elif content:
            yield f"{operation.name} has no output, but the reply has {content}"
        return
    code = content.pop("__type")
    error = _declared(operation, code)
    if error is None and code not in COMMON_ERRORS:
        yield f"{operation.name} declares no {code}"
    # Every error has a message, whether its shape says so or not, and with a capital or without:
    # so the SDKs read it.
    spelled = [name for name in ("message", "Message") if isinstance(content.get(name), str)]
    if not spelled:
        yield f"{code} has no message"
    if error is not None:
        for name in spelled:
            if name not in error.members:
                content.pop(name)
        yield from _value(error, content, code)


def _query(operation, status, body) -> Iterator[str]:
    root = ElementTree.fromstring(body)
    metadata = operation.service_model.metadata
    namespace = root.tag.partition("}")[0].removeprefix("{")
    if namespace != metadata["xmlNamespace"]:
        yield f"the namespace is {namespace}"
    for element in root.iter():
        element.tag = element.tag.partition("}")[2]
    if status >= 300:
        yield from _query_error(operation, root)
        return
    if root.tag != f"{operation.name}Response":
        yield f"the root is {root.tag}"
    if root.find("ResponseMetadata/RequestId") is None:
        yield "ResponseMetadata has no RequestId"
    shape = operation.output_shape
    wrapper = shape.serialization.get("resultWrapper") if shape else None
    for child in root:
        if child.tag == wrapper:
            yield from _element(shape, child, operation.name)
        elif child.tag != "ResponseMetadata":
            yield f"{root.tag} knows no {child.tag}"


def _query_error(operation, root) -> Iterator[str]:
    code = root.findtext("Error/Code")
    if root.tag != "ErrorResponse" or code is None:
        yield f"an error is {ElementTree.tostring(root).decode()}"
        return
    if root.findtext("Error/Type") not in ("Sender", "Receiver"):
        yield f"{code} does not say whose fault it is"
    if not root.findtext("Error/Message"):
        yield f"{code} has no message"
    if _declared(operation, code) is None and code not in COMMON_ERRORS:
        yield f"{operation.name} declares no {code}"


def _declared(operation, code):
    """The shape of an error; on the wire it may have another code than its shape has a name."""
    for shape in operation.error_shapes:
        if code == shape.metadata.get("error", {}).get("code", shape.name):
            return shape
    return None


def _value(shape, value, path) -> Iterator[str]:
    """The problems of a JSON value."""
    match shape.type_name:
        case "structure" if isinstance(value, dict):
            names = {
                member.serialization.get("name", name): member
                for name, member in shape.members.items()
            }
            yield from (f"{path} knows no {name}" for name in value if name not in names)
            yield from _missing(shape, value, path)
            for name, inner in value.items():
                if name in names:
                    yield from _value(names[name], inner, f"{path}.{name}")
        case "list" if isinstance(value, list):
            for index, inner in enumerate(value):
                yield from _value(shape.member, inner, f"{path}[{index}]")
        case "map" if isinstance(value, dict):
            for key, inner in value.items():
                yield from _value(shape.value, inner, f"{path}.{key}")
        case "string" if isinstance(value, str):
            yield from _enumerated(shape, value, path)
        case "boolean" if isinstance(value, bool):
            pass
        case "integer" | "long" if isinstance(value, int) and not isinstance(value, bool):
            pass
        case "float" | "double" | "timestamp" if _is_number(value):
            pass
        case "blob" if _is_base64(value):
            pass
        case expected:
            yield f"{path} is no {expected}: {value!r}"


def _element(shape, element, path) -> Iterator[str]:
    """The problems of an XML element."""
    text = element.text or ""
    match shape.type_name:
        case "structure":
            yield from _members(shape, element, path)
        case "list":
            name = shape.member.serialization.get("name", "member")
            for index, child in enumerate(element):
                if child.tag != name:
                    yield f"{path} is a list of {name}, not of {child.tag}"
                yield from _element(shape.member, child, f"{path}[{index}]")
        case "map":
            for entry in element:
                if [entry.tag, *(part.tag for part in entry)] != ["entry", "key", "value"]:
                    yield f"{path} has a strange entry: {ElementTree.tostring(entry).decode()}"
                else:
                    yield from _element(shape.value, entry[1], f"{path}.{entry[0].text}")
        case expected if len(element):
            yield f"{path} is no {expected}, it has elements"
        case "string":
            yield from _enumerated(shape, text, path)
        case "boolean" if text in ("true", "false"):
            pass
        case "integer" | "long" if INTEGER.fullmatch(text):
            pass
        case "float" | "double" if _is_decimal(text):
            pass
        case "timestamp" if ISO_8601.fullmatch(text):
            pass
        case expected:
            yield f"{path} is no {expected}: {text!r}"


def _members(shape, element, path) -> Iterator[str]:
    names = {
        member.serialization.get("name", name): member for name, member in shape.members.items()
    }
    seen = set()
    for child in element:
        if child.tag not in names:
            yield f"{path} knows no {child.tag}"
        elif child.tag in seen:
            yield f"{path} has {child.tag} twice"
        else:
            yield from _element(names[child.tag], child, f"{path}.{child.tag}")
        seen.add(child.tag)
    yield from _missing(shape, seen, path)


def _missing(shape, present, path) -> Iterator[str]:
    return (f"{path} misses {name}" for name in shape.required_members if name not in present)


def _enumerated(shape, text, path) -> Iterator[str]:
    if shape.enum and text not in shape.enum:
        yield f"{path} is none of {', '.join(shape.enum)}: {text!r}"


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_decimal(text) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?(E-?\d+)?", text) is not None


def _is_base64(value) -> bool:
    try:
        return isinstance(value, str) and bool(base64.b64decode(value, validate=True) or True)
    except binascii.Error:
        return False
