//! The decision of `deploy-rollback`, told as sentences about a small model of ECS, in which a plan
//! is applied step by step and can die before any of them. `docs/deployment-cases.md` names the test
//! of each of the cases in which deployments and rollbacks go wrong.

#![cfg(test)]

mod made;
mod world;

mod acts;
mod causes;
mod decides;
mod orders;
mod pages;
mod properties;
mod targets;
