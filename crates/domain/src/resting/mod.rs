//! How a service is put to rest and woken, whoever holds it: what is seen of it, and the steps in
//! the order that loses nothing.
//!
//! Who is to be held, and why, is decided elsewhere: for the night and for people in
//! [`crate::off_hours`].

mod ended;
mod observed;
mod plan;
mod reason;
mod steps;

pub use ended::{Ended, Refusal};
pub use observed::{Deployment, GroupLive, Kind, Live, Sight};
pub use plan::{Action, Errand, Subject};
pub use reason::Reason;
pub use steps::Steps;
