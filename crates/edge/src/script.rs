//! AWS as one test wants it: every call is answered from a script and written down.
//!
//! It takes the place of the HTTP client, so the SDKs are the real ones and what is compared is
//! what would go over the wire. A call that is not in the script is refused.

#![allow(
    clippy::unwrap_used,
    reason = "only tests use it, and they may stop where they find nonsense"
)]

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::region::Region;
use serde_json::{Value, json};

use crate::{Edge, Place};

/// The status of an attempt that gets no answer.
const SILENCE: u16 = 0;

/// The script, and what was called so far.
#[derive(Clone, Debug, Default)]
pub struct Script(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    lines: Vec<Line>,
    calls: Vec<(String, Value)>,
    delay: Duration,
}

/// The answer to the next call of an action.
#[derive(Clone, Debug)]
struct Line {
    action: &'static str,
    status: u16,
    body: String,
}

impl Script {
    /// The next call of this action succeeds with this output.
    pub fn answer(self, action: &'static str, output: Value) -> Self {
        self.line(action, 200, output.to_string())
    }

    /// The next call of this action of a Query service succeeds with this XML.
    pub fn answer_xml(self, action: &'static str, result: &str) -> Self {
        let xml = format!(
            "<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"
        );
        self.line(action, 200, xml)
    }

    /// The next call of this action is refused with this error.
    pub fn refuse(self, action: &'static str, code: &str) -> Self {
        let body = json!({ "__type": code, "message": format!("the script says {code}") });
        self.refusal(action, body)
    }

    /// The same in AWS's own words.
    pub fn refusal(self, action: &'static str, body: Value) -> Self {
        self.line(action, 400, body.to_string())
    }

    /// The next call of this action of a Query service is refused with this error.
    pub fn refuse_xml(self, action: &'static str, code: &str) -> Self {
        self.refusal_xml(action, code, "")
    }

    /// The same in AWS's own words.
    pub fn refusal_xml(self, action: &'static str, code: &str, message: &str) -> Self {
        let error = format!("<Code>{code}</Code><Message>{message}</Message>");
        self.line(
            action,
            400,
            format!("<ErrorResponse><Error>{error}</Error></ErrorResponse>"),
        )
    }

    /// The next `PutItem` finds this item, which its condition does not allow.
    pub fn there(self, item: Value) -> Self {
        let body = json!({ "__type": "ConditionalCheckFailedException", "Item": item });
        self.line("PutItem", 400, body.to_string())
    }

    /// What happens in another script happens after this.
    pub fn followed_by(self, other: Self) -> Self {
        let lines = other.state().lines.clone();
        self.state().lines.extend(lines);
        self
    }

    /// The next attempt of this action gets no answer.
    pub fn silence(self, action: &'static str) -> Self {
        self.line(action, SILENCE, String::new())
    }

    /// The next request that is no call of an API is answered with this status.
    pub fn status(self, status: u16) -> Self {
        self.line("PUT", status, String::new())
    }

    /// Every answer takes this long.
    pub fn slow(self, delay: Duration) -> Self {
        self.state().delay = delay;
        self
    }

    /// The configuration of clients to which this happens.
    pub fn config(&self) -> SdkConfig {
        let credentials = Credentials::new("off-hours", "secret", None, None, "script");
        shell::connect::configured(SharedHttpClient::new(self.clone()))
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build()
    }

    /// An edge to which this happens, with the share of the buckets that the template gives.
    pub fn edge(&self) -> Edge {
        let place = Place {
            ledger_table: "ledger".to_owned(),
            event_bus: "default".to_owned(),
            bucket_share_percent: 80,
        };
        Edge::new(&self.config(), &place)
    }

    /// The names of the actions that were called, in order.
    pub fn called(&self) -> Vec<String> {
        let state = self.state();
        state
            .calls
            .iter()
            .map(|(action, _)| action.clone())
            .collect()
    }

    /// What every call of this action said, in order.
    pub fn inputs(&self, action: &str) -> Vec<Value> {
        let state = self.state();
        let calls = state.calls.iter().filter(|(called, _)| called == action);
        calls.map(|(_, input)| input.clone()).collect()
    }

