//! The clients, and the pace at which they may be used.

use aws_types::SdkConfig;
use edge::Edge;
use shell::pace::Pace;
use shell::{OnDemand, on_demand};

use crate::observe::fleets::Memory;
use crate::settings::Settings;

/// Everything that talks to AWS.
pub struct Aws {
    pub(crate) edge: Edge,
    /// SQS, to which a look is sent.
    pub(crate) sqs: OnDemand<aws_sdk_sqs::Client>,
    /// Elastic Load Balancing, which knows how long a target takes to leave.
    pub(crate) balancing: OnDemand<aws_sdk_elasticloadbalancingv2::Client>,
    pub(crate) pace: Paces,
    /// How large clusters are, as far as this process knows.
    pub(crate) clusters: Memory,
}

/// Our share of the token buckets that only this function takes from. Two runs at once do
/// not know of each other: then ECS throttles, and the SDK tries again.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html>.
#[derive(Debug)]
pub(crate) struct Paces {
    /// `ListContainerInstances`, `DescribeContainerInstances`, `ListTasks` and `DescribeTasks`.
    pub(crate) read: Pace,
    /// `UpdateContainerInstancesState` and `StopTask`.
    pub(crate) modify: Pace,
    /// `ListClusters` and `DescribeClusters`.
    pub(crate) clusters: Pace,
    /// `DescribeCapacityProviders`.
    pub(crate) providers: Pace,
    /// `GetTaskProtection`.
    pub(crate) protection: Pace,
    /// `DescribeTargetGroupAttributes`, like everything that only reads.
    /// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>.
    pub(crate) targets: Pace,
}

impl Aws {
    /// Clients that share one configuration.
    pub fn new(config: &SdkConfig, settings: &Settings) -> Self {
        let share = f64::from(settings.place.bucket_share_percent) / 100.0;
        let pace = |burst: f64, per_second: f64| Pace::new(burst * share, per_second * share);
        Self {
            edge: Edge::new(config, &settings.place),
            sqs: on_demand(config, aws_sdk_sqs::Client::new),
            balancing: on_demand(config, aws_sdk_elasticloadbalancingv2::Client::new),
            clusters: Memory::default(),
            pace: Paces {
                read: pace(100.0, 20.0),
                modify: pace(100.0, 40.0),
                clusters: pace(50.0, 20.0),
                providers: pace(50.0, 20.0),
                protection: pace(200.0, 80.0),
                targets: pace(40.0, 10.0),
            },
        }
    }
}
