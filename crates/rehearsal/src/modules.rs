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
    /// The operations that it models: what the account answers, and what the tests hold it to.
    pub operations: &'static [&'static str],
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
    services::ec2::MODULE,
    services::load_balancing::MODULE,
    services::tagging::MODULE,
    services::dynamodb::MODULE,
    services::events::MODULE,
    services::sns::MODULE,
    services::sqs::MODULE,
    services::sts::MODULE,
    services::budgets::MODULE,
    services::free_tier::MODULE,
    services::cloudwatch::MODULE,
    services::ecr::MODULE,
];

/// For modules in which nothing happens by itself.
pub fn never_due(_: &World) -> Option<Timestamp> {
    None
}

/// For modules in which nothing happens by itself.
pub fn nothing_happens(_: &mut World) {}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_listed_operation_is_answered() {
        for module in ALL {
            for operation in module.operations {
                let mut world = World::new(Timestamp::UNIX_EPOCH);
                let call = Call {
                    at: world.now,
                    caller: "test".to_owned(),
                    service: module.service,
                    operation: (*operation).to_owned(),
                    input: json!({}),
                };
                let unlisted = ApiError::not_modelled(&call).code;
                let code = (module.call)(&mut world, &call).map_err(|error| error.code);
                assert_ne!(code.err(), Some(unlisted), "{}", call.action());
            }
        }
    }
}
