//! What a function's report says that a rest saved.
//!
//! Reports are read with tolerance: a function that says less is told with less.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::record::Record;
use super::timeline::Told;
use super::verdict::Verdict;
use crate::lambda::Ended;

/// What one rest saved.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// `cluster/service`, or the group's name.
    pub subject: String,
    /// Of what there were fewer, and for how many hours in all.
    hours: Option<(&'static str, f64)>,
    /// In USD, or why nobody can say.
    usd: Result<f64, String>,
}

/// What the rests saved of which a report tells.
pub fn saved(report: &Value) -> impl Iterator<Item = Saved> + '_ {
    let told = report["saved"].as_array().into_iter().flatten();
    told.filter_map(|one| {
        let subject = one["service"].as_str().or(one["group"].as_str())?;
        let hours = |member, what| one[member].as_f64().map(|hours| (what, hours));
        let usd = one["usd"].as_str().and_then(|usd| usd.parse().ok());
        let why = one["unknown"].as_str().unwrap_or("no money is told");
        Some(Saved {
            subject: subject.to_owned(),
            hours: hours("task_hours", "task").or(hours("instance_hours", "instance")),
            usd: usd.ok_or_else(|| why.to_owned()),
        })
    })
}

impl fmt::Display for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("saved")?;
        if let Some((what, hours)) = self.hours {
            write!(f, " {hours:.1} {what}-hours,")?;
        }
        match &self.usd {
            Ok(usd) => write!(f, " {usd:.2} USD"),
            Err(why) => write!(f, " {why}"),
        }
    }
}

/// The rests of one service or group save so much.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SavedAtLeast {
    /// `cluster/service`, or the group's name.
    pub about: String,
    /// In USD, in all that the reports tell.
    pub usd_at_least: f64,
}

impl SavedAtLeast {
    pub(super) fn judge(&self, record: &Record) -> Verdict {
        let told = record.entries.iter().filter_map(|entry| match &entry.told {
            Told::Invoked(invoked) => match &invoked.outcome.ended {
                Ended::Ok(report) => Some(report),
                _ => None,
            },
            _ => None,
        });
        let told = told
            .flat_map(saved)
            .filter(|saved| saved.subject == self.about);
        let sums: Result<Vec<f64>, String> = told.map(|saved| saved.usd).collect();
        let instead = match sums {
            Err(why) => Some(why),
            Ok(sums) if sums.is_empty() => Some("no report tells of it".to_owned()),
            Ok(sums) => {
                let sum: f64 = sums.iter().sum();
                (sum < self.usd_at_least).then(|| format!("{sum:.2} USD"))
            }
        };
        let (about, least) = (&self.about, self.usd_at_least);
        Verdict::overall(format!("at least {least:.2} USD saved by {about}"), instead)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::lambda::Outcome;
    use crate::scenario::timeline::{Cause, Entry, Invoked};

    fn night() -> Value {
        json!({ "saved": [
            { "service": "shop/web", "task_hours": 36.0, "usd": "2.04408", "unknown": null },
            { "service": "shop/images", "task_hours": 48.0, "usd": null, "unknown": "its tasks run on instances" },
            { "group": "workers", "instance_hours": 23.4, "usd": "2.69", "unknown": null },
        ]})
    }

    #[test]
    fn a_saving_is_told_with_its_hours_and_its_money_or_why_there_is_none() {
        let told: Vec<String> = saved(&night()).map(|saved| saved.to_string()).collect();
        let expected = [
            "saved 36.0 task-hours, 2.04 USD",
            "saved 48.0 task-hours, its tasks run on instances",
            "saved 23.4 instance-hours, 2.69 USD",
        ];
        assert_eq!(told, expected);
        assert_eq!(saved(&json!({ "summary": "nothing to do" })).count(), 0);
    }

    /// What is seen instead of so much, after two nights.
    fn instead(about: &str, usd_at_least: f64) -> Option<String> {
        let entry = |report| Entry {
            at: Timestamp::UNIX_EPOCH,
            told: Told::Invoked(Invoked {
                function: "off-hours".to_owned(),
                cause: Cause::Schedule("tick".to_owned()),
                outcome: Outcome {
                    ended: Ended::Ok(report),
                    cold_start: false,
                    wall: Duration::ZERO,
                },
                decided: Vec::new(),
                changes: Vec::new(),
                wrote: BTreeSet::new(),
            }),
        };
        let record = Record {
            entries: vec![entry(night()), entry(json!({})), entry(night())],
            ..Record::default()
        };
        let about = about.to_owned();
        let least = SavedAtLeast {
            about,
            usd_at_least,
        };
        least.judge(&record).instead
    }

    #[test]
    fn what_all_nights_saved_is_summed_and_what_is_unknown_is_never_enough() {
        assert_eq!(instead("shop/web", 4.08), None);
        assert_eq!(instead("shop/web", 4.09), Some("4.09 USD".to_owned()));
        assert_eq!(instead("workers", 5.0), None);
        let why = "its tasks run on instances";
        assert_eq!(instead("shop/images", 0.0), Some(why.to_owned()));
        let why = "no report tells of it";
        assert_eq!(instead("shop/mail", 0.0), Some(why.to_owned()));
    }
}
