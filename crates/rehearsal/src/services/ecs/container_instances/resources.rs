//! What an instance has, and what a task takes of it.

use serde_json::{Map, Value, json};

use crate::services::ecs::task::Task;
use crate::services::ecs::task_definitions;
use crate::world::World;

/// CPU units and MiB of memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::services::ecs) struct Resources {
    /// 1024 to a vCPU.
    pub(in crate::services::ecs) cpu: u32,
    /// In MiB.
    pub(in crate::services::ecs) memory: u32,
}

impl Resources {
    /// What an instance registers: by the size and the family in its type's name, as the generations
    /// since the fifth are made (<https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html>);
    /// a twentieth of the memory is the system's, a choice.
    pub(super) fn of_type(instance_type: &str) -> Self {
        let (family, size) = instance_type.split_once('.').unwrap_or(("m", "large"));
        let cpus = match size {
            "medium" | "small" | "micro" | "nano" => 1,
            "large" => 2,
            "xlarge" => 4,
            more => more
                .strip_suffix("xlarge")
                .and_then(|times| times.parse::<u32>().ok())
                .map_or(2, |times| 4 * times),
        };
        let gibibytes = match family.chars().next() {
            Some('c') => 2,
            Some('r') => 8,
            _ => 4,
        };
        Self {
            cpu: cpus * 1024,
            memory: cpus * gibibytes * 1024 / 20 * 19,
        }
    }

    /// What a task takes: the size that its task definition has.
    pub(in crate::services::ecs) fn of_task(world: &World, task: &Task) -> Self {
        let definition = task_definitions::find(world, &task.task_definition);
        let size = |member: &str| {
            let given = definition.and_then(|it| it.definition.get(member)?.as_str());
            given.and_then(|it| it.parse().ok()).unwrap_or_default()
        };
        Self {
            cpu: size("cpu"),
            memory: size("memory"),
        }
    }

    /// What is left; never less than nothing, because `tasks-per-instance` decides what fits.
    pub(super) fn without(self, taken: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(taken.cpu),
            memory: self.memory.saturating_sub(taken.memory),
        }
    }

    /// As ECS lists them, with the ports that the agent itself uses.
    pub(super) fn show(self) -> Value {
        let entry = |name: &str, kind: &str, member: &str, value: Value| {
            let mut entry = Map::new();
            entry.insert("name".to_owned(), json!(name));
            entry.insert("type".to_owned(), json!(kind));
            entry.insert(member.to_owned(), value);
            Value::Object(entry)
        };
        let ports = json!(["22", "2376", "2375", "51678", "51679"]);
        json!([
            entry("CPU", "INTEGER", "integerValue", json!(self.cpu)),
            entry("MEMORY", "INTEGER", "integerValue", json!(self.memory)),
            entry("PORTS", "STRINGSET", "stringSetValue", ports),
            entry("PORTS_UDP", "STRINGSET", "stringSetValue", json!([])),
        ])
    }
}
