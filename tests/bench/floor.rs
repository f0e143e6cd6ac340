//! The floor of a cold start: the rest of one service by the smallest Rust function there is, over
//! plain HTTP, without TLS, settings, hours, or a decision. It makes the calls of
//! `peer/handler.py`, one for one.

use std::error::Error;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_ecs::types::ServiceField;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde_json::{Value, json};

const CLUSTER: &str = "prod";
const SERVICE: &str = "service-0000";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = config()?;
    let ecs = aws_sdk_ecs::Client::new(&config);
    let ledger = aws_sdk_dynamodb::Client::new(&config);
    let table = variable("LEDGER_TABLE")?;
    run(service_fn(async |_: LambdaEvent<Value>| {
        rest(&ecs, &ledger, &table).await
    }))
    .await
}

async fn rest(
    ecs: &aws_sdk_ecs::Client,
    ledger: &aws_sdk_dynamodb::Client,
    table: &str,
) -> Result<Value, Box<dyn Error + Send + Sync>> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let (pk, sk) = (text("standing"), text(SERVICE));
    let found = ledger
        .get_item()
        .table_name(table)
        .key("pk", pk.clone())
        .key("sk", sk.clone());
    let found = found.consistent_read(true).send().await?;
    let described = ecs.describe_services().cluster(CLUSTER).services(SERVICE);
    let described = described.include(ServiceField::Tags).send().await?;
    let desired = described
        .services()
        .first()
        .map_or(0, |service| service.desired_count());
    if found.item().is_some() || desired == 0 {
        return Ok(json!({ "changed": 0 }));
    }
    let record = ledger
        .put_item()
        .table_name(table)
        .item("pk", pk)
        .item("sk", sk);
    let record = record.item("saved", AttributeValue::N(desired.to_string()));
    let intent = record
        .clone()
        .condition_expression("attribute_not_exists(pk)");
    intent
        .item("settled", AttributeValue::Bool(false))
        .send()
        .await?;
    ecs.update_service()
        .cluster(CLUSTER)
        .service(SERVICE)
        .desired_count(0)
        .send()
        .await?;
    record
        .item("settled", AttributeValue::Bool(true))
        .send()
        .await?;
    Ok(json!({ "changed": 1 }))
}

fn config() -> Result<SdkConfig, std::env::VarError> {
    let credentials = Credentials::new(
        variable("AWS_ACCESS_KEY_ID")?,
        variable("AWS_SECRET_ACCESS_KEY")?,
        variable("AWS_SESSION_TOKEN").ok(),
        None,
        "lambda",
    );
    Ok(SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .region(Region::new(variable("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(variable("AWS_ENDPOINT_URL")?)
        .build())
}

#[allow(
    clippy::disallowed_methods,
    reason = "this is the main that reads the environment"
)]
fn variable(name: &str) -> Result<String, std::env::VarError> {
    std::env::var(name)
}
