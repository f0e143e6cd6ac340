//! The writes about Spot.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::drain::{Counted, Drain, Exercise, Experiment, Incident, InstanceId, Scope};
use domain::rest::Version;
use jiff::{SignedDuration, Timestamp};

use super::{DRAINS, EXERCISE, EXPERIMENT, LOOKS, SPOT, drain, exercise, surge};
use crate::fields::{Draft, text};
use crate::table::sent;
use crate::{Entry, Ledger, LedgerError};

/// How long it is kept that a look is planned.
const LOOK_KEPT: SignedDuration = SignedDuration::from_hours(24);

impl Ledger {
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

    /// Writes down what became of an instance, once; whether it was not written down before. An entry
    /// of the journal of its own, so that whoever comes to the same end again, after a crash or at
    /// the same time, adds none.
    pub async fn conclude(&self, outcome: &Entry) -> Result<bool, LedgerError> {
        let partition = outcome.partition();
        match self
            .record_into(&partition, outcome.place(), outcome.write(), None)
            .await
        {
            Ok(()) => Ok(true),
            Err(LedgerError::Overtaken) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes down an exercise that is newer than the one there.
    pub async fn announce_exercise(&self, announced: &Exercise) -> Result<(), LedgerError> {
        let put = self.put_into(SPOT, EXERCISE.to_owned(), exercise::write(announced));
        let put = put
            .condition_expression("attribute_not_exists(pk) OR since <= :since")
            .expression_attribute_values(":since", text(&announced.since.to_string()));
        sent(put).await
    }

    /// Writes an experiment, if the one there has this version (none: if there is none).
    pub async fn record_experiment(
        &self,
        experiment: &Experiment,
        replaces: Option<Version>,
    ) -> Result<(), LedgerError> {
        let key = format!("{EXPERIMENT}#{}", experiment.id);
        let draft = exercise::write_experiment(experiment);
        self.record_into(SPOT, key, draft, replaces).await
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
        let items = losses.iter().map(|loss| {
            surge::write_loss(loss)
                .text("pk", surge::partition(loss.at))
                .text("sk", loss.what.key())
        });
        self.write_all(items).await
    }
}

fn of_surge(scope: &Scope) -> String {
    format!("surge#{}", scope.key())
}

pub(super) fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}
