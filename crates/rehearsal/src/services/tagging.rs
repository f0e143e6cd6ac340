//! The Resource Groups Tagging API: finds ECS clusters and services, and what stands beside them,
//! by their tags.
//!
//! GetResources returns nothing for Auto Scaling groups, at AWS as here:
//! <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::page::page;
use crate::wire::Protocol;
use crate::world::World;

/// The Resource Groups Tagging API.
pub const MODULE: Module = Module {
    service: "tag",
    protocol: Protocol::Json {
        target: "ResourceGroupsTaggingAPI_20170126",
        version: "1.1",
    },
    operations: &["GetResources"],
    call,
    due: never_due,
    advance: nothing_happens,
};

/// The Tagging API holds nothing of its own: it reads the tags that the services hold.
#[derive(Debug, Default)]
pub struct Tagging {}

type Tags = BTreeMap<String, String>;

/// The page size where none is asked for. The documentation names only the bounds, 1 and 100.
const DEFAULT_PAGE: u64 = 50;

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "GetResources" => {
            let mut resources = world.ecs.tagged_resources(world.now);
            resources.extend(world.beside.tagged_resources());
            get_resources(resources, &call.input)
        }
        _ => Err(ApiError::not_modelled(call)),
    }
}

/// Source: <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>.
fn get_resources(resources: Vec<(String, Tags)>, input: &Value) -> Result<Value, ApiError> {
    let size = page_size(input)?;
    let types = texts(&input["ResourceTypeFilters"]);
    let filters = filters(&input["TagFilters"])?;
    let found = resources
        .into_iter()
        .filter(|(arn, tags)| {
            let wanted = types.is_empty() || types.iter().any(|kind| is_of_type(arn, kind));
            wanted && filters.iter().all(|filter| filter.takes(tags))
        })
        .collect();
    let (found, next) = page(found, input["PaginationToken"].as_str(), size)
        .map_err(|_| invalid("Invalid pagination token"))?;
    let listed: Vec<Value> = found
        .into_iter()
        .map(|(arn, tags)| json!({ "ResourceARN": arn, "Tags": pairs(&tags) }))
        .collect();
    // AWS sends an empty token with the last page, and its clients know that.
    Ok(json!({
        "PaginationToken": next.unwrap_or_default(),
        "ResourceTagMappingList": listed,
    }))
}

fn pairs(tags: &Tags) -> Value {
    tags.iter()
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect()
}

/// Whether an ARN is of a type such as `ecs` or `ecs:service`.
fn is_of_type(arn: &str, kind: &str) -> bool {
    let mut parts = arn.splitn(6, ':').skip(2);
    let service = parts.next().unwrap_or_default();
    let resource = parts.nth(2).unwrap_or_default();
    let resource_type = resource.split(['/', ':']).next().unwrap_or_default();
    match kind.split_once(':') {
        Some((wanted, wanted_type)) => service == wanted && resource_type == wanted_type,
        None => service == kind,
    }
}

/// A tag key, and its values if only some are wanted.
struct Filter {
    key: String,
    values: Vec<String>,
}

impl Filter {
    fn takes(&self, tags: &Tags) -> bool {
        tags.get(&self.key)
            .is_some_and(|value| self.values.is_empty() || self.values.contains(value))
    }
}

/// At most 50 keys with at most 20 values each.
fn filters(given: &Value) -> Result<Vec<Filter>, ApiError> {
    let given = given.as_array().map_or(&[][..], Vec::as_slice);
    if given.len() > 50 {
        return Err(invalid("TagFilters can include up to 50 keys"));
    }
    given
        .iter()
        .map(|filter| {
            let key = filter["Key"].as_str().unwrap_or_default().to_owned();
            let values = texts(&filter["Values"]);
            if key.is_empty() || values.len() > 20 {
                return Err(invalid("A TagFilter needs a Key and up to 20 Values"));
            }
            Ok(Filter { key, values })
        })
        .collect()
}

fn page_size(input: &Value) -> Result<usize, ApiError> {
    match input["ResourcesPerPage"].as_i64() {
        Some(size @ 1..=100) => Ok(size as usize),
        Some(_) => Err(invalid("ResourcesPerPage must be between 1 and 100")),
        None => Ok(DEFAULT_PAGE as usize),
    }
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().map_or(&[][..], Vec::as_slice);
    items
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn invalid(message: &str) -> ApiError {
    ApiError::client("InvalidParameterException", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012";

    fn stack() -> Vec<(String, Tags)> {
        let tags = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect()
        };
        vec![
            (format!("{ARN}:cluster/prod"), tags(&[("env", "prod")])),
            (
                format!("{ARN}:service/prod/api"),
                tags(&[("env", "prod"), ("caretaker:hours", "always")]),
            ),
            (
                format!("{ARN}:service/dev/api"),
                tags(&[("env", "dev"), ("caretaker:hours", "")]),
            ),
        ]
    }

    fn found(input: Value) -> Vec<String> {
        let reply = get_resources(stack(), &input).unwrap();
        let found = reply["ResourceTagMappingList"].as_array().unwrap();
        found
            .iter()
            .map(|resource| resource["ResourceARN"].as_str().unwrap()[ARN.len() + 1..].to_owned())
            .collect()
    }

    #[test]
    fn keys_are_anded_and_values_are_ored() {
        let both = json!({"TagFilters": [
            {"Key": "caretaker:hours"},
            {"Key": "env", "Values": ["prod", "stage"]}
        ]});
        assert_eq!(found(both), ["service/prod/api"]);
        let either = json!({"TagFilters": [{"Key": "env", "Values": ["prod", "dev"]}]});
        assert_eq!(found(either).len(), 3);
        let case = json!({"TagFilters": [{"Key": "Env"}]});
        assert!(found(case).is_empty());
    }

    #[test]
    fn a_type_is_a_service_or_a_resource_of_one() {
        let of = |kinds: Value| found(json!({"ResourceTypeFilters": kinds}));
        assert_eq!(of(json!(["ecs"])).len(), 3);
        assert_eq!(
            of(json!(["ecs:service"])),
            ["service/prod/api", "service/dev/api"]
        );
        assert_eq!(of(json!(["ecs:cluster"])), ["cluster/prod"]);
        assert!(of(json!(["autoscaling"])).is_empty());
    }

    #[test]
    fn pages_end_with_an_empty_token() {
        let first = get_resources(stack(), &json!({"ResourcesPerPage": 2})).unwrap();
        assert_eq!(first["ResourceTagMappingList"].as_array().unwrap().len(), 2);
        let rest = json!({"ResourcesPerPage": 2, "PaginationToken": first["PaginationToken"]});
        let last = get_resources(stack(), &rest).unwrap();
        assert_eq!(
            last,
            json!({
                "PaginationToken": "",
                "ResourceTagMappingList": [{
                    "ResourceARN": format!("{ARN}:service/dev/api"),
                    "Tags": [
                        {"Key": "caretaker:hours", "Value": ""},
                        {"Key": "env", "Value": "dev"}
                    ]
                }]
            })
        );
    }

    #[test]
    fn a_page_holds_one_to_a_hundred() {
        for size in [0, 101] {
            let refused = get_resources(stack(), &json!({"ResourcesPerPage": size})).unwrap_err();
            assert_eq!(refused.code, "InvalidParameterException");
        }
    }
}
