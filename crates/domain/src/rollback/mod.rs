//! The decision of `deploy-rollback`: what was heard of deployments, what the ledger remembers, and
//! what is → a plan.
//!
//! A message only says *look here*. What to do follows from the record and from what is: which
//! deployment is PRIMARY, who brought it, and what its tasks and alarms say. Deployments are told
//! apart by their ids, never by their task definitions. No reason text that ECS writes begins
//! anything: those of tasks only sort what is to blame once a deployment has failed, and those of
//! deployments are shown and not read.
//!
//! What has to be looked at and what is decided come from one piece of code: each reading that is
//! missing is asked for at the place that needs it, so [`wants`] and [`decide`] cannot differ.
//!
//! An intent is in the ledger before anything is changed. Nothing has to be written after it: the
//! next round finds the deployment that came of it by its task definition, or by the tag of a copy,
//! so a crash on either side of the call is the same as none.
//!
//! How a failure ended stays in the record until people were told, for the same reason.
//!
//! A release is told from another by its bytes, as far as they are known: the service revision, or
//! the task definition with the digests of its images. What cannot be told apart from what failed is
//! not gone back to. What proved good is not condemned when something else fails with the same bytes.
//!
//! What protects from a rollback of a rollback is who brought a deployment ([`Brought`]), which is
//! found out once, when it is first PRIMARY, and written down with its watch.

mod alarm;
mod attempt;
mod blame;
mod brought;
mod candidates;
mod case;
mod decision;
mod definition;
mod ecs;
mod ending;
mod evidence;
mod fails;
mod failure;
mod guards;
mod heard;
mod housekeeping;
mod image;
mod look;
mod means;
mod moment;
mod names;
mod observed;
mod order;
mod ours;
mod past;
mod pins;
mod plan;
mod preflight;
mod progress;
mod proof;
mod reason;
mod record;
mod refusal;
mod service;
mod sign;
mod step;
mod tags;
mod target;
mod task;
mod told;
mod told_case;
mod turn;
mod wants;
mod watching;
mod withheld;

pub use alarm::{Alarm, AlarmState};
pub use attempt::{Attempt, RanImage, Revision, Status};
pub use case::{Case, Cause, Hand, How, Intent, Known, Outcome, Target};
pub use decision::{decide, wants};
pub use definition::{Container, CopyMark, Definition, DefinitionStatus, Needed};
pub use heard::{SLICES, named, needs_all_open, slice};
pub use image::{Digest, Digests, Image, ImageAt, ImageError, ImageRef, Pointer};
pub use moment::{Moment, Policy};
pub use names::{AttemptArn, DefinitionArn, DeploymentId, RevisionArn};
pub use observed::{Elsewhere, Observed};
pub use order::{Freeze, Order, What};
pub use past::{Past, Verdict, history, verdict};
pub use plan::{Act, Decided, FreezeWrite, Plan, RecordWrite};
pub use reason::Reason;
pub use record::{Acted, Bad, Brought, Good, Record, Release, Same, Watch};
pub use refusal::{Refusal, Refused};
pub use service::{Balancer, Deployment, Ports, Rollout, Service, Strategy, TargetGroup, Watching};
pub use sign::{Event, Says, Sign, Trouble};
pub use tags::{ALARM_OF, COPY, MIGRATION, Mode, ROLLBACK, migration, mode};
pub use task::{Running, StopCode, Stopped};
pub use wants::Wants;
pub use withheld::Withheld;

/// So many releases that proved good, and so many that failed, are remembered of one service.
pub const KEPT: usize = 20;
/// So many deployments are remembered of one service: a record must fit into 400 KB, which is what
/// an item of DynamoDB has.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
pub const REMEMBERED: usize = 50;
