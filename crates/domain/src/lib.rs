//! Decisions and vocabulary of Caretaker: no AWS SDK, no I/O, no clock.

pub mod hours;
pub mod tag;
