//! What Caretaker knows and decides, as plain values: no AWS SDK, no I/O, no clock.

pub mod cut;
pub mod notice;
pub mod pager;
