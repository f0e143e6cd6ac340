//! What must be said in a scenario, and how often: notices, pages, letters of AWS Budgets.

use serde::Deserialize;

use super::super::record::Record;
use super::super::verdict::Verdict;
use crate::journal::{Happening, What};
use crate::services::budgets::RungKind;

/// A notice on the bus.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// A text that its kind must contain.
    pub kind: String,
    /// A text that the notice must contain, such as a service's name.
    pub about: String,
    /// How often it comes.
    #[serde(default = "once")]
    pub times: usize,
}

/// A page.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// A text that its subject must contain.
    pub subject: String,
    /// A text that one of its forms must contain; none is any.
    pub says: Option<String>,
    /// How often it comes.
    #[serde(default = "once")]
    pub times: usize,
}

/// A letter of AWS Budgets that arrives.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct BudgetMessages {
    /// The budget.
    pub budget: String,
    /// ACTUAL or FORECASTED; none is either.
    #[serde(rename = "type")]
    pub kind: Option<RungKind>,
    /// How often one comes.
    pub times: usize,
    /// Whether those count that the topic refused, instead of those that arrived.
    #[serde(default)]
    pub refused: bool,
}

fn once() -> usize {
    1
}

impl Notice {
    pub(super) fn judge(&self, record: &Record) -> Verdict {
        let what = format!("a notice of {} about {}", self.kind, self.about);
        count(record, what, self.times, |happening| self.fits(happening))
    }

    fn fits(&self, happening: &Happening) -> bool {
        let What::Event(event) = &happening.what else {
            return false;
        };
        let detail = &event["detail"];
        let kind = detail["kind"].as_str().or(event["detail-type"].as_str());
        event["source"] == "caretaker"
            && kind.is_some_and(|kind| kind.contains(&self.kind))
            && detail.to_string().contains(&self.about)
    }
}

impl Page {
    pub(super) fn judge(&self, record: &Record) -> Verdict {
        let what = match &self.says {
            Some(says) => format!("a page {:?} that says {says:?}", self.subject),
            None => format!("a page {:?}", self.subject),
        };
        count(record, what, self.times, |happening| self.fits(happening))
    }

    fn fits(&self, happening: &Happening) -> bool {
        let What::Published(message) = &happening.what else {
            return false;
        };
        let subject = message["Subject"].as_str().unwrap_or_default();
        let mut texts = message["Message"].as_object().into_iter().flatten();
        let says = |says: &String| {
            texts.any(|(_, text)| text.as_str().is_some_and(|text| text.contains(says)))
        };
        subject.contains(&self.subject) && self.says.as_ref().is_none_or(says)
    }
}

impl BudgetMessages {
    pub(super) fn judge(&self, record: &Record) -> Verdict {
        let kind = self.kind.map_or("", RungKind::name);
        let how = if self.refused { " that is refused" } else { "" };
        let what = format!("a letter {kind} of {}{how}", self.budget).replace("  ", " ");
        count(record, what, self.times, |happening| self.fits(happening))
    }

    fn fits(&self, happening: &Happening) -> bool {
        let What::Alert(letter) = &happening.what else {
            return false;
        };
        happening.subject == self.budget
            && self.kind.is_none_or(|kind| letter["Type"] == kind.name())
            && letter["Refused"].is_string() == self.refused
    }
}

fn count(
    record: &Record,
    what: String,
    expected: usize,
    fits: impl Fn(&Happening) -> bool,
) -> Verdict {
    let seen = record.happenings.iter().filter(|one| fits(one)).count();
    Verdict::overall(
        format!("{what}, {}", times(expected)),
        (seen != expected).then(|| match seen {
            0 => "none came".to_owned(),
            seen => format!("it came {}", times(seen)),
        }),
    )
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}
