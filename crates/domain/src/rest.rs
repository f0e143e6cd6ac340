//! The record of a rest: what the ledger remembers of a service from its first hold until it has
//! proved to be awake again.

use jiff::{SignedDuration, Timestamp};

use crate::capacity::{GroupCapacity, ServiceCapacity};
use crate::hold::Holds;

/// The version of a record. Grows with every write and starts at the moment of the first one, in
/// milliseconds, so that a record that was closed and opened again never repeats a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub i64);

impl Version {
    /// The version of a record first written at `now`.
    pub fn first(now: Timestamp) -> Self {
        Self(now.as_millisecond())
    }

    /// The version of the write after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A run that is changing the service right now. Another run keeps away until the claim ends;
/// after that the first one is taken for dead and its work is done again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The invocation that holds it.
    pub run: String,
    /// When it ends: when Lambda ends that invocation.
    pub until: Timestamp,
}

impl Claim {
    /// Whether `run` has to keep away at `now`.
    pub fn keeps_away(&self, run: &str, now: Timestamp) -> bool {
        self.run != run && self.until > now
    }
}

/// Where a rest has got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Something holds it at rest.
    Resting,
    /// Its last hold was lifted at this moment; it is to prove that it is awake.
    Waking {
        /// When the last hold was lifted.
        since: Timestamp,
    },
}

/// The record of one rest of a thing with capacity `C`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest<C> {
    /// What holds it.
    pub holds: Holds,
    /// What it had before its first hold. Written once.
    pub saved: C,
    /// What it is set to at rest, or is about to be: see `settled`. While it wakes it is still
    /// that, because it tells what is ours from what somebody else changed; what it woke with
    /// comes in its place once that is done.
    pub written: C,
    /// Where the rest has got to.
    pub phase: Phase,
    /// Since when it has been set as intended; none until that is known to be done.
    pub settled: Option<Timestamp>,
    /// Who is setting it at this moment.
    pub claim: Option<Claim>,
    /// The deployment that was there when it was last put to rest, or that came at rest and left
    /// its count alone.
    pub deployment: Option<String>,
    /// The version that a write must find.
    pub version: Version,
}

/// The rest of a service.
pub type ServiceRest = Rest<ServiceCapacity>;

/// The rest of an Auto Scaling group.
pub type GroupRest = Rest<GroupCapacity>;

impl<C: Clone> Rest<C> {
    /// A rest that begins: the intent, before anything is changed.
    pub fn begun(holds: Holds, saved: C, written: C, claim: Claim, now: Timestamp) -> Self {
        Self {
            holds,
            saved,
            written,
            phase: Phase::Resting,
            settled: None,
            claim: Some(claim),
            deployment: None,
            version: Version::first(now),
        }
    }

    /// The same rest with something to be set: the intent, before anything is changed.
    fn claimed(&self, claim: Claim) -> Self {
        Self {
            settled: None,
            claim: Some(claim),
            version: self.version.next(),
            ..self.clone()
        }
    }

    /// Held again, or still: the intent to set it to `written`. What was saved stays as it is.
    #[must_use]
    pub fn rested_again(&self, holds: Holds, written: C, claim: Claim) -> Self {
        Self {
            holds,
            written,
            phase: Phase::Resting,
            ..self.claimed(claim)
        }
    }

    /// The last hold is lifted: the intent to wake it, before anything is changed.
    #[must_use]
    pub fn lifted(&self, claim: Claim, now: Timestamp) -> Self {
        let since = match self.phase {
            Phase::Waking { since } => since,
            Phase::Resting => now,
        };
        Self {
            holds: Holds::none(),
            phase: Phase::Waking { since },
            ..self.claimed(claim)
        }
    }

    /// The run that was to set it is done with it and did not get to its end: nobody has to wait.
    #[must_use]
    pub fn released(&self) -> Self {
        Self {
            claim: None,
            version: self.version.next(),
            ..self.clone()
        }
    }

    /// Everything was set as intended.
    #[must_use]
    pub fn settled(&self, now: Timestamp) -> Self {
        Self {
            settled: Some(now),
            claim: None,
            version: self.version.next(),
            ..self.clone()
        }
    }

    /// It was woken with `written`: its capacity is handed back.
    #[must_use]
    pub fn woken(&self, written: C, now: Timestamp) -> Self {
        Self {
            written,
            ..self.settled(now)
        }
    }

    /// The same rest under other holds; nothing else changes.
    #[must_use]
    pub fn held(&self, holds: Holds) -> Self {
        Self {
            holds,
            version: self.version.next(),
            ..self.clone()
        }
    }

    /// Whether the capacity has been handed back, so that what is there now is the owner's again.
    pub fn handed_back(&self) -> bool {
        matches!(self.phase, Phase::Waking { .. }) && self.settled.is_some()
    }

    /// For how long it has been waking at `now`; none while it rests.
    pub fn waking_for(&self, now: Timestamp) -> Option<SignedDuration> {
        match self.phase {
            Phase::Waking { since } => Some(now.duration_since(since)),
            Phase::Resting => None,
        }
    }
}
