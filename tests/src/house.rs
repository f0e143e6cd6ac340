//! The account, the stack and the functions.

use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{HttpClient, SharedHttpClient};
use aws_types::SdkConfig;
use aws_types::region::Region;
use jiff::{SignedDuration, Timestamp};
use off_hours::{Aws, Failure, Invocation, Settings};
use rehearsal::in_process::Line;
use rehearsal::stack::Stack;
use rehearsal::{Account, Clock};
use serde_json::{Value, json};

/// The ledger's table.
pub const LEDGER: &str = "ledger";

/// Lambda ends an invocation of `off-hours` after this: the template's `Timeout`.
pub const TIMEOUT: SignedDuration = SignedDuration::from_secs(270);

/// How long a tick is from the next.
pub const TICK: SignedDuration = SignedDuration::from_mins(5);

/// A simulated account with a stack, and `off-hours` beside it.
pub struct House {
    /// The account.
    pub account: Arc<Account>,
    /// The function's way to the account.
    pub line: Line,
    /// The function's clients.
    pub aws: Aws,
    /// The function's settings.
    pub settings: Settings,
    ticks: std::sync::atomic::AtomicUsize,
}

/// How an invocation ended.
#[derive(Debug)]
pub enum Ended<F = Failure> {
    /// With a report.
    Reported(Value),
    /// With an error, so that Lambda delivers the event again.
    Failed(F),
    /// The process died.
    Crashed,
    /// Lambda ended it, because its time was over.
    TimedOut,
}

impl<F: std::error::Error> Ended<F> {
    /// The report of an invocation that must have ended well.
    pub fn report(self) -> Value {
        match self {
            Self::Reported(report) => report,
            other => panic!("expected a report, got {other:?}"),
        }
    }

    /// The failure of an invocation that must have ended with one.
    pub fn failure(self) -> String {
        match self {
            Self::Failed(failure) => shell::failure::chain(&failure),
            other => panic!("expected a failure, got {other:?}"),
        }
    }
}

impl House {
    /// An account at the instant `at` with this stack, a ledger and settings that suit the tests: in
    /// Berlin, with an hour of grace and of patience.
    pub fn new(at: &str, stack: &str) -> Self {
        Self::with(at, stack, |_| None)
    }

    /// The same with some of the settings changed.
    pub fn with(at: &str, stack: &str, changed: impl Fn(&str) -> Option<&'static str>) -> Self {
        let account = Account::new(Clock::tokio(at.parse().unwrap()));
        Stack::read(stack)
            .unwrap()
            .build(&mut account.state().world)
            .unwrap();
        let account = Arc::new(account);
        create_ledger(&account);
        let settings =
            Settings::from_env(&|name| changed(name).or_else(|| default(name)).map(str::to_owned))
                .unwrap();
        let line = Line::to(Arc::clone(&account));
        let aws = client(line.clone(), &settings);
        Self {
            account,
            line,
            aws,
            settings,
            ticks: 0.into(),
        }
    }

    /// The account's time.
    pub fn now(&self) -> Timestamp {
        self.account.clock.now()
    }

    /// Lets time pass until `at`.
    pub async fn until(&self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        self.pass(at.duration_since(self.now())).await;
    }

    /// Lets time pass.
    pub async fn pass(&self, span: SignedDuration) {
        tokio::time::sleep(Duration::try_from(span).unwrap_or_default()).await;
    }

    /// Ticks every five minutes until `at`, the last tick at or before it.
    pub async fn tick_until(&self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        while self.now() + TICK <= at {
            self.pass(TICK).await;
            self.tick().await.report();
        }
        self.until(&at.to_string()).await;
    }

    /// One tick, with an id of its own.
    pub async fn tick(&self) -> Ended {
        let number = self
            .ticks
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.invoke(json!({ "action": "tick" }), &format!("tick-{number}"))
            .await
    }

    /// One invocation; `id` is its request id.
    pub async fn invoke(&self, event: Value, id: &str) -> Ended {
        let invocation = self.invocation(id);
        tokio::select! {
            biased;
            () = self.line.crashed() => Ended::Crashed,
            ended = off_hours::handle(&self.aws, &self.settings, event, &invocation) => match ended {
                Ok(report) => Ended::Reported(report),
                Err(failure) => Ended::Failed(failure),
            },
        }
    }

    /// An invocation that begins now.
    pub fn invocation(&self, id: &str) -> Invocation {
        let now = self.now();
        Invocation {
            id: id.to_owned(),
            now,
            deadline: now + TIMEOUT,
        }
    }

    /// A call by a person or a pipeline.
    pub fn by_hand(&self, service: &str, operation: &str, input: Value) -> Value {
        self.account
            .by_hand("ana", service, operation, input)
            .unwrap()
    }

    /// Somebody sets a service's desired count.
    pub fn set_desired(&self, service: &str, desired: u32) {
        let (cluster, service) = service.split_once('/').unwrap();
        self.by_hand(
            "ecs",
            "UpdateService",
            json!({ "cluster": cluster, "service": service, "desiredCount": desired }),
        );
    }

    /// A service as `DescribeServices` shows it.
    pub fn service(&self, service: &str) -> Value {
        let (cluster, name) = service.split_once('/').unwrap();
        let reply = self.by_hand(
            "ecs",
            "DescribeServices",
            json!({ "cluster": cluster, "services": [name] }),
        );
        reply["services"][0].clone()
    }

    /// A service's desired count.
    pub fn desired(&self, service: &str) -> u64 {
        self.service(service)["desiredCount"].as_u64().unwrap()
    }

