//! One incident, one page: a Caretaker notice on the event bus becomes one message to people, and so
//! does a message of the suite's dead-letter queue.
//!
//! This is the only function that publishes to people. An error that it returns means "deliver
//! again"; an event that is not a notice is an answer, not an error.

mod apply;
mod event;
mod failure;
mod message;
mod report;
mod settings;

use domain::pager::decide;
use jiff::Timestamp;

pub use failure::Failure;
pub use report::Report;
pub use settings::Settings;

/// What the pager can reach of AWS.
#[derive(Clone, Debug)]
pub struct Aws {
    /// The topic's service.
    pub sns: aws_sdk_sns::Client,
}

impl Aws {
    /// The clients, all from one configuration.
    pub fn new(config: &aws_types::SdkConfig) -> Self {
        Self {
            sns: aws_sdk_sns::Client::new(config),
        }
    }
}

/// Answers one event from the bus or from the dead-letter queue.
pub async fn handle(
    aws: &Aws,
    settings: &Settings,
    event: serde_json::Value,
    now: Timestamp,
) -> Result<Report, Failure> {
    let heard = event::parse(event)?;
    let plan = decide(&heard, &settings.letterhead, now);
    tracing::info!(
        function = "pager",
        reason = plan.reason.name(),
        about = event::summary(&heard),
        actions = plan.actions.len(),
        "decided"
    );
    apply::apply(aws, settings, plan).await
}
