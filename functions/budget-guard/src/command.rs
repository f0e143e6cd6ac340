//! What a person, or the schedule, asks for directly.

use domain::budget::money::from_api;
use domain::budget::{Asked, BudgetName, What};
use domain::hours::overrides::Override;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shell::json;

use crate::ask::Question;
use crate::event::{Request, Work};
use crate::failure::Failure;
use crate::{Invocation, Settings};

/// The most characters of a name or a reason, which the ledger keeps: a choice.
const LONGEST: usize = 500;

/// The fields of an action that has none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The fields of `status`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    budget: Option<String>,
}

/// The fields of `drill`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drill {
    budget: String,
}

/// The fields of `restore`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Restore {
    budget: String,
    allow: Option<String>,
    by: String,
    why: String,
}

/// The fields of `veto`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Veto {
    budget: String,
    until: String,
    by: String,
    why: String,
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
            work("tick", None, invocation)
        }
        "status" => {
            let Status { budget } = json::read(fields)?;
            let budget = budget.as_deref().map(named).transpose()?;
            Request::Ask(Question::Status { budget })
        }
        "drill" => {
            let Drill { budget } = json::read(fields)?;
            let budget = named(&budget)?;
            Request::Ask(Question::Drill { budget })
        }
        "restore" => {
            let asked = json::read::<Restore>(fields)?.asked(invocation)?;
            work("restore", Some(asked), invocation)
        }
        "veto" => {
            let asked = json::read::<Veto>(fields)?.asked(settings, invocation)?;
            work("veto", Some(asked), invocation)
        }
        other => {
            let expected = "expected tick, status, drill, restore or veto";
            return Err(Failure::unusable(
                "action",
                format!("\"{other}\" is none; {expected}"),
            ));
        }
    })
}

fn work(kind: &'static str, asked: Option<Asked>, invocation: &Invocation) -> Request {
    Request::Work(Box::new(Work {
        event: invocation.id.clone(),
        came: invocation.now,
        kind,
        asked,
        ..Work::default()
    }))
}

impl Restore {
    fn asked(self, invocation: &Invocation) -> Result<Asked, Failure> {
        let allow = self.allow.as_deref().map(from_api).transpose();
        let allow = allow.map_err(|error| Failure::unusable("allow", error.to_string()))?;
        let what = What::Restore { allow };
        asked(&self.budget, what, self.by, self.why, invocation)
    }
}

impl Veto {
    fn asked(self, settings: &Settings, invocation: &Invocation) -> Result<Asked, Failure> {
        let until = moment(&self.until, settings)?;
        let what = What::Veto { until };
        asked(&self.budget, what, self.by, self.why, invocation)
    }
}

fn asked(
    budget: &str,
    what: What,
    by: String,
    why: String,
    invocation: &Invocation,
) -> Result<Asked, Failure> {
    for (field, text) in [("by", &by), ("why", &why)] {
        if text.trim().is_empty() {
            return Err(Failure::unusable(field, "is empty"));
        }
        if text.chars().count() > LONGEST {
            let problem = format!("is longer than {LONGEST} characters");
            return Err(Failure::unusable(field, problem));
        }
    }
    Ok(Asked {
        budget: named(budget)?,
        what,
        by,
        why,
        at: invocation.now,
    })
}

fn named(budget: &str) -> Result<BudgetName, Failure> {
    BudgetName::parse(budget).map_err(|error| Failure::unusable("budget", error.to_string()))
}

/// An instant, or a local time as in an override: `2026-11-26 22:00 Europe/Berlin`.
fn moment(text: &str, settings: &Settings) -> Result<Timestamp, Failure> {
    if let Ok(instant) = text.parse() {
        return Ok(instant);
    }
    Override::parse(&format!("up until {text}"), &settings.default_zone)
        .map(|overriding| overriding.until)
        .map_err(|_| {
            Failure::unusable(
                "until",
                format!("\"{text}\" is no moment; for example 2026-11-26T21:00:00Z or \"2026-11-26 22:00 Europe/Berlin\""),
            )
        })
}
