//! A house with a budget: `budget-guard` beside `off-hours`, its topics, and what AWS reports.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use budget_guard::{Aws, Failure, Invocation, Settings};
use jiff::{SignedDuration, Timestamp};
use rehearsal::in_process::Line;
use rehearsal::services::budgets::{Reading, report};
use rehearsal::services::sns::lambda_event;
use serde_json::{Value, json};

use crate::House;
use crate::house::{Ended, LEDGER, TICK, config};

/// The budget of these tests.
pub const BUDGET: &str = "monthly";

/// The topics that it publishes to: one for warnings, one for the stop.
pub const TOPICS: [&str; 2] = [
    "arn:aws:sns:eu-central-1:123456789012:caretaker-BudgetWarn",
    "arn:aws:sns:eu-central-1:123456789012:caretaker-BudgetStop",
];

/// Lambda ends an invocation of `budget-guard` after this: the template's `Timeout`.
pub const TIMEOUT: SignedDuration = SignedDuration::from_secs(900);

/// A house, and `budget-guard` beside it.
pub struct Treasury {
    /// The account, the stack and `off-hours`.
    pub house: House,
    /// The guard's way to the account.
    pub line: Line,
    /// The guard's clients.
    pub aws: Aws,
    /// The guard's settings.
    pub settings: Settings,
    ticks: std::sync::atomic::AtomicUsize,
}

impl Treasury {
    /// An account at the instant `at` with this stack, topics to which AWS Budgets may publish, and
    /// settings that suit the tests.
    pub fn new(at: &str, stack: &str) -> Self {
        Self::with(at, stack, |_| None)
    }

    /// The same with some of the settings changed.
    pub fn with(at: &str, stack: &str, changed: impl Fn(&str) -> Option<&'static str>) -> Self {
        let house = House::new(at, stack);
        TOPICS.iter().for_each(|topic| create_topic(&house, topic));
        let settings =
            Settings::from_env(&|name| changed(name).or_else(|| default(name)).map(str::to_owned))
                .unwrap();
        let line = Line::to(house.account.clone());
        let aws = Aws::new(&config(line.clone(), "budget-guard"), &settings);
        Self {
            house,
            line,
            aws,
            settings,
            ticks: 0.into(),
        }
    }

    /// From now on the guard's calls go this way.
    pub fn through(&mut self, way: impl HttpClient + 'static) {
        self.aws = Aws::new(&config(way, "budget-guard"), &self.settings);
    }

    /// AWS reports so much in USD; the letters that this causes are delivered to nobody.
    pub fn reports(&self, spend: &str) {
        let reading = Reading {
            actual: spend.parse().unwrap(),
            forecast: None,
        };
        assert!(report(
            &mut self.house.account.state().world,
            BUDGET,
            Some(reading)
        ));
    }

    /// The events of the messages that the topic's function received from the message of this number
    /// on.
    pub fn messages_since(&self, first: usize) -> Vec<Value> {
        let state = self.house.account.state();
        let received = state.world.sns.received.iter().skip(first);
        let ours = received.filter(|received| TOPICS.contains(&received.topic.as_str()));
        ours.map(lambda_event).collect()
    }

    /// An hourly tick, with an id of its own.
    pub async fn tick(&self) -> Ended<Failure> {
        let number = self
            .ticks
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.invoke(json!({ "action": "tick" }), &format!("hour-{number}"))
            .await
    }

    /// One invocation; `id` is its request id.
    pub async fn invoke(&self, event: Value, id: &str) -> Ended<Failure> {
        let invocation = self.invocation(id);
        tokio::select! {
            biased;
            () = self.line.crashed() => Ended::Crashed,
            ended = budget_guard::handle(&self.aws, &self.settings, event, &invocation) => match ended {
                Ok(report) => Ended::Reported(report),
                Err(failure) => Ended::Failed(failure),
            },
        }
    }

    /// An invocation that begins now.
    pub fn invocation(&self, id: &str) -> Invocation {
        let now = self.house.now();
        Invocation {
            id: id.to_owned(),
            now,
            deadline: now + TIMEOUT,
        }
    }

    /// Ticks of both functions until `at`: every five minutes of the night's, every hour of the
    /// budget's, each of which must end well.
    pub async fn until(&self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        let hour = || self.house.now().as_second() / 3_600;
        while self.house.now() + TICK <= at {
            let before = hour();
            self.house.pass(TICK).await;
            self.house.tick().await.report();
            if hour() > before {
                self.tick().await.report();
            }
        }
        self.house.until(&at.to_string()).await;
    }

