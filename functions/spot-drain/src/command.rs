//! What a person asks for directly.

use domain::drain::{Exercise, InstanceId, LONGEST, Says, Sign};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::Value;
use shell::json;

use crate::Invocation;
use crate::ask::Question;
use crate::event::{Request, Work};
use crate::failure::Failure;

/// The fields of an action that has none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The fields of `status`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    instance: Option<String>,
}

/// The fields of `drainability`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drainability {
    cluster: Option<String>,
}

/// The fields of `exercise`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Announced {
    r#for: String,
    by: String,
    why: String,
}

/// What a direct invocation asks for.
pub(crate) fn direct(
    action: &str,
    fields: Value,
    invocation: &Invocation,
) -> Result<Request, Failure> {
    Ok(match action {
        "tick" => {
            let Nothing {} = json::read(fields)?;
            work("tick", Says::Tick, invocation)
        }
        "sweep" => {
            let Nothing {} = json::read(fields)?;
            work("sweep", Says::Sweep, invocation)
        }
        "status" => {
            let Status { instance } = json::read(fields)?;
            let instance = instance.as_deref().map(InstanceId::parse).transpose();
            let instance =
                instance.map_err(|error| Failure::unusable("instance", error.to_string()))?;
            Request::Ask(Question::Status { instance })
        }
        "drainability" => {
            let Drainability { cluster } = json::read(fields)?;
            Request::Ask(Question::Drainability { cluster })
        }
        "exercise" => Request::Exercise(json::read::<Announced>(fields)?.read(invocation)?),
        other => {
            let expected = "expected tick, sweep, status, drainability or exercise";
            return Err(Failure::unusable(
                "action",
                format!("\"{other}\" is none; {expected}"),
            ));
        }
    })
}

impl Announced {
    fn read(self, invocation: &Invocation) -> Result<Exercise, Failure> {
        for (field, text) in [("by", &self.by), ("why", &self.why)] {
            if text.trim().is_empty() {
                return Err(Failure::unusable(field, "is empty"));
            }
        }
        let unusable = |problem: String| Failure::unusable("for", problem);
        let lasts: SignedDuration = self.r#for.parse().map_err(|_| {
            let text = &self.r#for;
            unusable(format!("\"{text}\" is no time; for example 2h 30m"))
        })?;
        if !lasts.is_positive() || lasts > LONGEST {
            return Err(unusable("is nothing, or more than 4 hours".to_owned()));
        }
        let since = invocation.now;
        let until = since + lasts;
        Ok(Exercise {
            since,
            until,
            by: self.by,
            why: self.why,
        })
    }
}

fn work(kind: &'static str, says: Says, invocation: &Invocation) -> Request {
    Request::Work(Box::new(Work {
        event: invocation.id.clone(),
        came: invocation.now,
        kind,
        signs: vec![Sign {
            id: invocation.id.clone(),
            at: invocation.now,
            says,
        }],
        ..Work::default()
    }))
}
