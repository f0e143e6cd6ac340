//! The decision of `spot-drain`, told as sentences about a small model of the world: clusters,
//! machines, tasks, hooks and a ledger, in which a plan is applied step by step and can crash after
//! any of them.
//!
//! `docs/spot-cases.md` names the test of each case in which draining goes wrong, here or elsewhere.

#![cfg(test)]

mod made;
mod world;

mod edges;
mod exercises;
mod fargate;
mod hooks;
mod orders;
mod pages;
mod properties;
mod recommendations;
mod services;
mod speed;
mod strategies;
mod surges;
mod tags;
mod warnings;
