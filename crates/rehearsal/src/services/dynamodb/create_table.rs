//! What CreateTable asks for.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html>.

use serde::Deserialize;

use super::key::{KeyAttribute, Schema};
use super::refusal::{breaks_constraint, invalid, invalid_parameter};
use crate::call::ApiError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    pub(super) table_name: String,
    attribute_definitions: Vec<Definition>,
    key_schema: Vec<KeyElement>,
    billing_mode: Option<String>,
    provisioned_throughput: Option<Throughput>,
    #[serde(default)]
    pub(super) deletion_protection_enabled: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    attribute_name: String,
    attribute_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyElement {
    attribute_name: String,
    key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Throughput {
    read_capacity_units: u64,
    write_capacity_units: u64,
}

/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.NamingRules>.
pub(super) fn check_name(name: &str) -> Result<(), ApiError> {
    if name.len() < 3 || name.len() > 255 {
        return Err(invalid(
            "TableName must be at least 3 characters long and at most 255 characters long",
        ));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    if name.chars().all(allowed) {
        return Ok(());
    }
    Err(breaks_constraint(
        name,
        "tableName",
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ))
}

impl Create {
    /// The keys, which must be exactly the attributes that are defined.
    pub(super) fn schema(&self) -> Result<Schema, ApiError> {
        let element = |key_type: &str, at: usize| {
            self.key_schema
                .get(at)
                .filter(|element| element.key_type == key_type)
        };
        let partition = element("HASH", 0).ok_or_else(|| {
            invalid_parameter(
                "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
            )
        })?;
        let sort = element("RANGE", 1);
        let keys = 1 + usize::from(sort.is_some());
        if self.key_schema.len() != keys {
            return Err(invalid_parameter(
                "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
            ));
        }
        let schema = Schema {
            partition: self.key_attribute(partition)?,
            sort: sort.map(|sort| self.key_attribute(sort)).transpose()?,
        };
        if self.attribute_definitions.len() == keys {
            return Ok(schema);
        }
        Err(invalid_parameter(
            "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
        ))
    }

    fn key_attribute(&self, element: &KeyElement) -> Result<KeyAttribute, ApiError> {
        let definition = self
            .attribute_definitions
            .iter()
            .find(|definition| definition.attribute_name == element.attribute_name)
            .ok_or_else(|| {
                invalid_parameter(format!(
                    "Some index key attributes are not defined in AttributeDefinitions. Keys: [{}]",
                    element.attribute_name
                ))
            })?;
        let type_name = ["S", "N", "B"]
            .into_iter()
            .find(|type_name| *type_name == definition.attribute_type)
            .ok_or_else(|| {
                breaks_constraint(
                    &definition.attribute_type,
                    "attributeDefinitions.1.member.attributeType",
                    "Member must satisfy enum value set: [B, N, S]",
                )
            })?;
        Ok(KeyAttribute {
            name: element.attribute_name.clone(),
            type_name,
        })
    }

    /// Read and write capacity units; none on demand.
    pub(super) fn throughput(&self) -> Result<Option<(u64, u64)>, ApiError> {
        match (self.billing_mode.as_deref(), &self.provisioned_throughput) {
            (Some("PAY_PER_REQUEST"), None) => Ok(None),
            (Some("PAY_PER_REQUEST"), Some(_)) => Err(invalid_parameter(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
            )),
            (_, Some(units)) => Ok(Some((
                units.read_capacity_units,
                units.write_capacity_units,
            ))),
            (_, None) => Err(invalid_parameter(
                "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
            )),
        }
    }
}
