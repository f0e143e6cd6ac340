//! The clients, and the pace at which they may be used.

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_types::SdkConfig;
use ledger::Ledger;
use shell::pace::Pace;
use shell::{Invalid, OnDemand, on_demand};

use crate::settings::Settings;
use crate::sizes::Shapes;

/// Everything that talks to AWS: built once, borrowed for ever. What a tick does not always need is
/// made when it is first used; the rest is made before the first event, which so does not wait for it.
pub struct Aws {
    pub(crate) autoscaling: aws_sdk_autoscaling::Client,
    pub(crate) ecs: aws_sdk_ecs::Client,
    pub(crate) events: OnDemand<aws_sdk_eventbridge::Client>,
    pub(crate) ledger: Ledger,
    pub(crate) scaling: OnDemand<aws_sdk_applicationautoscaling::Client>,
    pub(crate) tagging: aws_sdk_resourcegroupstagging::Client,
    pub(crate) pace: Paces,
    /// The sizes of tasks that were asked for.
    pub(crate) shapes: Shapes,
    /// Makes the connection for the reply to CloudFormation.
    pub(crate) reply: Connect,
}

/// Makes a connection when one is needed.
pub(crate) type Connect = Box<dyn Fn() -> Result<SharedHttpConnector, Invalid> + Send + Sync>;

/// Our share of the token buckets of ECS, which the team's deployments and the ECS console use
/// too.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html>.
#[derive(Debug)]
pub(crate) struct Paces {
    /// `UpdateService`.
    pub(crate) service_modify: Pace,
    /// `DescribeServices` and `ListServices`.
    pub(crate) service_read: Pace,
    /// `DescribeTaskDefinition`.
    pub(crate) task_definition_read: Pace,
}

impl Aws {
    /// Clients that share one configuration.
    pub fn new(config: &SdkConfig, settings: &Settings) -> Self {
        let table = settings.ledger_table.clone();
        Self {
            autoscaling: aws_sdk_autoscaling::Client::new(config),
            ecs: aws_sdk_ecs::Client::new(config),
            events: on_demand(config, aws_sdk_eventbridge::Client::new),
            ledger: Ledger::new(aws_sdk_dynamodb::Client::new(config), table),
            scaling: on_demand(config, aws_sdk_applicationautoscaling::Client::new),
            tagging: aws_sdk_resourcegroupstagging::Client::new(config),
            pace: Paces {
                service_modify: share(settings, 50.0, 5.0),
                service_read: share(settings, 100.0, 20.0),
                task_definition_read: share(settings, 50.0, 20.0),
            },
            shapes: Shapes::default(),
            reply: Box::new(shell::connect::connector),
        }
    }

    /// The same clients with another way to reply to CloudFormation.
    #[must_use]
    pub fn replying_through(self, connector: SharedHttpConnector) -> Self {
        Self {
            reply: Box::new(move || Ok(connector.clone())),
            ..self
        }
    }
}

fn share(settings: &Settings, burst: f64, per_second: f64) -> Pace {
    let share = f64::from(settings.bucket_share_percent) / 100.0;
    Pace::new(burst * share, per_second * share)
}
