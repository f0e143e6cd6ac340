//! `rehearsal invoke`: one event for one function, by the wall's clock, and what is to come before it.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use rehearsal::lambda::{Ended, Invocation, LogLine};
use rehearsal::scenario::wake;
use rehearsal::stack::Stack;
use rehearsal::suite::{self, Suite};
use rehearsal::template::Template;
use rehearsal::{Account, Clock, binaries};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::arguments::Invoking;
use crate::deployment;

const DEFAULT_STACK: &str = include_str!("../../../stacks/default.yaml");

/// Delivers the event and prints the answer on stdout, and nothing else there. An event before it that
/// fails is the end, and its error the answer.
pub(crate) async fn run(invoking: Invoking) -> Result<ExitCode, Box<dyn Error>> {
    let template = Template::load(&invoking.template, &deployment(invoking.parameters.clone()))?;
    let files = invoking.before.iter().chain([&invoking.event]);
    let events: Vec<Value> = files
        .map(|file| read_event(file))
        .collect::<Result<_, _>>()?;
    let account = match invoking.endpoint {
        Some(_) => Account::new(Clock::Wall),
        None => deployed(&template, invoking.stack)?,
    };
    let builds = binaries::beside_this_one()?;
    let suite = Suite::deploy(
        Arc::new(account),
        0,
        invoking.endpoint.clone(),
        &template,
        |function| match &invoking.binary {
            Some(binary) => binary.clone(),
            // What `cargo build --release` leaves: target/release beside our own target/debug.
            None => builds.join("../release").join(&function.name),
        },
    )
    .await?;
    let logging = tokio::spawn(print_log(suite.log));
    let mut last = (Value::Null, ExitCode::SUCCESS);
    for event in events {
        let invocation = Invocation {
            function: invoking.function.clone(),
            event,
            request_id: None,
        };
        last = answer(suite.lambda.invoke(&invocation).await?.ended);
        if last.1 != ExitCode::SUCCESS {
            break;
        }
    }
    suite.lambda.end().await;
    logging.await?;
    let (answer, code) = last;
    println!("{answer:#}");
    Ok(code)
}

/// An account with the stack and the suite, whose rules the functions switch on and off.
fn deployed(template: &Template, file: Option<PathBuf>) -> Result<Account, Box<dyn Error>> {
    let clock = Clock::Wall;
    let from = clock.now();
    let account = suite::account(clock, template, &stack(file)?)?;
    wake::turn_on(&account, template, from)?;
    Ok(account)
}

fn stack(file: Option<PathBuf>) -> Result<Stack, Box<dyn Error>> {
    Ok(match file {
        Some(file) => Stack::load(&file)?,
        None => Stack::read(DEFAULT_STACK)?,
    })
}

fn read_event(file: &Path) -> Result<Value, String> {
    let path = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("the event {path} cannot be read: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("the event {path} is not JSON: {error}"))
}

/// An error has the members that `aws lambda invoke` writes.
fn answer(ended: Ended) -> (Value, ExitCode) {
    let failed = |error_type: &str, message: &str| {
        let answer = json!({"errorType": error_type, "errorMessage": message});
        (answer, ExitCode::FAILURE)
    };
    match ended {
        Ended::Ok(answer) => (answer, ExitCode::SUCCESS),
        Ended::Failed {
            error_type,
            message,
        } => failed(&error_type, &message),
        Ended::TimedOut => failed("Sandbox.Timedout", "the function took too long"),
        Ended::Crashed(how) => failed("Runtime.ExitError", &how),
        Ended::Throttled => failed("TooManyRequestsException", "Rate Exceeded."),
    }
}

async fn print_log(mut log: UnboundedReceiver<LogLine>) {
    while let Some(line) = log.recv().await {
        eprintln!("{}", line.text);
    }
}