    fn line(self, action: &'static str, status: u16, body: String) -> Self {
        self.state().lines.push(Line {
            action,
            status,
            body,
        });
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Writes the call down and takes its answer out of the script.
    fn next(&self, action: String, input: Value) -> (u16, String) {
        let mut state = self.state();
        let line = state.lines.iter().position(|line| line.action == action);
        let answer = match line.map(|line| state.lines.remove(line)) {
            Some(line) => (line.status, line.body),
            None => (400, json!({ "__type": "NotInTheScript" }).to_string()),
        };
        state.calls.push((action, input));
        answer
    }
}

/// The action that a request calls, and its input as JSON.
fn read(request: &HttpRequest) -> (String, Value) {
    let body = request.body().bytes().unwrap_or_default();
    if let Some(target) = request.headers().get("x-amz-target") {
        let action = target.rsplit('.').next().unwrap_or_default();
        return (action.to_owned(), serde_json::from_slice(body).unwrap());
    }
    if let Ok(input) = serde_json::from_slice(body) {
        return (request.method().to_owned(), input);
    }
    let form: serde_json::Map<String, Value> = form_urlencoded::parse(body)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .filter(|(name, _)| name != "Version")
        .collect();
    let action = form["Action"].as_str().unwrap_or_default().to_owned();
    (action, Value::Object(form))
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let script = self.clone();
        HttpConnectorFuture::new(async move {
            let delay = script.state().delay;
            tokio::time::sleep(delay).await;
            let (action, input) = read(&request);
            let (status, body) = script.next(action, input);
            if status == SILENCE {
                return Err(ConnectorError::timeout("no answer".into()));
            }
            Ok(HttpResponse::new(
                status.try_into().unwrap(),
                SdkBody::from(body),
            ))
        })
    }
}

impl HttpClient for Script {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// When every service of a script was created.
const CREATED: &str = "2026-11-01T00:00:00Z";

/// Thursday 2026-11-19, 20:00 in Berlin: the night of the services of a script begins.
pub const DUSK: &str = "2026-11-19T19:00:00Z";

/// The ARN of a service of the cluster `prod`.
pub fn arn(service: &str) -> String {
    format!("arn:aws:ecs:eu-central-1:123456789012:service/prod/{service}")
}

/// The ARN of an Auto Scaling group.
pub fn group_arn(group: &str) -> String {
    format!(
        "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:0b1c:autoScalingGroupName/{group}"
    )
}

/// What the tagging API says of these services, which have hours of their own.
pub fn tagged(services: &[&str]) -> Value {
    let hours = json!([{ "Key": "caretaker:hours", "Value": "Mon-Fri 08:00-20:00 Europe/Berlin" }]);
    let resources = services
        .iter()
        .map(|service| json!({ "ResourceARN": arn(service), "Tags": hours }));
    json!({ "ResourceTagMappingList": resources.collect::<Vec<_>>(), "PaginationToken": "" })
}

/// What ECS says of a service with a desired count and hours of its own.
pub fn described(service: &str, desired: u32) -> Value {
    let created: jiff::Timestamp = CREATED.parse().unwrap();
    json!({
        "serviceArn": arn(service),
        "status": "ACTIVE",
        "schedulingStrategy": "REPLICA",
        "launchType": "FARGATE",
        "desiredCount": desired,
        "runningCount": desired,
        "createdAt": created.as_second(),
        "tags": [{ "key": "caretaker:hours", "value": "Mon-Fri 08:00-20:00 Europe/Berlin" }],
    })
}

/// The ledger's record of a service that had three tasks and is at rest since dusk.
pub fn record(service: &str) -> Value {
    let capacity = |desired: u32| {
        json!({ "M": {
            "desired": { "N": desired.to_string() },
            "created_at": { "S": CREATED },
        } })
    };
    json!({
        "pk": { "S": "standing" },
        "sk": { "S": format!("service#{}", arn(service)) },
        "phase": { "S": "resting" },
        "version": { "N": "1" },
        "holds": { "M": { "off-hours": { "M": {
            "by": { "S": "off-hours" },
            "why": { "S": "outside its hours" },
            "since": { "S": DUSK },
        } } } },
        "saved": capacity(3),
        "written": capacity(0),
        "settled": { "S": DUSK },
    })
}

/// The same record while another run is changing the service.
pub fn claimed(service: &str) -> Value {
    let mut record = record(service);
    record["claim"] = json!({ "M": {
        "run": { "S": "another" },
        "until": { "S": "2099-01-01T00:00:00Z" },
    } });
    record
}
