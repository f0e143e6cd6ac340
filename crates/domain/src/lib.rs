//! Decisions and vocabulary. Nothing here talks to AWS, reads a clock or waits: time is an
//! argument and a plan is data.

pub mod announcement;
pub mod arn;
pub mod budget;
pub mod capacity;
mod concern;
pub mod cut;
pub mod drain;
pub mod hold;
pub mod hours;
pub mod instances;
pub mod notice;
pub mod off_hours;
pub mod order;
pub mod pager;
pub mod prices;
pub mod rest;
pub mod resting;
pub mod rollback;
pub mod tag;
