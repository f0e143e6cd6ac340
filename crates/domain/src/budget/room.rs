//! How many services a tally can name: an item of the ledger holds 400 KB.

use std::collections::{BTreeMap, BTreeSet};

use super::state::Again;
use crate::arn::ServiceArn;

/// What the services that a stop picked may take of an item, and what those may that were raised
/// meanwhile, in bytes each: about 2,000 and 1,000 services with names of the usual length, 300 with
/// the longest. The rest is for the readings and for people's reasons.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
pub(super) const ROOM: usize = 180_000;

/// What an entry takes beside the ARN itself, rounded up: a number of one byte, and what marks it.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>.
const BESIDE: usize = 8;

/// The same for what was decided about a service that was raised: the names of its three fields, a
/// number, a word and an instant, rounded up.
const BESIDE_AGAIN: usize = 96;

/// What one service takes.
pub(super) fn taken(arn: &ServiceArn) -> usize {
    arn.as_str().len() + BESIDE
}

/// What one service that was raised takes.
pub(super) fn taken_again(arn: &ServiceArn) -> usize {
    arn.as_str().len() + BESIDE_AGAIN
}

/// Whether a tally can name all of them.
pub(super) fn has_room(picked: &BTreeSet<ServiceArn>) -> bool {
    picked.iter().map(taken).sum::<usize>() <= ROOM
}

/// What is left for further services beside these.
pub(super) fn left(again: &BTreeMap<ServiceArn, Again>) -> usize {
    ROOM.saturating_sub(again.keys().map(taken_again).sum())
}
