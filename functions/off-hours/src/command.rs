//! What a person, or the schedule, asks for directly.

use domain::hold::Hold;
use domain::hours::overrides::Override;
use domain::order::{Asked, Order, Ordered};
use jiff::Timestamp;
use serde::Deserialize;

use crate::Invocation;
use crate::ask::Question;
use crate::event::{Request, Work};
use crate::failure::Failure;
use crate::forecast;
use crate::observe::Scope;
use crate::settings::Settings;

/// Direct invocations, as people and EventBridge Scheduler write them.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "lowercase")]
pub(crate) enum Direct {
    Tick,
    Forecast(forecast::Asked),
    Lint,
    Status { service: Option<String> },
    Rest(Command),
    Wake(Command),
}

/// A person's command about one service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Command {
    service: String,
    until: Option<String>,
    why: String,
    by: String,
}

/// What a direct invocation asks for.
pub(crate) fn direct(
    direct: Direct,
    settings: &Settings,
    invocation: &Invocation,
) -> Result<Request, Failure> {
    Ok(match direct {
        Direct::Tick => Request::Work(Work {
            event: invocation.id.clone(),
            kind: "tick",
            scope: Scope::Everything,
        }),
        Direct::Forecast(asked) => Request::Forecast(asked.with(settings)?),
        Direct::Lint => Request::Ask(Question::Lint),
        Direct::Status { service } => Request::Ask(Question::Status { service }),
        Direct::Rest(command) => command.work("rest", settings, invocation)?,
        Direct::Wake(command) => command.work("wake", settings, invocation)?,
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
