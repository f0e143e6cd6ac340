//! The table, and what its calls have in common: each is one conditional write, or one read.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use domain::rest::Version;

use crate::fields::{Draft, Item};
use crate::standing::PARTITION;

/// Why a call to the ledger did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another run wrote the item first. What was planned is out of date, and nothing was written.
    #[error("another run was first")]
    Overtaken,
    /// DynamoDB did not do it.
    #[error("{call} did not succeed")]
    Call {
        /// The API call.
        call: &'static str,
        /// Why.
        #[source]
        cause: BoxError,
    },
}

/// The table.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(crate) client: Client,
    pub(crate) table: String,
}

impl Ledger {
    /// The ledger in this table.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }

    /// Reads every item of a partition, consistently.
    pub(crate) async fn read(
        &self,
        partition: &str,
        each: impl FnMut(&Item),
    ) -> Result<(), LedgerError> {
        let query = self
            .client
            .query()
            .key_condition_expression("pk = :partition")
            .expression_attribute_values(":partition", AttributeValue::S(partition.to_owned()));
        self.pages(query, each).await
    }

    /// Reads every page of a query, consistently.
    pub(crate) async fn pages(
        &self,
        query: QueryFluentBuilder,
        mut each: impl FnMut(&Item),
    ) -> Result<(), LedgerError> {
        let mut start = None;
        loop {
            let page = query
                .clone()
                .table_name(&self.table)
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| failed("Query", error))?;
            page.items().iter().for_each(&mut each);
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(());
            }
        }
    }

    /// Writes an item that stands, if the one there has this version (none: if there is none).
    pub(crate) async fn record(
        &self,
        key: String,
        draft: Draft,
        replaces: Option<Version>,
    ) -> Result<(), LedgerError> {
        self.record_into(PARTITION, key, draft, replaces).await
    }

    /// The same in another partition.
    pub(crate) async fn record_into(
        &self,
        partition: &str,
        key: String,
        draft: Draft,
        replaces: Option<Version>,
    ) -> Result<(), LedgerError> {
        let put = self.put_into(partition, key, draft);
        let put = match replaces {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(version) => put
                .condition_expression("version = :replaces")
                .expression_attribute_values(":replaces", AttributeValue::N(version.0.to_string())),
        };
        let meant = put.get_item().clone();
        let put = put
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(()),
            // An attempt that timed out after it was done and was made again finds its own item.
            Err(error) if there(&error).is_some() && there(&error) == meant.as_ref() => Ok(()),
            Err(error) => Err(failed("PutItem", error)),
        }
    }

    /// Deletes an item that stands, if it has this version.
    pub(crate) async fn close(&self, key: String, version: Version) -> Result<(), LedgerError> {
        self.close_in(PARTITION, key, version).await
    }

    /// The same in another partition.
    pub(crate) async fn close_in(
        &self,
        partition: &str,
        key: String,
        version: Version,
    ) -> Result<(), LedgerError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(partition.to_owned()))
            .key("sk", AttributeValue::S(key))
            .condition_expression("attribute_not_exists(pk) OR version = :version")
            .expression_attribute_values(":version", AttributeValue::N(version.0.to_string()));
        delete
            .send()
            .await
            .map(drop)
            .map_err(|error| failed("DeleteItem", error))
    }

    /// Deletes an item that is there; one that is not there is already forgotten.
    pub(crate) async fn forget(&self, key: String) -> Result<(), LedgerError> {
        self.forget_in(PARTITION, key).await
    }

    /// The same in another partition.
    pub(crate) async fn forget_in(&self, partition: &str, key: String) -> Result<(), LedgerError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(partition.to_owned()))
            .key("sk", AttributeValue::S(key))
            .condition_expression("attribute_exists(pk)");
        already(
            delete
                .send()
                .await
                .map(drop)
                .map_err(|error| failed("DeleteItem", error)),
        )
    }

    /// The write of an item that stands.
    pub(crate) fn put(&self, key: String, draft: Draft) -> PutItemFluentBuilder {
        self.put_into(PARTITION, key, draft)
    }

    /// The write of an item into a partition.
    pub(crate) fn put_into(
        &self,
        partition: &str,
        key: String,
        draft: Draft,
    ) -> PutItemFluentBuilder {
        let item = draft.text("pk", partition).text("sk", key);
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item.item()))
    }
}

/// The item that made a condition fail.
pub(crate) fn there<R>(error: &SdkError<PutItemError, R>) -> Option<&Item> {
    match error.as_service_error()? {
        PutItemError::ConditionalCheckFailedException(failed) => failed.item(),
        _ => None,
    }
}

pub(crate) async fn sent(put: PutItemFluentBuilder) -> Result<(), LedgerError> {
    put.send()
        .await
        .map(drop)
        .map_err(|error| failed("PutItem", error))
}

/// For writes whose condition fails only when what they would write is there already.
pub(crate) fn already(result: Result<(), LedgerError>) -> Result<(), LedgerError> {
    match result {
        Err(LedgerError::Overtaken) => Ok(()),
        other => other,
    }
}

pub(crate) fn failed<E, R>(call: &'static str, error: SdkError<E, R>) -> LedgerError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.code() {
        Some("ConditionalCheckFailedException") => LedgerError::Overtaken,
        _ => LedgerError::Call {
            call,
            cause: error.into(),
        },
    }
}
