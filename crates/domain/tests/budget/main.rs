//! The decision of `budget-guard`, told as sentences about a small model of the world: budgets,
//! services and the ledger, in which a plan is applied step by step and can crash after any of
//! them.

#![cfg(test)]

mod made;
mod world;

mod asked;
mod blind;
mod concerns;
mod drills;
mod guards;
mod meters;
mod money;
mod orders;
mod pages;
mod periods;
mod properties;
mod prose;
mod readings;
mod restores;
mod selections;
mod several;
mod stops;
mod tags;
mod verdicts;
