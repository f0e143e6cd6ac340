//! The calls. Each is one conditional write, or the one read.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use domain::announcement::Told;
use domain::arn::{GroupArn, ServiceArn};
use domain::order::Order;
use domain::rest::{GroupRest, ServiceRest, Version};
use jiff::Timestamp;

use crate::entry::Entry;
use crate::fields::{Draft, Item};
use crate::rest;
use crate::standing::{
    CLOSING, Closing, PARTITION, Standing, read_closing, write_closing, write_order, write_told,
};

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

    /// Reads everything that stands, consistently.
    pub async fn standing(&self) -> Result<Standing, LedgerError> {
        let mut standing = Standing::default();
        self.read(PARTITION, |item| standing.add(item)).await?;
        Ok(standing)
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

    /// Reads what was announced and still stands, consistently: a part of what [`Self::standing`]
    /// reads.
    pub async fn announced_concerns(&self) -> Result<Standing, LedgerError> {
        let mut standing = Standing::default();
        let query = self
            .client
            .query()
            .key_condition_expression("pk = :partition AND begins_with(sk, :concerns)")
            .expression_attribute_values(":partition", AttributeValue::S(PARTITION.to_owned()))
            .expression_attribute_values(":concerns", AttributeValue::S("concern#".to_owned()));
        self.pages(query, |item| standing.add(item)).await?;
        Ok(standing)
    }

    /// Reads every page of a query, consistently.
    async fn pages(
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

    /// Writes a service's record, if the one there has this version (none: if there is none).
    pub async fn record_service(
        &self,
        service: &ServiceArn,
        rest: &ServiceRest,
        replaces: Option<Version>,
    ) -> Result<(), LedgerError> {
        self.record(
            format!("service#{}", service.as_str()),
            rest::write(rest),
            replaces,
        )
        .await
    }

    /// Closes a service's record, if it has this version.
    pub async fn close_service(
        &self,
        service: &ServiceArn,
        version: Version,
    ) -> Result<(), LedgerError> {
        self.close(format!("service#{}", service.as_str()), version)
            .await
    }

    /// Writes a group's record, if the one there has this version (none: if there is none).
    pub async fn record_group(
        &self,
        group: &GroupArn,
        rest: &GroupRest,
        replaces: Option<Version>,
    ) -> Result<(), LedgerError> {
        self.record(
            format!("group#{}", group.as_str()),
            rest::write(rest),
            replaces,
        )
        .await
    }

    /// Closes a group's record, if it has this version.
    pub async fn close_group(&self, group: &GroupArn, version: Version) -> Result<(), LedgerError> {
        self.close(format!("group#{}", group.as_str()), version)
            .await
    }

    /// Writes down an order that is newer than the one there.
    pub async fn order(&self, service: &ServiceArn, order: &Order) -> Result<(), LedgerError> {
        let put = self
            .put(format!("order#{}", service.as_str()), write_order(order))
            .condition_expression("attribute_not_exists(pk) OR since <= :since")
            .expression_attribute_values(":since", AttributeValue::S(order.since.to_string()));
        sent(put).await
    }

    /// Withdraws the order on a service that was given at or before this moment.
    pub async fn withdraw_order(
        &self,
        service: &ServiceArn,
        order: &Order,
    ) -> Result<(), LedgerError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(PARTITION.to_owned()))
            .key(
                "sk",
                AttributeValue::S(format!("order#{}", service.as_str())),
            )
            .condition_expression("attribute_not_exists(pk) OR since = :since")
            .expression_attribute_values(":since", AttributeValue::S(order.since.to_string()));
        delete
            .send()
            .await
            .map(drop)
            .map_err(|error| failed("DeleteItem", error))
    }

    /// Remembers that this was announced about `arn`.
    pub async fn announced(&self, arn: &str, kind: &str, told: &Told) -> Result<(), LedgerError> {
        let put = self
            .put(format!("concern#{kind}#{arn}"), write_told(told))
            .condition_expression("attribute_not_exists(pk) OR #text <> :text")
            .expression_attribute_names("#text", "text")
            .expression_attribute_values(":text", AttributeValue::S(told.text.clone()));
        already(sent(put).await)
    }

    /// Forgets what was announced about `arn`.
    pub async fn withdrawn(&self, arn: &str, kind: &str) -> Result<(), LedgerError> {
        self.forget(format!("concern#{kind}#{arn}")).await
    }

    /// Marks that the suite is about to be deleted, and counts how often this request for it was
    /// delivered. It may count one too many, when an answer of DynamoDB is lost, and never one too
    /// few.
    pub async fn close_suite(&self, request: &str, now: Timestamp) -> Result<Closing, LedgerError> {
        let first = Closing {
            deliveries: 1,
            since: now,
        };
        let put = self
            .closing(request, first)
            .condition_expression("attribute_not_exists(pk) OR #request <> :request")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let error = match put.send().await {
            Ok(_) => return Ok(first),
            Err(error) => error,
        };
        let Some(before) = there(&error).map(read_closing) else {
            return Err(failed("PutItem", error));
        };
        let before = before.map_err(|cause| LedgerError::Call {
            call: "PutItem",
            cause: cause.into(),
        })?;
        let again = Closing {
            deliveries: before.deliveries + 1,
            since: before.since,
        };
        let put = self
            .closing(request, again)
            .condition_expression("#request = :request AND deliveries = :before")
            .expression_attribute_values(
                ":before",
                AttributeValue::N(before.deliveries.to_string()),
            );
        sent(put).await.map(|()| again)
    }

    fn closing(&self, request: &str, closing: Closing) -> PutItemFluentBuilder {
        self.put(CLOSING.to_owned(), write_closing(request, closing))
            .expression_attribute_names("#request", "request")
            .expression_attribute_values(":request", AttributeValue::S(request.to_owned()))
    }

    /// Takes the mark away that the suite is about to be deleted.
    pub async fn reopen_suite(&self) -> Result<(), LedgerError> {
        self.forget(CLOSING.to_owned()).await
    }

    /// Writes a journal entry. The entry of an event that was handled to its end stays; that of
    /// one that failed is replaced when it is delivered again.
    pub async fn journal(&self, entry: &Entry) -> Result<(), LedgerError> {
        let put = self
            .put_into(&entry.partition(), entry.place(), entry.write())
            .condition_expression("attribute_not_exists(pk) OR outcome = :failed")
            .expression_attribute_values(":failed", AttributeValue::S("failed".to_owned()));
        already(sent(put).await)
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
    async fn forget(&self, key: String) -> Result<(), LedgerError> {
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

    fn put(&self, key: String, draft: Draft) -> PutItemFluentBuilder {
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
fn there<R>(error: &SdkError<PutItemError, R>) -> Option<&Item> {
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
