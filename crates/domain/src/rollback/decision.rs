//! Everything together: every service that was heard of or is watched, one plan.

use std::collections::BTreeMap;

use super::heard::heard;
use super::look::Look;
use super::moment::Moment;
use super::observed::{Elsewhere, Observed};
use super::order::{Freeze, What};
use super::plan::{Decided, FreezeWrite, Plan, RecordWrite};
use super::reason::Reason;
use super::record::Record;
use super::sign::{Says, Sign};
use super::step::{Step, step};
use super::told::{kind_of, over, standing};
use super::wants::Wants;
use crate::announcement::ConcernKey;
use crate::arn::ServiceArn;
use crate::concern::{Concern, Over, announcements};
use crate::rest::Version;

/// What has to be looked at next, given what has been. It is asked again with what was read until
/// it is empty; what could not be read is there as an error and is not asked for again.
pub fn wants(observed: &Observed, moment: Moment<'_>) -> Wants {
    round(observed, moment).wants
}

/// Decides about every service that was heard of or is watched.
pub fn decide(observed: &Observed, moment: Moment<'_>) -> Plan {
    let round = round(observed, moment);
    let ticking = ticking(&round.steps, observed);
    let (told, forgotten) = announcements(
        round.concerns,
        &observed.announced,
        |key| round.over.get(key).cloned(),
        moment.origin(),
    );
    let (frozen, mut verdicts) = ordered(observed, moment);
    let mut plan = Plan {
        freeze: (frozen != observed.frozen).then_some(FreezeWrite { freeze: frozen }),
        announcements: told,
        forgotten,
        ticking,
        ..Plan::default()
    };
    for (arn, step) in round.steps {
        plan.records.extend(write(arn, &step.record, observed));
        plan.acts.extend(step.act);
        verdicts.push(Decided {
            about: Some(arn.clone()),
            reason: step.reason,
        });
    }
    plan.verdicts = verdicts;
    plan
}

type Steps<'a> = BTreeMap<&'a ServiceArn, Step>;

/// What is done for each service alone, what is told of it, and what has to be looked at first.
#[derive(Default)]
struct Round<'a> {
    steps: Steps<'a>,
    concerns: Vec<Concern>,
    over: BTreeMap<ConcernKey, Over>,
    wants: Wants,
}

/// Every service twice: what fails in the same minutes somewhere else is known only once each was
/// looked at.
fn round<'a>(observed: &'a Observed, moment: Moment<'_>) -> Round<'a> {
    let heard = heard(observed);
    let (frozen, _) = ordered(observed, moment);
    let ledger = observed.records.iter();
    let ledger = ledger.map(|(arn, record)| (arn, Elsewhere::of(record)));
    let elsewhere = observed.elsewhere.iter();
    let mut others: BTreeMap<&ServiceArn, Elsewhere> = elsewhere
        .map(|(arn, other)| (arn, other.clone()))
        .chain(ledger)
        .collect();
    let each = |others: &BTreeMap<&ServiceArn, Elsewhere>| {
        let mut round = Round::default();
        for (arn, signs) in &heard {
            let look = Look {
                arn,
                observed,
                moment,
                signs,
                others,
                frozen: frozen.as_ref(),
            };
            round.add(look, arn);
        }
        round
    };
    let first = each(&others);
    if heard.len() < 2 {
        return first;
    }
    for (arn, step) in &first.steps {
        others.insert(arn, Elsewhere::of(&step.record));
    }
    let mut second = each(&others);
    second.wants.add(first.wants);
    second
}

impl<'a> Round<'a> {
    /// One service. What is not known of it yet is asked for, and nothing is done.
    fn add(&mut self, look: Look<'_>, arn: &'a ServiceArn) {
        let step = step(look).unwrap_or_else(|wants| {
            self.wants.add(*wants);
            let before = look.before().cloned();
            let before = before.unwrap_or_else(|| Record::new(look.moment.now));
            Step::only(before, Reason::NotLookedAt)
        });
        if step.reason != Reason::NotLookedAt {
            match standing(look, &step) {
                Ok(concerns) => self.concerns.extend(concerns),
                Err(wants) => self.wants.add(*wants),
            }
            let told = look.observed.announced.iter();
            for (key, told) in told.filter(|(key, _)| key.subject == arn.as_str()) {
                let over = kind_of(key).and_then(|kind| over(look, &step, kind, told));
                self.over.extend(over.map(|over| (key.clone(), over)));
            }
        }
        self.steps.insert(arn, step);
    }
}

/// The write, if the record is not as it was.
fn write(arn: &ServiceArn, record: &Record, observed: &Observed) -> Option<RecordWrite> {
    let before = observed.records.get(arn);
    let fresh = Record {
        version: record.version,
        ..Record::new(jiff::Timestamp::UNIX_EPOCH)
    };
    if before.map_or(*record == fresh, |before| before == record) {
        return None;
    }
    let replaces = before.map(|before| before.version);
    let mut record = record.clone();
    record.version = replaces.map_or(record.version, Version::next);
    Some(RecordWrite {
        service: arn.clone(),
        record: Box::new(record),
        replaces,
    })
}

/// The freeze that holds for every service after what a person said, and what is answered.
fn ordered(observed: &Observed, moment: Moment<'_>) -> (Option<Freeze>, Vec<Decided>) {
    let mut frozen = observed.frozen.clone();
    frozen = frozen.filter(|freeze| !freeze.is_over(moment.now));
    let mut verdicts = Vec::new();
    let orders = observed
        .signs
        .iter()
        .filter_map(|sign: &Sign| match &sign.says {
            Says::Order(order) => Some(order),
            _ => None,
        });
    for order in orders {
        let reason = match &order.what {
            What::Freeze {
                service: None,
                until,
            } => {
                frozen = Some(Freeze {
                    by: Some(order.by.clone()),
                    why: order.why.clone(),
                    since: moment.now,
                    until: *until,
                });
                Reason::Froze
            }
            What::Thaw { service: None } => {
                frozen = None;
                Reason::Thawed
            }
            What::Rollback { .. } | What::Freeze { .. } | What::Thaw { .. } => continue,
        };
        verdicts.push(Decided {
            about: None,
            reason,
        });
    }
    (frozen, verdicts)
}

/// Whether a look every minute is needed. Only who saw everything can say that it is not.
fn ticking(steps: &Steps<'_>, observed: &Observed) -> Option<bool> {
    let looked = steps.values().any(|step| step.record.is_open());
    let other = observed.records.iter();
    let mut other = other.filter(|(arn, _)| !steps.contains_key(arn));
    if looked || other.any(|(_, record)| record.is_open()) {
        return Some(true);
    }
    let round = |sign: &Sign| matches!(sign.says, Says::Minute | Says::Sweep { .. });
    (observed.all_open && observed.signs.iter().any(round)).then_some(false)
}
