//! Holds a budget's notifications against its figures, and sends the letters that are due.
//!
//! Source: <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html>:
//! an ACTUAL alert goes out once per budget and period; a FORECASTED one goes out again when the
//! forecast has fallen below the threshold in between.

use bigdecimal::BigDecimal;
use jiff::Timestamp;
use serde_json::json;

use super::letter;
use super::{Budget, Rung};
use crate::journal::What;
use crate::services::sns::{self, Publisher};
use crate::world::World;

/// A letter, and whether it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// When it was sent.
    pub at: Timestamp,
    /// The budget's name.
    pub budget: String,
    /// `ACTUAL` or `FORECASTED`.
    pub kind: String,
    /// The topic's ARN, or the e-mail address.
    pub address: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Why the topic refused it, if it did.
    pub refused: Option<String>,
}

/// Brings the states up to date and sends what is due. A letter that a topic refuses is lost for
/// the period: a choice, AWS does not say that it tries again.
pub(super) fn judge(world: &mut World, name: &str) {
    for letter in letters(world, name) {
        send(world, letter);
    }
}

/// Brings the states up to date, and takes the letters for sent: they were, before the story begins.
pub(super) fn settle(world: &mut World, name: &str) {
    letters(world, name);
}

/// Brings the states up to date; the letters that are due for it.
fn letters(world: &mut World, name: &str) -> Vec<Letter> {
    let (now, casing) = (world.now, world.budgets.casing);
    let account = world.identity.account_id.clone();
    let Some(budget) = world.budgets.budgets.get_mut(name) else {
        return Vec::new();
    };
    let mut due = Vec::new();
    let mut rungs = std::mem::take(&mut budget.rungs);
    for rung in &mut rungs {
        let figure = budget.figure(rung);
        if !rung.is_news(figure.as_ref(), budget, now) {
            continue;
        }
        let figure = figure.unwrap_or_default();
        for subscriber in &rung.subscribers {
            due.push(Letter {
                at: now,
                budget: name.to_owned(),
                kind: rung.kind.clone(),
                address: subscriber.address.clone(),
                subject: letter::subject(name),
                text: letter::body(casing, &account, now, budget, rung, &figure),
                refused: None,
            });
        }
    }
    budget.rungs = rungs;
    // How budgets of other types are worded is not known.
    match budget.kind.as_str() {
        "COST" => due,
        _ => Vec::new(),
    }
}

impl Budget {
    fn figure(&self, rung: &Rung) -> Option<BigDecimal> {
        let reading = self.reading.as_ref()?;
        let amount = match rung.kind.as_str() {
            "ACTUAL" => Some(&reading.actual),
            _ => reading.forecast.as_ref(),
        };
        amount.map(|amount| amount.value().clone())
    }
}

impl Rung {
    /// Takes in a figure; whether it has to be told. Where there is no figure the state stays.
    fn is_news(&mut self, figure: Option<&BigDecimal>, budget: &Budget, now: Timestamp) -> bool {
        let limit = budget.limit_at(now).map(|limit| limit.amount.value());
        let (Some(figure), Some(limit)) = (figure, limit) else {
            return false;
        };
        let before = self.alarm;
        self.alarm = self.is_crossed(figure, limit);
        if !self.alarm {
            return false;
        }
        match self.kind.as_str() {
            "ACTUAL" => self.told.replace(budget.period.start) != Some(budget.period.start),
            _ => !before,
        }
    }
}

fn send(world: &mut World, mut letter: Letter) {
    if letter.address.starts_with("arn:") {
        let publisher = Publisher {
            principal: "budgets.amazonaws.com",
            account: world.identity.account_id.clone(),
            arn: format!(
                "arn:aws:budgets::{}:budget/{}",
                world.identity.account_id, letter.budget
            ),
        };
        let sent = sns::publish_for(
            world,
            &publisher,
            &letter.address,
            &letter.subject,
            &letter.text,
        );
        letter.refused = sent.err().map(|refusal| refusal.to_string());
    }
    let told = json!({
        "Type": letter.kind,
        "Address": letter.address,
        "Subject": letter.subject,
        "Message": letter.text,
        "Refused": letter.refused,
    });
    world.happened(letter.budget.as_str(), What::Alert(told));
    world.budgets.letters.push(letter);
}
