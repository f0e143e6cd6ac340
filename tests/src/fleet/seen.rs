//! What a test asks of a fleet: what became of its instances, what the function wrote and keeps, and
//! what it is told.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rehearsal::fault::{Fault, Rule};
use rehearsal::journal::{Record, What};
use rehearsal::scenario::interrupted::{self, Interrupted};
use rehearsal::services::sqs;
use serde_json::{Value, json};

use super::{Fleet, NAME};
use crate::house::is_read;

/// How an instance left a lifecycle hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetGo {
    /// The instance.
    pub instance: String,
    /// The group and the hook, as `group/hook`.
    pub hook: String,
    /// `CONTINUE` or `ABANDON`.
    pub result: &'static str,
    /// Whether nobody completed it in time.
    pub timed_out: bool,
    /// When.
    pub at: Timestamp,
}

impl Fleet {
    /// The items of a partition of the ledger.
    pub fn items(&self, partition: &str) -> Vec<Value> {
        let input = json!({
            "TableName": self.settings.place.ledger_table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": { ":pk": { "S": partition } },
        });
        let reply = self.by_hand("dynamodb", "Query", input);
        reply["Items"].as_array().unwrap().clone()
    }

    /// The instances whose records are open.
    pub fn open(&self) -> Vec<String> {
        let items = self.items("drains").into_iter();
        items
            .map(|item| item["sk"]["S"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The journal's entries of a day.
    pub fn journal(&self, day: &str) -> Vec<Value> {
        self.items(&format!("journal#{day}"))
    }

    /// What the journal of a day says in lines, each as it was written.
    pub fn told(&self, day: &str) -> Vec<Value> {
        let entries = self.journal(day).into_iter();
        let details = entries.flat_map(|entry| entry["details"]["L"].as_array().unwrap().clone());
        let lines = details.map(|line| serde_json::from_str(line["S"].as_str().unwrap()).unwrap());
        lines.collect()
    }

    /// What became of instances, as the journal of a day has it: instance and ending.
    pub fn outcomes(&self, day: &str) -> Vec<(String, String)> {
        let lines = self.told(day).into_iter();
        let outcomes = lines.filter(|line| line["ending"].is_string());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut outcomes: Vec<_> = outcomes
            .map(|line| (text(&line["instance"]), text(&line["ending"])))
            .collect();
        outcomes.sort();
        outcomes
    }

    /// The function's calls of an action, such as `ecs:StopTask`, that were answered.
    pub fn calls(&self, action: &str) -> Vec<Record> {
        let state = self.account.state();
        let calls = state.calls.iter().filter(|call| call.caller == NAME);
        calls
            .filter(|call| call.action == action && call.refused.is_none())
            .cloned()
            .collect()
    }

    /// How often the function has written something, by action.
    pub fn written_since(&self, first: usize) -> BTreeMap<String, usize> {
        let mut written = BTreeMap::new();
        for (action, (answered, _, _)) in self.calls_since(first) {
            if !is_read(&action) && answered > 0 {
                written.insert(action, answered);
            }
        }
        written
    }

    /// Whether the function is called every minute.
    pub fn ticks(&self) -> bool {
        let input = json!({ "Name": self.settings.minute_rule });
        self.by_hand("events", "DescribeRule", input)["State"] == "ENABLED"
    }

    /// The instances that EC2 warned of.
    pub fn interrupted(&self) -> Vec<Interrupted> {
        self.world(|world| interrupted::interrupted(&world.happenings))
    }

    /// How many tasks were killed.
    pub fn killed(&self) -> usize {
        self.world(|world| interrupted::killed(&world.happenings).values().sum())
    }

    /// The instances that left a hook, in order.
    pub fn let_go(&self) -> Vec<LetGo> {
        self.world(|world| {
            let happenings = world.happenings.iter();
            let let_go = happenings.filter_map(|happening| match &happening.what {
                What::HookCompleted {
                    hook,
                    result,
                    timed_out,
                } => Some(LetGo {
                    instance: happening.subject.clone(),
                    hook: hook.clone(),
                    result,
                    timed_out: *timed_out,
                    at: happening.at,
                }),
                _ => None,
            });
            let_go.collect()
        })
    }

    /// The events of a type that were on the bus.
    pub fn events(&self, detail_type: &str) -> Vec<Value> {
        self.world(|world| {
            let happenings = world.happenings.iter();
            let events = happenings.filter_map(|happening| match &happening.what {
                What::Event(event) if event["detail-type"] == detail_type => Some(event.clone()),
                _ => None,
            });
            events.collect()
        })
    }

    /// How many instances of a cluster have a status.
    pub fn count(&self, cluster: &str, status: &str) -> usize {
        let input = json!({ "cluster": cluster, "status": status });
        let found = self.by_hand("ecs", "ListContainerInstances", input);
        found["containerInstanceArns"].as_array().unwrap().len()
    }

    /// A person sets the state of an instance.
    pub fn set(&self, cluster: &str, instance: &str, status: &str) {
        let input = json!({ "cluster": cluster, "filter": format!("ec2InstanceId == {instance}") });
        let found = self.by_hand("ecs", "ListContainerInstances", input);
        let input = json!({
            "cluster": cluster,
            "containerInstances": found["containerInstanceArns"],
            "status": status,
        });
        self.by_hand("ecs", "UpdateContainerInstancesState", input);
    }

    /// Puts a message into the intake queue.
    pub fn say(&self, body: &str) {
        let world = &mut self.account.state().world;
        let intake = queue(world, |url| url == self.settings.queue);
        assert!(sqs::put(world, &intake, "test", body, BTreeMap::new()));
    }

    /// The messages in the intake queue with these words in their body are lost; how many there were.
    pub fn loses(&self, words: &str) -> usize {
        let world = &mut self.account.state().world;
        let intake = queue(world, |url| url == self.settings.queue);
        world.sqs.queues.get_mut(&intake).unwrap().lose(words)
    }

    /// How many messages were given up.
    pub fn given_up(&self) -> usize {
        let world = &mut self.account.state().world;
        let dead = queue(world, |url| url.contains("DeadLetters"));
        world.sqs.queues[&dead].messages().count()
    }

    /// From now on a call of the function fails, `times` times after `skip` that do not.
    pub fn strike(&self, fault: Fault, action: Option<&str>, (skip, times): (usize, usize)) {
        let rule = Rule {
            action: action.map(str::to_owned),
            caller: Some(NAME.to_owned()),
            skip,
            times,
            ..Rule::always(fault)
        };
        self.account.state().faults.add(rule);
    }

    /// Nothing fails any more.
    pub fn mend(&self) {
        self.account.state().faults.clear();
    }

    /// Lets time pass until no record is open and no minute is waited for, a few hours at most.
    pub async fn settle(&self) {
        for _ in 0..240 {
            self.pass(SignedDuration::from_mins(1)).await;
            if self.open().is_empty() && !self.ticks() {
                return;
            }
        }
        panic!("still open: {:?}, ticks: {}", self.open(), self.ticks());
    }
}

/// The ARN of a queue.
fn queue(world: &rehearsal::world::World, is: impl Fn(&str) -> bool) -> String {
    let mut queues = world.sqs.queues.values();
    let queue = queues.find(|queue| is(&queue.url));
    queue.expect("the template has such a queue").arn.clone()
}
