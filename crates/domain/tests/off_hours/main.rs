//! The decision of `off-hours`, told as sentences about a small model of the world: services,
//! groups and the ledger, in which a plan is applied step by step and can crash after any of them.

#![cfg(test)]

mod any;
mod made;
mod run;
mod shown;
mod world;

mod aftermath;
mod budget;
mod clusters;
mod concerns;
mod crashes;
mod declined;
mod deployments;
mod drift;
mod groups;
mod holds;
mod losses;
mod orders;
mod plans;
mod properties;
mod rest;
mod savings;
mod scope;
mod wake;
mod waves;