    /// Lets time pass without a tick, and then has one tick of each function at each of these moments,
    /// which must end well.
    pub async fn ticks<'t>(&self, at: impl IntoIterator<Item = &'t str>) {
        for at in at {
            self.house.until(at).await;
            self.house.tick().await.report();
            self.tick().await.report();
        }
    }

    /// The state of the budget in the ledger, if it is remembered.
    pub fn state(&self) -> Option<String> {
        let tally = self.tally()?;
        Some(tally["state"]["S"].as_str().unwrap().to_owned())
    }

    /// The tally of the budget, as an item.
    pub fn tally(&self) -> Option<Value> {
        let input = json!({
            "TableName": LEDGER,
            "Key": { "pk": { "S": "standing" }, "sk": { "S": format!("budget#{BUDGET}") } },
        });
        let reply = self.house.by_hand("dynamodb", "GetItem", input);
        reply.get("Item").filter(|item| !item.is_null()).cloned()
    }

    /// The titles of the notices that the guard has put on the bus, `over` behind those that withdraw
    /// one, by kind.
    pub fn notices(&self) -> Vec<String> {
        let details = self.details().into_iter();
        details
            .map(|detail| {
                let kind = detail["kind"].as_str().unwrap();
                match detail["resolved"] == true {
                    true => format!("{kind} over"),
                    false => kind.to_owned(),
                }
            })
            .collect()
    }

    /// The last notice of this kind.
    pub fn notice(&self, kind: &str) -> Value {
        let mut details = self.details().into_iter();
        details.rfind(|detail| detail["kind"] == kind).unwrap()
    }

    fn details(&self) -> Vec<Value> {
        let state = self.house.account.state();
        let puts = state.calls.iter().filter(|call| {
            let ours = call.caller == "budget-guard" && call.refused.is_none();
            ours && call.action == "events:PutEvents"
        });
        let entries = puts.flat_map(|call| call.input["Entries"].as_array().unwrap());
        let details = entries.map(|entry| entry["Detail"].as_str().unwrap());
        details
            .map(|detail| serde_json::from_str(detail).unwrap())
            .collect()
    }

    /// How often the guard made a call that was answered.
    pub fn calls(&self, action: &str) -> usize {
        let state = self.house.account.state();
        let ours = state
            .calls
            .iter()
            .filter(|call| call.caller == "budget-guard" && call.refused.is_none());
        ours.filter(|call| call.action == action).count()
    }

    /// Every call of the guard that is neither a read nor refused, in order.
    pub fn writes(&self) -> Vec<String> {
        let state = self.house.account.state();
        let ours = state
            .calls
            .iter()
            .filter(|call| call.caller == "budget-guard" && call.refused.is_none());
        let written = ours.map(|call| call.action.clone());
        written
            .filter(|action| !crate::house::is_read(action))
            .collect()
    }
}

/// A topic as the template makes it: AWS Budgets of this account may publish, and the function is
/// subscribed.
fn create_topic(house: &House, topic: &str) {
    let name = topic.rsplit(':').next();
    house.by_hand("sns", "CreateTopic", json!({ "Name": name }));
    let policy = json!({ "Statement": [{
        "Effect": "Allow",
        "Principal": { "Service": "budgets.amazonaws.com" },
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {
            "StringEquals": { "aws:SourceAccount": "123456789012" },
            "ArnLike": { "aws:SourceArn": "arn:aws:budgets::123456789012:*" },
        },
    }] });
    let input = json!({
        "TopicArn": topic,
        "AttributeName": "Policy",
        "AttributeValue": policy.to_string(),
    });
    house.by_hand("sns", "SetTopicAttributes", input);
    let endpoint = "arn:aws:lambda:eu-central-1:123456789012:function:caretaker-budget-guard";
    let input = json!({ "TopicArn": topic, "Protocol": "lambda", "Endpoint": endpoint });
    house.by_hand("sns", "Subscribe", input);
}

fn default(name: &str) -> Option<&'static str> {
    Some(match name {
        "AWS_LAMBDA_FUNCTION_NAME" => "caretaker-budget-guard",
        "AWS_REGION" => "eu-central-1",
        "ACCOUNT_ID" => "123456789012",
        "LEDGER_TABLE" => LEDGER,
        "EVENT_BUS" => "default",
        "CLUSTERS" => "*",
        "BUDGET_NAMES" => BUDGET,
        "BUDGET_TOPICS" => {
            "arn:aws:sns:eu-central-1:123456789012:caretaker-BudgetWarn,\
             arn:aws:sns:eu-central-1:123456789012:caretaker-BudgetStop"
        }
        "WARN_PERCENT" => "80",
        "STOP_PERCENT" => "100",
        "GRACE_MINUTES" => "0",
        "PUT_DOWN_AGAIN" => "3",
        "BUCKET_SHARE_PERCENT" => "80",
        "JOURNAL_DAYS" => "90",
        "DRY_RUN" => "false",
        "DEFAULT_TIME_ZONE" => "Europe/Berlin",
        _ => return None,
    })
}

/// A way to the account on which one operation is answered well and never arrives.
pub fn swallowing(line: Line, operation: &'static str) -> impl HttpClient + 'static {
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Swallowing {
            operation,
            line: line.http_connector(settings, components),
        })
    })
}

#[derive(Debug)]
struct Swallowing {
    operation: &'static str,
    line: SharedHttpConnector,
}

impl HttpConnector for Swallowing {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        if target.rsplit('.').next() != Some(self.operation) {
            return self.line.call(request);
        }
        let answer = HttpResponse::new(200_u16.try_into().unwrap(), "{}".into());
        HttpConnectorFuture::ready(Ok(answer))
    }
}
