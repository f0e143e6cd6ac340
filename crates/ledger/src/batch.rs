//! Many items with one call.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, WriteRequest};

use crate::fields::{Draft, Item};
use crate::table::failed;
use crate::{Ledger, LedgerError};

/// The most items that one `BatchGetItem` reads.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>.
const READ: usize = 100;
/// The most items that one `BatchWriteItem` writes.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>.
const WRITTEN: usize = 25;
/// A batch of which DynamoDB leaves something is tried again with that, so often.
const ATTEMPTS: usize = 5;

impl Ledger {
    /// Reads these items, consistently. What is not there is left out.
    pub(crate) async fn read_all(
        &self,
        keys: &[Item],
        mut each: impl FnMut(&Item),
    ) -> Result<(), LedgerError> {
        for keys in keys.chunks(READ) {
            self.get(keys.to_vec(), &mut each).await?;
        }
        Ok(())
    }

    /// Writes items that are the same however often they are written, and so need no condition.
    pub(crate) async fn write_all(
        &self,
        items: impl IntoIterator<Item = Draft>,
    ) -> Result<(), LedgerError> {
        let puts = items.into_iter().map(|item| {
            let put = PutRequest::builder().set_item(Some(item.item()));
            let put = put.build().map_err(|cause| LedgerError::Call {
                call: "BatchWriteItem",
                cause: cause.into(),
            })?;
            Ok(WriteRequest::builder().put_request(put).build())
        });
        let puts: Vec<WriteRequest> = puts.collect::<Result<_, LedgerError>>()?;
        for puts in puts.chunks(WRITTEN) {
            self.write(puts.to_vec()).await?;
        }
        Ok(())
    }

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

    async fn write(&self, mut puts: Vec<WriteRequest>) -> Result<(), LedgerError> {
        const CALL: &str = "BatchWriteItem";
        for _attempt in 0..ATTEMPTS {
            let asked = HashMap::from([(self.table.clone(), puts)]);
            let call = self.client.batch_write_item();
            let reply = call.set_request_items(Some(asked)).send().await;
            let reply = reply.map_err(|error| failed(CALL, error))?;
            let left = reply.unprocessed_items.unwrap_or_default();
            puts = left.into_values().flatten().collect();
            if puts.is_empty() {
                return Ok(());
            }
        }
        Err(left_over(CALL))
    }
}

/// DynamoDB answers 200 and leaves what it had no capacity for.
fn left_over(call: &'static str) -> LedgerError {
    LedgerError::Call {
        call,
        cause: "DynamoDB left some of it undone, time and again".into(),
    }
}
