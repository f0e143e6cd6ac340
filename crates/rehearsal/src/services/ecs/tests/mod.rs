//! What ECS does, seen over the wire.

mod breaker;
mod capacity;
mod clusters;
mod creation;
mod deployment_alarms;
mod deployments;
mod deregistration;
mod draining;
mod events;
mod fargate_spot;
mod images;
mod lists;
mod releases;
mod scale;
mod service_deployments;
mod shifts;
mod stops;
mod tags;
mod task_lists;
mod task_protection;
mod updates;
