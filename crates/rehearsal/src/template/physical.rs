//! The names and ARNs that CloudFormation would give a template's resources.

use serde_json::{Value, json};

use super::Unusable;
use super::intrinsic::{Scope, plain};

/// What `Ref` returns: a topic's ARN, a queue's URL, anything else's name.
pub(super) fn reference(scope: &Scope<'_>, logical_id: &str) -> Result<String, Unusable> {
    match kind(scope, logical_id)? {
        "AWS::SNS::Topic" => attribute(scope, logical_id, "TopicArn"),
        "AWS::SQS::Queue" => attribute(scope, logical_id, "QueueUrl"),
        _ => name(scope, logical_id),
    }
}

/// What `Fn::GetAtt` returns for the attributes that a template of this suite uses.
pub(super) fn attribute(
    scope: &Scope<'_>,
    logical_id: &str,
    attribute: &str,
) -> Result<String, Unusable> {
    let name = name(scope, logical_id)?;
    let (account, region) = (&scope.identity.account_id, &scope.identity.region);
    let arn =
        |service: &str, resource: &str| format!("arn:aws:{service}:{region}:{account}:{resource}");
    Ok(match (kind(scope, logical_id)?, attribute) {
        ("AWS::SNS::Topic", "TopicArn" | "Arn") => arn("sns", &name),
        ("AWS::SQS::Queue", "Arn") => arn("sqs", &name),
        ("AWS::SQS::Queue", "QueueUrl") => {
            format!("https://sqs.{region}.amazonaws.com/{account}/{name}")
        }
        (_, "QueueName" | "TopicName") => name,
        ("AWS::DynamoDB::Table", "Arn") => arn("dynamodb", &format!("table/{name}")),
        ("AWS::Serverless::Function" | "AWS::Lambda::Function", "Arn") => {
            arn("lambda", &format!("function:{name}"))
        }
        ("AWS::Logs::LogGroup", "Arn") => arn("logs", &format!("log-group:{name}:*")),
        ("AWS::Events::EventBus", "Arn") => arn("events", &format!("event-bus/{name}")),
        ("AWS::IAM::Role", "Arn") => format!("arn:aws:iam::{account}:role/{name}"),
        _ => return Err(Unusable::Name(format!("{logical_id}.{attribute}"))),
    })
}

/// The physical name: the one that the template gives, a function's folder, or one of ours.
pub(super) fn name(scope: &Scope<'_>, logical_id: &str) -> Result<String, Unusable> {
    let resource = resource(scope, logical_id)?;
    let properties = &resource["Properties"];
    let given = [
        "TableName",
        "TopicName",
        "QueueName",
        "FunctionName",
        "LogGroupName",
        "RoleName",
        "Name",
    ]
    .iter()
    .find_map(|member| properties.get(member));
    if let Some(given) = given {
        return Ok(plain(&scope.resolve(given)?));
    }
    // The account knows its callers by name, so a function's role is called like the function.
    if resource["Type"] == "AWS::IAM::Role"
        && let Some(function) = function_with_role(scope, logical_id)
    {
        return Ok(function);
    }
    Ok(format!("{}-{logical_id}", scope.stack))
}

fn function_with_role(scope: &Scope<'_>, role: &str) -> Option<String> {
    let role = json!({"Fn::GetAtt": format!("{role}.Arn")});
    let mut resources = scope.resources.values();
    let function = resources.find(|resource| resource["Properties"]["Role"] == role)?;
    Some(folder(function["Properties"]["CodeUri"].as_str()?).to_owned())
}

/// The last folder of a `CodeUri`: what a function is called in this repository.
pub(super) fn folder(code: &str) -> &str {
    let code = code.trim_end_matches('/');
    code.rsplit('/').next().unwrap_or(code)
}

fn kind<'a>(scope: &'a Scope<'_>, logical_id: &str) -> Result<&'a str, Unusable> {
    Ok(resource(scope, logical_id)?["Type"]
        .as_str()
        .unwrap_or_default())
}

fn resource<'a>(scope: &'a Scope<'_>, logical_id: &str) -> Result<&'a Value, Unusable> {
    scope
        .resources
        .get(logical_id)
        .ok_or_else(|| Unusable::Name(logical_id.to_owned()))
}
