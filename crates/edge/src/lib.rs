//! The AWS edge of what can be at rest: what is tagged, what ECS says of it, the calls that change
//! it, and notices on the bus. One function decides for the night, another for a budget; both look
//! and act through this.

mod announce;
pub mod errand;
mod failure;
pub mod gate;
pub mod live;
mod perform;
mod reach;
#[cfg(any(test, feature = "script"))]
pub mod script;
pub mod services;
pub mod sizes;
pub mod tagged;
pub mod targets;

use aws_types::SdkConfig;
use ledger::Ledger;
use shell::pace::Pace;
use shell::{OnDemand, on_demand};

pub use failure::{Answer, Failure};
pub use reach::Reach;
use sizes::Shapes;

/// The clients, and the pace at which they may be used: built once, borrowed for ever. What is not
/// always needed is made when it is first used; the rest is made before the first event, which so
/// does not wait for it.
pub struct Edge {
    /// EC2 Auto Scaling.
    pub autoscaling: OnDemand<aws_sdk_autoscaling::Client>,
    /// ECS.
    pub ecs: aws_sdk_ecs::Client,
    /// EventBridge.
    pub events: OnDemand<aws_sdk_eventbridge::Client>,
    /// The ledger.
    pub ledger: Ledger,
    /// Application Auto Scaling.
    pub scaling: OnDemand<aws_sdk_applicationautoscaling::Client>,
    /// The tagging API.
    pub tagging: aws_sdk_resourcegroupstagging::Client,
    /// The pace.
    pub pace: Paces,
    /// The sizes of tasks that were asked for.
    pub shapes: Shapes,
    /// The event bus for notices.
    pub event_bus: String,
}

/// What the template says of the edge.
#[derive(Clone, Debug)]
pub struct Place {
    /// The ledger's table.
    pub ledger_table: String,
    /// The event bus for notices.
    pub event_bus: String,
    /// Our share of the token buckets, 1 to 100.
    pub bucket_share_percent: u32,
}

/// Our share of the token buckets of ECS, which the team's deployments and the ECS console use
/// too.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html>.
#[derive(Debug)]
pub struct Paces {
    /// `UpdateService`.
    pub service_modify: Pace,
    /// `DescribeServices` and `ListServices`.
    pub service_read: Pace,
    /// `DescribeTaskDefinition`.
    pub task_definition_read: Pace,
}

impl Edge {
    /// Clients that share one configuration.
    pub fn new(config: &SdkConfig, place: &Place) -> Self {
        let dynamodb = aws_sdk_dynamodb::Client::new(config);
        let share = |burst: f64, per_second: f64| {
            let share = f64::from(place.bucket_share_percent) / 100.0;
            Pace::new(burst * share, per_second * share)
        };
        Self {
            autoscaling: on_demand(config, aws_sdk_autoscaling::Client::new),
            ecs: aws_sdk_ecs::Client::new(config),
            events: on_demand(config, aws_sdk_eventbridge::Client::new),
            ledger: Ledger::new(dynamodb, place.ledger_table.clone()),
            scaling: on_demand(config, aws_sdk_applicationautoscaling::Client::new),
            tagging: aws_sdk_resourcegroupstagging::Client::new(config),
            pace: Paces {
                service_modify: share(50.0, 5.0),
                service_read: share(100.0, 20.0),
                task_definition_read: share(50.0, 20.0),
            },
            shapes: Shapes::default(),
            event_bus: place.event_bus.clone(),
        }
    }
}
