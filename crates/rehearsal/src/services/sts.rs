//! STS, for callers that ask who they are.

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

/// STS, for callers that ask who they are.
pub const MODULE: Module = Module {
    service: "sts",
    protocol: Protocol::Query {
        version: "2011-06-15",
        namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    },
    operations: &["GetCallerIdentity"],
    call,
    due: never_due,
    advance: nothing_happens,
};

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "GetCallerIdentity" => Ok(caller_identity(world, &call.caller)),
        _ => Err(ApiError::not_modelled(call)),
    }
}

/// A Lambda function calls as a session of its role, named like the function.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>.
fn caller_identity(world: &World, caller: &str) -> Value {
    let account = &world.identity.account_id;
    json!({
        "Arn": format!("arn:aws:sts::{account}:assumed-role/{caller}/{caller}"),
        "UserId": format!("AROAREHEARSAL:{caller}"),
        "Account": account,
    })
}

#[cfg(test)]
mod tests {
    use crate::account::{Account, Answer};
    use crate::clock::Clock;

    #[test]
    fn a_caller_learns_the_account_and_its_own_name() {
        let account = Account::new(Clock::stepped("2026-11-21T08:00:00Z".parse().unwrap()));
        let request = http::Request::builder()
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=pager/20261121/eu-central-1/sts/aws4_request",
            )
            .body("Action=GetCallerIdentity&Version=2011-06-15".into())
            .unwrap();
        let Answer::Reply(reply) = account.respond(&request) else {
            panic!("an answer");
        };
        let body = String::from_utf8(reply.body().to_vec()).unwrap();
        assert!(body.starts_with(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult>\
             <Arn>arn:aws:sts::123456789012:assumed-role/pager/pager</Arn>"
        ));
        assert!(body.contains("<Account>123456789012</Account></GetCallerIdentityResult>"));
    }
}
