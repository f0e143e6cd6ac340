//! What the ledger remembers of an instance, from the first word about it to what became of it.

pub(super) mod became;
pub(super) mod fold;
pub(super) mod hear;
pub(super) mod index;
pub(super) mod outcome;
pub(super) mod record;
