//! One service in one round, and its readings: each says what it found, or what has to be looked at
//! first.

use std::collections::BTreeMap;

use super::alarm::Alarm;
use super::attempt::{Attempt, Revision};
use super::definition::{Definition, Needed};
use super::image::{Image, ImageAt};
use super::moment::Moment;
use super::names::{DefinitionArn, RevisionArn};
use super::observed::{Elsewhere, Observed};
use super::order::Freeze;
use super::record::Record;
use super::service::{Service, TargetGroup};
use super::sign::Sign;
use super::task::{Running, Stopped};
use super::wants::{Seen, Wants};
use crate::arn::ServiceArn;

/// What was read, or why it could not be.
pub(super) type Read<'a, T> = Result<&'a T, &'a str>;

/// One service in one round.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) arn: &'a ServiceArn,
    pub(super) observed: &'a Observed,
    pub(super) moment: Moment<'a>,
    /// What was heard of it.
    pub(super) signs: &'a [&'a Sign],
    /// What is open of every service.
    pub(super) others: &'a BTreeMap<&'a ServiceArn, Elsewhere>,
    /// The freeze that holds for every service.
    pub(super) frozen: Option<&'a Freeze>,
}

impl<'a> Look<'a> {
    /// Its record, as it was found.
    pub(super) fn before(self) -> Option<&'a Record> {
        self.observed.records.get(self.arn)
    }

    /// What is open of every other service.
    pub(super) fn others(self) -> impl Iterator<Item = (&'a ServiceArn, &'a Elsewhere)> {
        let others = self.others.iter().map(|(arn, other)| (*arn, other));
        others.filter(move |(arn, _)| *arn != self.arn)
    }

    pub(super) fn service(self) -> Seen<Read<'a, Option<Service>>> {
        read(&self.observed.services, self.arn, |wants| {
            wants.services.insert(self.arn.clone());
        })
    }

    pub(super) fn attempts(self) -> Seen<Read<'a, Vec<Attempt>>> {
        read(&self.observed.attempts, self.arn, |wants| {
            wants.attempts_of.insert(self.arn.clone());
        })
    }

    pub(super) fn stopped(self) -> Seen<Read<'a, Vec<Stopped>>> {
        read(&self.observed.stopped, self.arn, |wants| {
            wants.stopped_of.insert(self.arn.clone());
        })
    }

    pub(super) fn running(self) -> Seen<Read<'a, Vec<Running>>> {
        read(&self.observed.running, self.arn, |wants| {
            wants.running_of.insert(self.arn.clone());
        })
    }

    pub(super) fn alarms(self) -> Seen<Read<'a, Vec<Alarm>>> {
        read(&self.observed.alarms, self.arn, |wants| {
            wants.alarms_of.insert(self.arn.clone());
        })
    }

    pub(super) fn revision(self, arn: &RevisionArn) -> Seen<Read<'a, Option<Revision>>> {
        read(&self.observed.revisions, arn, |wants| {
            wants.revisions.insert(arn.clone());
        })
    }

    pub(super) fn definition(self, arn: &DefinitionArn) -> Seen<Read<'a, Option<Definition>>> {
        read(&self.observed.definitions, arn, |wants| {
            wants.definitions.insert(arn.clone());
        })
    }

    pub(super) fn image(self, at: &ImageAt) -> Seen<Read<'a, Option<Image>>> {
        read(&self.observed.images, at, |wants| {
            wants.images.insert(at.clone());
        })
    }

    pub(super) fn exists(self, needed: &Needed) -> Seen<Read<'a, bool>> {
        read(&self.observed.needed, needed, |wants| {
            wants.needed.insert(needed.clone());
        })
    }

    pub(super) fn target_group(self, arn: &String) -> Seen<Read<'a, Option<TargetGroup>>> {
        read(&self.observed.target_groups, arn, |wants| {
            wants.target_groups.insert(arn.clone());
        })
    }
}

fn read<'m, K: Ord, V>(
    map: &'m BTreeMap<K, Result<V, String>>,
    key: &K,
    want: impl FnOnce(&mut Wants),
) -> Seen<Read<'m, V>> {
    match map.get(key) {
        Some(found) => Ok(found.as_ref().map_err(String::as_str)),
        None => {
            let mut wants = Box::<Wants>::default();
            want(&mut wants);
            Err(wants)
        }
    }
}
