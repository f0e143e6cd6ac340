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
//! | `drains` | `i-ID` | the record of an instance that goes |
//! | `spot` | `surge#SCOPE` | a surge of interruptions that is not over |
//! | `spot` | `fleet#SCOPE` | the instances of this fleet were seen to drain without us |
//! | `spot` | `exercise` | the last exercise that a person announced |
//! | `spot` | `experiment#ID` | an experiment of AWS Fault Injection Service; expires |
//! | `spot-index` | `i-ID` | in which clusters an instance is, and what became of it; expires |
//! | `losses#HOUR` | id or ARN | a loss that counts for a surge; expires |
//! | `releases` | `service#ARN` | the record of a service's deployments |
//! | `releases` | `freeze` | nothing at all is rolled back while this lasts |
//! | `releases-open` | `service#ARN` | that record is open, and what of it matters for other services; written with it |
//! | `looks` | `INSTANT` | a look that is planned; expires |
//! | `meter` | `INSTANT` | what ran at a moment, and what that cost in an hour; expires |
//! | `journal#DATE` | `FUNCTION#EVENT` | one decision, with its reason, on the day of its event; expires |
//! | `journal#DATE` | `spot-drain#i-ID@INSTANT` | what became of an instance, on the day of its first sign; expires |
//!
//! Everything that stands is one partition, read whole and consistently at the start of a run.
//! Records of deployments outlive what they tell of, so that most of them are of no concern to a run:
//! they are read by their keys, and `releases-open` says which are open.
//! Every write is conditional but those of losses, which are the same however often they are made.

mod batch;
mod budget;
mod entry;
mod fields;
mod meter;
mod rest;
mod rollback;
mod spot;
mod standing;
mod table;
mod tally;
#[cfg(test)]
mod tests;

pub use entry::{Entry, Outcome};
pub use fields::Unreadable;
pub use meter::Samples;
pub use rollback::{OpenReleases, Releases};
pub use spot::{Drains, Known, Losses, Spot};
pub use standing::{Closing, Standing};
pub use table::{Ledger, LedgerError};
