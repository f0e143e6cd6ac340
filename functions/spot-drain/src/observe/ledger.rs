//! What the ledger remembers.

use domain::announcement::ConcernKey;
use domain::drain::{InstanceId, Moment, Whereabouts, fargate_fleet, named, needs_all_drains};
use domain::notice::Kind;
use futures_util::StreamExt;
use ledger::{Known, LedgerError, Standing, Unreadable};

use super::{Seen, Trouble};
use crate::{Aws, Settings};

/// How many instances are asked about in one call: each has two items of the 100 that it takes.
const INSTANCES: usize = 50;
/// How many calls are under way at once.
const AT_ONCE: usize = 8;

/// Reads what stands, and what is known of the instances that the signs name. If the ledger cannot
/// be read, nothing is known.
pub(super) async fn look(aws: &Aws, settings: &Settings, seen: &mut Seen, moment: Moment<'_>) {
    if let Err(error) = read(aws, settings, seen, moment).await {
        seen.blind = true;
        seen.unseen.push(Trouble::everywhere("the ledger", error));
    }
}

async fn read(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    moment: Moment<'_>,
) -> Result<(), LedgerError> {
    let ledger = &aws.edge.ledger;
    let instances: Vec<InstanceId> = named(&seen.observed.signs).into_iter().collect();
    let all = needs_all_drains(&seen.observed.signs);
    let drains = async || match all {
        true => ledger.drains().await,
        false => Ok(ledger::Drains::default()),
    };
    let since = moment.now - settings.policy.surge.window;
    let (standing, spot, losses, drains, known) = tokio::try_join!(
        ledger.announced_concerns(),
        ledger.spot(),
        ledger.losses(since, moment.now),
        drains(),
        known(aws, &instances),
    )?;
    announced(seen, standing);
    let observed = &mut seen.observed;
    observed.incidents = spot.incidents;
    observed.self_draining = spot.self_draining;
    let fargate = fargate_fleet(&spot.sizes, moment.now);
    observed
        .fleets
        .extend(fargate.map(|(scope, fleet)| (scope, Some(fleet))));
    observed.sizes = spot.sizes;
    observed.counts = losses.counts;
    observed.drains = drains.drains;
    observed.all_drains = all;
    observed.exercise = spot.exercise;
    observed.experiments = spot.experiments;
    let lost = spot.unreadable.into_iter();
    let lost = lost.chain(losses.unreadable).chain(drains.unreadable);
    unreadable(seen, lost);
    place(settings, seen, known);
    seen.indexed.extend(instances);
    Ok(())
}

/// What is known of these instances.
pub(super) async fn known(aws: &Aws, instances: &[InstanceId]) -> Result<Known, LedgerError> {
    let ledger = &aws.edge.ledger;
    let reads = futures_util::stream::iter(instances.chunks(INSTANCES));
    let mut reads = reads.map(|batch| ledger.known(batch)).buffered(AT_ONCE);
    let mut all = Known::default();
    while let Some(known) = reads.next().await {
        let known = known?;
        all.drains.extend(known.drains);
        all.places.extend(known.places);
        all.marks.extend(known.marks);
        all.unreadable.extend(known.unreadable);
    }
    Ok(all)
}

/// Takes over what is known of instances. A place that our permissions do not reach any more is
/// none.
pub(super) fn place(settings: &Settings, seen: &mut Seen, known: Known) {
    let observed = &mut seen.observed;
    observed.drains.extend(known.drains);
    observed.marks.extend(known.marks);
    for (instance, mut places) in known.places {
        places.retain(|place| settings.reach.covers(place.cluster.name()));
        if !places.is_empty() {
            let there = Whereabouts::At(places);
            observed.instances.entry(instance).or_insert(there);
        }
    }
    unreadable(seen, known.unreadable.into_iter());
}

/// What is told of this function's concerns, and of others' too: a decision knows its own.
fn announced(seen: &mut Seen, standing: Standing) {
    let known = standing.announced.into_iter();
    let known = known.filter_map(|((subject, kind), told)| {
        let kind = Kind::from_name(&kind)?.name();
        Some((ConcernKey { subject, kind }, told))
    });
    seen.observed.announced = known.collect();
    unreadable(seen, standing.unreadable.into_iter());
}

/// Names what this version cannot read. It is left alone: a record that is there and unreadable
/// refuses every write.
fn unreadable(seen: &mut Seen, lost: impl Iterator<Item = Unreadable>) {
    let trouble = lost.map(|item| {
        let instance = item.item.rsplit('#').next().map(InstanceId::parse);
        let about = instance.and_then(Result::ok);
        Trouble::with(item.item.clone(), &about, item)
    });
    seen.unseen.extend(trouble);
}
