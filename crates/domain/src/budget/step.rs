//! Where a budget goes from where it is: armed, warned, stopping, stopped, restoring.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::answer::{Answer, Refusal};
use super::blind::Blind;
use super::holds::left_to_lift;
use super::moment::Moment;
use super::name::BudgetName;
use super::observed::{Observed, Watched};
use super::plan::Reason;
use super::reading::Reading;
use super::state::{Restore, State, Stop};
use super::tally::{LimitChange, Tally};
use super::verdict::{Verdict, judge};
use crate::arn::ServiceArn;

/// A run lasts at most so long.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const LONGEST_RUN: SignedDuration = SignedDuration::from_mins(15);

/// What was decided about one budget.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// What the ledger is to remember; none if there is nothing to.
    pub(super) tally: Option<Tally>,
    /// What its reading means.
    pub(super) verdict: Verdict,
    /// What follows.
    pub(super) reason: Reason,
    /// What the person who asked is told.
    pub(super) answer: Option<Answer>,
}

/// One budget, and the world around it.
pub(super) struct Case<'a> {
    pub(super) name: &'a BudgetName,
    pub(super) watched: &'a Watched,
    pub(super) observed: &'a Observed,
    pub(super) moment: Moment<'a>,
    /// Decide as if the budget were spent, for a drill.
    pub(super) pretend: bool,
}

impl Case<'_> {
    /// Decides about the budget.
    pub(super) fn step(&self) -> Step {
        let Some(mut tally) = self.known() else {
            return self.unknown();
        };
        let mut verdict = self.judged(&mut tally);
        let asked = self.observed.asked.as_ref();
        let asked = asked.filter(|asked| asked.budget == *self.name);
        let answer = asked.map(|asked| self.ask(asked, &mut tally, &verdict));
        if answer.is_some() {
            verdict = self.judged(&mut tally);
        }
        let reason = self.moved(&mut tally, &verdict);
        let done = reason == Reason::NotWatched;
        Step {
            tally: (!done).then_some(tally),
            verdict,
            reason,
            answer,
        }
    }

    /// The tally so far, in the period of the reading.
    fn known(&self) -> Option<Tally> {
        let reading = self.watched.sight.as_ref().ok();
        match (&self.watched.tally, reading) {
            (Some(tally), Some(reading)) => Some(tally.rolled(reading.period)),
            (Some(tally), None) => Some(tally.clone()),
            (None, Some(reading)) => Some(self.first(reading)),
            (None, None) => None,
        }
    }

    /// A budget of which nothing is remembered. It takes over what budgets stopped that are not
    /// watched any more. If services are held for a budget that nobody
    /// remembers, a tally was lost, and what is held is taken for stopped by this one: it comes
    /// back with proof or by a person, as ever.
    fn first(&self, reading: &Reading) -> Tally {
        let mut tally = Tally::first(reading, self.moment.now);
        if let Some(stop) = self.taken_over(reading) {
            tally.state = State::Stopping(stop);
            return tally;
        }
        let budgets = self.observed.budgets.values();
        let remembered = budgets.filter_map(|watched| watched.tally.as_ref());
        let mut remembered = remembered.map(|tally| &tally.state);
        let explained = self.observed.unreadable
            || remembered.any(|state| !matches!(state, State::Armed | State::Warned));
        let held = self.observed.services.iter();
        let held = held.filter(|(_, service)| service.hold().is_some());
        let held: BTreeSet<ServiceArn> = held.map(|(arn, _)| arn.clone()).collect();
        if !explained && !held.is_empty() {
            tally.state = State::Stopped(Stop {
                since: self.moment.now,
                period_end: reading.period.end,
                spend: reading.actual.unwrap_or_default(),
                picked: Some(held),
                again: BTreeMap::new(),
            });
        }
        tally
    }

    /// Nothing is remembered of it, and nothing can be read.
    fn unknown(&self) -> Step {
        let blind = self.watched.sight.as_ref().err().cloned();
        let asked = self.observed.asked.as_ref();
        let asked = asked.filter(|asked| asked.budget == *self.name);
        Step {
            tally: None,
            verdict: Verdict::Blind(blind.unwrap_or(Blind::Missing)),
            reason: Reason::Blind,
            answer: asked.map(|_| Answer::Refused(Refusal::NothingKnown)),
        }
    }

    /// What the reading means. What can be believed is remembered.
    fn judged(&self, tally: &mut Tally) -> Verdict {
        let Moment { policy, now, .. } = self.moment;
        let reading = match &self.watched.sight {
            Ok(reading) => reading,
            Err(blind) => return Verdict::Blind(blind.clone()),
        };
        self.note_limit(tally, reading);
        let verdict = match of_the_next_period(reading, tally, now) {
            Some(blind) => Verdict::Blind(blind),
            None => judge(reading, tally, &self.observed.meter, policy, now),
        };
        note(tally, reading, &verdict, now);
        if self.pretend {
            return Verdict::Over { whole: true };
        }
        verdict
    }

    /// A limit that changed is remembered with what it was.
    fn note_limit(&self, tally: &mut Tally, reading: &Reading) {
        if reading.limit == tally.limit {
            return;
        }
        tally.limit_change = Some(LimitChange {
            from: tally.limit,
            to: reading.limit,
            at: self.moment.now,
        });
        tally.limit = reading.limit;
    }

    fn moved(&self, tally: &mut Tally, verdict: &Verdict) -> Reason {
        if tally
            .veto
            .as_ref()
            .is_some_and(|veto| veto.until <= self.moment.now)
        {
            tally.veto = None;
        }
        if let Some(reason) = self.unwatched(tally) {
            return reason;
        }
        match tally.state.clone() {
            State::Stopping(stop) => self.under(tally, stop, verdict, false),
            State::Stopped(stop) => self.under(tally, stop, verdict, true),
            State::Restoring(restore) => self.restoring(tally, restore, verdict),
            State::Armed | State::Warned if !self.watched.configured => Reason::NotWatched,
            State::Armed | State::Warned => self.awake(tally, verdict),
        }
    }

    /// It has stopped nothing.
    fn awake(&self, tally: &mut Tally, verdict: &Verdict) -> Reason {
        match verdict {
            Verdict::Over { whole } => return self.over(tally, *whole),
            Verdict::Warn(causes) => tally.warned.extend(causes),
            Verdict::Under => {}
            Verdict::Implausible { .. } => return Reason::NotBelieved,
            Verdict::Blind(_) => return Reason::Blind,
        }
        tally.grace = None;
        if tally.warned.is_empty() {
            tally.state = State::Armed;
            return Reason::Armed;
        }
        tally.state = State::Warned;
        Reason::Warned
    }

    /// Services get back what they had, until none is held any more.
    fn restoring(&self, tally: &mut Tally, restore: Restore, verdict: &Verdict) -> Reason {
        let began_now = restore.since == self.moment.now;
        let left = self.observed.held_unseen || left_to_lift(self.name, self.observed);
        if !began_now && !left {
            tally.state = State::Armed;
            return if self.watched.configured {
                self.awake(tally, verdict)
            } else {
                Reason::NotWatched
            };
        }
        match verdict {
            Verdict::Over { whole } => self.over(tally, *whole),
            _ if began_now => Reason::Restores,
            _ => Reason::Restoring,
        }
    }
}

