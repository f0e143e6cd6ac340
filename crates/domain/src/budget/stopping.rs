//! How a budget stops services: the grace before, and what goes down.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::asked::known_spend;
use super::counted::{Counted, Rate};
use super::holds::complete;
use super::hosts::Hosts;
use super::moment::Moment;
use super::plan::Reason;
use super::proof::proof;
use super::room::has_room;
use super::selection::{Candidate, Projection, pick};
use super::state::{Restore, State, Stop, Why};
use super::step::Case;
use super::tags::Intent;
use super::tally::{Cause, Tally};
use super::verdict::Verdict;
use crate::arn::ServiceArn;

impl Case<'_> {
    /// It is over: people are told, have their grace, and then services stop.
    pub(super) fn over(&self, tally: &mut Tally, whole: bool) -> Reason {
        let Moment { policy, now, .. } = self.moment;
        tally.warned.insert(Cause::Actual);
        if !matches!(tally.state, State::Restoring(_)) {
            tally.state = State::Warned;
        }
        let veto = tally.veto.as_ref().filter(|_| !self.pretend);
        if let Some(until) = veto.map(|veto| veto.until) {
            return Reason::Vetoed { until };
        }
        let picked = (!whole).then(|| self.picked(tally, &BTreeSet::new()));
        // It lasts anyway, so no stop is announced, and one that was is off.
        if picked.as_ref().is_some_and(BTreeSet::is_empty) {
            tally.grace = None;
            return Reason::Warned;
        }
        let begins = now.saturating_add(policy.grace).unwrap_or(now);
        let until = tally.grace.unwrap_or(begins);
        if until > now && !self.pretend {
            tally.grace = Some(until);
            return Reason::InGrace { until };
        }
        // What cannot be named cannot be told from the rest: then everything stops.
        let picked = picked.filter(has_room);
        tally.grace = None;
        tally.state = State::Stopping(Stop {
            since: now,
            period_end: tally.period.end,
            spend: known_spend(tally),
            picked,
            again: BTreeMap::new(),
        });
        Reason::Stops
    }

    /// It stops services, or has stopped them. A decision to stop is carried out even if nothing
    /// can be read meanwhile: half a stop is neither.
    pub(super) fn under(
        &self,
        tally: &mut Tally,
        mut stop: Stop,
        verdict: &Verdict,
        done: bool,
    ) -> Reason {
        let now = self.moment.now;
        if let Some(spend) = proof(tally, &stop, &self.watched.sight, verdict, now) {
            tally.state = State::Restoring(Restore {
                since: now,
                why: Why::NewPeriod { spend },
            });
            return Reason::Restores;
        }
        if let Verdict::Over { whole } = verdict {
            stop.period_end = stop.period_end.max(tally.period.end);
            stop.picked = match stop.picked.take() {
                Some(picked) if !whole => {
                    let more = self.picked(tally, &picked);
                    Some(picked.into_iter().chain(more).collect()).filter(has_room)
                }
                _ => None,
            };
        }
        // Of a stop whose record was lost this is all that is known.
        if verdict.believes() && tally.period.end <= stop.period_end {
            let last = tally.last().map_or(Decimal::ZERO, |last| last.spend);
            stop.spend = stop.spend.max(last);
        }
        self.treat_raised(&mut stop);
        let waits = now >= stop.period_end;
        if done || complete(&stop, self.observed) {
            tally.state = State::Stopped(stop);
            return if waits {
                Reason::WaitsForProof
            } else {
                Reason::Stopped
            };
        }
        tally.state = State::Stopping(stop);
        Reason::Stopping
    }

    /// What else has to stop so that the rest lasts until the period ends, as far as prices are known:
    /// what has none would stop everything, however little it costs. At the limit all stop anyway.
    fn picked(&self, tally: &Tally, already: &BTreeSet<ServiceArn>) -> BTreeSet<ServiceArn> {
        let services = || {
            let services = self.observed.services.iter();
            services.filter(|(arn, _)| !already.contains(*arn))
        };
        let hosts = Hosts::of(self.observed);
        let candidates = services().filter_map(|(arn, service)| match service.intent {
            Intent::Stop { rank } if service.controllable() => Some(Candidate {
                service: arn.clone(),
                rank,
                rate: hosts.rate_with(arn, service),
            }),
            _ => None,
        });
        let tasks: Vec<Counted> = services()
            .map(|(arn, service)| service.counted(arn))
            .collect();
        let others = self.observed.instances.iter().chain(&self.observed.beside);
        let projection = Projection {
            spend: known_spend(tally).saturating_add(self.unreported(tally)),
            ceiling: tally.ceiling(tally.limit),
            rate: Rate::of(tasks.iter().chain(others)).lower,
            left: tally.period.left(self.moment.now),
        };
        pick(candidates.collect(), projection)
    }

    /// What was spent since the last reading, as far as that is known, in USD.
    fn unreported(&self, tally: &Tally) -> Decimal {
        let since = tally.last().map_or(self.moment.now, |last| last.at);
        self.observed.meter.between(since, self.moment.now).lower
    }
}
