//! What the tags of a service or group ask for.

use std::sync::Arc;

use jiff::Timestamp;

use super::moment::Policy;
use super::tags::{
    Carrier, DEFAULT_WAVE, FLOOR, HOURS, OVERRIDE, Problem, Reader, WAVE, floor, wave,
};
use crate::hours::overrides::Override;
use crate::hours::schedule::Schedule;
use crate::hours::wanted::{Wanted, wanted};
use crate::hours::{Edge, Hours, State};
use crate::order::Order;
use crate::tag::Tags;

/// What the tags of a service or group ask for.
#[derive(Clone, Debug)]
pub struct Intent {
    schedule: Option<Schedule>,
    overriding: Option<Override>,
    override_tag: Option<(Carrier, String)>,
    hours_text: Option<String>,
    /// Tasks that stay at rest.
    pub floor: u32,
    /// The wave it wakes in, 1 to 9.
    pub wave: u8,
    /// Tags that cannot be read.
    pub problems: Vec<Problem>,
}

impl Intent {
    /// Reads the tags; the cluster's are the default, tag by tag.
    pub fn of(own: &Tags, cluster: &Tags, policy: &Policy) -> Self {
        let mut reader = Reader::of(own, cluster);
        let hours = reader.read(HOURS, Hours::parse);
        let zone = match &hours {
            Some(Hours::Windows(windows)) => windows.zone().unwrap_or(&policy.default_zone),
            _ => &policy.default_zone,
        };
        let overriding = reader.read(OVERRIDE, |text| Override::parse(text, zone));
        let floor = reader.read(FLOOR, floor);
        let wave = reader.read(WAVE, wave);
        // An override on its own is an exception to being always awake.
        let hours = hours.or_else(|| overriding.map(|_| Hours::Always));
        let schedule =
            |hours| Schedule::new(&hours, Arc::clone(&policy.holidays), &policy.default_zone);
        Self {
            schedule: hours.map(schedule),
            overriding,
            override_tag: typed(&reader, OVERRIDE),
            hours_text: typed(&reader, HOURS).map(|(_, text)| text),
            floor: floor.unwrap_or(0),
            wave: wave.unwrap_or(DEFAULT_WAVE),
            problems: reader.problems,
        }
    }

    /// Whether any tag asks for anything.
    pub fn is_ours(&self) -> bool {
        self.schedule.is_some() || !self.problems.is_empty()
    }

    /// Whether it must be left alone because a tag cannot be read. An override that cannot be
    /// read is ignored instead.
    pub fn malformed(&self) -> bool {
        self.problems.iter().any(|problem| !problem.ignored())
    }

    /// Whether it is to be at rest at `now`.
    pub fn rests(&self, order: Option<&Order>, now: Timestamp) -> bool {
        self.wanted(order, now)
            .is_some_and(|wanted| wanted.state == State::Rest)
    }

    /// When that next changes by itself.
    pub fn next(&self, order: Option<&Order>, now: Timestamp) -> Option<Edge> {
        self.wanted(order, now)?.next
    }

    /// Why it is to be at rest, for the hold.
    pub fn why(&self, order: Option<&Order>, now: Timestamp) -> String {
        let ordered = awake_until(order, now).is_some();
        let overridden = self
            .overriding
            .is_some_and(|overriding| !overriding.is_past(now));
        if overridden && !ordered {
            format!("its {OVERRIDE} says so")
        } else {
            format!("outside {}", self.hours_text())
        }
    }

    /// The hours as typed, or `no hours`.
    pub fn hours_text(&self) -> &str {
        self.hours_text.as_deref().unwrap_or("no hours")
    }

    /// The schedule, where hours are given and can be read.
    pub fn schedule(&self) -> Option<&Schedule> {
        self.schedule.as_ref()
    }

    fn wanted(&self, order: Option<&Order>, now: Timestamp) -> Option<Wanted> {
        let ordered = awake_until(order, now).map(|until| Override {
            to: State::Awake,
            until,
        });
        let overriding = ordered.as_ref().or(self.overriding.as_ref());
        Some(wanted(self.schedule.as_ref()?, overriding, now))
    }

    /// What is wrong with these tags at `now`: those that cannot be read, and an override that is
    /// past.
    pub fn problems_at(&self, now: Timestamp) -> Vec<Problem> {
        self.problems
            .iter()
            .cloned()
            .chain(self.past(now))
            .collect()
    }

    fn past(&self, now: Timestamp) -> Option<Problem> {
        self.overriding
            .filter(|overriding| overriding.is_past(now))?;
        let (carrier, text) = self.override_tag.clone()?;
        Some(Problem {
            carrier,
            key: OVERRIDE,
            text,
            error: "is past; remove it".to_owned(),
        })
    }
}

/// A tag as it was typed, and what carries it.
fn typed(reader: &Reader<'_>, key: &str) -> Option<(Carrier, String)> {
    let (carrier, text) = reader.find(key)?;
    Some((carrier, text.to_owned()))
}

/// Until when an order keeps its service awake at `now`.
fn awake_until(order: Option<&Order>, now: Timestamp) -> Option<Timestamp> {
    order?.awake_until().filter(|until| *until > now)
}
