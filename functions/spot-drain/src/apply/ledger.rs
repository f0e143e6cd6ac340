//! Writes of the ledger, and notices.

use std::collections::BTreeSet;

use ::ledger::LedgerError;
use domain::announcement::ConcernKey;
use domain::drain::{
    Counted, ExperimentWrite, IncidentWrite, IndexWrite, InstanceId, Plan, Record, Scope,
};

use super::{Applied, Hand, Step, WRITES_AT_ONCE, emit};
use crate::Invocation;
use crate::observe::Trouble;
use crate::report::metrics;

impl Hand<'_> {
    /// Writes records; the instances whose record was refused, because another run was first or
    /// because it could not be written.
    pub(super) async fn records(
        &self,
        records: impl IntoIterator<Item = &Record>,
        applied: &mut Applied,
    ) -> BTreeSet<InstanceId> {
        let step = |record: &&Record| Step {
            what: match record.drain {
                Some(_) => format!("the record of {}", record.instance),
                None => format!("the end of the record of {}", record.instance),
            },
            about: vec![record.instance.clone()],
        };
        let call = async |record: &&Record| Ok(self.record(record).await?);
        let before = applied.failed.len();
        self.take(records, WRITES_AT_ONCE, step, call, applied)
            .await;
        applied.failed_since(before)
    }

    async fn record(&self, record: &Record) -> Result<(), LedgerError> {
        let ledger = &self.aws.edge.ledger;
        match (&record.drain, record.replaces) {
            (Some(drain), replaces) => ledger.record_drain(&record.instance, drain, replaces).await,
            (None, Some(version)) => ledger.close_drain(&record.instance, version).await,
            (None, None) => Ok(()),
        }
    }

    /// Remembers instances by their id, but not that what became of `lost` is written down. All of
    /// whom that is not remembered.
    pub(super) async fn index(
        &self,
        plan: &Plan,
        lost: &BTreeSet<InstanceId>,
        invocation: &Invocation,
        applied: &mut Applied,
    ) -> BTreeSet<InstanceId> {
        let step = |write: &&IndexWrite| {
            let instance = match write {
                IndexWrite::Seen { instance, .. }
                | IndexWrite::Gone { instance, .. }
                | IndexWrite::Doomed { instance, .. }
                | IndexWrite::Done { instance, .. }
                | IndexWrite::Unmarked { instance } => Some(instance.clone()),
                IndexWrite::SelfDraining { .. } | IndexWrite::FargateSpot { .. } => None,
            };
            Step {
                what: match &instance {
                    Some(instance) => format!("what is remembered of {instance}"),
                    None => "what is remembered of a fleet".to_owned(),
                },
                about: instance.into_iter().collect(),
            }
        };
        let ledger = &self.aws.edge.ledger;
        let call = async |write: &&IndexWrite| Ok(ledger.remember(write, invocation.now).await?);
        let is_lost = |write: &&IndexWrite| matches!(write, IndexWrite::Done { instance, .. } if lost.contains(instance));
        let writes = plan.index.iter().filter(|write| !is_lost(write));
        let before = applied.failed.len();
        self.take(writes, WRITES_AT_ONCE, step, call, applied).await;
        lost | &applied.failed_since(before)
    }

    /// Remembers experiments that begin or end. Where another run was first, their messages come
    /// again.
    pub(super) async fn experiments(&self, plan: &Plan, applied: &mut Applied) {
        let step = |write: &&ExperimentWrite| Step {
            what: format!("the experiment {}", write.experiment.id),
            about: Vec::new(),
        };
        let ledger = &self.aws.edge.ledger;
        let call = async |write: &&ExperimentWrite| {
            let ExperimentWrite {
                experiment,
                replaces,
            } = write;
            Ok(ledger.record_experiment(experiment, *replaces).await?)
        };
        let writes = plan.experiments.iter();
        self.take(writes, WRITES_AT_ONCE, step, call, applied).await;
    }

    /// Counts losses.
    pub(super) async fn counted(&self, plan: &Plan, applied: &mut Applied) {
        if plan.counted.is_empty() {
            return;
        }
        let step = |losses: &&[Counted]| Step {
            what: format!("{} losses", losses.len()),
            about: Vec::new(),
        };
        let ledger = &self.aws.edge.ledger;
        let call = async |losses: &&[Counted]| Ok(ledger.count(losses).await?);
        self.take([plan.counted.as_slice()], 1, step, call, applied)
            .await;
    }

    /// Opens, updates and closes surges, and then does what follows from each. Where another run was
    /// first, that run does it.
    pub(super) async fn incidents(
        &self,
        plan: &Plan,
        invocation: &Invocation,
        applied: &mut Applied,
    ) {
        let step = |one: &&IncidentWrite| Step {
            what: format!("the surge of {}", one.scope),
            about: Vec::new(),
        };
        let mut refused: BTreeSet<&Scope> = BTreeSet::new();
        for incident in &plan.incidents {
            let before = applied.failed.len();
            let call = async |one: &&IncidentWrite| Ok(self.incident(one).await?);
            self.take([incident], 1, step, call, applied).await;
            if applied.failed.len() > before {
                refused.insert(&incident.scope);
            } else if incident.incident.is_some() && incident.replaces.is_none() {
                applied.begun.insert(incident.scope.clone());
            }
        }
        let begun = metrics::begun(&applied.begun, invocation.now);
        emit(self.settings, &begun).await;
        let fallback = plan.fallback.iter();
        let fallback: Vec<_> = fallback
            .filter(|one| !refused.contains(&one.scope))
            .collect();
        self.fallback(&fallback, applied).await;
        let strategies = plan.strategies.iter();
        let strategies: Vec<_> = strategies
            .filter(|one| !refused.contains(&one.scope))
            .collect();
        self.strategies(&strategies, applied).await;
    }

    async fn incident(&self, write: &IncidentWrite) -> Result<(), LedgerError> {
        let ledger = &self.aws.edge.ledger;
        match (&write.incident, write.replaces) {
            (Some(incident), replaces) => ledger.record_incident(incident, replaces).await,
            (None, Some(version)) => ledger.close_incident(&write.scope, version).await,
            (None, None) => Ok(()),
        }
    }

    /// Puts notices on the bus, remembers them, and forgets what is over.
    pub(super) async fn tell(&self, plan: &Plan, applied: &mut Applied) {
        let told = self.gate().announce(&self.aws.edge, &plan.announcements);
        if let Err(failure) = told.await {
            applied.failed(Trouble::everywhere("the notices", failure));
        }
        let step = |key: &&ConcernKey| Step {
            what: format!("what was told of {}", key.subject),
            about: Vec::new(),
        };
        let ledger = &self.aws.edge.ledger;
        let call = async |key: &&ConcernKey| Ok(ledger.withdrawn(&key.subject, key.kind).await?);
        self.take(&plan.forgotten, WRITES_AT_ONCE, step, call, applied)
            .await;
    }
}
