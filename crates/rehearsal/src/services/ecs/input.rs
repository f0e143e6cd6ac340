//! Inputs as ECS sends them, and the refusals that many calls share.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::{ApiError, Call};

/// One tag.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Tag {
    pub(super) key: String,
    #[serde(default)]
    pub(super) value: String,
}

/// Reads the members of the input that an operation knows.
pub(super) fn read<T: for<'de> Deserialize<'de>>(call: &Call) -> Result<T, ApiError> {
    T::deserialize(&call.input).map_err(|error| invalid(error.to_string()))
}

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidParameterException", message)
}

pub(super) fn client(message: impl Into<String>) -> ApiError {
    ApiError::client("ClientException", message)
}

pub(super) fn cluster_not_found() -> ApiError {
    ApiError::client("ClusterNotFoundException", "Cluster not found.")
}

pub(super) fn service_not_found() -> ApiError {
    ApiError::client("ServiceNotFoundException", "Service not found.")
}

/// A count that is not negative.
pub(super) fn count(name: &str, value: i64) -> Result<u32, ApiError> {
    u32::try_from(value).map_err(|_| invalid(format!("{name} must not be negative.")))
}

/// A page size between 1 and 100; `default` if none is asked for.
pub(super) fn page_size(asked: Option<i64>, default: usize) -> Result<usize, ApiError> {
    match asked {
        None => Ok(default),
        Some(size) => usize::try_from(size)
            .ok()
            .filter(|size| (1..=100).contains(size))
            .ok_or_else(|| invalid("maxResults must be between 1 and 100.")),
    }
}

/// A timestamp as AWS JSON writes it: seconds since 1970, with a fraction.
pub(crate) fn epoch(at: Timestamp) -> Value {
    #[allow(
        clippy::cast_precision_loss,
        reason = "milliseconds of this age fit in 53 bits"
    )]
    let seconds = at.as_millisecond() as f64 / 1000.0;
    json!(seconds)
}

/// An entry of `failures`, which ECS returns with status 200.
pub(super) fn missing(arn: String) -> Value {
    json!({"arn": arn, "reason": "MISSING"})
}
