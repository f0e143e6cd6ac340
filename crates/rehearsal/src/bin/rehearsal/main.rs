//! `rehearsal`: the simulated account for a terminal.

mod arguments;
mod invoke;
mod rehearse;
mod serve;

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;

use arguments::Command;
use rehearsal::modules;
use rehearsal::template::Deployment;
use rehearsal::world::Identity;
use serde_json::Value;

#[tokio::main]
async fn main() -> ExitCode {
    let command = match arguments::parse(lexopt::Parser::from_env(), no_color()) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("rehearsal: {error}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    let ended = match command {
        Command::Help => {
            println!("{}", arguments::USAGE);
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve(serving) => serve::run(serving).await,
        Command::Invoke(invoking) => invoke::run(invoking).await,
        Command::Rehearse(rehearsing) => rehearse::run(rehearsing).await,
        Command::Operations => {
            println!("{:#}", operations());
            Ok(ExitCode::SUCCESS)
        }
    };
    ended.unwrap_or_else(|error| {
        eprintln!("rehearsal: {}", whole(error.as_ref()));
        ExitCode::FAILURE
    })
}

/// The modelled operations by IAM service prefix.
fn operations() -> Value {
    modules::ALL
        .iter()
        .map(|module| (module.service, module.operations))
        .collect()
}

/// <https://no-color.org>: set and not empty means no colour.
#[allow(
    clippy::disallowed_methods,
    reason = "this is the main that reads the environment"
)]
fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Where and how the template is deployed: in the account as it is when it is empty.
fn deployment(parameters: BTreeMap<String, String>) -> Deployment {
    Deployment {
        identity: Identity::default(),
        stack: "caretaker".to_owned(),
        overrides: parameters,
    }
}

/// An error and its causes in one line.
fn whole(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
