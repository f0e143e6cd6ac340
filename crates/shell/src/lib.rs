//! What every function's `main` needs and no decision does: the connection to AWS, the clock, the
//! environment, the log, pacing, reading JSON, and how a failure is told to Lambda. No service SDK lives here.

pub mod clock;
pub mod connect;
pub mod environment;
pub mod failure;
pub mod json;
pub mod log;
pub mod pace;

pub use connect::{OnDemand, connect, on_demand};
pub use environment::{Invalid, Lookup};
