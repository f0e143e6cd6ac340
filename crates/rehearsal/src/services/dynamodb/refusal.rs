//! The refusals that several operations share, in DynamoDB's words.
//!
//! Source for codes: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>.
//! The wording of a message is not documented; it is what AWS answers, and nobody should match on it.

use crate::call::ApiError;

/// `ValidationException`: the request itself is wrong.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationException", message)
}

/// `ValidationException` in the words of most parameter checks.
pub(crate) fn invalid_parameter(problem: impl AsRef<str>) -> ApiError {
    invalid(format!(
        "One or more parameter values were invalid: {}",
        problem.as_ref()
    ))
}

/// `ValidationException` in the words of the checks that are made for every AWS API.
pub(crate) fn breaks_constraint(value: &str, member: &str, constraint: &str) -> ApiError {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    ))
}

/// The table of an item operation does not exist.
pub(crate) fn no_such_table() -> ApiError {
    ApiError::client("ResourceNotFoundException", "Requested resource not found")
}
