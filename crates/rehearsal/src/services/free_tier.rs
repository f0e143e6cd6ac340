//! AWS Free Tier: what of it has been used, as a script says.
//!
//! Source: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_freetier_GetFreeTierUsage.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::page::page;
use crate::wire::Protocol;
use crate::world::World;

/// AWS Free Tier.
pub const MODULE: Module = Module {
    service: "freetier",
    protocol: Protocol::Json {
        target: "AWSFreeTierService",
        version: "1.0",
    },
    operations: &["GetFreeTierUsage"],
    call,
    due: never_due,
    advance: nothing_happens,
};

/// What the account holds of AWS Free Tier.
#[derive(Debug, Default)]
pub struct FreeTier {
    /// What GetFreeTierUsage lists.
    pub usages: Vec<Usage>,
}

/// The use of one offer. AWS may leave out any of it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Usage {
    /// Such as `AWS Lambda`.
    pub service: Option<String>,
    /// Such as `Invoke`.
    pub operation: Option<String>,
    /// Such as `Global-Request`.
    pub usage_type: Option<String>,
    /// Such as `eu-central-1` or `global`.
    pub region: Option<String>,
    /// How much was used this month.
    pub actual: Option<f64>,
    /// How much will have been used at its end.
    pub forecast: Option<f64>,
    /// How much is free.
    pub limit: Option<f64>,
    /// What the amounts count.
    pub unit: Option<String>,
    /// The offer in words.
    pub description: Option<String>,
    /// Such as `Always Free` or `12 Months Free`.
    pub free_tier_type: Option<String>,
}

