//! The clients.

use aws_types::SdkConfig;
use aws_types::region::Region;
use edge::Edge;
use shell::{OnDemand, on_demand};

use crate::settings::Settings;

/// Where the APIs of billing are, whatever the Region of the function.
/// Sources: <https://docs.aws.amazon.com/general/latest/gr/billing.html>.
const BILLING: &str = "us-east-1";

/// Everything that talks to AWS.
pub struct Aws {
    pub(crate) edge: Edge,
    /// AWS Budgets.
    pub(crate) budgets: aws_sdk_budgets::Client,
    /// AWS Free Tier.
    pub(crate) free_tier: OnDemand<aws_sdk_freetier::Client>,
    /// SNS, to see whether messages can arrive.
    pub(crate) sns: OnDemand<aws_sdk_sns::Client>,
}

impl Aws {
    /// Clients that share one configuration.
    pub fn new(config: &SdkConfig, settings: &Settings) -> Self {
        let billing = config
            .to_builder()
            .region(Region::from_static(BILLING))
            .build();
        Self {
            edge: Edge::new(config, &settings.place),
            budgets: aws_sdk_budgets::Client::new(&billing),
            free_tier: on_demand(&billing, aws_sdk_freetier::Client::new),
            sns: on_demand(config, aws_sdk_sns::Client::new),
        }
    }
}
