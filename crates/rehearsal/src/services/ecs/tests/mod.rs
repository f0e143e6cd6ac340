//! What ECS does, seen over the wire.

mod capacity;
mod clusters;
mod creation;
mod deployments;
mod draining;
mod lists;
mod scale;
mod tags;
mod task_lists;
mod updates;
