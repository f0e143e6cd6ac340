//! The reads about Spot.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::drain::InstanceId;
use jiff::Timestamp;

use super::calls::{ATTEMPTS, key, left_over};
use super::{DRAINS, Drains, INDEX, Known, Losses, SPOT, Spot, surge};
use crate::fields::Item;
use crate::table::failed;
use crate::{Ledger, LedgerError};

/// The most items that one `BatchGetItem` reads.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>.
const READ: usize = 100;

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
        for keys in keys.chunks(READ) {
            self.get(keys.to_vec(), |item| known.add(item)).await?;
        }
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

    /// Reads these items, consistently.
    async fn get(
        &self,
        mut keys: Vec<Item>,
        mut each: impl FnMut(&Item),
    ) -> Result<(), LedgerError> {
        const CALL: &str = "BatchGetItem";
        for _attempt in 0..ATTEMPTS {
            let asked = KeysAndAttributes::builder()
                .consistent_read(true)
                .set_keys(Some(keys))
                .build()
                .map_err(|cause| LedgerError::Call {
                    call: CALL,
                    cause: cause.into(),
                })?;
            let call = self.client.batch_get_item();
            let reply = call.request_items(&self.table, asked).send().await;
            let reply = reply.map_err(|error| failed(CALL, error))?;
            let items = reply.responses.unwrap_or_default();
            items.values().flatten().for_each(&mut each);
            let left = reply.unprocessed_keys.unwrap_or_default();
            keys = left.into_values().flat_map(|left| left.keys).collect();
            if keys.is_empty() {
                return Ok(());
            }
        }
        Err(left_over(CALL))
    }
}
