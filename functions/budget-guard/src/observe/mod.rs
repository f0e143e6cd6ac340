//! One look at the world: what the ledger remembers, what AWS says of the budgets, what runs and what
//! that costs.

mod beside;
mod budgets;
mod free_tier;
mod instances;
mod notifications;
mod prices;
mod providers;
mod scope;
mod services;
mod targets;
mod tasks;
#[cfg(test)]
mod tests;
mod topics;

use std::collections::BTreeMap;

use domain::announcement::{ConcernKey, Told};
use domain::budget::meter::Meter;
use domain::budget::{Changeable, Moment, Observed};
use ledger::{Samples, Standing, Unreadable};

use crate::event::Work;
use crate::{Aws, Failure, Settings};

/// What was seen, and what could not be.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) observed: Observed,
    /// The services that can be changed.
    pub(crate) changeable: Changeable,
    /// What could not be looked at, by name. It is left alone; the run ends in a failure.
    pub(crate) unseen: Vec<(String, Failure)>,
    /// What is not known of prices and of the guard's own guard, by name. People are told, where it
    /// matters, that it is unknown; nothing else depends on it.
    pub(crate) unknown: Vec<(String, Failure)>,
}

/// How much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// What a decision about money needs.
    Money,
    /// That, and whether messages can arrive, and the free tier: every hour.
    Whole,
}

impl Work {
    /// How much an event needs looked at: one that may stop services does not wait for more.
    pub(crate) fn look(&self) -> Look {
        match self.kind {
            "tick" => Look::Whole,
            _ => Look::Money,
        }
    }
}

/// Looks at everything in scope.
pub(crate) async fn observe(
    aws: &Aws,
    settings: &Settings,
    work: &Work,
    look: Look,
    moment: Moment<'_>,
) -> Result<Seen, Failure> {
    let standing = aws.edge.ledger.standing().await?;
    let samples = aws.edge.ledger.samples().await?;
    let mut seen = Seen {
        observed: Observed {
            unreadable: left_alone(&standing, "budget").next().is_some(),
            held_unseen: left_alone(&standing, "service").next().is_some(),
            messages: work.messages.clone(),
            asked: work.asked.clone(),
            announced: announced(&standing),
            closing: standing.closing,
            ..Observed::default()
        },
        ..Seen::default()
    };
    unreadable(&mut seen, &standing, &samples);
    let tagged = scope::tagged(aws, settings, &standing).await?;
    budgets::look(aws, settings, &mut seen, &standing, moment.now).await;
    services::look(aws, settings, &mut seen, &standing, &tagged, moment.now).await;
    tasks::look(aws, settings, &mut seen, &tagged).await;
    let hosts = instances::look(aws, settings, &mut seen, &tagged).await;
    beside::look(aws, settings, &mut seen, &hosts).await;
    if look == Look::Whole {
        notifications::look(aws, settings, &mut seen).await;
        free_tier::look(aws, &mut seen).await;
    }
    let sample = seen.observed.sample(moment.now);
    let samples = samples.samples.into_iter().chain(sample);
    seen.observed.meter = Meter::of(samples.collect());
    targets::look(aws, &mut seen, moment).await;
    Ok(seen)
}

/// What can be seen without the ledger: what AWS says of the budgets, and what woke this run.
pub(crate) async fn without_the_ledger(
    aws: &Aws,
    settings: &Settings,
    work: &Work,
    moment: Moment<'_>,
) -> Observed {
    let mut seen = Seen::default();
    seen.observed.messages = work.messages.clone();
    budgets::look(aws, settings, &mut seen, &Standing::default(), moment.now).await;
    seen.observed
}

/// What is told of this function's concerns, and of others' too: a decision knows its own.
fn announced(standing: &Standing) -> BTreeMap<ConcernKey, Told> {
    let known = standing.announced.iter();
    known
        .filter_map(|((subject, kind), told)| {
            let key = ConcernKey {
                subject: subject.clone(),
                kind: domain::notice::Kind::from_name(kind)?.name(),
            };
            Some((key, told.clone()))
        })
        .collect()
}

/// What of this kind the ledger holds and this version cannot read: the part of its key behind the
/// kind.
fn left_alone<'s>(standing: &'s Standing, kind: &'s str) -> impl Iterator<Item = &'s str> {
    let keys = standing
        .unreadable
        .iter()
        .map(|item| item.item.split_once('#'));
    keys.flatten()
        .filter(move |(of, _)| *of == kind)
        .map(|(_, about)| about)
}

/// Names what cannot be read. What a decision rests on makes the run a failure; what is others'
/// business is theirs to report.
fn unreadable(seen: &mut Seen, standing: &Standing, samples: &Samples) {
    let named = |item: &Unreadable| (item.item.clone(), Failure::Unreadable(item.clone()));
    let (ours, others): (Vec<_>, Vec<_>) = standing.unreadable.iter().partition(|item| {
        let kind = item.item.split('#').next();
        matches!(kind, Some("budget" | "service"))
    });
    seen.unseen.extend(ours.into_iter().map(named));
    let lost = others.into_iter().chain(&samples.unreadable);
    seen.unknown.extend(lost.map(named));
}
