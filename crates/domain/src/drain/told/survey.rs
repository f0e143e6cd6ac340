//! What is told of services that cannot leave in time.

use std::collections::BTreeMap;

use super::drainability::{Undrainable, drainability};
use super::drains::counted;
use crate::arn::ClusterArn;
use crate::concern::Concern;
use crate::drain::moment::Moment;
use crate::drain::seen::world::Observed;
use crate::notice::{Kind, fact, words};

/// Services that cannot leave in time, for each cluster in one notice.
pub(super) fn not_drainable(observed: &Observed, moment: Moment<'_>) -> Vec<Concern> {
    let found: BTreeMap<&ClusterArn, Vec<Undrainable>> = observed
        .surveys
        .iter()
        .map(|(cluster, services)| (cluster, drainability(services)))
        .collect();
    found
        .into_iter()
        .filter(|(_, found)| !found.is_empty())
        .map(|(cluster, found)| cannot_leave(cluster, &found, moment))
        .collect()
}

/// How many services cannot leave, and how many perhaps cannot.
fn how_many(found: &[Undrainable]) -> String {
    let assumed = found.iter().filter(|one| one.is_assumed()).count();
    let certain = found.len() - assumed;
    let services = |count| counted(count, "service", "services");
    match (certain, assumed) {
        (certain, 0) => format!("{} cannot leave a Spot instance in time", services(certain)),
        (0, assumed) => format!(
            "{} might not leave a Spot instance in time",
            services(assumed)
        ),
        (certain, assumed) => format!(
            "{} cannot leave a Spot instance in time, and {assumed} might not",
            services(certain)
        ),
    }
}

fn cannot_leave(cluster: &ClusterArn, found: &[Undrainable], moment: Moment<'_>) -> Concern {
    let mut concern = Concern::about(cluster.as_str(), Kind::NotDrainable, moment.now);
    concern.title = format!("cluster {}: {}", cluster.name(), how_many(found));
    for one in found {
        let why: Vec<String> = one.why.iter().map(ToString::to_string).collect();
        let why = why.join("; ");
        concern.facts.push(fact(one.service.name(), &why));
        concern
            .text
            .push_str(&format!("{}: {why}. ", one.service.name()));
    }
    concern.next = words(
        "Let ECS stop a task first where that is harmless (a minimum below 100), and shorten the \
         deregistration delay and the time to stop to what requests really take.",
    );
    concern
}
