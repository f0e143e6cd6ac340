//! Elastic Load Balancing, version 2: the attributes of the target groups that services have in front of
//! them. What the targets do stands where the tasks are.
//!
//! Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroupAttributes.html>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

/// Elastic Load Balancing, version 2.
pub const MODULE: Module = Module {
    service: "elasticloadbalancing",
    protocol: Protocol::Query {
        version: "2015-12-01",
        namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    },
    operations: &["DescribeTargetGroupAttributes"],
    call,
    due: never_due,
    advance: nothing_happens,
};

/// What the account holds of Elastic Load Balancing.
#[derive(Debug, Default)]
pub struct LoadBalancing {
    /// The deregistration delays of target groups in seconds, by ARN.
    pub target_groups: BTreeMap<String, u32>,
}

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "DescribeTargetGroupAttributes" => attributes(world, call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

/// The wording of the refusal is a choice.
fn attributes(world: &World, call: &Call) -> Result<Value, ApiError> {
    let arn = call.text("TargetGroupArn").unwrap_or_default();
    let delay = world.load_balancing.target_groups.get(arn);
    let delay = delay.ok_or_else(|| {
        ApiError::client(
            "TargetGroupNotFound",
            format!("Target group '{arn}' was not found"),
        )
    })?;
    let attribute = |key: &str, value: &str| json!({"Key": key, "Value": value});
    Ok(json!({"Attributes": [
        attribute("deregistration_delay.timeout_seconds", &delay.to_string()),
        attribute("load_balancing.algorithm.type", "round_robin"),
        attribute("slow_start.duration_seconds", "0"),
        attribute("stickiness.enabled", "false"),
    ]}))
}

#[cfg(test)]
mod tests {
    use crate::account::{Account, Answer};
    use crate::clock::Clock;
    use crate::stack::Stack;

    /// What a caller is told of the target group of a service.
    fn asked(service: &str) -> String {
        let account = Account::new(Clock::stepped("2026-11-21T08:00:00Z".parse().unwrap()));
        let stack = "clusters: [{name: shop, services: [{name: web, deregistration-delay: 45}, {name: api}]}]";
        let stack = Stack::read(stack).unwrap();
        stack.build(&mut account.state().world).unwrap();
        let group = format!(
            "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-{service}/0123456789abcdef"
        );
        let group = group.replace(':', "%3A").replace('/', "%2F");
        let request = http::Request::builder()
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=spot-drain/20261121/eu-central-1/elasticloadbalancing/aws4_request",
            )
            .body(
                format!("Action=DescribeTargetGroupAttributes&Version=2015-12-01&TargetGroupArn={group}").into(),
            )
            .unwrap();
        let Answer::Reply(reply) = account.respond(&request) else {
            panic!("an answer");
        };
        String::from_utf8(reply.body().to_vec()).unwrap()
    }

    #[test]
    fn a_service_with_a_deregistration_delay_has_a_target_group_and_another_has_none() {
        let told = asked("web");
        let delay = "<Key>deregistration_delay.timeout_seconds</Key><Value>45</Value>";
        assert!(told.contains(delay), "{told}");
        let refused = asked("api");
        assert!(
            refused.contains("<Code>TargetGroupNotFound</Code>"),
            "{refused}"
        );
    }
}
