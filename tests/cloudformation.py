"""template.yaml as CloudFormation would deploy it: translated from SAM, every intrinsic resolved.

No AWS is asked. Names that CloudFormation would make up are `<stack>-<logical id>`, unless the caller
gives one; ARNs follow https://docs.aws.amazon.com/service-authorization/latest/reference/.
"""

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")  # the translator asks for one

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parent.parent
PARTITION, REGION, ACCOUNT, STACK = "aws", "eu-central-1", "123456789012", "caretaker"
# Parameters with which every optional part is deployed.
WHOLE = {
    "BudgetNames": "dev,the team's",
    "MonthlyLimit": "250",
    "ExerciseTemplates": "EXTa1b2c3de5f6g7h,EXTk5l6m7n8o9p0q1r",
    "FallbackToOnDemand": "true",
    "Email": "ops@example.com",
    "TopicKey": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd",
}
PSEUDO = {
    "AWS::Partition": PARTITION,
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": STACK,
}

# The property that names a resource of this type, and the resource part of its ARN.
NAMING = {
    "AWS::CloudWatch::Alarm": ("AlarmName", "cloudwatch", "alarm:{}"),
    "AWS::DynamoDB::Table": ("TableName", "dynamodb", "table/{}"),
    "AWS::Events::Rule": ("Name", "events", "rule/{}"),
    "AWS::IAM::Role": ("RoleName", "iam", "role/{}"),
    "AWS::Lambda::Function": ("FunctionName", "lambda", "function:{}"),
    "AWS::Logs::LogGroup": ("LogGroupName", "logs", "log-group:{}:*"),
    "AWS::SNS::Topic": ("TopicName", "sns", "{}"),
    "AWS::SQS::Queue": ("QueueName", "sqs", "{}"),
    "AWS::Scheduler::Schedule": ("Name", "scheduler", "schedule/default/{}"),
    "AWS::Scheduler::ScheduleGroup": ("Name", "scheduler", "schedule-group/{}"),
}
NOTHING = object()  # AWS::NoValue


@cache
def source() -> dict:
    """The template as it is written."""
    return yaml_parse((ROOT / "template.yaml").read_text())


def translated() -> dict:
    """The template as SAM hands it to CloudFormation, intrinsics still in it."""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # The translator takes only what `sam package` has uploaded.
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    return Translator({}, Parser()).translate(template, {})


@dataclass(frozen=True)
class Stack:
    """What is deployed for some parameters: logical id to resource, plain values only."""

    resources: dict[str, dict]

    def of_type(self, kind: str) -> dict[str, dict]:
        """The properties of every resource of a type, by logical id."""
        return {
            logical_id: resource["Properties"]
            for logical_id, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def properties(self, logical_id: str) -> dict:
        return self.resources[logical_id]["Properties"]

    def functions(self) -> dict[str, dict]:
        """The functions' properties, by the one name that a function has everywhere."""
        return {
            properties["FunctionName"].removeprefix(f"{STACK}-"): properties
            for properties in self.of_type("AWS::Lambda::Function").values()
        }

    def policy(self, function: str) -> dict:
        """The one policy that a function's role carries."""
        role_arn = self.functions()[function]["Role"]
        [role] = [
            role
            for logical_id, role in self.of_type("AWS::IAM::Role").items()
            if role_arn.endswith(f"/{STACK}-{logical_id}")
        ]
        [policy] = role["Policies"]
        return policy["PolicyDocument"]


def whole(**parameters: str) -> Stack:
    """The stack with every optional part."""
    return deployed(**WHOLE | parameters)


def deployed(names: dict[str, str] | None = None, **parameters: str) -> Stack:
    """The stack for these parameters; `names` gives resources physical names, by logical id."""
    template = translated()
    stated = {name: str(p.get("Default", "")) for name, p in template["Parameters"].items()}
    assert parameters.keys() <= stated.keys(), f"no such parameter: {parameters.keys() - stated.keys()}"
    return _Resolver(template, stated | parameters, names or {}).stack()


@dataclass(frozen=True)
class _Resolver:
    template: dict
    parameters: dict[str, str]
    names: dict[str, str]

    def stack(self) -> Stack:
        return Stack(
            {
                logical_id: self.resolve({"Properties": {}} | resource)
                for logical_id, resource in self.template["Resources"].items()
                if "Condition" not in resource or self.condition(resource["Condition"])
            }
        )

    def resolve(self, node):
        if isinstance(node, list):
            return [value for value in map(self.resolve, node) if value is not NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(key, argument)] = node.items()
            if key == "Ref" or key.startswith("Fn::"):
                return self.intrinsic(key, argument)
        values = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not NOTHING}

    def intrinsic(self, key: str, argument):
        match key:
            case "Ref":
                return self.ref(argument)
            case "Fn::GetAtt":
                return self.attribute(*(argument.split(".") if isinstance(argument, str) else argument))
            case "Fn::Sub":
                return self.substitute(argument)
            case "Fn::Join":
                return argument[0].join(self.resolve(argument[1]))
            case "Fn::Split":
                return self.resolve(argument[1]).split(argument[0])
            case "Fn::If":
                return self.resolve(argument[1 if self.condition(argument[0]) else 2])
        raise NotImplementedError(key)

    def condition(self, name: str) -> bool:
        return self.holds(self.template["Conditions"][name])

    def holds(self, test: dict) -> bool:
        [(key, argument)] = test.items()
        match key:
            case "Fn::Equals":
                return self.resolve(argument[0]) == self.resolve(argument[1])
            case "Fn::Not":
                return not self.holds(argument[0])
            case "Fn::Or":
                return any(map(self.holds, argument))
            case "Condition":
                return self.condition(argument)
        raise NotImplementedError(key)

    def ref(self, name: str):
        if name == "AWS::NoValue":
            return NOTHING
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.parameters:
            value = self.parameters[name]
            is_list = self.template["Parameters"][name]["Type"] == "CommaDelimitedList"
            return value.split(",") if is_list else value
        match self.template["Resources"][name]["Type"]:
            case "AWS::SNS::Topic":
                return self.arn(name)
            case "AWS::SQS::Queue":
                return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self.name(name)}"
        return self.name(name)

    def attribute(self, logical_id: str, attribute: str) -> str:
        match attribute:
            case "Arn":
                return self.arn(logical_id)
            case "QueueName":
                return self.name(logical_id)
        raise NotImplementedError(f"{logical_id}.{attribute}")

    def substitute(self, argument) -> str:
        text, variables = argument if isinstance(argument, list) else (argument, {})

        def value(match: re.Match) -> str:
            name = match.group(1)
            if name in variables:
                return self.resolve(variables[name])
            return self.attribute(*name.split(".")) if "." in name else self.ref(name)

        return re.sub(r"\$\{([A-Za-z0-9:.]+)\}", value, text)

    def name(self, logical_id: str) -> str:
        if logical_id in self.names:
            return self.names[logical_id]
        resource = self.template["Resources"][logical_id]
        stated = resource["Properties"].get(NAMING[resource["Type"]][0])
        return self.resolve(stated) if stated else f"{STACK}-{logical_id}"

    def arn(self, logical_id: str) -> str:
        _, service, form = NAMING[self.template["Resources"][logical_id]["Type"]]
        region = "" if service == "iam" else REGION
        return f"arn:{PARTITION}:{service}:{region}:{ACCOUNT}:{form.format(self.name(logical_id))}"
