//! `deploymentConfiguration`: how a service is to be deployed, and who watches that.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html>.

use jiff::SignedDuration;
use serde_json::Value;

use super::Deployment;
use crate::call::ApiError;
use crate::services::ecs::input::invalid;
use crate::services::ecs::service::{Controller, Service, ServiceId};
use crate::world::World;

/// The longest bake time that ECS chooses: "less than 5 minutes",
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html>.
const LONGEST_BAKE: SignedDuration = SignedDuration::from_mins(5);

/// The bounds of the default threshold of the circuit breaker:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>.
const BOUNDS: (u32, u32) = (3, 200);

/// `deploymentCircuitBreaker` that is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Breaker {
    /// Whether it rolls back.
    pub(super) rollback: bool,
    /// Whether a healthy task makes it forget what it counted.
    pub(super) resets: bool,
    limit: Limit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    Count(u32),
    Bounded(u32),
    Unbounded(u32),
}

impl Breaker {
    /// The circuit breaker of a service, if it is on. With another strategy than ROLLING it does nothing:
    /// what the API reference says and the guide does not, so a choice.
    pub(super) fn of(service: &Service) -> Option<Self> {
        let configuration = configuration(service)?;
        let given = &configuration["deploymentCircuitBreaker"];
        if given["enable"] != true || shifts_traffic(service) {
            return None;
        }
        let threshold = &given["thresholdConfiguration"];
        let value = threshold["value"]
            .as_u64()
            .and_then(|it| u32::try_from(it).ok());
        let value = value.unwrap_or(50);
        Some(Self {
            rollback: given["rollback"] == true,
            resets: given["resetOnHealthyTask"] != false,
            limit: match threshold["type"].as_str() {
                Some("COUNT") => Limit::Count(value),
                Some("UNBOUNDED_PERCENT") => Limit::Unbounded(value),
                _ => Limit::Bounded(value),
            },
        })
    }

    /// How many failures are too many with this desired count. An unbounded share of nothing is one: a
    /// choice.
    pub(super) fn threshold(self, desired: u32) -> u32 {
        let share = |percent: u32| (u64::from(desired) * u64::from(percent)).div_ceil(100);
        let share = |percent| u32::try_from(share(percent)).unwrap_or(u32::MAX);
        match self.limit {
            Limit::Count(count) => count,
            Limit::Bounded(percent) => share(percent).clamp(BOUNDS.0, BOUNDS.1),
            Limit::Unbounded(percent) => share(percent).max(1),
        }
    }
}

/// `alarms` that are on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alarms {
    /// Their names.
    pub(super) names: Vec<String>,
    /// Whether they roll back.
    pub(super) rollback: bool,
}

impl Alarms {
    /// The deployment alarms of a service, if they are on.
    pub(super) fn of(service: &Service) -> Option<Self> {
        let given = &configuration(service)?["alarms"];
        let names = given["alarmNames"].as_array().into_iter().flatten();
        let names = names.filter_map(Value::as_str).map(str::to_owned);
        let alarms = Self {
            names: names.collect(),
            rollback: given["rollback"] == true,
        };
        (given["enable"] == true && !alarms.names.is_empty()).then_some(alarms)
    }
}

/// Whether a service is deployed by moving traffic: BLUE_GREEN, LINEAR or CANARY.
pub(super) fn shifts_traffic(service: &Service) -> bool {
    let strategy = configuration(service).and_then(|it| it["strategy"].as_str());
    strategy.is_some_and(|it| it != "ROLLING") && service.controller == Controller::Ecs
}

/// How long a deployment of a service is watched when all is in place: as long as is said, else as long as
/// the slowest of its alarms looks back. Nothing more is published of how ECS "computes this time period
/// based on the alarm configuration", so that is a choice.
pub(super) fn bake_time(world: &World, id: &ServiceId, deployment: &Deployment) -> SignedDuration {
    let Some(service) = world.ecs.service(id) else {
        return SignedDuration::ZERO;
    };
    if service.controller != Controller::Ecs || shifts_traffic(service) {
        return SignedDuration::ZERO;
    }
    let said = configuration(service).and_then(|it| it["bakeTimeInMinutes"].as_i64());
    if let Some(minutes) = said {
        return SignedDuration::from_mins(minutes);
    }
    let alarms = Alarms::of(service).filter(|_| deployment.watches_alarms);
    let names = alarms.map_or_else(Vec::new, |it| it.names);
    let found = names
        .iter()
        .filter_map(|it| world.cloudwatch.alarms.get(it));
    let longest = found.map(|it| it.looks_back()).max();
    longest.unwrap_or_default().min(LONGEST_BAKE)
}

pub(super) fn configuration(service: &Service) -> Option<&Value> {
    service.settings.get("deploymentConfiguration")
}

/// Refuses what cannot be: the wording on alarms is as seen in <https://github.com/aws/aws-cdk/issues/26307>,
/// the others are choices.
pub(in super::super) fn check(input: &Value, controller: Controller) -> Result<(), ApiError> {
    let given = &input["deploymentConfiguration"];
    if given["alarms"]["enable"] == true && controller != Controller::Ecs {
        return Err(invalid(
            "Alarm based rollback feature is only supported with ECS deployment controller. Update to ECS deployment controller and try again.",
        ));
    }
    let threshold = &given["deploymentCircuitBreaker"]["thresholdConfiguration"];
    if threshold.is_null() {
        return Ok(());
    }
    let most = match threshold["type"].as_str() {
        Some("COUNT") => i64::MAX,
        Some("BOUNDED_PERCENT" | "UNBOUNDED_PERCENT") => 100,
        _ => return Err(invalid("thresholdConfiguration has no such type.")),
    };
    let value = threshold["value"].as_i64();
    match value.is_some_and(|value| (1..=most).contains(&value)) {
        true => Ok(()),
        false => Err(invalid(
            "The value of thresholdConfiguration is out of range.",
        )),
    }
}
