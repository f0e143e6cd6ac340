//! The letter that AWS Budgets sends by way of SNS → a hint.
//!
//! It is prose for people and comes once per period, so nothing is ever decided from it: it says
//! *look here*. Reading it cannot fail; what it does not say is none.
//! The layout was read from captures of 2019 to 2024 (a month's letter says "for the current
//! month", a day's "per day. Yesterday, ..."); neither period nor currency is stated.

use super::money::{Quoted, from_prose};
use super::name::BudgetName;

/// What a message says, as far as it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// What kind of text it is.
    pub form: Form,
    /// The account on its second line, 12 digits.
    pub account: Option<String>,
    /// The name of the budget as written.
    pub budget: Option<String>,
    /// What it is about.
    pub alert: Option<AlertType>,
    /// The limit.
    pub budgeted: Option<Quoted>,
    /// The threshold: always money, also where a percentage was configured.
    pub threshold: Option<Quoted>,
    /// What was spent, or is forecast.
    pub amount: Option<Quoted>,
    subject: Option<String>,
    values: Vec<String>,
}

/// What kind of text a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Nothing.
    #[default]
    Empty,
    /// The letter of AWS Budgets.
    Letter,
    /// JSON, which AWS Budgets never sends: a person tried something.
    Json,
    /// Something else.
    Other,
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertType {
    /// What was spent.
    Actual,
    /// What is going to be spent, as AWS forecasts it.
    Forecasted,
}

/// Which budget a message means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// This one, which is watched.
    Watched(BudgetName),
    /// One of this name, which is not watched.
    Foreign(String),
    /// It cannot be told.
    Unclear,
}

impl AlertType {
    /// AWS's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Actual => "ACTUAL",
            Self::Forecasted => "FORECASTED",
        }
    }

    /// Reads `ACTUAL`, `Actual` or `FORECASTED`, as in the letter and as in the API.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_uppercase().as_str() {
            "ACTUAL" => Some(Self::Actual),
            "FORECASTED" => Some(Self::Forecasted),
            _ => None,
        }
    }
}

impl Hint {
    /// Reads a message. SNS's subject may be absent, and the body may be anything.
    pub fn read(subject: Option<&str>, body: &str) -> Self {
        let mut hint = Self {
            form: form(body),
            subject: subject.map(|subject| subject.trim().to_owned()),
            ..Self::default()
        };
        if matches!(hint.form, Form::Json | Form::Empty) {
            return hint;
        }
        for line in body.lines() {
            hint.read_line(line.trim());
        }
        if hint.budget.is_some() {
            hint.form = Form::Letter;
        }
        hint
    }

    /// Which budget is meant: by comparing with the names that are watched. A name may contain
    /// anything but a colon, a backslash and control characters, so it is never parsed out.
    pub fn meant<'n>(&self, watched: impl IntoIterator<Item = &'n BudgetName>) -> Meant {
        let mut watched: Vec<&BudgetName> = watched.into_iter().collect();
        // Of two that both fit, the longer says more.
        watched.sort_by_key(|name| std::cmp::Reverse(name.as_str().len()));
        if let Some(written) = &self.budget {
            let ours = watched.into_iter().find(|name| name.as_str() == written);
            return ours.map_or_else(|| Meant::Foreign(written.clone()), ours_is);
        }
        let by_value = |name: &&BudgetName| self.values.iter().any(|text| text == name.as_str());
        let by_subject = |name: &&BudgetName| self.subject_names(name);
        let found = watched.iter().copied().find(by_subject);
        let found = found.or_else(|| watched.iter().copied().find(by_value));
        match (found, self.subject.as_deref().and_then(named_in)) {
            (Some(name), _) => Meant::Watched(name.clone()),
            (None, Some(written)) => Meant::Foreign(written.to_owned()),
            (None, None) => Meant::Unclear,
        }
    }

    fn read_line(&mut self, line: &str) {
        if let Some(account) = account(line) {
            self.account.get_or_insert(account);
        }
        let Some((label, value)) = line.split_once(':') else {
            return;
        };
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        match label.trim().to_ascii_lowercase().as_str() {
            "budget name" => keep(&mut self.budget, Some(value.to_owned())),
            "budgeted amount" => keep(&mut self.budgeted, from_prose(value)),
            "alert type" => keep(&mut self.alert, AlertType::parse(value)),
            "alert threshold" => keep(&mut self.threshold, from_prose(value)),
            "actual amount" | "forecasted amount" => keep(&mut self.amount, from_prose(value)),
            _ => {}
        }
        self.values.push(value.to_owned());
    }

    /// `AWS Budgets: NAME has exceeded your alert threshold`; SNS takes fewer than 100 characters,
    /// so with a long name the end may be missing.
    fn subject_names(&self, name: &BudgetName) -> bool {
        let rest = self
            .subject
            .as_deref()
            .and_then(|s| s.strip_prefix(GREETING));
        let Some(rest) = rest else { return false };
        let rest = rest.trim_end_matches(['.', '…']).trim_end();
        let whole = format!("{name}{EXCEEDED}");
        rest == whole || (rest.chars().count() > 60 && whole.starts_with(rest))
    }
}

const GREETING: &str = "AWS Budgets: ";
const EXCEEDED: &str = " has exceeded your alert threshold";

fn ours_is(name: &BudgetName) -> Meant {
    Meant::Watched(name.clone())
}

fn named_in(subject: &str) -> Option<&str> {
    subject.strip_prefix(GREETING)?.strip_suffix(EXCEEDED)
}

fn keep<T>(place: &mut Option<T>, value: Option<T>) {
    if place.is_none() {
        *place = value;
    }
}

fn form(body: &str) -> Form {
    match body.trim_start().chars().next() {
        None => Form::Empty,
        Some('{' | '[' | '"') => Form::Json,
        Some(_) if body.trim_start().starts_with("AWS Budget Notification") => Form::Letter,
        Some(_) => Form::Other,
    }
}

/// The 12 digits of a line that begins with `AWS Account`.
fn account(line: &str) -> Option<String> {
    let rest = line.strip_prefix("AWS Account")?;
    let digits = rest.trim_matches([' ', ':']);
    (digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.to_owned())
}
