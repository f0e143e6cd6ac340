//! What people are told of how a budget is guarded, and of what does not belong to one budget.

use std::collections::{BTreeMap, BTreeSet};

use super::command::describe;
use super::concerns::{Concern, fact};
use super::facts::View;
use super::holds::Tallies;
use super::meter::hours;
use super::moment::Moment;
use super::money::usd;
use super::observed::{Message, Observed, Service};
use super::prose::Meant;
use super::tags::{BUDGET, Intent};
use super::tally::Tally;
use crate::arn::ServiceArn;
use crate::cut::cut;
use crate::notice::{Kind, Next, Severity};

/// So many foreign things are told of one topic, and then no more: whoever can publish to it must
/// not be able to fill the pager.
const FOREIGN: usize = 8;

impl View<'_> {
    /// What goes on after a stop costs more in a period than may be spent.
    pub(super) fn cannot_be_met(&self) -> Option<Concern> {
        let reading = self.watched.sight.as_ref().ok()?;
        let residual = self.observed.residual();
        let floor = residual
            .known()
            .saturating_mul(hours(reading.period.length()));
        if floor <= reading.limit {
            return None;
        }
        let mut facts = self.facts();
        facts.insert(0, fact("Floor of a period", usd(floor)));
        Some(Concern {
            text: reading.limit.normalize().to_string(),
            facts,
            done: Some("Nothing: it is watched and stops like any other.".to_owned()),
            next: Next {
                what: "Raise the limit above what runs on after a stop, or remove what costs it."
                    .to_owned(),
                command: Some(describe(self.moment.account, self.name)),
            },
            unknown: self.unknown(),
            ..self.concern(
                Kind::BudgetCannotBeMet,
                Severity::Digest,
                format!(
                    "The budget {} cannot be met by stopping services",
                    self.name
                ),
            )
        })
    }

    pub(super) fn limit_changed(&self, tally: &Tally) -> Option<Concern> {
        let change = tally.limit_change?;
        let reading = self.watched.sight.as_ref().ok();
        let (from, to) = (usd(change.from), usd(change.to));
        let mut facts = vec![fact("Limit", format!("{to}, was {from}"))];
        if let Some(reading) = reading {
            facts.push(fact("Spent", reading.shown()));
            let by = if reading.auto_adjusting {
                "AWS, as it adjusts itself"
            } else {
                "somebody"
            };
            facts.push(fact("Changed by", by));
        }
        Some(Concern {
            text: format!("{from} {to} {}", change.at),
            facts,
            next: Next {
                what: "Nothing, if the change was meant. CloudTrail has the UpdateBudget call."
                    .to_owned(),
                command: Some(describe(self.moment.account, self.name)),
            },
            since: change.at,
            ..self.concern(
                Kind::BudgetLimitChanged,
                Severity::Digest,
                format!(
                    "The limit of the budget {} changed from {from} to {to}",
                    self.name
                ),
            )
        })
    }

    pub(super) fn unguarded(&self) -> Option<Concern> {
        let guarded = self.watched.guarded.as_ref()?;
        let Moment {
            policy, account, ..
        } = self.moment;
        let findings = guarded.findings(account, &policy.topics);
        if findings.is_empty() {
            return None;
        }
        let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
        Some(Concern {
            text: texts.join("\n"),
            facts: texts.iter().map(|text| fact("Finding", text)).collect(),
            done: Some("Nothing: the budget is read every hour all the same.".to_owned()),
            next: Next {
                what: "Deploy the suite again, or set right what was changed.".to_owned(),
                command: Some(format!(
                    "aws budgets describe-notifications-for-budget --account-id {account} \
                     --budget-name \"{}\"",
                    self.name
                )),
            },
            ..self.concern(
                Kind::BudgetUnguarded,
                Severity::Digest,
                format!("Messages about the budget {} may not arrive", self.name),
            )
        })
    }
}

