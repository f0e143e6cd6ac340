//! What the function has looked at, in the words of the decision.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::ecs::Status;
use super::exercise::{Exercise, Experiment};
use super::instance::{InstanceId, Pool};
use super::service::{Service, Task};
use super::sign::Sign;
use super::surge::{Counted, Incident, Scope};
use super::tags::{Mode, Standalone};
use crate::announcement::{ConcernKey, Told};
use crate::arn::{ClusterArn, ContainerInstanceArn, ServiceArn, TaskArn};
use crate::drain::remembered::record::Drain;
use crate::drain::surge::fargate::Size;
use crate::tag::Tagged;

/// The world as far as this round looked at it.
///
/// It is filled in steps: first the signs and what the ledger has, then what [`crate::drain::wants`] asks
/// for until it asks for nothing more. What was asked for and could not be read is there as an
/// error, so that it is not asked for again.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// What was heard.
    pub signs: Vec<Sign>,
    /// The open records: those of the instances that [`crate::drain::named`] finds in the signs, or all
    /// where [`crate::drain::needs_all_drains`] says so.
    pub drains: BTreeMap<InstanceId, Drain>,
    /// Whether `drains` has every open record.
    pub all_drains: bool,
    /// Where the instances are: as the index has it for those that the signs name, and as ECS
    /// answered for those that it was asked about.
    pub instances: BTreeMap<InstanceId, Whereabouts>,
    /// The container instances whose status was asked for and could not be read.
    pub unseen: BTreeSet<ContainerInstanceArn>,
    /// What the index remembers of instances beside where they are.
    pub marks: BTreeMap<InstanceId, Mark>,
    /// The clusters that were asked for.
    pub clusters: BTreeMap<ClusterArn, Result<Cluster, String>>,
    /// The capacity providers that were asked for.
    pub providers: BTreeMap<String, Result<Provider, String>>,
    /// The Auto Scaling groups that were asked for, by name.
    pub groups: BTreeMap<String, Result<Group, String>>,
    /// The sizes of fleets that were asked for, and that of Fargate Spot where it is remembered; none
    /// where that cannot be known.
    pub fleets: BTreeMap<Scope, Option<Fleet>>,
    /// The tasks of the instances that were asked for: every task in all of their places,
    /// whatever its desired status.
    pub tasks: BTreeMap<InstanceId, Result<BTreeMap<TaskArn, Task>, String>>,
    /// Of the instances that were asked for, the tasks that are protected from scaling in, and until
    /// when, as far as that is told.
    pub protected: BTreeMap<InstanceId, Result<BTreeMap<TaskArn, Option<Timestamp>>, String>>,
    /// The services that were asked for; none where there is none any more.
    pub services: BTreeMap<ServiceArn, Result<Option<Service>, String>>,
    /// The services of the clusters all of whose services were read, for the report on
    /// drainability.
    pub surveys: BTreeMap<ClusterArn, BTreeMap<ServiceArn, Service>>,
    /// How many tasks run on Fargate Spot in the clusters whose tasks were counted in this round.
    pub counted: BTreeMap<ClusterArn, u32>,
    /// How many ran there when they were last counted, as it is remembered.
    pub sizes: BTreeMap<ClusterArn, Size>,
    /// The losses within the window of a surge.
    pub counts: Vec<Counted>,
    /// The surges that were announced and are not over.
    pub incidents: Vec<Incident>,
    /// The last exercise that a person announced.
    pub exercise: Option<Exercise>,
    /// The experiments that were heard of, by id.
    pub experiments: BTreeMap<String, Experiment>,
    /// The fleets whose instances have been seen to drain without us.
    pub self_draining: BTreeSet<Scope>,
    /// What was announced to people and has not been withdrawn.
    pub announced: BTreeMap<ConcernKey, Told>,
}

/// Where an instance is in ECS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// In no cluster, as far as every cluster was asked.
    Nowhere,
    /// Not every cluster could be asked; what ECS said.
    Unseen(String),
    /// Here; in more than one place only by a mistake.
    At(Vec<Place>),
}

/// A container instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its cluster.
    pub cluster: ClusterArn,
    /// Its ARN.
    pub arn: ContainerInstanceArn,
    /// Its status.
    pub status: Status,
    /// The version of what is known of it.
    pub version: i64,
    /// Whether its agent answers.
    pub agent_connected: bool,
    /// Its capacity provider, if it is in one and that is known.
    pub provider: Option<String>,
    /// The pool it is from, if that is known.
    pub pool: Option<Pool>,
    /// How that is known.
    pub source: Source,
}

impl Place {
    /// Whether it is known in which capacity provider it is, or that it is in none. Of one that
    /// registers that is not told yet.
    pub fn knows_provider(&self) -> bool {
        let told = match self.source {
            Source::Index => false,
            Source::Remembered => true,
            Source::Asked => self.status != Status::Registering,
        };
        told || self.provider.is_some()
    }
}

/// How a place is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// As events told it. Its status may be old, and its capacity provider is not among what they
    /// tell: it is neither in the example of AWS
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html>)
    /// nor in the schema of the event, as the CDK has it
    /// (<https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.mixins_preview.aws_ecs.events/ECSContainerInstanceStateChange.html>).
    Index,
    /// As ECS answered in an earlier round, and events told since. Its status may be old.
    Remembered,
    /// From ECS, which was asked in this round.
    Asked,
}

/// What the index remembers of an instance beside where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It was in no cluster when EC2 warned of it.
    Doomed {
        /// When the warning was so.
        at: Timestamp,
    },
    /// What became of it is known and written down.
    Done {
        /// When the last sign of it was so.
        at: Timestamp,
    },
}

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its tag `caretaker:drain`.
    pub drain: Tagged<Mode>,
    /// Its tag `caretaker:standalone`.
    pub standalone: Tagged<Standalone>,
}

/// A capacity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Whether ECS drains its instances by itself.
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html>.
    pub managed_draining: bool,
    /// The name of its Auto Scaling group; none for Fargate.
    pub group: Option<String>,
}

/// An Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its tag `caretaker:drain`, which beats its cluster's.
    pub drain: Tagged<Mode>,
    /// Whether it replaces instances by itself when EC2 recommends it.
    /// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html>.
    pub capacity_rebalance: bool,
    /// Its lifecycle hooks for termination, by name; none if they were not asked for.
    pub hooks: Option<BTreeMap<String, HookTimes>>,
    /// How many instances above the base are On-Demand too; none if it has no mixed instances
    /// policy.
    pub mixed: Option<Mixed>,
}

/// How long an instance may wait in a lifecycle hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HookTimes {
    /// It ends so long after it was last heard of.
    pub heartbeat: SignedDuration,
    /// It ends so long after it began, whatever is heard: 48 hours or 100 heartbeats.
    /// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html>.
    pub longest: SignedDuration,
}

/// The On-Demand side of a group.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mixed {
    /// So many of its instances are On-Demand before any is Spot.
    pub base: u32,
    /// So many hundredths of the others are On-Demand too.
    pub percent_above: u32,
}

/// How large a fleet is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fleet {
    /// How many instances (of Fargate: tasks) there should be.
    pub desired: u32,
    /// How many there are that are not on their way out.
    pub in_service: u32,
    /// How many of those there should be are Spot.
    pub spot: u32,
    /// Its instances by pool, as far as they are known.
    pub members: BTreeMap<InstanceId, Pool>,
    /// The Auto Scaling group whose instances they are, by name.
    pub group: Option<String>,
    /// When it was counted, if that was not now: then what is there now is not known.
    pub counted: Option<Timestamp>,
}
