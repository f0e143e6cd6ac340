//! `template.yaml`, read for what the rehearsal needs of it: functions and what wakes them, the
//! ledger's table, the topics with their subscribers and policies, the budgets.

mod function;
mod intrinsic;
mod node;
mod physical;
mod queue;
mod topic;
mod wake;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::world::Identity;
pub use function::{Function, Source};
use intrinsic::Scope;
use node::Node;
pub use wake::{Rule, Schedule};

/// What a template deploys.
#[derive(Debug, Default, PartialEq)]
pub struct Template {
    /// The functions.
    pub functions: Vec<Function>,
    /// The rules on the event bus.
    pub rules: Vec<Rule>,
    /// The schedules.
    pub schedules: Vec<Schedule>,
    /// The tables, each as the input of `CreateTable`.
    pub tables: Vec<Value>,
    /// The queues, each as the input of `CreateQueue`, a dead-letter queue before those that it
    /// serves.
    pub queues: Vec<Value>,
    /// The names of the SNS topics.
    pub topics: Vec<String>,
    /// Their subscriptions, each as the input of `Subscribe`.
    pub subscriptions: Vec<Value>,
    /// Their policies, each as the input of `SetTopicAttributes`.
    pub policies: Vec<Value>,
    /// The budgets, each as the input of `CreateBudget`.
    pub budgets: Vec<Value>,
}

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The file cannot be read.
    #[error("the template cannot be read")]
    Unreadable(#[from] std::io::Error),
    /// It is not YAML.
    #[error("the template is not valid YAML: {0}")]
    NotYaml(String),
    /// A name in it stands for nothing that is known here.
    #[error("the template refers to {0}, which is not known")]
    Name(String),
    /// It uses a function of CloudFormation that is not known here.
    #[error("the template uses {0}, which the rehearsal does not work out")]
    Function(String),
    /// A function is woken by something that is not known here.
    #[error("the template wakes a function by {0}, which the rehearsal does not deliver")]
    Event(String),
    /// A schedule is not a rate.
    #[error("the template has the schedule {0}; the rehearsal follows rates only")]
    Schedule(String),
    /// A part of it does not have the form that is expected.
    #[error("the template has an unexpected form at {0}")]
    Form(String),
}

/// Where and how a template is deployed.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Which account and Region.
    pub identity: Identity,
    /// The stack's name.
    pub stack: String,
    /// Parameters that differ from their defaults.
    pub overrides: BTreeMap<String, String>,
}

impl Template {
    /// Reads a template's file.
    pub fn load(path: &Path, deployment: &Deployment) -> Result<Self, Unusable> {
        Self::read(&std::fs::read_to_string(path)?, deployment)
    }

    /// Reads a template.
    pub fn read(yaml: &str, deployment: &Deployment) -> Result<Self, Unusable> {
        let Node(root) = serde_saphyr::from_str(yaml)
            .map_err(|mistake| Unusable::NotYaml(mistake.to_string()))?;
        let none = Map::new();
        let section = |name: &str| root.get(name).and_then(Value::as_object).unwrap_or(&none);
        let scope = Scope {
            identity: &deployment.identity,
            stack: &deployment.stack,
            parameters: parameters(section("Parameters"), &deployment.overrides)?,
            conditions: section("Conditions"),
            resources: section("Resources"),
        };
        let mut template = Self::default();
        for (logical_id, resource) in scope.resources {
            if let Some(condition) = resource["Condition"].as_str()
                && !scope.holds(condition)?
            {
                continue;
            }
            template.take(&scope, logical_id, resource, &root["Globals"]["Function"])?;
        }
        queue::sort(&mut template.queues);
        Ok(template)
    }

    fn take(
        &mut self,
        scope: &Scope<'_>,
        logical_id: &str,
        resource: &Value,
        globals: &Value,
    ) -> Result<(), Unusable> {
        match resource["Type"].as_str() {
            Some("AWS::Serverless::Function") => {
                let function = function::read(scope, logical_id, resource, globals)?;
                let topics = function.topics.iter();
                let subscriptions = topics.map(|topic| topic::of_function(topic, &function.arn));
                self.subscriptions.extend(subscriptions);
                self.functions.push(function);
            }
            Some("AWS::Events::Rule") => {
                self.rules.push(wake::rule(scope, logical_id, resource)?);
            }
            Some("AWS::Scheduler::Schedule") => {
                let schedule = wake::schedule(scope, logical_id, resource)?;
                self.schedules.extend(schedule);
            }
            Some("AWS::SQS::Queue") => self.queues.push(queue::read(scope, logical_id, resource)?),
            Some("AWS::DynamoDB::Table") => self.tables.push(table(scope, logical_id, resource)?),
            Some("AWS::SNS::Topic") => {
                let arn = physical::attribute(scope, logical_id, "TopicArn")?;
                self.topics.push(physical::name(scope, logical_id)?);
                self.subscriptions
                    .extend(topic::inline(scope, &arn, resource)?);
            }
            Some("AWS::SNS::Subscription") => {
                self.subscriptions
                    .push(topic::subscription(scope, resource)?);
            }
            Some("AWS::SNS::TopicPolicy") => {
                self.policies.extend(topic::policies(scope, resource)?)
            }
            Some("AWS::Budgets::Budget") => self.budgets.push(topic::budget(scope, resource)?),
            _ => {}
        }
        Ok(())
    }

    /// The function of this name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }
}

fn parameters(
    declared: &Map<String, Value>,
    overrides: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Value>, Unusable> {
    if let Some(unknown) = overrides.keys().find(|name| !declared.contains_key(*name)) {
        return Err(Unusable::Name(format!("the parameter {unknown}")));
    }
    Ok(declared
        .iter()
        .map(|(name, parameter)| {
            let given = overrides.get(name).map(|value| json!(value));
            let value = given.or_else(|| parameter.get("Default").cloned());
            let value = value.unwrap_or_else(|| json!(""));
            (name.clone(), typed(value, parameter))
        })
        .collect())
}

/// A list is written as text with commas.
fn typed(value: Value, parameter: &Value) -> Value {
    let is_list = parameter["Type"].as_str() == Some("CommaDelimitedList");
    match value {
        Value::String(text) if is_list => text.split(',').map(str::trim).collect(),
        other => other,
    }
}

/// What `CreateTable` takes of a table's properties.
fn table(scope: &Scope<'_>, logical_id: &str, resource: &Value) -> Result<Value, Unusable> {
    let properties = scope.resolve(&resource["Properties"])?;
    let mut input = json!({"TableName": physical::name(scope, logical_id)?});
    for member in [
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "BillingMode",
    ] {
        if let Some(value) = properties.get(member) {
            input[member] = value.clone();
        }
    }
    Ok(input)
}

#[cfg(test)]
mod tests;
