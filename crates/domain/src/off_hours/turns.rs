//! The order of errands: what is most urgent first, and clusters in turns.

use std::collections::BTreeMap;

use super::observed::Observed;
use super::tags::DEFAULT_WAVE;
use crate::resting::{Errand, Reason, Subject};

/// Wakes before rests; instances before the tasks that need them; low waves wake first and rest
/// last. Within a rank the clusters take turns, so that a large one does not starve the others.
pub(super) fn in_order(errands: Vec<Errand>, observed: &Observed) -> Vec<Errand> {
    let mut turns: BTreeMap<(u8, String), usize> = BTreeMap::new();
    let mut placed: Vec<((u8, usize), Errand)> = errands
        .into_iter()
        .map(|errand| {
            let rank = rank(&errand, observed);
            let turn = turns.entry((rank, cluster(&errand.subject))).or_default();
            *turn += 1;
            ((rank, *turn), errand)
        })
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, errand)| errand).collect()
}

/// The lower, the earlier: 10 and above for what wakes, up to 30 for what goes to rest.
fn rank(errand: &Errand, observed: &Observed) -> u8 {
    let wave = match &errand.subject {
        Subject::Service(arn) => observed
            .services
            .get(arn)
            .map_or(DEFAULT_WAVE, |service| service.intent.wave.min(9)),
        Subject::Group(_) => 0,
    };
    match errand.reason {
        Reason::GoesToRest | Reason::RestsAgain => 30 - wave,
        _ => 10 + wave,
    }
}

fn cluster(subject: &Subject) -> String {
    match subject {
        Subject::Service(arn) => arn.cluster().to_owned(),
        Subject::Group(_) => String::new(),
    }
}
