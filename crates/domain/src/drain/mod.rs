//! The decision of `spot-drain`: what was heard of instances, what the ledger remembers, and what
//! is → a plan.
//!
//! A message only says *look here*. What to do follows from the record, from the deadline and from
//! what is; so messages that are late, repeated, lost or out of order change nothing.

mod instance;
mod moment;
mod observed;
mod outcome;
mod plan;
mod reason;
mod record;
mod sign;
mod surge;
mod tags;
mod wants;

pub use instance::{InstanceId, InstanceIdError, Pool};
pub use moment::{Fallback, Moment, Policy, SurgePolicy};
pub use observed::{
    Cluster, Fleet, Group, HookTimes, Mark, Mixed, Observed, Place, Provider, Service, Source,
    Task, Weight, Whereabouts,
};
pub use outcome::{Ending, Outcome};
pub use plan::{
    FallbackStep, HookCallback, HookStep, IncidentWrite, IndexWrite, Member, Plan, Record,
    SetState, StopTask, TENS, Verdict,
};
pub use reason::Reason;
pub use record::{Berth, Drain, Drainer, Fate, Heard, Leaving, OpenHook, Owner};
pub use sign::{Action, ContainerInstanceSeen, Ec2State, HookCall, Says, Sign, Status, TaskSeen};
pub use surge::{Counted, Incident, Loss, Raised, Scope};
pub use tags::{DRAIN, Mode, STANDALONE, Standalone, Tagged, drain, standalone};
pub use wants::Wants;
