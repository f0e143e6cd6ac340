//! The calls about Spot.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, PutRequest, WriteRequest};
use domain::arn::ContainerInstanceArn;
use domain::drain::{Counted, Drain, Incident, IndexWrite, InstanceId, Scope, Status};
use domain::rest::Version;
use jiff::{SignedDuration, Timestamp};

use super::index::{self, DONE, DOOMED, PLACE};
use super::{
    DRAINS, Drains, EXERCISE, Exercise, INDEX, Known, LOOKS, Losses, SPOT, Spot, drain, surge,
};
use crate::fields::{Draft, Item};
use crate::table::{already, failed, sent};
use crate::{Ledger, LedgerError};

/// The most items that one `BatchGetItem` reads.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>.
const READ: usize = 100;
/// The most items that one `BatchWriteItem` writes.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>.
const WRITTEN: usize = 25;
/// A batch of which DynamoDB leaves something is tried again with that, so often.
const ATTEMPTS: usize = 5;
/// How long it is kept that a look is planned.
const LOOK_KEPT: SignedDuration = SignedDuration::from_hours(24);

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

    /// Writes the record of an instance that goes, if the one there has this version (none: if
    /// there is none).
    pub async fn record_drain(
        &self,
        instance: &InstanceId,
        drain: &Drain,
        replaces: Option<Version>,
    ) -> Result<(), LedgerError> {
        let key = instance.as_str().to_owned();
        self.record_into(DRAINS, key, drain::write(drain), replaces)
            .await
    }

    /// Closes the record of an instance, if it has this version.
    pub async fn close_drain(
        &self,
        instance: &InstanceId,
        version: Version,
    ) -> Result<(), LedgerError> {
        self.close_in(DRAINS, instance.as_str().to_owned(), version)
            .await
    }

    /// Writes a surge, if the one there has this version (none: if there is none).
    pub async fn record_incident(
        &self,
        incident: &Incident,
        replaces: Option<Version>,
    ) -> Result<(), LedgerError> {
        let draft = surge::write_incident(incident);
        self.record_into(SPOT, of_surge(&incident.scope), draft, replaces)
            .await
    }

    /// Closes a surge, if it has this version.
    pub async fn close_incident(&self, scope: &Scope, version: Version) -> Result<(), LedgerError> {
        self.close_in(SPOT, of_surge(scope), version).await
    }

    /// Writes down an exercise that is newer than the one there.
    pub async fn announce_exercise(&self, exercise: &Exercise) -> Result<(), LedgerError> {
        let put = self.put_into(SPOT, EXERCISE.to_owned(), surge::write_exercise(exercise));
        let put = put
            .condition_expression("attribute_not_exists(pk) OR since <= :since")
            .expression_attribute_values(":since", text(&exercise.since.to_string()));
        sent(put).await
    }

    /// Writes down that a look is planned; whether it is the first to be planned for this moment.
    pub async fn plan_look(&self, at: Timestamp, now: Timestamp) -> Result<bool, LedgerError> {
        let expires = at.saturating_add(LOOK_KEPT).unwrap_or(Timestamp::MAX);
        let draft = Draft::default()
            .instant("planned", now)
            .number("expires_at", expires.as_second());
        let put = self.put_into(LOOKS, at.to_string(), draft);
        match sent(put.condition_expression("attribute_not_exists(pk)")).await {
            Ok(()) => Ok(true),
            Err(LedgerError::Overtaken) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Forgets a look that was planned and could not be asked for.
    pub async fn forget_look(&self, at: Timestamp) -> Result<(), LedgerError> {
        self.forget_in(LOOKS, at.to_string()).await
    }

    /// Counts losses. A loss is one item however often it is counted, so this needs no condition.
    pub async fn count(&self, losses: &[Counted]) -> Result<(), LedgerError> {
        let puts = losses.iter().map(|loss| {
            let key = loss.what.key().to_owned();
            let item = surge::write_loss(loss)
                .text("pk", surge::partition(loss.at))
                .text("sk", key);
            let put = PutRequest::builder().set_item(Some(item.item()));
            Ok(WriteRequest::builder()
                .put_request(put.build().map_err(|cause| LedgerError::Call {
                    call: "BatchWriteItem",
                    cause: cause.into(),
                })?)
                .build())
        });
        let puts: Vec<WriteRequest> = puts.collect::<Result<_, LedgerError>>()?;
        for puts in puts.chunks(WRITTEN) {
            self.write(puts.to_vec()).await?;
        }
        Ok(())
    }

    /// Remembers something of an instance; what is remembered already, or is older, changes nothing.
    pub async fn remember(&self, write: &IndexWrite, now: Timestamp) -> Result<(), LedgerError> {
        let update = match write {
            IndexWrite::Seen { instance, place } => {
                let update = self.place(instance, place.arn.as_str(), index::write(place), now);
                update
                    .condition_expression(
                        "attribute_not_exists(#place) OR #place.version < :version",
                    )
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
            .expression_attribute_values(":expires", number(index::expires(now)));
        match updated(update).await {
            Err(LedgerError::Overtaken) => {}
            done => return done,
        }
        let unknown = self
            .place(instance, arn.as_str(), index::write_gone(version), now)
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

    fn place(
        &self,
        instance: &InstanceId,
        arn: &str,
        place: Draft,
        now: Timestamp,
    ) -> UpdateItemFluentBuilder {
        self.indexed(instance)
            .update_expression("SET #place = :place, expires_at = :expires")
            .expression_attribute_names("#place", format!("{PLACE}{arn}"))
            .expression_attribute_values(":place", AttributeValue::M(place.item()))
            .expression_attribute_values(":expires", number(index::expires(now)))
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
            .expression_attribute_values(":expires", number(index::expires(now)))
    }

    fn indexed(&self, instance: &InstanceId) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(INDEX, instance.as_str())))
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

async fn updated(update: UpdateItemFluentBuilder) -> Result<(), LedgerError> {
    let sent = update.send().await.map(drop);
    sent.map_err(|error| failed("UpdateItem", error))
}

fn of_surge(scope: &Scope) -> String {
    format!("surge#{}", scope.key())
}

fn key(partition: &str, place: &str) -> Item {
    HashMap::from([
        ("pk".to_owned(), text(partition)),
        ("sk".to_owned(), text(place)),
    ])
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// DynamoDB answers 200 and leaves what it had no capacity for.
fn left_over(call: &'static str) -> LedgerError {
    LedgerError::Call {
        call,
        cause: "DynamoDB left some of it undone, time and again".into(),
    }
}