/// A run that begins shortly before a period ends may read what is the next one's already: a spend
/// that has fallen says nothing then.
fn of_the_next_period(reading: &Reading, tally: &Tally, now: Timestamp) -> Option<Blind> {
    let last = tally.last()?;
    let fell = reading.actual.unwrap_or_default() < last.spend;
    let began = reading.period.end;
    let close = reading.period.left(now) <= LONGEST_RUN;
    (fell && close).then_some(Blind::NewPeriod { began })
}

/// What is known from now on: what can be believed, what cannot, and since when nothing can.
fn note(tally: &mut Tally, reading: &Reading, verdict: &Verdict, now: Timestamp) {
    let spend = reading.actual.unwrap_or_default();
    match verdict {
        Verdict::Implausible { .. } => tally.doubt(spend, now),
        Verdict::Blind(_) => {
            tally.blind.get_or_insert(now);
        }
        // What was over stays over, although an edit hides it.
        Verdict::Over { .. } if spend.is_zero() => {
            tally.blind.get_or_insert(now);
        }
        Verdict::Under | Verdict::Warn(_) | Verdict::Over { .. } => {
            // Under another limit, warnings begin anew.
            if tally.last().is_some_and(|last| last.limit != reading.limit) {
                tally.warned.clear();
            }
            tally.remember(reading, spend, now);
            (tally.doubted, tally.blind) = (None, None);
        }
    }
}

/// The last moment of a grace or a veto that stands at `now`.
pub(super) fn waits_until(tally: &Tally, now: Timestamp) -> Option<Timestamp> {
    let veto = tally.veto.as_ref().map(|veto| veto.until);
    veto.or(tally.grace).filter(|until| *until > now)
}
