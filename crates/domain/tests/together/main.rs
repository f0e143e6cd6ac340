//! `off-hours` and `budget-guard` over the same services: both decisions, in the model of each one's
//! own tests. In whatever order the night, a budget, people, deployments and crashes come, every
//! service ends with exactly what it had, and none is raised while anything holds it.

#![cfg(test)]

#[expect(dead_code, reason = "the tests of the budget guard need more of it")]
mod money;
#[expect(dead_code, reason = "the tests of off-hours need more of it")]
mod night;

mod both;
mod event;

mod orders;
mod pairs;
mod properties;
