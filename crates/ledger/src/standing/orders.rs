//! What people order for services.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::arn::ServiceArn;
use domain::order::{Order, Ordered};

use super::PARTITION;
use crate::fields::{Draft, Fields, Unreadable};
use crate::table::{failed, sent};
use crate::{Ledger, LedgerError};

/// How an order says that a service is to be awake, and that it is to rest.
const AWAKE: &str = "awake";
const REST: &str = "rest";

impl Ledger {
    /// Writes down an order that is newer than the one there.
    pub async fn order(&self, service: &ServiceArn, order: &Order) -> Result<(), LedgerError> {
        let put = self
            .put(format!("order#{}", service.as_str()), write(order))
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
}

/// Writes an order, without its key.
pub(crate) fn write(order: &Order) -> Draft {
    let to = match order.to {
        Ordered::Awake { .. } => AWAKE,
        Ordered::Rest { .. } => REST,
    };
    Draft::default()
        .text("to", to)
        .some(order.until(), |draft, until| draft.instant("until", until))
        .text("by", &order.by)
        .text("why", &order.why)
        .instant("since", order.since)
}

pub(crate) fn read(fields: &Fields<'_>) -> Result<Order, Unreadable> {
    // The first version knew only orders to be awake, and did not say so.
    let to = match fields.optional_text("to")?.as_deref() {
        Some(AWAKE) | None => Ordered::Awake {
            until: fields.instant("until")?,
        },
        Some(REST) => Ordered::Rest {
            until: fields.optional_instant("until")?,
        },
        Some(_) => return Err(fields.unreadable("to", "\"awake\" or \"rest\"")),
    };
    Ok(Order {
        to,
        by: fields.text("by")?,
        why: fields.text("why")?,
        since: fields.instant("since")?,
    })
}
