//! A person asks when something will be awake → every edge, as an instant and as local time.

use domain::hours::holidays::Holidays;
use domain::hours::schedule::Schedule;
use domain::hours::zone::Zone;
use domain::hours::{Edge, Hours, State};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

use crate::failure::Failure;
use crate::settings::Settings;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Hours as in the tag.
    pub hours: String,
    /// From this instant.
    pub from: String,
    /// To this instant, which is included.
    pub to: String,
    /// Holidays as in the parameter, in place of the installation's.
    pub holidays: Option<String>,
}

/// A forecast that can be computed.
#[derive(Debug)]
pub struct Forecast {
    schedule: Schedule,
    from: Timestamp,
    to: Timestamp,
}

/// The longest forecast: ten years of edges is a reply that Lambda can still return.
const LONGEST_HOURS: i64 = 10 * 366 * 24;

impl Asked {
    /// Reads what is asked; the first field that cannot be used is named.
    pub fn forecast(
        &self,
        default_zone: &Zone,
        holidays: &Arc<Holidays>,
    ) -> Result<Forecast, Failure> {
        let hours = Hours::parse(&self.hours)
            .map_err(|error| Failure::unusable("hours", error.to_string()))?;
        let holidays = match &self.holidays {
            None => Arc::clone(holidays),
            Some(list) => Arc::new(
                Holidays::parse(list)
                    .map_err(|error| Failure::unusable("holidays", error.to_string()))?,
            ),
        };
        let (from, to) = (instant("from", &self.from)?, instant("to", &self.to)?);
        if to < from {
            return Err(Failure::unusable("to", "is before from"));
        }
        if to.duration_since(from).as_hours() > LONGEST_HOURS {
            return Err(Failure::unusable("to", "is more than ten years after from"));
        }
        Ok(Forecast {
            schedule: Schedule::new(&hours, holidays, default_zone),
            from,
            to,
        })
    }

    pub(crate) fn with(&self, settings: &Settings) -> Result<Forecast, Failure> {
        self.forecast(&settings.policy.default_zone, &settings.policy.holidays)
    }
}

impl Forecast {
    /// `{"edges":[{"at":…,"local":…,"to":"awake"|"rest"}]}`; the first entry is the state at `from`.
    pub fn answer(&self) -> Value {
        let edges = self.schedule.edges(self.from, self.to);
        let edges: Vec<Value> = edges
            .iter()
            .map(|edge| shown(edge, self.schedule.zone()))
            .collect();
        json!({ "edges": edges })
    }
}

/// An edge as JSON.
pub(crate) fn shown(edge: &Edge, zone: &Zone) -> Value {
    json!({ "at": edge.at.to_string(), "local": zone.shown(edge.at), "to": state(edge.to) })
}

/// A state's name.
pub(crate) fn state(state: State) -> &'static str {
    match state {
        State::Awake => "awake",
        State::Rest => "rest",
    }
}

fn instant(field: &str, text: &str) -> Result<Timestamp, Failure> {
    text.parse().map_err(|_| {
        Failure::unusable(
            field,
            format!("\"{text}\" is no instant; for example 2026-11-01T00:00:00Z"),
        )
    })
}
