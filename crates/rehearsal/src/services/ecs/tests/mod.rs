//! What ECS does, seen over the wire.

mod capacity;
mod clusters;
mod creation;
mod deployments;
mod draining;
mod events;
mod fargate_spot;
mod lists;
mod scale;
mod tags;
mod task_lists;
mod task_protection;
mod updates;
