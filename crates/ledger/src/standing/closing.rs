//! The mark that the suite is about to be deleted.

use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;

use crate::fields::{Draft, Fields, Item, Unreadable};
use crate::table::{failed, sent, there};
use crate::{Ledger, LedgerError};

/// The sort key of the mark that the suite is about to be deleted.
pub(crate) const CLOSING: &str = "suite#closing";

/// A request of CloudFormation to delete the suite, as far as it was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// How often it was delivered.
    pub deliveries: u32,
    /// When it was delivered first.
    pub since: Timestamp,
}

impl Ledger {
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
        let Some(before) = there(&error).map(read) else {
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
        self.put(CLOSING.to_owned(), write(request, closing))
            .expression_attribute_names("#request", "request")
            .expression_attribute_values(":request", AttributeValue::S(request.to_owned()))
    }

    /// Takes the mark away that the suite is about to be deleted.
    pub async fn reopen_suite(&self) -> Result<(), LedgerError> {
        self.forget(CLOSING.to_owned()).await
    }
}

/// Writes the mark that the suite is about to be deleted, without its key.
fn write(request: &str, closing: Closing) -> Draft {
    Draft::default()
        .text("request", request)
        .number("deliveries", closing.deliveries)
        .instant("since", closing.since)
}

fn read(item: &Item) -> Result<Closing, Unreadable> {
    let fields = Fields::of(item);
    Ok(Closing {
        deliveries: fields.number("deliveries")?,
        since: fields.instant("since")?,
    })
}
