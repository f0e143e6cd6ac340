//! A table in each DynamoDB that there is to test with.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider, SharedHttpClient};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use ledger::Ledger;
use rehearsal::in_process::Line;
use rehearsal::{Account, Clock};
use shell::connect::{configured, connect};

/// A fresh table.
pub(crate) struct Table {
    /// The ledger in it.
    pub(crate) ledger: Ledger,
    client: Client,
    name: String,
}

/// Runs a test with a fresh table, once for each DynamoDB.
pub(crate) async fn everywhere(test: impl AsyncFn(Table)) {
    test(Table::create(in_the_account()).await).await;
    if let Some(endpoint) = shell::environment::of_process("LEDGER_ENDPOINT") {
        test(Table::create(at(&endpoint)).await).await;
    }
}

fn in_the_account() -> Client {
    let account = Account::new(Clock::stepped("2026-11-23T08:00:00Z".parse().unwrap()));
    let line = Line::to(Arc::new(account));
    let config = configured(SharedHttpClient::new(line))
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "ledger", "secret", None, None, "test",
        )))
        .build();
    Client::new(&config)
}

fn at(endpoint: &str) -> Client {
    let lookup = |name: &str| match name {
        "AWS_ENDPOINT_URL" => Some(endpoint.to_owned()),
        "AWS_REGION" => Some("eu-central-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
        _ => None,
    };
    Client::new(&connect(&lookup).unwrap())
}

impl Table {
    async fn create(client: Client) -> Self {
        static CREATED: AtomicUsize = AtomicUsize::new(0);
        let name = format!("ledger-{}", CREATED.fetch_add(1, Ordering::Relaxed));
        let mut table = client
            .create_table()
            .table_name(&name)
            .billing_mode(BillingMode::PayPerRequest);
        for (attribute, key_type) in [("pk", KeyType::Hash), ("sk", KeyType::Range)] {
            let definition = AttributeDefinition::builder()
                .attribute_name(attribute)
                .attribute_type(ScalarAttributeType::S);
            let element = KeySchemaElement::builder()
                .attribute_name(attribute)
                .key_type(key_type);
            table = table
                .attribute_definitions(definition.build().unwrap())
                .key_schema(element.build().unwrap());
        }
        table.send().await.unwrap();
        Self {
            ledger: Ledger::new(client.clone(), &name),
            client,
            name,
        }
    }

    /// A text attribute of an item, read past the ledger.
    pub(crate) async fn text(&self, pk: &str, sk: &str, attribute: &str) -> Option<String> {
        let output = self
            .client
            .get_item()
            .table_name(&self.name)
            .key("pk", AttributeValue::S(pk.to_owned()))
            .key("sk", AttributeValue::S(sk.to_owned()))
            .consistent_read(true)
            .send()
            .await
            .unwrap();
        let value = output.item?.remove(attribute)?;
        Some(value.as_s().unwrap().clone())
    }

    /// A ledger in a table that is not there.
    pub(crate) fn missing(&self) -> Ledger {
        Ledger::new(self.client.clone(), "missing")
    }
}
