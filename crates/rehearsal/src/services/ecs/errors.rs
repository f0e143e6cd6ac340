//! Tasks that answer with errors, which nothing but an alarm sees: red while one of them runs, and green
//! again when none does.

use super::agenda::Step;
use super::task_definitions::{self, Behaviour};
use crate::services::cloudwatch::{State, set_metric};
use crate::world::World;

/// Lets the alarm that sees a task's errors look again once its datapoints show whether that runs; an
/// alarm on other alarms looks for itself.
pub(super) fn look_later(world: &mut World, task: &str) {
    let task = world.ecs.tasks.get(task);
    let Some(alarm) = task.and_then(|task| seen_by(&task_definitions::of_task(world, task))) else {
        return;
    };
    let Some(known) = world.cloudwatch.alarms.get(&alarm) else {
        return;
    };
    let at = world.now.saturating_add(known.looks_back());
    if let Ok(at) = at {
        world.ecs.agenda.add(at, Step::Errors { alarm });
    }
}

/// An alarm looks whether tasks run whose errors it sees.
pub(super) fn look(world: &mut World, alarm: &str) {
    let mut running = world.ecs.tasks.values().filter(|task| task.is_running());
    let red = running
        .any(|task| seen_by(&task_definitions::of_task(world, task)).is_some_and(|it| it == alarm));
    let state = if red { State::Alarm } else { State::Ok };
    let known = world.cloudwatch.alarms.get(alarm);
    if known.is_some_and(|it| it.says != state) {
        set_metric(world, alarm, state);
    }
}

fn seen_by(behaviour: &Behaviour) -> Option<String> {
    match behaviour {
        Behaviour::ErrorsSeenBy(alarm) => Some(alarm.clone()),
        _ => None,
    }
}
