//! Losses, counted once each, and when they are a surge.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::instance::{InstanceId, Pool};
use super::service::Weight;
use crate::arn::{ClusterArn, ServiceArn, TaskArn};
use crate::drain::surge::counting::FARGATE_SPOT;

/// What a surge is about, and what a fleet is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A capacity provider; `FARGATE_SPOT` is one for all clusters.
    Provider(String),
    /// The instances of a cluster that are in no capacity provider.
    Cluster(ClusterArn),
    /// One pool within one of those.
    Pool(Box<Scope>, Pool),
}

impl Scope {
    /// The fleet that it is, or is a part of.
    pub fn fleet(&self) -> &Self {
        match self {
            Self::Pool(fleet, _) => fleet.fleet(),
            Self::Provider(_) | Self::Cluster(_) => self,
        }
    }

    /// Whether it is Fargate Spot, whose size nobody says.
    pub(in crate::drain) fn is_fargate_spot(&self) -> bool {
        matches!(self.fleet(), Self::Provider(name) if name == FARGATE_SPOT)
    }

    /// The pool, if it is one.
    pub fn pool(&self) -> Option<&Pool> {
        match self {
            Self::Pool(_, pool) => Some(pool),
            Self::Provider(_) | Self::Cluster(_) => None,
        }
    }

    /// Its name in the ledger: `provider/NAME`, `cluster/ARN`, or one of those and
    /// `|TYPE|ZONE`. Neither names nor ARNs have a `|`.
    pub fn key(&self) -> String {
        match self {
            Self::Provider(name) => format!("provider/{name}"),
            Self::Cluster(arn) => format!("cluster/{}", arn.as_str()),
            Self::Pool(fleet, pool) => {
                format!("{}|{}|{}", fleet.key(), pool.instance_type, pool.zone)
            }
        }
    }

    /// The scope of that name in the ledger.
    pub fn of_key(key: &str) -> Option<Self> {
        let (fleet, pool) = match key.split_once('|') {
            Some((fleet, pool)) => (fleet, Some(pool.split_once('|')?)),
            None => (key, None),
        };
        let fleet = match fleet.split_once('/')? {
            ("provider", name) if !name.is_empty() => Self::Provider(name.to_owned()),
            ("cluster", arn) => Self::Cluster(ClusterArn::parse(arn).ok()?),
            _ => return None,
        };
        Some(match pool {
            None => fleet,
            Some((instance_type, zone)) => {
                let pool = Pool {
                    instance_type: instance_type.to_owned(),
                    zone: zone.to_owned(),
                };
                Self::Pool(Box::new(fleet), pool)
            }
        })
    }
}

impl fmt::Display for Scope {
    /// For people: the name of the provider or the cluster, and the pool.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider(name) => f.write_str(name),
            Self::Cluster(arn) => write!(f, "cluster {}", arn.name()),
            Self::Pool(fleet, pool) => write!(f, "{fleet}, {pool}"),
        }
    }
}

/// One loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What was lost; the same thing counts once.
    pub what: Loss,
    /// The fleet that lost it.
    pub fleet: Scope,
    /// The pool it was from, if that is known.
    pub pool: Option<Pool>,
    /// When.
    pub at: Timestamp,
    /// Whether it is an exercise, and so never part of a surge.
    pub by_fis: bool,
}

/// What can be lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// A Spot instance: it was warned of, or taken without a warning.
    Instance(InstanceId),
    /// A task on Fargate Spot.
    Task {
        /// The task.
        task: TaskArn,
        /// Its service, if it has one.
        service: Option<ServiceArn>,
    },
    /// A place for a task: however often ECS fails to find one for a service, once in a window.
    Placement {
        /// The service.
        service: ServiceArn,
        /// Why, in the words of ECS.
        reason: String,
    },
}

impl Loss {
    /// Its name in the ledger: the instance's id, the task's ARN or the service's ARN.
    pub fn key(&self) -> &str {
        match self {
            Self::Instance(instance) => instance.as_str(),
            Self::Task { task, .. } => task.as_str(),
            Self::Placement { service, .. } => service.as_str(),
        }
    }

    /// The service that lacks a task for it, if it is one's.
    pub fn service(&self) -> Option<&ServiceArn> {
        match self {
            Self::Instance(_) => None,
            Self::Task { service, .. } => service.as_ref(),
            Self::Placement { service, .. } => Some(service),
        }
    }
}

/// A surge that was announced and is not over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// What it is about.
    pub scope: Scope,
    /// Since when it is one.
    pub since: Timestamp,
    /// The most losses that there were in one window.
    pub peak: u32,
    /// Since when it is calm again; none while it is not.
    pub calm: Option<Timestamp>,
    /// What was done to the On-Demand side of its group, and is to be undone when it is over.
    pub fallback: Option<Raised>,
    /// The services that got another strategy for it, and are to get their own back.
    pub strategies: BTreeMap<ServiceArn, RaisedStrategy>,
    /// The version that a write must find.
    pub version: crate::rest::Version,
}

/// The On-Demand side that was raised for a surge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The name of the Auto Scaling group.
    pub group: String,
    /// The On-Demand base that it had.
    pub saved: u32,
    /// The On-Demand base that it had before the last step: what it has if a run died before that.
    pub seen: u32,
    /// The On-Demand base that we set.
    pub written: u32,
}

/// The capacity provider strategy of a service that was changed for a surge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaisedStrategy {
    /// When the service was created: one that is created anew is another.
    pub created_at: Timestamp,
    /// The On-Demand provider of which it has more.
    pub provider: String,
    /// The strategy that it had.
    pub saved: Vec<Weight>,
    /// The last one that it was seen to have, of ours and that.
    pub seen: Vec<Weight>,
    /// The one that we set, or were about to when a run died.
    pub written: Vec<Weight>,
    /// When we were.
    pub at: Timestamp,
}
