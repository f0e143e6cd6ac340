//! The calls about deployments.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem};
use domain::arn::ServiceArn;
use domain::rest::Version;
use domain::rollback::{Elsewhere, Freeze, Record};

use super::{FREEZE, OPEN, OpenReleases, RELEASES, Releases, freeze, of_service, open, record};
use crate::fields::{Item, key, text};
use crate::table::{failed, sent};
use crate::{Ledger, LedgerError};

const TRANSACTION: &str = "TransactWriteItems";

impl Ledger {
    /// Reads the records of these services and the freeze of everything, consistently.
    pub async fn releases(
        &self,
        services: impl IntoIterator<Item = &ServiceArn>,
    ) -> Result<Releases, LedgerError> {
        // BatchGetItem refuses a key that it is given twice.
        let services: BTreeSet<&ServiceArn> = services.into_iter().collect();
        let keys = services.into_iter();
        let keys = keys.map(|service| key(RELEASES, &of_service(service)));
        let mut keys: Vec<Item> = keys.collect();
        keys.push(key(RELEASES, FREEZE));
        let mut releases = Releases::none();
        self.read_all(&keys, |item| releases.add(item)).await?;
        Ok(releases)
    }

    /// Reads which records are open, and what of them matters for other services, consistently. The
    /// records themselves are what [`Self::releases`] reads of these services.
    pub async fn open_releases(&self) -> Result<OpenReleases, LedgerError> {
        let mut open = OpenReleases::default();
        self.read(OPEN, |item| open.add(item)).await?;
        Ok(open)
    }

    /// Writes the record of a service, if the one there has this version (none: if there is none),
    /// and with it whether it is open: both or neither.
    pub async fn record_release(
        &self,
        service: &ServiceArn,
        record: &Record,
        replaces: Option<Version>,
    ) -> Result<(), LedgerError> {
        let put = self.record_of(service, record, replaces)?;
        let open = self.open_of(service, record)?;
        let write = self.client.transact_write_items();
        // The client names each transaction, so that an attempt that timed out after it was done and
        // is made again within ten minutes is the same one.
        // Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.
        let sent = write.transact_items(put).transact_items(open).send().await;
        sent.map(drop).map_err(refused)
    }

    /// Freezes everything, unless a newer freeze is there.
    pub async fn freeze_releases(&self, freeze: &Freeze) -> Result<(), LedgerError> {
        let put = self
            .put_into(RELEASES, FREEZE.to_owned(), freeze::write(freeze))
            .condition_expression("attribute_not_exists(pk) OR since <= :since")
            .expression_attribute_values(":since", text(&freeze.since.to_string()));
        sent(put).await
    }

    /// Ends the freeze of everything that was read, unless another came in its place.
    pub async fn thaw_releases(&self, ends: &Freeze) -> Result<(), LedgerError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key(RELEASES, FREEZE)))
            .condition_expression("attribute_not_exists(pk) OR since = :since")
            .expression_attribute_values(":since", text(&ends.since.to_string()));
        let sent = delete.send().await.map(drop);
        sent.map_err(|error| failed("DeleteItem", error))
    }

    fn record_of(
        &self,
        service: &ServiceArn,
        record: &Record,
        replaces: Option<Version>,
    ) -> Result<TransactWriteItem, LedgerError> {
        let draft = record::write(record);
        let item = draft.text("pk", RELEASES).text("sk", of_service(service));
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item.item()));
        let put = match replaces {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(version) => put
                .condition_expression("version = :replaces")
                .expression_attribute_values(":replaces", AttributeValue::N(version.0.to_string())),
        };
        let put = put.build().map_err(incomplete)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn open_of(
        &self,
        service: &ServiceArn,
        record: &Record,
    ) -> Result<TransactWriteItem, LedgerError> {
        let write = TransactWriteItem::builder();
        if !record.is_open() {
            let delete = Delete::builder()
                .table_name(&self.table)
                .set_key(Some(key(OPEN, &of_service(service))));
            return Ok(write.delete(delete.build().map_err(incomplete)?).build());
        }
        let draft = open::write(&Elsewhere::of(record));
        let item = draft.text("pk", OPEN).text("sk", of_service(service));
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item.item()));
        Ok(write.put(put.build().map_err(incomplete)?).build())
    }
}

/// A transaction that is cancelled has a reason for each of its writes. Of two that meet, DynamoDB
/// cancels one with TransactionConflict: it was overtaken, too.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling>.
pub(super) fn refused<R>(error: SdkError<TransactWriteItemsError, R>) -> LedgerError
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        _ => &[],
    };
    let mut codes = reasons.iter().filter_map(|reason| reason.code());
    let overtaken = ["ConditionalCheckFailed", "TransactionConflict"];
    if codes.any(|code| overtaken.contains(&code)) {
        LedgerError::Overtaken
    } else {
        failed(TRANSACTION, error)
    }
}

fn incomplete(cause: aws_sdk_dynamodb::error::BuildError) -> LedgerError {
    LedgerError::Call {
        call: TRANSACTION,
        cause: cause.into(),
    }
}
