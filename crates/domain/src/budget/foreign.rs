//! Messages that are about none of our budgets. They change nothing, and are told once.

use std::collections::{BTreeMap, BTreeSet};

use super::moment::Moment;
use super::observed::{Message, Observed};
use super::prose::Meant;
use crate::concern::Concern;
use crate::cut::cut;
use crate::notice::{Kind, fact, words};

/// So many foreign things are told of one topic, and then no more: whoever can publish to it must
/// not be able to fill the pager.
const FOREIGN: usize = 8;

/// Messages that are about none of our budgets, by topic. They change nothing, and each thing
/// that is foreign is told once.
pub(super) fn of_messages(observed: &Observed, moment: Moment<'_>) -> Vec<Concern> {
    let mut foreign: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for message in &observed.messages {
        if let Some(what) = foreign_in(message, observed, moment) {
            foreign.entry(&message.topic).or_default().insert(what);
        }
    }
    foreign
        .into_iter()
        .filter_map(|(topic, whats)| foreign_from(topic, whats, observed, moment))
        .collect()
}

fn foreign_from(
    topic: &str,
    whats: BTreeSet<String>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Option<Concern> {
    let mut concern = Concern {
        title: "A message is about no budget that is watched here".to_owned(),
        done: Some("Nothing: such a message changes nothing.".to_owned()),
        next: words(
            "If the budget is yours, add its name to BudgetNames; if there is a comma in it, give it \
             another name first. If not, find out who publishes to this topic.",
        ),
        unknown: Some("Who published it.".to_owned()),
        ..Concern::about(topic, Kind::BudgetMessageForeign, moment.now)
    };
    let told = observed.announced.get(&concern.key());
    let told: Vec<&str> = told.map_or_else(Vec::new, |told| told.text.lines().collect());
    let new: Vec<&String> = whats
        .iter()
        .filter(|what| !told.contains(&what.as_str()))
        .collect();
    if new.is_empty() {
        return None;
    }
    concern.facts = new.iter().map(|what| fact("Foreign", what)).collect();
    let all = told.into_iter().chain(new.into_iter().map(String::as_str));
    concern.text = all.take(FOREIGN).collect::<Vec<_>>().join("\n");
    Some(concern)
}

/// What is foreign in a message, if anything is.
fn foreign_in(message: &Message, observed: &Observed, moment: Moment<'_>) -> Option<String> {
    let configured = observed
        .budgets
        .iter()
        .filter(|(_, watched)| watched.configured);
    let meant = message.hint.meant(configured.map(|(name, _)| name));
    let account = message.hint.account.as_deref();
    let what = if !moment.policy.topics.contains(&message.topic) {
        format!("the topic {}", message.topic)
    } else if let Some(account) = account.filter(|account| *account != moment.account) {
        format!("the account {account}")
    } else if let Meant::Foreign(name) = meant {
        format!("the budget {name}")
    } else {
        return None;
    };
    Some(cut(&what.replace(['\n', '\r'], " "), 160))
}
