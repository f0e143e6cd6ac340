//! The modelled AWS services. A new one is a file in `services/`, a field of [`World`] and a line here.

use jiff::Timestamp;
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services;
use crate::wire::Protocol;
use crate::world::World;

/// One modelled AWS service.
pub struct Module {
    /// The IAM service prefix.
    pub service: &'static str,
    /// How its requests are told apart and how it speaks.
    pub protocol: Protocol,
    /// Answers a call. `world.now` is the call's time and everything due before it has happened.
    pub call: fn(&mut World, &Call) -> Result<Value, ApiError>,
    /// When something next happens by itself, if anything will.
    pub due: fn(&World) -> Option<Timestamp>,
    /// Lets happen what is due at `world.now`.
    pub advance: fn(&mut World),
}

/// Every modelled service.
pub const ALL: &[Module] = &[
    services::ecs::MODULE,
    services::application_autoscaling::MODULE,
    services::autoscaling::MODULE,
    services::tagging::MODULE,
    services::dynamodb::MODULE,
    services::events::MODULE,
    services::sns::MODULE,
    services::sts::MODULE,
];

/// For modules in which nothing happens by itself.
pub fn never_due(_: &World) -> Option<Timestamp> {
    None
}

/// For modules in which nothing happens by itself.
pub fn nothing_happens(_: &mut World) {}
