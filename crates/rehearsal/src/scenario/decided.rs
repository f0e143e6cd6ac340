//! What a function's report says it decided and why.
//!
//! Reports are read with tolerance: a function that says less is told with less.

use std::collections::BTreeMap;

use serde_json::Value;

use super::saved::saved;
use super::timeline::{Change, Invoked};
use crate::lambda::Ended;

/// What was decided about one service or group.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// `cluster/service`, or the group's name.
    pub subject: String,
    /// Why, as the report names it.
    pub reason: String,
    /// What was done about it, in words.
    pub actions: Vec<String>,
}

/// One line of an invocation: what was decided about a subject, and what became of its count.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// `cluster/service`, or the group's name.
    pub subject: String,
    /// Its desired count before and after, if that changed.
    pub counts: Option<(u32, u32)>,
    /// The reason and what else was done.
    pub why: String,
}

/// Remembers reasons, so that the same one is not told at every tick.
#[derive(Debug, Default)]
pub(super) struct Told(BTreeMap<String, String>);

impl Told {
    /// What was changed, and what of the rest is news.
    pub(super) fn news(&mut self, report: &Value) -> Vec<Decided> {
        let mut news: Vec<Decided> = each(report, "changed").collect();
        for decided in each(report, "not_as_usual") {
            let known = self.0.get(&decided.subject) == Some(&decided.reason);
            if !known && news.iter().all(|other| other.subject != decided.subject) {
                news.push(decided.clone());
            }
        }
        for decided in each(report, "not_as_usual").chain(news.clone()) {
            self.0.insert(decided.subject, decided.reason);
        }
        news
    }
}

fn each<'a>(report: &'a Value, list: &str) -> impl Iterator<Item = Decided> + 'a {
    let listed = report[list].as_array().into_iter().flatten();
    listed.filter_map(|one| {
        let actions = one["actions"].as_array().into_iter().flatten();
        let mut actions: Vec<String> = actions
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        if let Some(ending) = one["ending"].as_str().filter(|ending| *ending != "done") {
            actions.insert(0, ending.to_owned());
        }
        Some(Decided {
            subject: one["subject"].as_str()?.to_owned(),
            reason: one["reason"].as_str()?.replace('-', " "),
            actions,
        })
    })
}

impl Invoked {
    /// The headline: how it ended, or the report's summary, or its decision and reason where
    /// nothing else speaks.
    pub fn headline(&self) -> Vec<String> {
        match &self.outcome.ended {
            Ended::Ok(report) => match report["summary"].as_str() {
                Some(summary) => summary.lines().map(str::to_owned).collect(),
                None if !self.changes.is_empty() => Vec::new(),
                None => words(report).or_else(|| self.calls()).into_iter().collect(),
            },
            Ended::Failed {
                error_type,
                message,
            } => vec![format!("failed: {error_type}: {message}")],
            Ended::TimedOut => vec!["timed out".to_owned()],
            Ended::Crashed(how) => vec![format!("crashed: {how}")],
            Ended::Throttled => vec!["throttled: another invocation is running".to_owned()],
        }
    }

    /// What it called, of which nothing else tells.
    fn calls(&self) -> Option<String> {
        let wrote: Vec<&str> = self.wrote.iter().map(String::as_str).collect();
        (!wrote.is_empty()).then(|| wrote.join(", "))
    }

    /// One row per service or group about which something was decided or whose count changed.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for change in &self.changes {
            if let Change::Desired { service, from, to } = change {
                rows.push(Row {
                    subject: service.clone(),
                    counts: Some((*from, *to)),
                    why: String::new(),
                });
            }
        }
        for decided in &self.decided {
            let why = decided.why();
            match rows.iter_mut().find(|row| row.subject == decided.subject) {
                Some(row) => row.why = why,
                None => rows.push(Row {
                    subject: decided.subject.clone(),
                    counts: None,
                    why,
                }),
            }
        }
        if let Ended::Ok(report) = &self.outcome.ended {
            for saved in saved(report) {
                let row = rows.iter_mut().find(|row| row.subject == saved.subject);
                if let Some(row) = row {
                    row.why = format!("{}; {saved}", row.why);
                }
            }
        }
        rows
    }

    /// The changes that are not in a row.
    pub fn further(&self) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(|change| !matches!(change, Change::Desired { .. }))
    }
}

impl Decided {
    /// The count itself stands in the row already.
    fn why(&self) -> String {
        let others = self
            .actions
            .iter()
            .filter(|action| !action.starts_with("desired count"));
        let parts: Vec<&str> = std::iter::once(&self.reason)
            .chain(others)
            .map(String::as_str)
            .collect();
        parts.join("; ")
    }
}

fn words(report: &Value) -> Option<String> {
    let words: Vec<&str> = ["decision", "reason"]
        .iter()
        .filter_map(|member| report[*member].as_str())
        .collect();
    (!words.is_empty()).then(|| words.join(": "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_standing_reason_is_news_once_and_again_when_it_changes() {
        let mut told = Told::default();
        let report = |reason: &str| json!({"not_as_usual": [{"subject": "a/b", "reason": reason}]});
        assert_eq!(told.news(&report("daemon")).len(), 1);
        assert_eq!(told.news(&report("daemon")), []);
        assert_eq!(
            told.news(&report("malformed-tag"))[0].reason,
            "malformed tag"
        );
    }

    #[test]
    fn what_was_changed_is_always_news() {
        let mut told = Told::default();
        let report = json!({"changed": [{
            "subject": "a/b",
            "reason": "goes-to-rest",
            "ending": "failed",
            "actions": ["desired count 0", "scalable target minimum 0"],
        }]});
        for _ in 0..2 {
            let news = told.news(&report);
            assert_eq!(
                news[0].why(),
                "goes to rest; failed; scalable target minimum 0"
            );
        }
    }
}
