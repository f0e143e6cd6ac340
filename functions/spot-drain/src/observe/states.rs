//! The container instances that the decision asks about by name.

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::{ClusterArn, ContainerInstanceArn};
use domain::drain::{InstanceId, Observed, Place, Says, Source, Status, Whereabouts, named};
use futures_util::StreamExt;

use super::instances::{Answer, BATCH, describe};
use super::locate::AT_ONCE;
use super::{Seen, Trouble};
use crate::Aws;

/// What ECS says of the container instances that were asked about.
pub(super) struct States {
    answers: Vec<(Vec<ContainerInstanceArn>, Result<Answer, edge::Failure>)>,
}

/// Asks for the status of container instances.
pub(super) async fn look(
    aws: &Aws,
    wanted: &BTreeMap<ClusterArn, BTreeSet<ContainerInstanceArn>>,
) -> States {
    let batches = wanted.iter().flat_map(|(cluster, arns)| {
        let arns: Vec<ContainerInstanceArn> = arns.iter().cloned().collect();
        let batches = arns.chunks(BATCH);
        let batches = batches.map(|batch| (cluster, batch.to_vec()));
        batches.collect::<Vec<_>>()
    });
    let batches: Vec<_> = batches.collect();
    let answers = futures_util::stream::iter(batches).map(async |(cluster, batch)| {
        let answer = describe(aws, cluster, &batch).await;
        (batch, answer)
    });
    States {
        answers: answers.buffered(AT_ONCE).collect().await,
    }
}

impl States {
    pub(super) fn place(self, seen: &mut Seen) {
        for (batch, answer) in self.answers {
            match answer {
                Ok(answer) => asked(seen, answer),
                Err(failure) => unseen(seen, batch, failure),
            }
        }
    }
}

/// Takes the place of what was known of a container instance; one that is gone is INACTIVE.
fn asked(seen: &mut Seen, answer: Answer) {
    let gone = answer
        .gone
        .iter()
        .filter_map(|arn| left(&seen.observed, arn));
    let gone: Vec<_> = gone.collect();
    for (instance, place) in answer.there.into_iter().chain(gone) {
        let there = seen.observed.instances.entry(instance);
        let there = there.or_insert_with(|| Whereabouts::At(Vec::new()));
        match there {
            Whereabouts::At(places) => {
                places.retain(|other| other.arn != place.arn);
                places.push(place);
            }
            _ => *there = Whereabouts::At(vec![place]),
        }
    }
    seen.observed.unseen.extend(answer.gone);
}

/// Where an instance was whose container instance is gone: as the index has it, or its record.
fn left(observed: &Observed, arn: &ContainerInstanceArn) -> Option<(InstanceId, Place)> {
    let indexed = observed.instances.iter().find_map(|(instance, there)| {
        let Whereabouts::At(places) = there else {
            return None;
        };
        let place = places.iter().find(|place| place.arn == *arn)?;
        Some((instance, place.clone()))
    });
    let recorded = || {
        observed.drains.iter().find_map(|(instance, drain)| {
            let berth = drain.places.iter().find(|berth| berth.arn == *arn)?;
            let place = Place {
                cluster: berth.cluster.clone(),
                arn: arn.clone(),
                status: Status::Inactive,
                version: 0,
                agent_connected: false,
                provider: drain.provider.clone(),
                pool: drain.pool.clone(),
                source: Source::Asked,
            };
            Some((instance, place))
        })
    };
    let (instance, place) = indexed.or_else(recorded)?;
    let place = Place {
        status: Status::Inactive,
        source: Source::Asked,
        ..place
    };
    Some((instance.clone(), place))
}

/// What could not be read of instances that go brings their messages again. Of one that only registers
/// it is asked again when there is more to say of it.
fn unseen(seen: &mut Seen, batch: Vec<ContainerInstanceArn>, failure: edge::Failure) {
    let going = going(&seen.observed, &batch);
    if going.is_empty() {
        let what = "the capacity providers of instances that register";
        seen.unknown.push(Trouble::everywhere(what, failure));
    } else {
        let trouble = Trouble::with("the status of instances", &going, failure);
        seen.unseen.push(trouble);
    }
    seen.observed.unseen.extend(batch);
}

/// Of these container instances the instances that have a record, or of which more was heard than what
/// ECS says of them.
fn going(observed: &Observed, batch: &[ContainerInstanceArn]) -> BTreeSet<InstanceId> {
    let placed = observed.instances.iter();
    let placed = placed.filter_map(|(instance, there)| match there {
        Whereabouts::At(places) => {
            let here = places.iter().any(|place| batch.contains(&place.arn));
            here.then_some(instance)
        }
        Whereabouts::Nowhere | Whereabouts::Unseen(_) => None,
    });
    let recorded = observed.drains.iter();
    let recorded = recorded.filter_map(|(instance, drain)| {
        let here = drain.places.iter().any(|berth| batch.contains(&berth.arn));
        here.then_some(instance)
    });
    let told = observed.signs.iter().filter_map(|sign| match &sign.says {
        Says::Instance(seen) => batch.contains(&seen.arn).then_some(&seen.instance),
        _ => None,
    });
    let more = observed.signs.iter();
    let more = more.filter(|sign| !matches!(sign.says, Says::Instance(_)));
    let more: BTreeSet<InstanceId> = more
        .flat_map(|sign| named(std::slice::from_ref(sign)))
        .collect();
    let all = placed.chain(recorded).chain(told);
    let going = all.filter(|id| more.contains(*id) || observed.drains.contains_key(*id));
    going.cloned().collect()
}
