//! What is remembered of instances by their id: each write is one conditional `UpdateItem`, which reads
//! nothing first.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::arn::{ClusterArn, ContainerInstanceArn};
use domain::drain::{IndexWrite, InstanceId, Place, Scope, Status};
use jiff::Timestamp;

use super::calls::number;
use super::index::{self, DONE, DOOMED, KEPT, LIVES, PLACE};
use super::{INDEX, SIZE, SPOT, surge};
use crate::fields::{Draft, key, text};
use crate::table::{already, failed, sent};
use crate::{Ledger, LedgerError};

impl Ledger {
    /// Remembers something of an instance; what is remembered already, or is older, changes nothing.
    pub async fn remember(&self, write: &IndexWrite, now: Timestamp) -> Result<(), LedgerError> {
        let update = match write {
            IndexWrite::Seen { instance, place } => {
                let until = index::expires(now, LIVES);
                let update = self.place(instance, place.arn.as_str(), index::write(place), until);
                update
                    .condition_expression(newer(place))
                    .expression_attribute_values(":version", number(place.version))
            }
            IndexWrite::Gone {
                instance,
                arn,
                version,
            } => return self.gone(instance, arn, *version, now).await,
            IndexWrite::Doomed { instance, at } => self.mark(instance, DOOMED, *at, now),
            IndexWrite::Done { instance, at } => self.mark(instance, DONE, *at, now),
            IndexWrite::Unmarked { instance } => self
                .indexed(instance)
                .update_expression("REMOVE #doomed, #done")
                .expression_attribute_names("#doomed", DOOMED)
                .expression_attribute_names("#done", DONE)
                .condition_expression("attribute_exists(#doomed) OR attribute_exists(#done)"),
            IndexWrite::SelfDraining { fleet, works } => {
                return self.drains_itself(fleet, *works, now).await;
            }
            IndexWrite::FargateSpot { cluster, tasks } => {
                return self.counted_on_fargate_spot(cluster, *tasks, now).await;
            }
        };
        already(updated(update).await)
    }

    /// Remembers that a container instance is INACTIVE. One that was not known is remembered only as
    /// gone, so that an event that is late does not bring it back.
    async fn gone(
        &self,
        instance: &InstanceId,
        arn: &ContainerInstanceArn,
        version: i64,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let expires = index::expires(now, KEPT);
        let update = self
            .indexed(instance)
            .update_expression(
                "SET #place.#status = :inactive, #place.version = :version, expires_at = :expires",
            )
            .condition_expression("#place.version <= :version")
            .expression_attribute_names("#place", format!("{PLACE}{}", arn.as_str()))
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":inactive", text(Status::Inactive.name()))
            .expression_attribute_values(":version", number(version))
            .expression_attribute_values(":expires", number(expires));
        match updated(update).await {
            Err(LedgerError::Overtaken) => {}
            done => return done,
        }
        let unknown = self
            .place(instance, arn.as_str(), index::write_gone(version), expires)
            .condition_expression("attribute_not_exists(#place)");
        already(updated(unknown).await)
    }

    async fn drains_itself(
        &self,
        fleet: &Scope,
        works: bool,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let key = format!("fleet#{}", fleet.key());
        if !works {
            return self.forget_in(SPOT, key).await;
        }
        let put = self.put_into(SPOT, key, Draft::default().instant("since", now));
        already(sent(put.condition_expression("attribute_not_exists(pk)")).await)
    }

    /// Remembers how many tasks of a cluster run on Fargate Spot. A later count takes the place of an
    /// earlier one, whichever is written last: they are an hour apart.
    async fn counted_on_fargate_spot(
        &self,
        cluster: &ClusterArn,
        tasks: u32,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let key = format!("{SIZE}#{}", cluster.as_str());
        if tasks == 0 {
            return self.forget_in(SPOT, key).await;
        }
        sent(self.put_into(SPOT, key, surge::write_size(tasks, now))).await
    }

    fn place(
        &self,
        instance: &InstanceId,
        arn: &str,
        place: Draft,
        expires: i64,
    ) -> UpdateItemFluentBuilder {
        self.indexed(instance)
            .update_expression("SET #place = :place, expires_at = :expires")
            .expression_attribute_names("#place", format!("{PLACE}{arn}"))
            .expression_attribute_values(":place", AttributeValue::M(place.item()))
            .expression_attribute_values(":expires", number(expires))
    }

    fn mark(
        &self,
        instance: &InstanceId,
        mark: &str,
        at: Timestamp,
        now: Timestamp,
    ) -> UpdateItemFluentBuilder {
        self.indexed(instance)
            .update_expression("SET #mark = :at, expires_at = :expires")
            .condition_expression("attribute_not_exists(#mark) OR #mark < :at")
            .expression_attribute_names("#mark", mark)
            .expression_attribute_values(":at", text(&at.to_string()))
            .expression_attribute_values(":expires", number(index::expires(now, KEPT)))
    }

    fn indexed(&self, instance: &InstanceId) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(INDEX, instance.as_str())))
    }
}

/// When a word about a container instance is news. What ECS answers has the version of the event
/// that it follows, and says more.
fn newer(place: &Place) -> &'static str {
    match place.knows_provider() {
        false => "attribute_not_exists(#place) OR #place.version < :version",
        true => {
            "attribute_not_exists(#place) OR #place.version < :version \
             OR (#place.version = :version AND attribute_not_exists(#place.asked))"
        }
    }
}

async fn updated(update: UpdateItemFluentBuilder) -> Result<(), LedgerError> {
    let sent = update.send().await.map(drop);
    sent.map_err(|error| failed("UpdateItem", error))
}
