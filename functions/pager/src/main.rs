//! Wiring: what is read and built once, before the first event.

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use pager::{Aws, Report, Settings};
use serde_json::Value;
use shell::{clock, environment, failure, log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    log::to_stdout(&environment::of_process);
    let settings = Settings::from_env(&environment::of_process)?;
    let aws = Aws::new(&shell::connect(&environment::of_process)?);
    let (aws, settings) = (&aws, &settings);
    lambda_runtime::run(service_fn(move |event| answer(aws, settings, event))).await
}

async fn answer(
    aws: &Aws,
    settings: &Settings,
    event: LambdaEvent<Value>,
) -> Result<Report, Diagnostic> {
    let now = clock::now(&event.context);
    pager::handle(aws, settings, event.payload, now)
        .await
        .map_err(|error| failure::diagnostic(error.kind(), &error))
}
