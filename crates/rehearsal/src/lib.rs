//! A simulated AWS account: small enough to step through, true enough to trust.
//!
//! One [`Account`] answers the real wire protocols, in process or on loopback, against a [`World`]
//! of state machines with a clock that can be stepped. Each AWS service is a [`Module`]: a field
//! of the world and a line in [`modules::ALL`].

pub mod account;
pub mod binaries;
pub mod by_hand;
pub mod call;
pub mod clock;
pub mod fault;
pub mod in_process;
pub mod journal;
pub mod lambda;
pub mod modules;
mod page;
pub mod report;
pub mod scenario;
pub mod server;
pub mod services;
pub mod stack;
pub mod suite;
pub mod template;
#[cfg(test)]
mod testbed;
pub mod throttle;
pub mod wire;
pub mod world;

pub use account::{Account, Answer};
pub use call::{ApiError, Call};
pub use clock::Clock;
pub use modules::Module;
pub use stack::Stack;
pub use world::World;