    /// A service's scalable target: minimum, maximum, and which flags are suspended as `[in, out,
    /// scheduled]`.
    pub fn target(&self, service: &str) -> Value {
        let input =
            json!({ "ServiceNamespace": "ecs", "ResourceIds": [format!("service/{service}")] });
        let reply = self.by_hand("application-autoscaling", "DescribeScalableTargets", input);
        let target = &reply["ScalableTargets"][0];
        let suspended = &target["SuspendedState"];
        json!({
            "min": target["MinCapacity"],
            "max": target["MaxCapacity"],
            "suspended": [
                suspended["DynamicScalingInSuspended"],
                suspended["DynamicScalingOutSuspended"],
                suspended["ScheduledScalingSuspended"],
            ],
        })
    }

    /// A group's minimum size.
    pub fn group_minimum(&self, group: &str) -> i64 {
        let reply = self.by_hand(
            "autoscaling",
            "DescribeAutoScalingGroups",
            json!({ "AutoScalingGroupNames": [group] }),
        );
        let min = &reply["AutoScalingGroups"][0]["MinSize"];
        min.as_i64().or_else(|| min.as_str()?.parse().ok()).unwrap()
    }

    /// Tags a service.
    pub fn tag(&self, service: &str, key: &str, value: &str) {
        let arn = self.arn(service);
        self.by_hand(
            "ecs",
            "TagResource",
            json!({ "resourceArn": arn, "tags": [{ "key": key, "value": value }] }),
        );
    }

    /// Removes a service's tag.
    pub fn untag(&self, service: &str, key: &str) {
        let arn = self.arn(service);
        self.by_hand(
            "ecs",
            "UntagResource",
            json!({ "resourceArn": arn, "tagKeys": [key] }),
        );
    }

    /// A service's ARN.
    pub fn arn(&self, service: &str) -> String {
        format!("arn:aws:ecs:eu-central-1:123456789012:service/{service}")
    }

    /// How often the function made a call, such as `ecs:UpdateService`, that was answered.
    pub fn calls(&self, action: &str) -> usize {
        self.calls_since(0, action)
    }

    /// The same, from the call of this number on.
    pub fn calls_since(&self, first: usize, action: &str) -> usize {
        let state = self.account.state();
        let ours = state
            .calls
            .iter()
            .skip(first)
            .filter(|call| call.caller == "off-hours");
        ours.filter(|call| call.action == action && call.refused.is_none())
            .count()
    }

    /// How many calls there have been in all.
    pub fn call_count(&self) -> usize {
        self.account.state().calls.len()
    }

    /// Every call of the function that is neither a read nor refused, in order.
    pub fn writes(&self) -> Vec<String> {
        let state = self.account.state();
        let ours = state
            .calls
            .iter()
            .filter(|call| call.caller == "off-hours" && call.refused.is_none());
        ours.map(|call| call.action.clone())
            .filter(|action| !is_read(action))
            .collect()
    }

    /// The items that stand in the ledger, by their sort key.
    pub fn standing(&self) -> Vec<String> {
        let input = json!({
            "TableName": LEDGER,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": { ":pk": { "S": "standing" } },
        });
        let reply = self.by_hand("dynamodb", "Query", input);
        let items = reply["Items"].as_array().unwrap().iter();
        items
            .map(|item| item["sk"]["S"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The journal's entries of a day.
    pub fn journal(&self, day: &str) -> Vec<Value> {
        let input = json!({
            "TableName": LEDGER,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": { ":pk": { "S": format!("journal#{day}") } },
        });
        self.by_hand("dynamodb", "Query", input)["Items"]
            .as_array()
            .unwrap()
            .clone()
    }
}

pub(crate) fn is_read(action: &str) -> bool {
    let operation = action.split(':').nth(1).unwrap_or_default();
    ["BatchGet", "Describe", "List", "Get", "Query"]
        .iter()
        .any(|read| operation.starts_with(read))
}

/// The function's clients on a way to the account.
pub fn client(line: impl HttpClient + 'static, settings: &Settings) -> Aws {
    Aws::new(&config(line, "off-hours"), settings)
}

/// The configuration of a function's clients on a way to the account, which knows the caller by
/// its access key id.
pub fn config(line: impl HttpClient + 'static, function: &str) -> SdkConfig {
    let credentials = Credentials::new(function, "secret", None, None, "test");
    shell::connect::configured(SharedHttpClient::new(line))
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url("http://account")
        .build()
}

fn create_ledger(account: &Account) {
    let key = |name, kind| json!({ "AttributeName": name, "KeyType": kind });
    let input = json!({
        "TableName": LEDGER,
        "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "sk", "AttributeType": "S" },
        ],
        "BillingMode": "PAY_PER_REQUEST",
    });
    account
        .by_hand("cloudformation", "dynamodb", "CreateTable", input)
        .unwrap();
}

fn default(name: &str) -> Option<&'static str> {
    Some(match name {
        "AWS_LAMBDA_FUNCTION_NAME" => "caretaker-off-hours",
        "LEDGER_TABLE" => LEDGER,
        "EVENT_BUS" => "default",
        "CLUSTERS" => "*",
        "DEFAULT_TIME_ZONE" => "Europe/Berlin",
        "HOLIDAYS" => "",
        "NIGHT_GRACE_MINUTES" | "DEPLOYMENT_PATIENCE_MINUTES" => "60",
        "WAVE_TIMEOUT_MINUTES" => "15",
        "WATCHES_BUDGETS" => "true",
        "BUCKET_SHARE_PERCENT" => "80",
        "FARGATE_SPOT_DISCOUNT_PERCENT" => "",
        "DRY_RUN" => "false",
        "JOURNAL_DAYS" => "90",
        _ => return None,
    })
}
