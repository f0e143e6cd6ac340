//! `make forecast`: when hours will be awake, without AWS.
//!
//! `forecast --hours HOURS --from INSTANT --to INSTANT [--holidays LIST] [--zone ZONE]`

use std::process::ExitCode;
use std::sync::Arc;

use domain::hours::holidays::Holidays;
use domain::hours::zone::Zone;
use off_hours::forecast::Asked;

fn main() -> ExitCode {
    match answer(std::env::args().skip(1).collect()) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn answer(arguments: Vec<String>) -> Result<serde_json::Value, String> {
    let mut given = Vec::new();
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if NAMES.contains(&name.as_str()) => {
                given.push((name.as_str(), value.clone()))
            }
            [name, ..] => {
                return Err(format!(
                    "{name}: expected one of {} with a value",
                    NAMES.join(", ")
                ));
            }
            [] => {}
        }
    }
    let find = |name: &str| {
        given
            .iter()
            .find(|(given, _)| *given == name)
            .map(|(_, value)| value.clone())
    };
    let need = |name: &str| find(name).ok_or_else(|| format!("{name} is missing"));
    let asked = Asked {
        hours: need("--hours")?,
        from: need("--from")?,
        to: need("--to")?,
        holidays: find("--holidays"),
    };
    let zone = Zone::parse(find("--zone").as_deref().unwrap_or("UTC"))
        .map_err(|error| format!("--zone: {error}"))?;
    let none = Arc::new(Holidays::parse("").map_err(|error| error.to_string())?);
    let forecast = asked
        .forecast(&zone, &none)
        .map_err(|failure| failure.to_string())?;
    Ok(forecast.answer())
}

const NAMES: [&str; 5] = ["--hours", "--from", "--to", "--holidays", "--zone"];
