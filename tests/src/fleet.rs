//! A house with machines: `spot-drain` as the template deploys it, with its queue, its rules and its
//! ticks, and EC2 that takes instances back.

mod seen;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpClient;
use jiff::{SignedDuration, Timestamp};
use rehearsal::in_process::Line;
use rehearsal::scenario::wake;
use rehearsal::services::ec2::{Interruption, interrupt};
use rehearsal::services::ecs::{ServiceId, interrupt_fargate_task};
use rehearsal::services::sqs;
use rehearsal::stack::Stack;
use rehearsal::suite;
use rehearsal::template::{Deployment, Function, Template};
use rehearsal::world::{Identity, World};
use rehearsal::{Account, Clock};
use serde_json::{Value, json};
use spot_drain::{Aws, Failure, Invocation, Settings};

use crate::house::{Ended, config, is_read};

pub use seen::LetGo;

/// The function of these tests.
const NAME: &str = "spot-drain";

/// The repository's template.
const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml");

/// The template with its own parameters, read once.
static AS_IT_IS: LazyLock<Arc<Template>> = LazyLock::new(|| deployed(&[]));

/// An account with a stack, and `spot-drain` beside it.
pub struct Fleet {
    /// The account.
    pub account: Arc<Account>,
    /// The function's way to the account.
    pub line: Line,
    /// The function's clients.
    pub aws: Aws,
    /// The function's settings.
    pub settings: Settings,
    template: Arc<Template>,
    invocations: AtomicUsize,
    timed_out: AtomicUsize,
}

impl Fleet {
    /// An account at the instant `at` with this stack, and the suite as the template deploys it.
    pub fn new(at: &str, stack: &str) -> Self {
        Self::with(at, stack, &[])
    }

    /// The same with some of the template's parameters changed.
    pub fn with(at: &str, stack: &str, parameters: &[(&str, &str)]) -> Self {
        let template = match parameters {
            [] => Arc::clone(&AS_IT_IS),
            changed => deployed(changed),
        };
        let now: Timestamp = at.parse().unwrap();
        let stack = Stack::read(stack).unwrap();
        let account = suite::account(Clock::tokio(now), &template, &stack).unwrap();
        wake::turn_on(&account, &template, now).unwrap();
        let account = Arc::new(account);
        let settings = Settings::from_env(&environment(function(&template))).unwrap();
        let line = Line::to(Arc::clone(&account));
        let aws = Aws::new(&config(line.clone(), NAME), &settings);
        Self {
            account,
            line,
            aws,
            settings,
            template,
            invocations: AtomicUsize::new(0),
            timed_out: AtomicUsize::new(0),
        }
    }

    /// From now on the function's calls go this way, as those of a process that has just begun.
    pub fn through(&mut self, way: impl HttpClient + 'static) {
        self.aws = Aws::new(&config(way, NAME), &self.settings);
    }

    /// The account's time.
    pub fn now(&self) -> Timestamp {
        self.account.clock.now()
    }

    /// EC2 takes these instances back, with a warning and the usual two minutes.
    pub fn take_back(&self, instances: &[String]) {
        self.interrupt(&Interruption {
            instances: instances.to_vec(),
            behaviour: rehearsal::services::ec2::Behaviour::default(),
            warning: true,
            lead: None,
            rebalance_before: None,
            back_after: None,
            fis: false,
        });
    }

    /// Fargate takes so many tasks of a service back that run on Spot; how many it could.
    pub fn take_tasks_back(&self, cluster: &str, service: &str, most: usize) -> usize {
        let id = ServiceId::new(cluster, service);
        let world = &mut self.account.state().world;
        let tasks = world.ecs.service(&id).unwrap().tasks.clone();
        let taken = tasks
            .iter()
            .filter(|task| interrupt_fargate_task(world, task));
        taken.take(most).count()
    }

    /// The capacity provider strategy of a service, as name, base and weight.
    pub fn strategy(&self, cluster: &str, service: &str) -> Vec<(String, u64, u64)> {
        let input = json!({ "cluster": cluster, "services": [service] });
        let described = self.by_hand("ecs", "DescribeServices", input);
        let entries = described["services"][0]["capacityProviderStrategy"].as_array();
        let number = |entry: &Value, name: &str| entry[name].as_u64().unwrap();
        let entries = entries.unwrap().iter().map(|entry| {
            let name = entry["capacityProvider"].as_str().unwrap().to_owned();
            (name, number(entry, "base"), number(entry, "weight"))
        });
        entries.collect()
    }

    /// EC2 takes instances back.
    pub fn interrupt(&self, interruption: &Interruption) {
        interrupt(&mut self.account.state().world, interruption);
    }

    /// The instances of a group, the oldest first.
    pub fn instances(&self, group: &str) -> Vec<String> {
        let state = self.account.state();
        let instances = state.world.autoscaling.groups[group].instances.iter();
        instances.map(|instance| instance.id.clone()).collect()
    }

    /// Lets everything happen up to `at`, and has what is due handled when it is due.
    pub async fn until(&self, at: Timestamp) {
        loop {
            self.deliver().await;
            let due = self.account.state().world.next_due();
            match due.filter(|due| *due <= at) {
                Some(due) => self.sleep_until(due).await,
                None => return self.sleep_until(at).await,
            }
        }
    }

    /// The same for a span.
    pub async fn pass(&self, span: SignedDuration) {
        self.until(self.now() + span).await;
    }

    async fn sleep_until(&self, at: Timestamp) {
        let span = at.duration_since(self.now());
        tokio::time::sleep(Duration::try_from(span).unwrap_or_default()).await;
    }

