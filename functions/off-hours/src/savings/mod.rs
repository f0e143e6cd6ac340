//! What a rest saved, told when it ends: in the report, in the journal, and as metrics.
//!
//! Quiet ticks ask for the sizes of tasks ahead, a few at a time, so that the tick that wakes
//! everything need not.

mod group;
mod service;
mod shown;
#[cfg(test)]
mod tests;

use domain::off_hours::Observed;
use domain::resting::{Errand, Reason, Sight, Subject};
use jiff::Timestamp;

use crate::{Aws, Settings};
use edge::errand::Ending;
use edge::sizes::ask;
pub(crate) use shown::Saved;

/// What the rests saved that ended in this run.
pub(crate) async fn of(
    aws: &Aws,
    settings: &Settings,
    observed: &Observed,
    errands: &[(&Errand, &Ending)],
    now: Timestamp,
) -> Vec<Saved> {
    let woken = errands
        .iter()
        .filter(|(errand, ending)| errand.reason == Reason::Wakes && matches!(ending, Ending::Done))
        .map(|(errand, _)| &errand.subject);
    let groups = woken.clone().filter_map(|subject| match subject {
        Subject::Group(arn) => group::saved(arn, observed, now),
        Subject::Service(_) => None,
    });
    let services: Vec<service::Woken<'_>> = woken
        .clone()
        .filter_map(|subject| match subject {
            Subject::Service(arn) => service::woken(arn, observed, now),
            Subject::Group(_) => None,
        })
        .collect();
    ask(&aws.edge, services.iter().filter_map(service::Woken::sized)).await;
    let services = services
        .iter()
        .map(|woken| woken.saved(&aws.edge.shapes, settings.fargate_spot_percent_off));
    groups.chain(services).collect()
}

/// Asks ahead for the sizes of what is at rest.
pub(crate) async fn ask_ahead(aws: &Aws, observed: &Observed) {
    let resting = observed
        .services
        .values()
        .filter(|service| service.rest.is_some());
    let live = resting.filter_map(|service| match &service.sight {
        Sight::Live(live) if live.fargate_spot_percent.is_some() => {
            Some(live.task_definition.as_str())
        }
        _ => None,
    });
    ask(&aws.edge, live).await;
}

fn region_of(arn: &str) -> String {
    arn.split(':').nth(3).unwrap_or_default().to_owned()
}
