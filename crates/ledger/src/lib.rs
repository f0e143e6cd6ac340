//! The ledger: one DynamoDB table that holds what AWS does not remember.
//!
//! | `pk` | `sk` | item |
//! |---|---|---|
//! | `standing` | `service#ARN` | the record of a service's rest |
//! | `standing` | `group#ARN` | the record of an Auto Scaling group's rest |
//! | `standing` | `order#ARN` | what a person ordered for a service |
//! | `standing` | `concern#KIND#ARN` | what was announced to people and still stands |
//! | `standing` | `budget#NAME` | the tally of a budget |
//! | `standing` | `suite#closing` | the suite is about to be deleted: by which request, how often it was delivered, and since when |
//! | `meter` | `INSTANT` | what ran at a moment, and what that cost in an hour; expires |
//! | `journal#DATE` | `FUNCTION#EVENT` | one decision, with its reason, on the day of its event; expires |
//!
//! Everything that stands is one partition, read whole and consistently at the start of a run.
//! Every write is conditional.

mod budget;
mod entry;
mod fields;
mod meter;
mod rest;
mod standing;
mod table;
mod tally;
#[cfg(test)]
mod tests;

pub use entry::{Entry, Outcome};
pub use fields::Unreadable;
pub use meter::Samples;
pub use standing::{Closing, Standing};
pub use table::{Ledger, LedgerError};
