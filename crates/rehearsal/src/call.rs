//! One API call as a module sees it, and the ways in which it can be refused.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// A call that has been read off the wire and not yet been answered.
#[derive(Clone, Debug)]
pub struct Call {
    /// When the account received it.
    pub at: Timestamp,
    /// Who called: the access key id of the request's signature. The rehearsal hands every
    /// function a key id of its own, so this is the function's name.
    pub caller: String,
    /// The IAM service prefix, such as `ecs` or `application-autoscaling`.
    pub service: &'static str,
    /// The operation as AWS spells it, such as `UpdateService`.
    pub operation: String,
    /// The input as JSON. Query parameters arrive in the same form: `Tags.member.1.Key=a` is
    /// `{"Tags":[{"Key":"a"}]}`, every leaf a string.
    pub input: Value,
}

impl Call {
    /// The IAM action: `ecs:UpdateService`.
    pub fn action(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// A member of the input that is a string, if it is there.
    pub fn text(&self, member: &str) -> Option<&str> {
        self.input.get(member).and_then(Value::as_str)
    }
}

/// A refusal in AWS's own terms.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The error code, such as `ClusterNotFoundException`.
    pub code: String,
    /// The message for people.
    pub message: String,
    /// Further members of the error's body, such as the `Item` of a failed condition; in a box
    /// because few errors have any.
    pub members: Box<Map<String, Value>>,
    /// The code of the Query protocol, where the service spoke that before: it is still sent in a
    /// header, and SDKs go by it.
    pub query_code: Option<String>,
}

impl ApiError {
    /// The caller's mistake: status 400.
    pub fn client(code: &str, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code: code.to_owned(),
            message: message.into(),
            members: Box::default(),
            query_code: None,
        }
    }

    /// AWS's mistake: status 500.
    pub fn server(code: &str, message: impl Into<String>) -> Self {
        Self {
            status: 500,
            ..Self::client(code, message)
        }
    }

    /// The same refusal with one more member in its body.
    #[must_use]
    pub fn with(mut self, member: &str, value: Value) -> Self {
        self.members.insert(member.to_owned(), value);
        self
    }

    /// The same refusal with the code that it had in the Query protocol.
    ///
    /// Source: <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait>.
    #[must_use]
    pub fn formerly(mut self, code: &str) -> Self {
        self.query_code = Some(code.to_owned());
        self
    }

    /// The operation exists at AWS and is not modelled here; `docs/fidelity.md` lists what is.
    pub fn not_modelled(call: &Call) -> Self {
        Self {
            status: 501,
            ..Self::client(
                "NotModelled",
                format!("the rehearsal does not model {}", call.action()),
            )
        }
    }
}