/// The most of a page, and its size where none is asked for: the documentation names only the
/// bounds, 1 and 1,000.
const PAGE: i64 = 1000;

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "GetFreeTierUsage" => usage(world, call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

fn usage(world: &World, call: &Call) -> Result<Value, ApiError> {
    let size = match &call.input["maxResults"] {
        Value::Null => PAGE,
        asked => asked
            .as_i64()
            .filter(|size| (1..=PAGE).contains(size))
            .ok_or_else(|| invalid("maxResults must be between 1 and 1000"))?,
    };
    let filter = &call.input["filter"];
    let mut found = Vec::new();
    for usage in &world.free_tier.usages {
        if filter.is_null() || usage.fits(filter)? {
            found.push(usage.show());
        }
    }
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let (found, next) = page(found, call.text("nextToken"), size)
        .map_err(|_| invalid("the nextToken is not valid"))?;
    Ok(json!({"freeTierUsages": found, "nextToken": next}))
}

fn invalid(message: &str) -> ApiError {
    ApiError::client("ValidationException", message)
}

impl Usage {
    fn show(&self) -> Value {
        json!({
            "service": self.service,
            "operation": self.operation,
            "usageType": self.usage_type,
            "region": self.region,
            "actualUsageAmount": self.actual,
            "forecastedUsageAmount": self.forecast,
            "limit": self.limit,
            "unit": self.unit,
            "description": self.description,
            "freeTierType": self.free_tier_type,
        })
    }

    /// Whether an `Expression` is true of it: one of And, Or, Not and Dimensions.
    fn fits(&self, expression: &Value) -> Result<bool, ApiError> {
        let members = expression.as_object().filter(|members| members.len() == 1);
        let (kind, inner) = members
            .and_then(|members| members.iter().next())
            .ok_or_else(|| invalid("an Expression has exactly one member"))?;
        let each = || inner.as_array().into_iter().flatten();
        match kind.as_str() {
            "Not" => Ok(!self.fits(inner)?),
            "And" => each().try_fold(true, |all, one| Ok(all & self.fits(one)?)),
            "Or" => each().try_fold(false, |any, one| Ok(any | self.fits(one)?)),
            "Dimensions" => self.has(inner),
            unknown => Err(invalid(&format!("an Expression has no {unknown}"))),
        }
    }

    fn has(&self, dimension: &Value) -> Result<bool, ApiError> {
        let of = |text: &Option<String>| Ok(text.clone());
        let value = match dimension["Key"].as_str().unwrap_or_default() {
            "SERVICE" => of(&self.service),
            "OPERATION" => of(&self.operation),
            "USAGE_TYPE" => of(&self.usage_type),
            "REGION" => of(&self.region),
            "FREE_TIER_TYPE" => of(&self.free_tier_type),
            "DESCRIPTION" => of(&self.description),
            "USAGE_PERCENTAGE" => Ok(self.percentage().map(|percent| percent.to_string())),
            unknown => Err(invalid(&format!("{unknown} is no dimension"))),
        }?;
        let fits = comparison(dimension["MatchOptions"][0].as_str().unwrap_or_default())?;
        let wanted = dimension["Values"].as_array().into_iter().flatten();
        let mut wanted = wanted.filter_map(Value::as_str);
        Ok(value.is_some_and(|value| wanted.any(|wanted| fits(&value, wanted))))
    }

    fn percentage(&self) -> Option<f64> {
        let limit = self.limit.filter(|limit| *limit > 0.0)?;
        Some(self.actual? / limit * 100.0)
    }
}

/// How a value is compared with what is wanted.
fn comparison(option: &str) -> Result<fn(&str, &str) -> bool, ApiError> {
    Ok(match option {
        "EQUALS" => |value, wanted| value == wanted,
        "STARTS_WITH" => |value, wanted| value.starts_with(wanted),
        "ENDS_WITH" => |value, wanted| value.ends_with(wanted),
        "CONTAINS" => |value, wanted| value.contains(wanted),
        "GREATER_THAN_OR_EQUAL" => |value, wanted| {
            let number = |text: &str| text.parse::<f64>().ok();
            matches!((number(value), number(wanted)), (Some(value), Some(wanted)) if value >= wanted)
        },
        unknown => return Err(invalid(&format!("{unknown} is no MatchOption"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testbed::Testbed;

    fn bed() -> Testbed {
        let bed = Testbed::prod(json!([]));
        let usage = |service: &str, kind: &str, actual: f64, limit: f64| Usage {
            service: Some(service.into()),
            free_tier_type: Some(kind.into()),
            actual: Some(actual),
            limit: Some(limit),
            ..Usage::default()
        };
        bed.world(|world| {
            world.free_tier.usages = vec![
                usage("AWS Lambda", "Always Free", 900_000.0, 1_000_000.0),
                usage("AWS Glue", "Always Free", 1.0, 1_000_000.0),
                usage("Amazon EC2", "12 Months Free", 750.0, 750.0),
                Usage::default(),
            ];
        });
        bed
    }

    fn ask(bed: &Testbed, input: Value) -> Result<Value, String> {
        bed.call("AWSFreeTierService", "GetFreeTierUsage", input)
    }

    fn found(filter: Value) -> usize {
        let reply = ask(&bed(), json!({"filter": filter})).unwrap();
        reply["freeTierUsages"].as_array().unwrap().len()
    }

    fn dimension(key: &str, value: &str, option: &str) -> Value {
        json!({"Dimensions": {"Key": key, "Values": [value], "MatchOptions": [option]}})
    }

    #[test]
    fn what_is_not_known_of_an_offer_is_left_out() {
        let reply = ask(&bed(), json!({})).unwrap();
        assert_eq!(reply["freeTierUsages"][3], json!({}));
        assert_eq!(reply["freeTierUsages"][0]["actualUsageAmount"], 900_000.0);
    }

    #[test]
    fn filters_compare_texts_and_percentages() {
        assert_eq!(found(dimension("SERVICE", "AWS", "STARTS_WITH")), 2);
        assert_eq!(found(dimension("SERVICE", "Glue", "CONTAINS")), 1);
        assert_eq!(
            found(dimension("USAGE_PERCENTAGE", "85", "GREATER_THAN_OR_EQUAL")),
            2
        );
        let always = dimension("FREE_TIER_TYPE", "Always Free", "EQUALS");
        let glue = dimension("SERVICE", "AWS Glue", "EQUALS");
        assert_eq!(found(json!({"And": [always, {"Not": glue}]})), 1);
        assert_eq!(found(json!({"Or": [always, glue]})), 2);
    }

    #[test]
    fn a_strange_filter_is_refused() {
        for filter in [
            json!({}),
            json!({"Xor": []}),
            dimension("COLOUR", "red", "EQUALS"),
            dimension("SERVICE", "red", "LOOKS_LIKE"),
        ] {
            let refused = ask(&bed(), json!({"filter": filter})).unwrap_err();
            assert!(refused.starts_with("ValidationException"), "{refused}");
        }
    }

    #[test]
    fn usages_come_in_pages() {
        let bed = bed();
        let first = ask(&bed, json!({"maxResults": 3})).unwrap();
        assert_eq!(first["freeTierUsages"].as_array().unwrap().len(), 3);
        let rest = ask(
            &bed,
            json!({"maxResults": 3, "nextToken": first["nextToken"]}),
        )
        .unwrap();
        assert_eq!(rest, json!({"freeTierUsages": [{}]}));
        for bad in [json!({"maxResults": 0}), json!({"nextToken": "x"})] {
            assert!(ask(&bed, bad).is_err());
        }
    }
}
