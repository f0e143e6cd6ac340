//! CreateTable, DescribeTable, ListTables, DeleteTable.
//!
//! A table is there at once: CreateTable says CREATING, as AWS does, and the next DescribeTable says
//! ACTIVE.

use serde::Deserialize;
use serde_json::{Value, json};

use super::attribute::item_size;
use super::refusal::{breaks_constraint, invalid, invalid_parameter};
use super::table::{KeyAttribute, Schema, Table};
use super::{plain_name, read_input, require_described_table};
use crate::call::{ApiError, Call};
use crate::world::{Identity, World};

/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html>.
const MOST_LISTED: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Create {
    table_name: String,
    attribute_definitions: Vec<Definition>,
    key_schema: Vec<KeyElement>,
    billing_mode: Option<String>,
    provisioned_throughput: Option<Throughput>,
    #[serde(default)]
    deletion_protection_enabled: bool,
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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct List {
    exclusive_start_table_name: Option<String>,
    limit: Option<usize>,
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Create = read_input(call)?;
    check_name(&input.table_name)?;
    let mut table = Table::new(world.id(), world.now, input.schema()?);
    table.provisioned = input.throughput()?;
    table.deletion_protection = input.deletion_protection_enabled;
    let tables = &mut world.dynamodb.tables;
    if tables.contains_key(&input.table_name) {
        return Err(ApiError::client(
            "ResourceInUseException",
            format!("Table already exists: {}", input.table_name),
        ));
    }
    let description = described(&table, &input.table_name, "CREATING", &world.identity);
    tables.insert(input.table_name, table);
    Ok(json!({"TableDescription": description}))
}

pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = plain_name(call.text("TableName").unwrap_or_default());
    let table = require_described_table(&mut world.dynamodb, name)?;
    Ok(json!({"Table": described(table, name, "ACTIVE", &world.identity)}))
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: List = read_input(call)?;
    let limit = input.limit.unwrap_or(MOST_LISTED);
    if limit == 0 || limit > MOST_LISTED {
        return Err(breaks_constraint(
            &limit.to_string(),
            "limit",
            "Member must have value less than or equal to 100 and greater than or equal to 1",
        ));
    }
    let mut names = world.dynamodb.tables.keys().filter(|name| {
        input
            .exclusive_start_table_name
            .as_ref()
            .is_none_or(|start| *name > start)
    });
    let page: Vec<&String> = names.by_ref().take(limit).collect();
    let mut output = json!({"TableNames": page});
    if let (Some(last), Some(_)) = (page.last(), names.next()) {
        output["LastEvaluatedTableName"] = json!(last);
    }
    Ok(output)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = plain_name(call.text("TableName").unwrap_or_default());
    let table = require_described_table(&mut world.dynamodb, name)?;
    if table.deletion_protection {
        return Err(invalid(
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
        ));
    }
    let description = described(table, name, "DELETING", &world.identity);
    world.dynamodb.tables.remove(name);
    Ok(json!({"TableDescription": description}))
}

/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.NamingRules>.
fn check_name(name: &str) -> Result<(), ApiError> {
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
    fn schema(&self) -> Result<Schema, ApiError> {
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

    fn throughput(&self) -> Result<Option<(u64, u64)>, ApiError> {
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

fn described(table: &Table, name: &str, status: &str, identity: &Identity) -> Value {
    let keys = || std::iter::once(&table.schema.partition).chain(&table.schema.sort);
    let definitions: Vec<Value> = keys()
        .map(|key| json!({"AttributeName": key.name, "AttributeType": key.type_name}))
        .collect();
    let schema: Vec<Value> = keys()
        .zip(["HASH", "RANGE"])
        .map(|(key, kind)| json!({"AttributeName": key.name, "KeyType": kind}))
        .collect();
    let created = table.created.as_millisecond() as f64 / 1000.0;
    let (read, write) = table.provisioned.unwrap_or((0, 0));
    let mut description = json!({
        "TableName": name,
        "TableArn": format!("arn:aws:dynamodb:{}:{}:table/{name}", identity.region, identity.account_id),
        "TableId": table.id,
        "TableStatus": status,
        "CreationDateTime": created,
        "AttributeDefinitions": definitions,
        "KeySchema": schema,
        "ItemCount": table.items().count(),
        "TableSizeBytes": table.items().map(|(_, item)| item_size(item)).sum::<usize>(),
        "DeletionProtectionEnabled": table.deletion_protection,
        "ProvisionedThroughput": {
            "NumberOfDecreasesToday": 0,
            "ReadCapacityUnits": read,
            "WriteCapacityUnits": write,
        },
    });
    if table.provisioned.is_none() {
        description["BillingModeSummary"] = json!({
            "BillingMode": "PAY_PER_REQUEST",
            "LastUpdateToPayPerRequestDateTime": created,
        });
    }
    description
}
