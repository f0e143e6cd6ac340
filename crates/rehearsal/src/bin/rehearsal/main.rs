//! `rehearsal`: the simulated account for a terminal.

mod arguments;
mod serve;

use std::process::ExitCode;

use arguments::Command;

#[tokio::main]
async fn main() -> ExitCode {
    let command = match arguments::parse(lexopt::Parser::from_env()) {
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
    };
    ended.unwrap_or_else(|error| {
        eprintln!("rehearsal: {error}");
        ExitCode::FAILURE
    })
}
