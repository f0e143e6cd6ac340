//! The reads about Spot.

use std::collections::BTreeSet;

use domain::drain::InstanceId;
use jiff::Timestamp;

use super::{DRAINS, Drains, INDEX, Known, Losses, SPOT, Spot, surge};
use crate::fields::{Item, key};
use crate::{Ledger, LedgerError};

impl Ledger {
    /// Reads the surges that are not over, and which fleets drain without us.
    pub async fn spot(&self) -> Result<Spot, LedgerError> {
        let mut spot = Spot::default();
        self.read(SPOT, |item| spot.add(item)).await?;
        Ok(spot)
    }

    /// Reads the record of every instance that goes.
    pub async fn drains(&self) -> Result<Drains, LedgerError> {
        let mut drains = Drains::default();
        self.read(DRAINS, |item| drains.add(item)).await?;
        Ok(drains)
    }

    /// Reads where every instance is that is remembered.
    pub async fn index(&self) -> Result<Known, LedgerError> {
        let mut known = Known::default();
        self.read(INDEX, |item| known.add(item)).await?;
        Ok(known)
    }

    /// Reads what is known of these instances: their records, and where they are.
    pub async fn known(
        &self,
        instances: impl IntoIterator<Item = &InstanceId>,
    ) -> Result<Known, LedgerError> {
        let keys = instances.into_iter();
        let keys: Vec<Item> = keys
            .flat_map(|instance| [DRAINS, INDEX].map(|partition| key(partition, instance.as_str())))
            .collect();
        let mut known = Known::default();
        self.read_all(&keys, |item| known.add(item)).await?;
        Ok(known)
    }

    /// Reads the losses from `since` to `now`.
    pub async fn losses(&self, since: Timestamp, now: Timestamp) -> Result<Losses, LedgerError> {
        let mut losses = Losses::default();
        let partitions: BTreeSet<String> = [since, now].map(surge::partition).into();
        for partition in partitions {
            self.read(&partition, |item| losses.add(item)).await?;
        }
        losses.counts.retain(|loss| loss.at >= since);
        Ok(losses)
    }
}
