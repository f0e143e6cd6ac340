//! What the function has looked at, in the words of the decision.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::alarm::Alarm;
use super::attempt::{Attempt, Revision};
use super::case::{Case, Cause, Outcome};
use super::definition::{Definition, Needed};
use super::image::{Image, ImageAt};
use super::names::{DefinitionArn, RevisionArn};
use super::order::Freeze;
use super::record::Record;
use super::service::{Service, TargetGroup};
use super::sign::Sign;
use super::task::{Running, Stopped};
use crate::announcement::{ConcernKey, Told};
use crate::arn::ServiceArn;

/// The world as far as this round looked at it.
///
/// It is filled in steps: first the signs and what the ledger has, then what [`super::wants`] asks
/// for until it asks for nothing more. What was asked for and could not be read is there as an
/// error: it is not asked for again, and it is not taken for absent.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// What was heard.
    pub signs: Vec<Sign>,
    /// The records: those of the services that [`super::named`] finds in the signs, and all that
    /// are open where [`super::needs_all_open`] says so.
    pub records: BTreeMap<ServiceArn, Record>,
    /// Whether `records` has every record that is open.
    pub all_open: bool,
    /// The tagged services whose turn it is, if this is a sweep.
    pub swept: BTreeSet<ServiceArn>,
    /// What the ledger has open of other services: see [`Elsewhere::of`].
    pub elsewhere: BTreeMap<ServiceArn, Elsewhere>,
    /// Nothing at all is rolled back while this lasts.
    pub frozen: Option<Freeze>,
    /// The services that were asked for; none where there is none any more, or an INACTIVE
    /// remainder.
    pub services: BTreeMap<ServiceArn, Result<Option<Service>, String>>,
    /// The attempts of the services that were asked for, in any order: every page of
    /// `ListServiceDeployments`, which has no paginator.
    pub attempts: BTreeMap<ServiceArn, Result<Vec<Attempt>, String>>,
    /// The service revisions that were asked for; none where ECS has none of it any more.
    pub revisions: BTreeMap<RevisionArn, Result<Option<Revision>, String>>,
    /// The task definitions that were asked for; none where there is none any more.
    pub definitions: BTreeMap<DefinitionArn, Result<Option<Definition>, String>>,
    /// The images that were asked for; none where the registry has none.
    pub images: BTreeMap<ImageAt, Result<Option<Image>, String>>,
    /// Whether what was asked for exists.
    pub needed: BTreeMap<Needed, Result<bool, String>>,
    /// The target groups that were asked for; none where there is none any more.
    pub target_groups: BTreeMap<String, Result<Option<TargetGroup>, String>>,
    /// The stopped tasks of the services that were asked for, of all deployments.
    pub stopped: BTreeMap<ServiceArn, Result<Vec<Stopped>, String>>,
    /// The running tasks of the services that were asked for, of all deployments.
    pub running: BTreeMap<ServiceArn, Result<Vec<Running>, String>>,
    /// The alarms that are tied to the services that were asked for.
    pub alarms: BTreeMap<ServiceArn, Result<Vec<Alarm>, String>>,
    /// What was announced to people and has not been withdrawn.
    pub announced: BTreeMap<ConcernKey, Told>,
}

/// What is open of another service, as far as it matters for this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// When the deployment that is watched there began.
    pub began: Option<Timestamp>,
    /// The alarms that are tied to it.
    pub tied: BTreeSet<String>,
    /// Since when a release fails there that nothing has made good yet.
    pub failing: Option<Timestamp>,
}

impl Elsewhere {
    /// What a record has open.
    pub fn of(record: &Record) -> Self {
        let watch = record.watch.as_ref();
        // What a person took back need not have failed.
        let failed = |case: &&Case| {
            !matches!(case.cause, Cause::Ordered { .. })
                && matches!(case.outcome, None | Some(Outcome::NotProved { .. }))
        };
        let case = record.case.as_ref().filter(failed);
        Self {
            began: watch.map(|watch| watch.began),
            tied: watch.map(|watch| watch.tied.clone()).unwrap_or_default(),
            failing: case.map(|case| case.opened),
        }
    }
}
