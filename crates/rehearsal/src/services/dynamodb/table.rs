//! One table: its keys and its items.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html>.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::attribute::Item;
use super::key::{Key, Schema};
use super::time_to_live::TimeToLive;

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) schema: Schema,
    /// Read and write capacity units; none for a table on demand.
    pub(crate) provisioned: Option<(u64, u64)>,
    pub(crate) deletion_protection: bool,
    pub(crate) time_to_live: TimeToLive,
    /// The items by key, in the order in which a scan reads them.
    items: BTreeMap<Key, Item>,
}

impl Table {
    /// A new table without items.
    pub(crate) fn new(id: String, created: Timestamp, schema: Schema) -> Self {
        Self {
            id,
            created,
            schema,
            provisioned: None,
            deletion_protection: false,
            time_to_live: TimeToLive::default(),
            items: BTreeMap::new(),
        }
    }

    pub(crate) fn items(&self) -> impl DoubleEndedIterator<Item = (&Key, &Item)> {
        self.items.iter()
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Item> {
        self.items.get(key)
    }

    /// Writes an item, or deletes it.
    pub(crate) fn put(&mut self, key: Key, item: Option<Item>) {
        self.time_to_live
            .replaced(&key, self.items.get(&key), item.as_ref());
        match item {
            Some(item) => self.items.insert(key, item),
            None => self.items.remove(&key),
        };
    }

    /// The items of one partition, in the order of their sort keys.
    pub(crate) fn partition(
        &self,
        partition: &Key,
    ) -> impl DoubleEndedIterator<Item = (&Key, &Item)> {
        self.items
            .range(partition..)
            .take_while(|(key, _)| key.shares_partition(partition))
            .collect::<Vec<_>>()
            .into_iter()
    }
}
