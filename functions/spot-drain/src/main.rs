//! A queue of warnings, a minute, an hour, an operator → everyone out before an instance goes.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use shell::{clock, environment, failure, log};
use spot_drain::{Aws, Invocation, Settings, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::to_stdout(&environment::of_process);
    let settings = Settings::from_env(&environment::of_process)?;
    let aws = Aws::new(&shell::connect(&environment::of_process)?, &settings);
    run(service_fn(async |event: LambdaEvent<Value>| {
        let now = clock::now(&event.context);
        let invocation = Invocation {
            now,
            deadline: clock::deadline(&event.context, now),
            id: event.context.request_id,
        };
        let report = handle(&aws, &settings, event.payload, &invocation).await;
        report.map_err(|error| failure::diagnostic(error.kind(), &error))
    }))
    .await
}
