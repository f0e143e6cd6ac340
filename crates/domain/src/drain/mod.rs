//! The decision of `spot-drain`: what was heard of instances, what the ledger remembers, and what
//! is → a plan.
//!
//! A message only says *look here*. What to do follows from the record, from the deadline and from
//! what is; so messages that are late, repeated, lost or out of order change nothing.

mod decision;
mod instance;
mod moment;
mod plan;
mod reason;
mod remembered;
mod seen;
mod surge;
mod told;
mod wanted;
mod wants;

pub use decision::{decide, urgent};
pub use moment::{Fallback, Moment, Policy, SurgePolicy};
pub use plan::{
    ExperimentWrite, FallbackStep, HookCallback, HookStep, IncidentWrite, IndexWrite, Member, Plan,
    Record, SetState, StopTask, StrategyStep, TENS, Verdict,
};
pub use reason::Reason;
pub use remembered::fold::{named, needs_all_drains};
pub use remembered::outcome::{Ending, Outcome};
pub use remembered::record::{Berth, Drain, Drainer, Fate, Heard, Leaving, OpenHook, Owner};
pub use seen::ecs::{ContainerInstanceSeen, Status, TaskSeen};
pub use seen::exercise::{Exercise, Experiment, LONGEST};
pub use seen::instance::{InstanceId, InstanceIdError, Pool};
pub use seen::service::{Service, Task, Weight};
pub use seen::sign::{Action, Ec2State, ExperimentSeen, ExperimentState, HookCall, Says, Sign};
pub use seen::surge::{Counted, Incident, Loss, Raised, RaisedStrategy, Scope};
pub use seen::tags::{DRAIN, Mode, STANDALONE, Standalone, drain, standalone};
pub use seen::world::{
    Cluster, Fleet, Group, HookTimes, Mark, Mixed, Observed, Place, Provider, Source, Whereabouts,
};
pub use surge::fargate::{COUNT_KEPT, Size, fargate_fleet};
pub use told::drainability::{Undrainable, Why, drainability};
pub use wants::{Wants, ends_at, needs_ticks, wants};
