//! What was announced to people and still stands.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::announcement::Told;

use super::{PARTITION, Standing};
use crate::fields::{Draft, Fields, Unreadable};
use crate::table::{already, sent};
use crate::{Ledger, LedgerError};

impl Ledger {
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

    /// Remembers that this was announced about `arn`.
    pub async fn announced(&self, arn: &str, kind: &str, told: &Told) -> Result<(), LedgerError> {
        let put = self
            .put(format!("concern#{kind}#{arn}"), write(told))
            .condition_expression("attribute_not_exists(pk) OR #text <> :text")
            .expression_attribute_names("#text", "text")
            .expression_attribute_values(":text", AttributeValue::S(told.text.clone()));
        already(sent(put).await)
    }

    /// Forgets what was announced about `arn`.
    pub async fn withdrawn(&self, arn: &str, kind: &str) -> Result<(), LedgerError> {
        self.forget(format!("concern#{kind}#{arn}")).await
    }
}

/// Writes what was announced, without its key.
pub(crate) fn write(told: &Told) -> Draft {
    Draft::default()
        .text("text", &told.text)
        .instant("since", told.since)
}

pub(crate) fn read(fields: &Fields<'_>) -> Result<Told, Unreadable> {
    Ok(Told {
        text: fields.text("text")?,
        since: fields.instant("since")?,
    })
}
