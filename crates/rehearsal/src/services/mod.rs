//! The modelled AWS services, a file or a folder each.

pub mod application_autoscaling;
pub mod autoscaling;
pub mod dynamodb;
pub mod ecs;
pub mod events;
pub mod scheduler;
pub mod sns;
pub mod sts;
pub mod tagging;
