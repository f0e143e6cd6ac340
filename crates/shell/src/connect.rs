//! One configuration for every client of a function.

use std::sync::LazyLock;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::environment::{Invalid, Lookup, text};

/// The roots that AWS's endpoints chain to. Embedding them saves the milliseconds that loading the
/// system's store costs at every cold start (docs/decisions/0002-tls.md).
/// Source: <https://www.amazontrust.com/repository/>.
const AMAZON_TRUST_SERVICES: &[u8] = include_bytes!("../trust/amazon-trust-services.pem");

/// An API call is tried this often: throttling and 5xx are retried with back-off.
const ATTEMPTS: u32 = 4;

/// The longest that one attempt may take. AWS's control planes answer in well under a second.
const ATTEMPT: Duration = Duration::from_secs(5);

/// The longest that making a connection may take.
const CONNECT: Duration = Duration::from_secs(2);

/// Reads from the environment that Lambda sets what is needed to talk to AWS. Credentials are
/// Lambda's own variables, which live as long as the execution environment does.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>.
pub fn connect(lookup: &Lookup<'_>) -> Result<SdkConfig, Invalid> {
    let credentials = Credentials::new(
        text(lookup, "AWS_ACCESS_KEY_ID")?,
        text(lookup, "AWS_SECRET_ACCESS_KEY")?,
        lookup("AWS_SESSION_TOKEN"),
        None,
        "lambda",
    );
    let mut config = configured(https_client()?)
        .region(Region::new(text(lookup, "AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials));
    if let Some(endpoint) = lookup("AWS_ENDPOINT_URL").filter(|url| !url.is_empty()) {
        config = config.endpoint_url(endpoint);
    }
    Ok(config.build())
}

/// A client that is made when it is first used: making one parses a table of AWS's partitions, and
/// hardly any event needs all the clients of a function.
pub type OnDemand<Client> = LazyLock<Client, Box<dyn FnOnce() -> Client + Send>>;

/// A client of this configuration, made when it is first used.
pub fn on_demand<Client: 'static>(
    config: &SdkConfig,
    new: fn(&SdkConfig) -> Client,
) -> OnDemand<Client> {
    let config = config.clone();
    LazyLock::new(Box::new(move || new(&config)))
}

/// The retries and timeouts of every client, whatever carries the requests.
pub fn configured(client: SharedHttpClient) -> aws_types::sdk_config::Builder {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .build();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(client)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts)
}

/// The same connector for every client. The SDK's own builder makes one more for each client that
/// it checks, reads the roots anew for it and throws it away.
fn https_client() -> Result<SharedHttpClient, Invalid> {
    let connector = connector()?;
    Ok(http_client_fn(move |_, _| connector.clone()))
}

/// A connector. Beside the clients', there is one more for the one request that goes to an address
/// which an event names: the reply to a CloudFormation custom resource.
pub fn connector() -> Result<SharedHttpConnector, Invalid> {
    let timeouts = HttpConnectorSettings::builder()
        .connect_timeout(CONNECT)
        .build();
    let connector = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(amazon_roots()?)
        .connector_settings(timeouts)
        .sleep_impl(TokioSleep::new())
        .build();
    Ok(SharedHttpConnector::new(connector))
}

fn amazon_roots() -> Result<TlsContext, Invalid> {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_TRUST_SERVICES);
    TlsContext::builder()
        .with_trust_store(roots)
        .build()
        .map_err(|error| {
            Invalid::new(
                "the embedded trust store",
                format!("cannot be used: {error}"),
            )
        })
}
