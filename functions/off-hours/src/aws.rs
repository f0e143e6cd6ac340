//! The clients.

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_types::SdkConfig;
use edge::Edge;
use shell::Invalid;

use crate::settings::Settings;

/// Everything that talks to AWS.
pub struct Aws {
    pub(crate) edge: Edge,
    /// Makes the connection for the reply to CloudFormation.
    pub(crate) reply: Connect,
}

/// Makes a connection when one is needed.
pub(crate) type Connect = Box<dyn Fn() -> Result<SharedHttpConnector, Invalid> + Send + Sync>;

impl Aws {
    /// Clients that share one configuration.
    pub fn new(config: &SdkConfig, settings: &Settings) -> Self {
        Self {
            edge: Edge::new(config, &settings.place),
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
