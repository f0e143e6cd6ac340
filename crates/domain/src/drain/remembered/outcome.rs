//! What became of an instance: the answer to "did we get everyone out in time?".

use jiff::{SignedDuration, Timestamp};

use super::record::Berth;
use crate::drain::seen::instance::{InstanceId, Pool};

/// What became of one instance and its tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Which.
    pub instance: InstanceId,
    /// What happened to it.
    pub ending: Ending,
    /// Where it was.
    pub places: Vec<Berth>,
    /// Its capacity provider, if it was in one.
    pub provider: Option<String>,
    /// The pool it was from, if that is known.
    pub pool: Option<Pool>,
    /// When the first sign of it was so; with the instance it names the outcome.
    pub first: Timestamp,
    /// How much time there was from the moment we heard of it until its deadline; nothing if it
    /// came too late or never.
    pub lead: Option<SignedDuration>,
    /// How long it took from the first sign that it goes until it was DRAINING.
    pub to_draining: Option<SignedDuration>,
    /// Tasks that ended properly while there was time.
    pub left: u32,
    /// How many of those we had asked ECS to stop.
    pub stopped_by_us: u32,
    /// Tasks that were killed.
    pub killed: u32,
    /// Tasks of which nobody knows what became of them.
    pub orphaned: u32,
    /// Services with fewer tasks than they should have when people stopped waiting.
    pub not_replaced: u32,
    /// How long its services lacked a task, from the first that stopped to the last that was
    /// replaced.
    pub replacement: Option<SignedDuration>,
    /// Whether it was an exercise of AWS Fault Injection Service.
    pub by_fis: bool,
    /// When that was known.
    pub at: Timestamp,
}

/// What can happen to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// EC2 took it back after a warning.
    Interrupted,
    /// EC2 took it back without a warning.
    InterruptedWithoutWarning,
    /// The warning came when its time was over; nothing could be done.
    WarnedTooLate,
    /// It was drained on a recommendation and given back.
    GivenBack,
    /// It was drained on a recommendation, and somebody ended it.
    Replaced,
    /// Its group ended it, and it waited in a hook of ours until it was let go.
    Released,
    /// EC2 warned of it and did not take it.
    Spared,
}

impl Ending {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Interrupted,
        Self::InterruptedWithoutWarning,
        Self::WarnedTooLate,
        Self::GivenBack,
        Self::Replaced,
        Self::Released,
        Self::Spared,
    ];

    /// The name it has in the journal and in metrics. It never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Interrupted => "interrupted",
            Self::InterruptedWithoutWarning => "interrupted-without-warning",
            Self::WarnedTooLate => "warned-too-late",
            Self::GivenBack => "given-back",
            Self::Replaced => "replaced",
            Self::Released => "released",
            Self::Spared => "spared",
        }
    }
}
