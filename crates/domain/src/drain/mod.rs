//! The decision of `spot-drain`: what was heard of instances, what the ledger remembers, and what
//! is → a plan.
//!
//! A message only says *look here*. What to do follows from the record, from the deadline and from
//! what is; so messages that are late, repeated, lost or out of order change nothing.

mod became;
mod case;
mod counting;
mod decision;
mod drainability;
mod draining;
mod ending;
mod exercise;
mod fallback;
mod fargate;
mod fates;
mod fold;
mod hear;
mod hooks;
mod instance;
mod looks;
mod moment;
mod observed;
mod open;
mod outcome;
mod plan;
mod reason;
mod record;
mod remembered;
mod scope;
mod seen;
mod service;
mod shares;
mod sign;
mod stops;
mod strategies;
mod subject;
mod surge;
mod surges;
mod tags;
mod told;
mod told_drains;
mod told_hooks;
mod told_losses;
mod told_passing;
mod told_strategies;
mod told_survey;
mod voluntary;
mod wanted;
mod wants;
mod watch;

pub use decision::{decide, urgent};
pub use drainability::{Undrainable, Why, drainability};
pub use exercise::{Exercise, Experiment, LONGEST};
pub use fargate::{COUNT_KEPT, Size, fargate_fleet};
pub use fold::{named, needs_all_drains};
pub use instance::{InstanceId, InstanceIdError, Pool};
pub use moment::{Fallback, Moment, Policy, SurgePolicy};
pub use observed::{
    Cluster, Fleet, Group, HookTimes, Mark, Mixed, Observed, Place, Provider, Source, Whereabouts,
};
pub use outcome::{Ending, Outcome};
pub use plan::{
    ExperimentWrite, FallbackStep, HookCallback, HookStep, IncidentWrite, IndexWrite, Member, Plan,
    Record, SetState, StopTask, StrategyStep, TENS, Verdict,
};
pub use reason::Reason;
pub use record::{Berth, Drain, Drainer, Fate, Heard, Leaving, OpenHook, Owner};
pub use seen::{ContainerInstanceSeen, Status, TaskSeen};
pub use service::{Service, Task, Weight};
pub use sign::{Action, Ec2State, ExperimentSeen, ExperimentState, HookCall, Says, Sign};
pub use surge::{Counted, Incident, Loss, Raised, RaisedStrategy, Scope};
pub use tags::{DRAIN, Mode, STANDALONE, Standalone, Tagged, drain, standalone};
pub use wants::{Wants, ends_at, needs_ticks, wants};
