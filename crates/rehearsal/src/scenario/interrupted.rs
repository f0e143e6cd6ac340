//! What became of the instances that EC2 warned of, read from what happened.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::journal::{Happening, What};

/// An instance that EC2 warned of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interrupted {
    /// Its id.
    pub instance: String,
    /// When EC2 warned first.
    pub warned: Timestamp,
    /// Since when its container instance was DRAINING, if it was; before the warning perhaps.
    pub draining: Option<Timestamp>,
    /// When no task was left on it, if that was so before it ended.
    pub emptied: Option<Timestamp>,
    /// When its machine shut down or stopped, if it did.
    pub ended: Option<Timestamp>,
}

impl Interrupted {
    /// How long after the warning something happened.
    pub fn after(&self, at: Timestamp) -> SignedDuration {
        at.duration_since(self.warned)
    }

    /// Whether it was DRAINING this soon after the warning.
    pub fn drained_within(&self, span: SignedDuration) -> bool {
        let draining = self.draining.map(|at| self.after(at));
        draining.is_some_and(|took| took <= span)
    }
}

/// Something that EC2 says of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sign<'a> {
    /// It recommends to replace it.
    Recommended(&'a str),
    /// It warns: the instance, and what it is going to do with it.
    Warned(&'a str, &'a str),
    /// The machine shuts down or stops: the instance, and its state.
    Ends(&'a str, &'a str),
    /// CloudTrail says that it took these.
    Evicted(Vec<&'a str>),
}

impl<'a> Sign<'a> {
    /// What an event says, if it is one of EC2 about instances that go.
    pub(super) fn of(event: &'a Value) -> Option<Self> {
        if event["source"] != "aws.ec2" {
            return None;
        }
        let detail = &event["detail"];
        let text = |member: &str| detail[member].as_str();
        match event["detail-type"].as_str()? {
            "EC2 Instance Rebalance Recommendation" => {
                Some(Self::Recommended(text("instance-id")?))
            }
            "EC2 Spot Instance Interruption Warning" => {
                Some(Self::Warned(text("instance-id")?, text("instance-action")?))
            }
            "EC2 Instance State-change Notification" => {
                let state = text("state").filter(|it| ["shutting-down", "stopping"].contains(it));
                Some(Self::Ends(text("instance-id")?, state?))
            }
            _ if detail["eventName"] == "BidEvictedEvent" => {
                let ids = detail["serviceEventDetails"]["instanceIdSet"].as_array()?;
                Some(Self::Evicted(
                    ids.iter().filter_map(Value::as_str).collect(),
                ))
            }
            _ => None,
        }
    }
}

/// The instances that EC2 warned of, in the order of the warnings.
pub fn interrupted(happenings: &[Happening]) -> Vec<Interrupted> {
    let mut all: Vec<Interrupted> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut draining: BTreeMap<&str, Timestamp> = BTreeMap::new();
    for happening in happenings {
        match &happening.what {
            What::ContainerInstance("ACTIVE") => {
                draining.remove(happening.subject.as_str());
            }
            What::ContainerInstance("DRAINING") => {
                draining.insert(&happening.subject, happening.at);
                if let Some(place) = places.get(&happening.subject) {
                    all[*place].draining.get_or_insert(happening.at);
                }
            }
            What::Emptied => {
                let place = places.get(&happening.subject);
                let one = place.and_then(|place| all.get_mut(*place));
                if let Some(one) = one.filter(|one| one.ended.is_none()) {
                    one.emptied = Some(happening.at);
                }
            }
            What::Event(event) => match Sign::of(event) {
                Some(Sign::Warned(id, _)) if !places.contains_key(id) => {
                    places.insert(id.to_owned(), all.len());
                    all.push(Interrupted {
                        instance: id.to_owned(),
                        warned: happening.at,
                        draining: draining.get(id).copied(),
                        emptied: None,
                        ended: None,
                    });
                }
                Some(Sign::Ends(id, _)) => {
                    if let Some(place) = places.get(id) {
                        all[*place].ended.get_or_insert(happening.at);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    all
}

/// How many tasks were killed, by the service or group that they belonged to.
pub fn killed(happenings: &[Happening]) -> BTreeMap<&str, usize> {
    let mut killed = BTreeMap::new();
    for happening in happenings {
        if matches!(happening.what, What::Killed { .. }) {
            *killed.entry(happening.subject.as_str()).or_default() += 1;
        }
    }
    killed
}
