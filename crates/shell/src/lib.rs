//! What every function's `main` needs and no decision does: the connection to AWS, the clock, the
//! environment, pacing, and how a failure is told to Lambda. No service SDK lives here.

pub mod clock;
pub mod connect;
pub mod environment;
pub mod failure;
pub mod pace;

pub use connect::connect;
pub use environment::{Invalid, Lookup};
