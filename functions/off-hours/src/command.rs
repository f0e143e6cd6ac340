//! What a person, or the schedule, asks for directly.

use domain::hold::Hold;
use domain::hours::overrides::Override;
use domain::order::{Asked, Order, Ordered};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shell::json;

use crate::Invocation;
use crate::ask::Question;
use crate::event::{Request, Work};
use crate::failure::Failure;
use crate::forecast;
use crate::observe::Scope;
use crate::settings::Settings;

/// The fields of an action that has none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The fields of `status`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    service: Option<String>,
}

/// The fields of `rest` and `wake`: a person's command about one service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    service: String,
    until: Option<String>,
    why: String,
    by: String,
}

/// What a direct invocation asks for, as people and EventBridge Scheduler write it.
pub(crate) fn direct(
    action: &str,
    fields: Value,
    settings: &Settings,
    invocation: &Invocation,
) -> Result<Request, Failure> {
    Ok(match action {
        "tick" => {
            let Nothing {} = json::read(fields)?;
            Request::Work(Work {
                event: invocation.id.clone(),
                came: invocation.now,
                kind: "tick",
                scope: Scope::Everything,
            })
        }
        "forecast" => Request::Forecast(json::read::<forecast::Asked>(fields)?.with(settings)?),
        "lint" => {
            let Nothing {} = json::read(fields)?;
            Request::Ask(Question::Lint)
        }
        "status" => {
            let Status { service } = json::read(fields)?;
            Request::Ask(Question::Status { service })
        }
        "rest" => json::read::<Command>(fields)?.work("rest", settings, invocation)?,
        "wake" => json::read::<Command>(fields)?.work("wake", settings, invocation)?,
        other => {
            let expected = "expected tick, forecast, lint, status, rest or wake";
            return Err(Failure::unusable(
                "action",
                format!("\"{other}\" is none; {expected}"),
            ));
        }
    })
}

impl Command {
    fn work(
        self,
        kind: &'static str,
        settings: &Settings,
        invocation: &Invocation,
    ) -> Result<Request, Failure> {
        for (field, text) in [
            ("service", &self.service),
            ("why", &self.why),
            ("by", &self.by),
        ] {
            if text.trim().is_empty() {
                return Err(Failure::unusable(field, "is empty"));
            }
        }
        let until = self
            .until
            .as_deref()
            .map(|text| moment("until", text, settings))
            .transpose()?;
        if until.is_some_and(|until| until <= invocation.now) {
            return Err(Failure::unusable("until", "is past"));
        }
        let asked = match kind {
            "rest" => Asked::Rest(Hold {
                by: self.by,
                why: self.why,
                since: invocation.now,
                until,
            }),
            _ => Asked::Wake(until.map(|until| Order {
                to: Ordered::Awake { until },
                by: self.by,
                why: self.why,
                since: invocation.now,
            })),
        };
        Ok(Request::Work(Work {
            event: invocation.id.clone(),
            came: invocation.now,
            kind,
            scope: Scope::Asked {
                service: self.service,
                asked,
            },
        }))
    }
}

/// An instant, or a local time as in an override: `2026-11-26 22:00 Europe/Berlin`.
fn moment(field: &str, text: &str, settings: &Settings) -> Result<Timestamp, Failure> {
    if let Ok(instant) = text.parse() {
        return Ok(instant);
    }
    Override::parse(&format!("up until {text}"), &settings.policy.default_zone)
        .map(|overriding| overriding.until)
        .map_err(|_| {
            Failure::unusable(
                field,
                format!("\"{text}\" is no moment; for example 2026-11-26T21:00:00Z or \"2026-11-26 22:00 Europe/Berlin\""),
            )
        })
}