/// What people should know of services: tags that cannot be read, and what was raised again.
pub(super) fn of_service(
    arn: &ServiceArn,
    service: &Service,
    before: &Tallies,
    after: &Tallies,
    moment: Moment<'_>,
) -> Vec<Concern> {
    let subject = View::about(arn.as_str(), moment);
    let malformed = match &service.intent {
        Intent::Malformed { text, error } => Some(Concern {
            kind: Kind::BudgetTagMalformed,
            title: format!("{arn}: the tag {BUDGET} cannot be read"),
            text: text.clone(),
            facts: vec![
                fact("Tag", format!("{BUDGET} = {text}")),
                fact("Problem", error),
            ],
            done: Some("No budget stops it; if one holds it, it stays at rest.".to_owned()),
            next: words("Correct what the tag says."),
            ..subject.clone()
        }),
        _ => None,
    };
    let most = |tallies: &Tallies| {
        let stops = tallies.values().filter_map(Tally::stop);
        stops.filter_map(|stop| stop.again.get(arn).copied()).max()
    };
    let raised = most(after).map(|times| {
        let given_up = service.raised() && !service.deploying && most(before) >= Some(times);
        let most = moment.policy.put_down_again;
        again(arn, service, (times, most), given_up, subject)
    });
    malformed.into_iter().chain(raised).collect()
}

fn again(
    arn: &ServiceArn,
    service: &Service,
    (times, most): (u8, u8),
    given_up: bool,
    subject: Concern,
) -> Concern {
    Concern {
        kind: Kind::BudgetRaisedWhileStopped,
        severity: if given_up {
            Severity::Page
        } else {
            Severity::Digest
        },
        title: if given_up {
            format!("{arn} is raised again and again although its budget is spent")
        } else {
            format!("{arn} was raised although its budget is spent")
        },
        text: if given_up {
            "given up".to_owned()
        } else {
            times.to_string()
        },
        facts: vec![
            fact("Desired count", service.desired),
            fact("Put down again", format!("{times} of {most} times")),
            fact("Costs", service.rate(arn).shown()),
        ],
        done: Some(if given_up {
            "Nothing more: it runs and costs money until somebody stops it.".to_owned()
        } else {
            "It is put down again.".to_owned()
        }),
        next: Next {
            what:
                "Find out what raises it, such as a pipeline or a scheduled action, and stop that."
                    .to_owned(),
            command: Some(format!(
                "aws ecs describe-services --cluster {} --services {}",
                arn.cluster(),
                arn.name()
            )),
        },
        ..subject
    }
}

/// What people should know of the free tier.
pub(super) fn of_free_tier(observed: &Observed, moment: Moment<'_>) -> Vec<Concern> {
    let uses = observed.free_tier.iter().flatten();
    let nearly = uses.filter(|one| one.is_nearly_used());
    nearly
        .map(|one| Concern {
            kind: Kind::FreeTierNearlyUsed,
            title: format!("What is free of {} is nearly used up", one.named()),
            text: "nearly used".to_owned(),
            facts: vec![
                fact(
                    "Used",
                    format!("{:.0} %", one.percent().unwrap_or_default()),
                ),
                fact(
                    "Free",
                    one.limit
                        .map_or_else(|| "unknown".to_owned(), |l| l.to_string()),
                ),
                fact("Unit", one.unit.as_deref().unwrap_or("unknown")),
            ],
            next: words("Nothing, if it may cost something from here on."),
            ..View::about(&free_tier_subject(&one.named()), moment)
        })
        .collect()
}

/// What the concern about a use of the free tier is about.
pub(super) fn free_tier_subject(named: &str) -> String {
    format!("free-tier/{named}")
}

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
        kind: Kind::BudgetMessageForeign,
        title: "A message is about no budget that is watched here".to_owned(),
        done: Some("Nothing: such a message changes nothing.".to_owned()),
        next: words(
            "If the budget is yours, add its name to BudgetNames. If not, find out who publishes \
             to this topic.",
        ),
        unknown: Some("Who published it.".to_owned()),
        ..View::about(topic, moment)
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

impl View<'_> {
    /// A digest about something that is no budget, to be completed.
    fn about(subject: &str, moment: Moment<'_>) -> Concern {
        Concern {
            subject: subject.to_owned(),
            kind: Kind::BudgetUnguarded,
            severity: Severity::Digest,
            title: String::new(),
            text: String::new(),
            facts: Vec::new(),
            done: None,
            next: words(""),
            unknown: None,
            since: moment.now,
        }
    }
}

fn words(what: &str) -> Next {
    Next {
        what: what.to_owned(),
        command: None,
    }
}
