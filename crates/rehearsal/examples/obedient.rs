//! A Lambda function that does as its event says: what the tests of the rehearsal start.

use std::process;
use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    eprintln!("up");
    lambda_runtime::run(service_fn(obey)).await
}

#[allow(
    clippy::disallowed_methods,
    reason = "it reports its whole environment, and has no settings"
)]
async fn obey(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let (event, context) = event.into_parts();
    if let Some(text) = event["fail"].as_str() {
        return Err(text.into());
    }
    if let Some(code) = event["exit"].as_i64() {
        process::exit(i32::try_from(code)?);
    }
    if let Some(milliseconds) = event["sleep"].as_u64() {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    let mut answers = Vec::new();
    for call in event["call"].as_array().into_iter().flatten() {
        answers.push(send(call).await?);
    }
    let variables: std::collections::BTreeMap<String, String> = std::env::vars().collect();
    let timeout: u64 = variable("CARETAKER_REHEARSAL_TIMEOUT_MS").parse()?;
    let summary = event["summary"].as_str().unwrap_or("did as it was told");
    Ok(json!({
        "summary": summary,
        "process": process::id(),
        "request_id": context.request_id,
        "function_arn": context.invoked_function_arn,
        "deadline_ms": context.deadline,
        "now_ms": context.deadline - timeout,
        "variables": variables,
        "answers": answers,
        "event": event,
    }))
}

/// Makes one AWS JSON call: `{"target": "...", "input": {...}}`.
async fn send(call: &Value) -> Result<String, Error> {
    let endpoint = variable("AWS_ENDPOINT_URL");
    let host = endpoint.trim_start_matches("http://");
    let body = call["input"].to_string();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Amz-Target: {}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={}/x/x/x/aws4_request\r\n\
         Content-Length: {}\r\n\r\n{body}",
        call["target"].as_str().unwrap_or_default(),
        variable("AWS_ACCESS_KEY_ID"),
        body.len(),
    );
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[allow(
    clippy::disallowed_methods,
    reason = "a test's helper, with no settings"
)]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
