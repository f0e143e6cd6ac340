//! The modelled AWS services, a file or a folder each.

pub mod application_autoscaling;
pub mod autoscaling;
pub mod beside;
pub mod budgets;
pub mod cloudwatch;
pub mod dynamodb;
pub mod ec2;
pub mod ecr;
pub mod ecs;
pub mod events;
pub mod free_tier;
pub mod load_balancing;
pub mod scheduler;
pub mod sns;
pub mod sqs;
pub mod sts;
pub mod tagging;
