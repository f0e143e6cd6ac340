//! The environment variables that Lambda gives a function.

use super::Function;
use super::environment::Surroundings;

/// The reserved variables, then the function's own.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>.
pub(super) fn variables(
    function: &Function,
    surroundings: &Surroundings,
    runtime_api: &str,
) -> Vec<(String, String)> {
    let region = surroundings.account.state().world.identity.region.clone();
    let name = function.deployed_as.as_str();
    let reserved = [
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        (
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            function.memory.to_string(),
        ),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "rehearsal".to_owned()),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON".to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_REGION", region.clone()),
        ("AWS_DEFAULT_REGION", region),
        // The account knows its callers by the key id of their signature.
        ("AWS_ACCESS_KEY_ID", function.name.clone()),
        ("AWS_SECRET_ACCESS_KEY", "rehearsal".to_owned()),
        ("AWS_SESSION_TOKEN", "rehearsal".to_owned()),
        ("AWS_ENDPOINT_URL", surroundings.endpoint.clone()),
        (
            "CARETAKER_REHEARSAL_TIMEOUT_MS",
            function.timeout.as_millis().to_string(),
        ),
        ("_HANDLER", "bootstrap".to_owned()),
        ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
        ("LANG", "en_US.UTF-8".to_owned()),
        ("TZ", ":UTC".to_owned()),
    ];
    reserved
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(function.variables.clone())
        .collect()
}
