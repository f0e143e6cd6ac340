//! The state of the account: a field per module.

use jiff::Timestamp;

use crate::journal::{Happening, What};
use crate::services;

/// Which account, and where.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Twelve digits.
    pub account_id: String,
    /// The Region, such as `eu-central-1`.
    pub region: String,
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            account_id: "123456789012".to_owned(),
            region: "eu-central-1".to_owned(),
        }
    }
}

/// Everything that the account holds.
#[derive(Debug)]
pub struct World {
    /// Which account this is.
    pub identity: Identity,
    /// The account's time, set before every call and every step.
    pub now: Timestamp,
    /// Makes ids: counts up, so that two runs agree.
    pub serial: u64,
    /// What happened, in order.
    pub happenings: Vec<Happening>,
    /// Elastic Container Service.
    pub ecs: services::ecs::Ecs,
    /// Application Auto Scaling.
    pub application_autoscaling: services::application_autoscaling::ApplicationAutoScaling,
    /// EC2 Auto Scaling.
    pub autoscaling: services::autoscaling::AutoScaling,
    /// EC2: Spot capacity and what becomes of it.
    pub ec2: services::ec2::Ec2,
    /// Elastic Load Balancing: target groups.
    pub load_balancing: services::load_balancing::LoadBalancing,
    /// The Resource Groups Tagging API.
    pub tagging: services::tagging::Tagging,
    /// DynamoDB, the subset that the ledger uses.
    pub dynamodb: services::dynamodb::DynamoDb,
    /// EventBridge: the default bus, rules and their targets.
    pub events: services::events::EventBridge,
    /// EventBridge Scheduler: ticks.
    pub scheduler: services::scheduler::Scheduler,
    /// SNS: topics, subscribers and what they received.
    pub sns: services::sns::Sns,
    /// SQS: queues and what Lambda takes from them.
    pub sqs: services::sqs::Sqs,
    /// AWS Budgets, with the spend that they report.
    pub budgets: services::budgets::Budgets,
    /// AWS Free Tier: what of it has been used.
    pub free_tier: services::free_tier::FreeTier,
    /// CloudWatch: alarms.
    pub cloudwatch: services::cloudwatch::CloudWatch,
    /// ECR: images and their tags.
    pub ecr: services::ecr::Ecr,
    /// What stands beside the services and costs whether they run or not.
    pub beside: services::beside::Beside,
}

impl World {
    /// An empty account.
    pub fn new(now: Timestamp) -> Self {
        Self {
            identity: Identity::default(),
            now,
            serial: 0,
            happenings: Vec::new(),
            ecs: services::ecs::Ecs::default(),
            application_autoscaling:
                services::application_autoscaling::ApplicationAutoScaling::default(),
            autoscaling: services::autoscaling::AutoScaling::default(),
            ec2: services::ec2::Ec2::default(),
            load_balancing: services::load_balancing::LoadBalancing::default(),
            tagging: services::tagging::Tagging::default(),
            dynamodb: services::dynamodb::DynamoDb::default(),
            events: services::events::EventBridge::default(),
            scheduler: services::scheduler::Scheduler::default(),
            sns: services::sns::Sns::default(),
            sqs: services::sqs::Sqs::default(),
            budgets: services::budgets::Budgets::default(),
            free_tier: services::free_tier::FreeTier::default(),
            cloudwatch: services::cloudwatch::CloudWatch::default(),
            ecr: services::ecr::Ecr::default(),
            beside: services::beside::Beside::default(),
        }
    }

    /// A fresh id of 32 hexadecimal digits, the same on every run.
    pub fn id(&mut self) -> String {
        self.serial += 1;
        format!(
            "{:032x}",
            u128::from(self.serial).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
        )
    }

    /// Notes that something happened now.
    pub fn happened(&mut self, subject: impl Into<String>, what: What) {
        self.happenings.push(Happening {
            at: self.now,
            subject: subject.into(),
            what,
        });
    }
}
