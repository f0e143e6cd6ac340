//! CreateTable, DescribeTable, ListTables, DeleteTable.
//!
//! A table is there at once: CreateTable says CREATING, as AWS does, and the next DescribeTable says
//! ACTIVE.

use serde::Deserialize;
use serde_json::{Value, json};

use super::attribute::item_size;
use super::create_table::{Create, check_name};
use super::refusal::{breaks_constraint, invalid};
use super::table::Table;
use super::{plain_name, read_input, require_described_table};
use crate::call::{ApiError, Call};
use crate::world::{Identity, World};

/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html>.
const MOST_LISTED: usize = 100;

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
