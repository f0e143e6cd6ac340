//! The model: an account, and a ledger.

use std::collections::{BTreeMap, BTreeSet};

use domain::announcement::{ConcernKey, Told};
use domain::arn::{GroupArn, ServiceArn};
use domain::capacity::Bounds;
use domain::hold::{Hold, Holder};
use domain::off_hours::Extent;
use domain::order::{Asked, Order, Ordered};
use domain::rest::{GroupRest, ServiceRest};
use domain::resting::{Action, Live};
use domain::tag::Tags;
use jiff::Timestamp;

use crate::made::{Fleet, Thing, deployment, on};

/// What the ledger remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) services: BTreeMap<ServiceArn, ServiceRest>,
    pub(crate) groups: BTreeMap<GroupArn, GroupRest>,
    pub(crate) orders: BTreeMap<ServiceArn, Order>,
    pub(crate) announced: BTreeMap<ConcernKey, Told>,
}

/// An account and its ledger.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) services: BTreeMap<ServiceArn, Thing>,
    pub(crate) groups: BTreeMap<GroupArn, Fleet>,
    pub(crate) clusters: BTreeMap<String, Tags>,
    pub(crate) ledger: Ledger,
    /// What a person asks of the next run.
    pub(crate) asked: BTreeMap<ServiceArn, Asked>,
    /// The suite is about to be deleted.
    pub(crate) closing: bool,
    /// No budget is watched, so there is no budget guard.
    pub(crate) unguarded: bool,
    /// How much of it the next runs look at.
    pub(crate) extent: Extent,
    /// What they cannot look at.
    pub(crate) unseen: BTreeSet<ServiceArn>,
    /// Every call that changed the stack.
    pub(crate) calls: Vec<Action>,
    pub(crate) runs: u32,
}

pub(crate) fn arn(name: &str) -> ServiceArn {
    ServiceArn::parse(&format!(
        "arn:aws:ecs:eu-central-1:123456789012:service/{name}"
    ))
    .unwrap()
}

pub(crate) fn group_arn(name: &str) -> GroupArn {
    GroupArn::parse(&format!("arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:0b1c:autoScalingGroupName/{name}")).unwrap()
}

pub(crate) fn world(things: impl IntoIterator<Item = Thing>) -> World {
    World {
        services: things
            .into_iter()
            .map(|thing| (arn(&thing.name), thing))
            .collect(),
        groups: BTreeMap::new(),
        clusters: BTreeMap::new(),
        ledger: Ledger::default(),
        asked: BTreeMap::new(),
        closing: false,
        unguarded: false,
        extent: Extent::Everything,
        unseen: BTreeSet::new(),
        calls: Vec::new(),
        runs: 0,
    }
}

impl World {
    pub(crate) fn with_group(mut self, fleet: Fleet) -> Self {
        self.groups.insert(group_arn(&fleet.name), fleet);
        self
    }

    // What happens in it.

    pub(crate) fn live(&mut self, name: &str) -> &mut Live {
        let thing = self.services.get_mut(&arn(name)).unwrap();
        thing.live.as_mut().unwrap()
    }

    pub(crate) fn thing(&mut self, name: &str) -> &mut Thing {
        self.services.get_mut(&arn(name)).unwrap()
    }

    /// Somebody sets the count.
    pub(crate) fn set_count(&mut self, name: &str, desired: u32) {
        self.live(name).desired = desired;
    }

    /// Somebody changes the scalable target.
    pub(crate) fn register(&mut self, name: &str, bounds: Bounds) {
        register(self.live(name), bounds);
    }

    /// Somebody deploys, setting the count.
    pub(crate) fn deploy(&mut self, name: &str, at: &str, desired: u32) {
        let live = self.live(name);
        live.deployment = Some(deployment(at, on(at)));
        live.desired = desired;
    }

    pub(crate) fn tag(&mut self, name: &str, key: &str, value: &str) {
        let thing = self.thing(name);
        thing.tags.insert(key.to_owned(), value.to_owned());
    }

    /// Somebody tags a cluster.
    pub(crate) fn tag_cluster(&mut self, cluster: &str, key: &str, value: &str) {
        let tags = self.clusters.entry(cluster.to_owned()).or_default();
        tags.insert(key.to_owned(), value.to_owned());
    }

    pub(crate) fn untag(&mut self, name: &str) {
        self.thing(name).tags.clear();
    }

    pub(crate) fn delete(&mut self, name: &str) {
        self.thing(name).live = None;
    }

    /// Another function places a hold on a service that is at rest already.
    pub(crate) fn place(&mut self, name: &str, holder: Holder) {
        self.change_holds(name, |rest| {
            rest.held(rest.holds.clone().with(holder, hold("budget-guard")))
        });
    }

    /// Another function lifts its hold; others remain.
    pub(crate) fn lift(&mut self, name: &str, holder: Holder) {
        self.change_holds(name, |rest| rest.held(rest.holds.clone().without(holder)));
    }

    fn change_holds(&mut self, name: &str, change: impl FnOnce(&ServiceRest) -> ServiceRest) {
        let rest = self.ledger.services.get_mut(&arn(name)).unwrap();
        *rest = change(rest);
    }

    // What a person asks of the next run.

    pub(crate) fn ask_rest(&mut self, name: &str, until: Option<&str>) {
        self.asks_rest(name, until.map(on));
    }

    pub(crate) fn ask_wake(&mut self, name: &str, until: Option<&str>) {
        self.asks_wake(name, until.map(on));
    }

    pub(crate) fn asks_rest(&mut self, name: &str, until: Option<Timestamp>) {
        let hold = Hold {
            until,
            ..hold("ana")
        };
        self.asked.insert(arn(name), Asked::Rest(hold));
    }

    pub(crate) fn asks_wake(&mut self, name: &str, until: Option<Timestamp>) {
        let order = until.map(|until| Order {
            to: Ordered::Awake { until },
            by: "ana".to_owned(),
            why: "demo".to_owned(),
            since: on("Mon 00:00"),
        });
        self.asked.insert(arn(name), Asked::Wake(order));
    }

    // What is.

    pub(crate) fn count(&self, name: &str) -> u32 {
        self.services[&arn(name)].live.as_ref().unwrap().desired
    }

    pub(crate) fn target(&self, name: &str) -> Option<Bounds> {
        self.services[&arn(name)].live.as_ref().unwrap().bounds
    }

    pub(crate) fn rest(&self, name: &str) -> Option<&ServiceRest> {
        self.ledger.services.get(&arn(name))
    }

    /// What holds the service, by name.
    pub(crate) fn holders(&self, name: &str) -> Vec<&'static str> {
        self.rest(name).map_or_else(Vec::new, |rest| {
            rest.holds
                .iter()
                .map(|(holder, _)| holder.as_str())
                .collect()
        })
    }

    pub(crate) fn min_of(&self, group: &str) -> u32 {
        self.groups[&group_arn(group)].live.as_ref().unwrap().min
    }
}

/// Any call on a scalable target moves the count inside its bounds at once.
/// Source: <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>.
pub(crate) fn register(live: &mut Live, bounds: Bounds) {
    live.bounds = Some(bounds);
    live.desired = live.desired.clamp(bounds.min, bounds.max);
}

pub(crate) fn hold(by: &str) -> Hold {
    Hold {
        by: by.to_owned(),
        why: "said so".to_owned(),
        since: on("Mon 00:00"),
        until: None,
    }
}