    /// Hands what is due by now to the function. What is due for others is left alone.
    async fn deliver(&self) {
        for invocation in wake::take_due(&self.account, &self.template) {
            if invocation.function == NAME {
                self.invoke(invocation.event).await;
            }
        }
        for (function, batch) in wake::take_due_batches(&self.account, &self.template) {
            if function != NAME {
                continue;
            }
            let answer = match self.invoke(batch.event()).await {
                Ended::Reported(answer) => Some(answer),
                Ended::Failed(_) | Ended::Crashed | Ended::TimedOut => None,
            };
            sqs::settle(&mut self.account.state().world, &batch, answer.as_ref());
        }
    }

    /// One invocation. Lambda ends it when the function's time is over.
    pub async fn invoke(&self, event: Value) -> Ended<Failure> {
        let number = self.invocations.fetch_add(1, Ordering::Relaxed);
        let now = self.now();
        let timeout = function(&self.template).timeout;
        let invocation = Invocation {
            id: format!("round-{number}"),
            now,
            deadline: now + SignedDuration::try_from(timeout).unwrap(),
        };
        tokio::select! {
            biased;
            () = self.line.crashed() => Ended::Crashed,
            () = tokio::time::sleep(timeout) => {
                self.timed_out.fetch_add(1, Ordering::Relaxed);
                Ended::TimedOut
            }
            ended = spot_drain::handle(&self.aws, &self.settings, event, &invocation) => match ended {
                Ok(report) => Ended::Reported(report),
                Err(failure) => Ended::Failed(failure),
            },
        }
    }

    /// How often the function was invoked.
    pub fn rounds(&self) -> usize {
        self.invocations.load(Ordering::Relaxed)
    }

    /// How many of those Lambda ended because their time was over.
    pub fn timed_out(&self) -> usize {
        self.timed_out.load(Ordering::Relaxed)
    }

    /// A call by a person or a pipeline.
    pub fn by_hand(&self, service: &str, operation: &str, input: Value) -> Value {
        self.account
            .by_hand("ana", service, operation, input)
            .unwrap()
    }

    /// A look into the account.
    pub fn world<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.account.state().world)
    }

    /// The status of an instance in its cluster, if it is in one.
    pub fn status(&self, cluster: &str, instance: &str) -> Option<String> {
        let input = json!({ "cluster": cluster, "filter": format!("ec2InstanceId == {instance}") });
        let found = self.by_hand("ecs", "ListContainerInstances", input);
        let arn = found["containerInstanceArns"][0].as_str()?.to_owned();
        let input = json!({ "cluster": cluster, "containerInstances": [arn] });
        let described = self.by_hand("ecs", "DescribeContainerInstances", input);
        let status = &described["containerInstances"][0]["status"];
        Some(status.as_str()?.to_owned())
    }

    /// How many calls there have been in all.
    pub fn call_count(&self) -> usize {
        self.account.state().calls.len()
    }

    /// The function's calls from the call of this number on: per action how many were answered, how
    /// many refused, and when the last one was made.
    pub fn calls_since(&self, first: usize) -> BTreeMap<String, (usize, usize, Timestamp)> {
        let state = self.account.state();
        let mut calls = BTreeMap::new();
        let ours = state.calls.iter().skip(first);
        for call in ours.filter(|call| call.caller == NAME) {
            let (answered, refused, last) =
                calls.entry(call.action.clone()).or_insert((0, 0, call.at));
            match call.refused {
                Some(_) => *refused += 1,
                None => *answered += 1,
            }
            *last = call.at;
        }
        calls
    }

    /// Every call of the function that is neither a read nor refused, in order.
    pub fn writes(&self) -> Vec<String> {
        let state = self.account.state();
        let ours = state
            .calls
            .iter()
            .filter(|call| call.caller == NAME && call.refused.is_none());
        let written = ours.map(|call| call.action.clone());
        written.filter(|action| !is_read(action)).collect()
    }

    /// The notices that the function has put on the bus, `over` behind those that withdraw one, by
    /// kind.
    pub fn notices(&self) -> Vec<String> {
        let kinds = self.details().into_iter().map(|detail| {
            let kind = detail["kind"].as_str().unwrap();
            match detail["resolved"] == true {
                true => format!("{kind} over"),
                false => kind.to_owned(),
            }
        });
        kinds.collect()
    }

    /// The details of those notices.
    pub fn details(&self) -> Vec<Value> {
        let state = self.account.state();
        let puts = state.calls.iter().filter(|call| {
            let ours = call.caller == NAME && call.refused.is_none();
            ours && call.action == "events:PutEvents"
        });
        let entries = puts.flat_map(|call| call.input["Entries"].as_array().unwrap());
        let details = entries.map(|entry| entry["Detail"].as_str().unwrap());
        details
            .map(|detail| serde_json::from_str(detail).unwrap())
            .collect()
    }
}

/// The template as it is deployed with these parameters.
fn deployed(parameters: &[(&str, &str)]) -> Arc<Template> {
    let overrides = parameters.iter();
    let overrides = overrides.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let deployment = Deployment {
        identity: Identity::default(),
        stack: "caretaker".to_owned(),
        overrides: overrides.collect(),
    };
    Arc::new(Template::load(Path::new(TEMPLATE), &deployment).unwrap())
}

fn function(template: &Template) -> &Function {
    let mut functions = template.functions.iter();
    functions.find(|function| function.name == NAME).unwrap()
}

/// The environment as the template and Lambda make it.
fn environment(function: &Function) -> impl Fn(&str) -> Option<String> {
    move |name| match name {
        "AWS_LAMBDA_FUNCTION_NAME" => Some(function.deployed_as.clone()),
        "AWS_REGION" => Some(Identity::default().region),
        _ => function.variables.get(name).cloned(),
    }
}
