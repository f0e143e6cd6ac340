//! A small account to try things on, spoken to over its wire protocol.

use bytes::Bytes;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::journal::What;
use crate::services::ecs::ServiceId;
use crate::stack::Stack;
use crate::{Account, Answer, Clock, World};

/// When every test begins.
pub(crate) const START: &str = "2026-11-20T18:00:00Z";

/// An account and its stepped clock. Throttling is off.
pub(crate) struct Testbed {
    pub(crate) account: Account,
}

impl Testbed {
    /// A testbed with this stack on it.
    pub(crate) fn with(stack: Value) -> Self {
        let stack: Stack = serde_json::from_value(stack).unwrap();
        let account = Account::new(Clock::stepped(START.parse().unwrap()));
        stack.build(&mut account.state().world).unwrap();
        account.state().buckets = None;
        Self { account }
    }

    /// A testbed with one cluster, `prod`, that holds these services.
    pub(crate) fn prod(services: Value) -> Self {
        Self::with(json!({"clusters": [{"name": "prod", "services": services}]}))
    }

    /// Calls ECS; an error is its code and message.
    pub(crate) fn ecs(&self, operation: &str, input: Value) -> Result<Value, String> {
        self.call("AmazonEC2ContainerServiceV20141113", operation, input)
    }

    /// Calls Application Auto Scaling for a service of `prod`.
    pub(crate) fn scaling(
        &self,
        operation: &str,
        service: &str,
        more: Value,
    ) -> Result<Value, String> {
        let mut input = json!({
            "ServiceNamespace": "ecs",
            "ResourceId": format!("service/prod/{service}"),
            "ScalableDimension": "ecs:service:DesiredCount",
        });
        let more = more.as_object().cloned().unwrap();
        input.as_object_mut().unwrap().extend(more);
        self.call("AnyScaleFrontendService", operation, input)
    }

    /// Calls an AWS JSON service.
    pub(crate) fn call(
        &self,
        target: &str,
        operation: &str,
        input: Value,
    ) -> Result<Value, String> {
        let request = Request::builder()
            .header("x-amz-target", format!("{target}.{operation}"))
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=off-hours/20261120/x",
            )
            .body(Bytes::from(input.to_string()))
            .unwrap();
        let Answer::Reply(response) = self.account.respond(&request) else {
            return Err("no answer".to_owned());
        };
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        match response.status().is_success() {
            true => Ok(body),
            false => Err(format!(
                "{}: {}",
                body["__type"].as_str().unwrap(),
                body["message"].as_str().unwrap()
            )),
        }
    }

    /// Describes one service of `prod`.
    pub(crate) fn service(&self, name: &str) -> Value {
        let input = json!({"cluster": "prod", "services": [name], "include": ["TAGS"]});
        self.ecs("DescribeServices", input).unwrap()["services"][0].clone()
    }

    /// Desired, running and pending.
    pub(crate) fn counts(&self, name: &str) -> [u64; 3] {
        let service = self.service(name);
        ["desiredCount", "runningCount", "pendingCount"].map(|it| service[it].as_u64().unwrap())
    }

    /// Sets the desired count of a service of `prod`.
    pub(crate) fn scale(&self, name: &str, desired: u32) {
        let input = json!({"cluster": "prod", "service": name, "desiredCount": desired});
        self.ecs("UpdateService", input).unwrap();
    }

    /// Lets seconds pass.
    pub(crate) fn wait(&self, seconds: i64) {
        let to: Timestamp = self.account.clock.now() + SignedDuration::from_secs(seconds);
        self.account.clock.step_to(to);
        drop(self.account.state());
    }

    /// Does something to the world.
    pub(crate) fn world<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.account.state().world)
    }

    /// The events that reached the bus, oldest first.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.world(|world| {
            let events = world.happenings.iter();
            events
                .filter_map(|it| match &it.what {
                    What::Event(event) => Some(event.clone()),
                    _ => None,
                })
                .collect()
        })
    }

    /// `eventName` of the events with this detail type.
    pub(crate) fn event_names(&self, detail_type: &str) -> Vec<String> {
        let events = self.events();
        let events = events.iter().filter(|it| it["detail-type"] == detail_type);
        events
            .map(|it| it["detail"]["eventName"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The journal's desired and running counts of a service of `prod`, with seconds from the
    /// start.
    pub(crate) fn journal(&self, name: &str) -> Vec<(i64, u32, u32)> {
        let start: Timestamp = START.parse().unwrap();
        let subject = ServiceId::new("prod", name).to_string();
        self.world(|world| {
            let own = world.happenings.iter().filter(|it| it.subject == subject);
            own.filter_map(|it| match it.what {
                What::Tasks { desired, running } => {
                    Some((it.at.duration_since(start).as_secs(), desired, running))
                }
                _ => None,
            })
            .collect()
        })
    }
}
