//! What is heard and seen, in the words of the decision.

pub(super) mod ecs;
pub(super) mod exercise;
pub(super) mod instance;
pub(super) mod service;
pub(super) mod sign;
pub(super) mod surge;
pub(super) mod tags;
pub(super) mod world;
