//! What is remembered of the deployments of services: one record each, the freeze of everything, and
//! which records are open.

mod calls;
mod case;
mod freeze;
mod intent;
mod open;
mod past;
mod record;
mod release;
mod size;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::BTreeMap;

use domain::arn::ServiceArn;
use domain::rollback::{Elsewhere, Freeze, Record};

use crate::fields::{Fields, Item, Unreadable, named};

/// The partition of the records, and of the freeze of everything.
pub(crate) const RELEASES: &str = "releases";
/// The partition of what is open in them.
pub(crate) const OPEN: &str = "releases-open";
/// The sort key of the freeze of everything.
pub(crate) const FREEZE: &str = "freeze";
/// How the sort key of a service begins; its ARN follows.
pub(crate) const SERVICE: &str = "service#";

/// What is remembered of the deployments of some services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Releases {
    /// The records. A service that was asked for and is in neither list has none.
    pub records: BTreeMap<ServiceArn, Record>,
    /// The freeze of everything, one that has ended by itself included. One that this version cannot
    /// read is not none: as long as it stands nothing may be rolled back.
    pub frozen: Result<Option<Freeze>, Unreadable>,
    /// The records that this version cannot read. Whatever they are about must be left alone.
    pub unreadable: Vec<Unreadable>,
}

/// What is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenReleases {
    /// What of it matters for other services, by the service.
    pub services: BTreeMap<ServiceArn, Elsewhere>,
    /// What this version cannot read. Whatever it is about must be left alone.
    pub unreadable: Vec<Unreadable>,
}

impl Releases {
    fn none() -> Self {
        Self {
            records: BTreeMap::new(),
            frozen: Ok(None),
            unreadable: Vec::new(),
        }
    }

    /// Adds one item.
    pub(crate) fn add(&mut self, item: &Item) {
        let fields = Fields::of(item);
        if fields.text("sk").is_ok_and(|key| key == FREEZE) {
            let freeze = freeze::read(&fields);
            self.frozen = freeze
                .map(Some)
                .map_err(|error| named(RELEASES, &fields, error));
            return;
        }
        let read = service(&fields).and_then(|service| Ok((service, record::read(&fields)?)));
        match read {
            Ok((service, record)) => {
                self.records.insert(service, record);
            }
            Err(error) => self.unreadable.push(named(RELEASES, &fields, error)),
        }
    }
}

impl OpenReleases {
    /// Adds one item.
    pub(crate) fn add(&mut self, item: &Item) {
        let fields = Fields::of(item);
        let read = service(&fields).and_then(|service| Ok((service, open::read(&fields)?)));
        match read {
            Ok((service, elsewhere)) => {
                self.services.insert(service, elsewhere);
            }
            Err(error) => self.unreadable.push(named(OPEN, &fields, error)),
        }
    }
}

/// The service that an item is about.
fn service(fields: &Fields<'_>) -> Result<ServiceArn, Unreadable> {
    let key = fields.text("sk")?;
    let arn = key
        .strip_prefix(SERVICE)
        .ok_or_else(|| fields.unreadable("sk", "a kind of item that this version knows"))?;
    ServiceArn::parse(arn).map_err(|_| fields.unreadable("sk", "the ARN of a service"))
}

/// The sort key of a service.
fn of_service(service: &ServiceArn) -> String {
    format!("{SERVICE}{}", service.as_str())
}
