//! Blue/green, linear and canary: stages, and hooks that pause a deployment at one of them.
//!
//! Only as far as somebody can stop such a deployment and let it go on: traffic moves in one step whatever
//! the strategy, and Lambda hooks succeed.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html>.

mod hooks;
mod stage;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::failing::Cause;
use super::history::{Status, ongoing_mut};
use super::strategy::{configuration, shifts_traffic};
use super::{rolling, stop};
use crate::services::ecs::agenda::Step;
use crate::services::ecs::input::epoch;
use crate::services::ecs::scheduler::reconcile;
use crate::services::ecs::service::{Service, ServiceId};
use crate::world::World;
use hooks::{Hook, hooks_at, tell};

pub(super) use hooks::{settle_hook, waiting_at};
use stage::Stage;

/// How long a stage takes in which nothing is waited for: a choice.
const STAGE: SignedDuration = SignedDuration::from_secs(10);

/// The bake time where none is given: a choice.
const BAKE: SignedDuration = SignedDuration::from_mins(15);

/// How far a deployment is that moves traffic.
#[derive(Clone, Debug)]
pub struct Shift {
    /// Its stage.
    pub stage: Stage,
    /// When the stage ends, if by itself.
    until: Option<Timestamp>,
    /// The hooks that it met.
    hooks: Vec<Hook>,
}

impl Shift {
    /// `lifecycleHookDetails`.
    pub(super) fn show(&self) -> Value {
        let hooks = self.hooks.iter().map(|hook| {
            json!({
                "hookId": hook.id,
                "targetType": "PAUSE",
                "status": hook.status,
                "expiresAt": epoch(hook.expires),
                "timeoutAction": hook.on_timeout,
            })
        });
        hooks.collect()
    }

    fn waits(&self) -> bool {
        self.hooks
            .iter()
            .any(|hook| hook.status == "AWAITING_ACTION")
    }
}

/// What the scheduler may do for a service that is being deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Starts {
    /// Whatever the two percentages allow.
    Rolling,
    /// Nothing.
    Nothing,
    /// New tasks beside the old ones, which stay.
    Beside,
}

impl Starts {
    pub(in super::super) fn of(service: &Service) -> Self {
        let rolls = super::rolls(service);
        let ongoing = service.history.ongoing().filter(|_| rolls);
        let Some(it) = ongoing.filter(|_| shifts_traffic(service)) else {
            return Self::Rolling;
        };
        match (it.status, &it.shift) {
            (Status::Pending, _) => Self::Nothing,
            (Status::InProgress, Some(shift)) => match shift.stage {
                Stage::PreScaleUp => Self::Nothing,
                Stage::CleanUp => Self::Rolling,
                _ => Self::Beside,
            },
            _ => Self::Rolling,
        }
    }
}

/// A deployment that moves traffic has started.
pub(super) fn begin(world: &mut World, id: &ServiceId) {
    enter(world, id, Stage::PreScaleUp);
}

/// Whether all traffic has moved, or none has to.
pub(super) fn is_over(world: &World, id: &ServiceId) -> bool {
    let Some(service) = world.ecs.service(id) else {
        return true;
    };
    world.ecs.seeding || Starts::of(service) == Starts::Rolling
}

/// New tasks that run and are healthy end the stage that waits for them.
pub(super) fn advance(world: &mut World, id: &ServiceId) {
    let scales = stage(world, id) == Some(Stage::ScaleUp);
    let Some((service, primary)) = rolling(world, id).filter(|_| scales) else {
        return;
    };
    let tasks = service
        .tasks
        .iter()
        .filter_map(|it| world.ecs.tasks.get(it));
    let own = tasks.filter(|it| it.started_by == primary.id && it.is_healthy(world.now));
    if own.count() >= service.desired as usize {
        go_on(world, id);
    }
}

/// A stage may have ended, or a hook has waited long enough.
pub(in super::super) fn step(world: &mut World, id: &ServiceId, key: &str) {
    let now = world.now;
    let Some(it) = ongoing_mut(world, id).filter(|it| it.id == key) else {
        return;
    };
    let Some(shift) = it.shift.as_mut() else {
        return;
    };
    let late = |hook: &&mut Hook| hook.status == "AWAITING_ACTION" && hook.expires <= now;
    let late: Vec<(String, &'static str, Stage)> = shift
        .hooks
        .iter_mut()
        .filter(late)
        .map(|hook| (hook.id.clone(), hook.on_timeout, hook.stage))
        .collect();
    let ends = shift.until.is_some_and(|until| until <= now);
    for (hook, action, stage) in &late {
        settle_hook(world, id, hook, "TIMED_OUT");
        if *action == "ROLLBACK" {
            stop::roll_back(world, id, &Cause::Hook(stage.of_hook()));
            return;
        }
    }
    if ends || !late.is_empty() {
        go_on(world, id);
    }
    reconcile(world, id);
}

/// The next stage, unless a hook waits at this one.
pub(super) fn go_on(world: &mut World, id: &ServiceId) {
    let ongoing = world.ecs.service(id).and_then(|it| it.history.ongoing());
    let Some(shift) = ongoing.and_then(|it| it.shift.as_ref()) else {
        return;
    };
    if let (false, Some(next)) = (shift.waits(), shift.stage.next()) {
        enter(world, id, next);
    }
}

fn stage(world: &World, id: &ServiceId) -> Option<Stage> {
    let ongoing = world.ecs.service(id)?.history.ongoing()?;
    ongoing.shift.as_ref().map(|shift| shift.stage)
}

fn enter(world: &mut World, id: &ServiceId, stage: Stage) {
    let now = world.now;
    let hooks = hooks_at(world, id, stage);
    let ends = match (stage, hooks.is_empty()) {
        (Stage::ScaleUp | Stage::CleanUp, _) | (_, false) => None,
        (Stage::BakeTime, true) => now.saturating_add(bake(world, id)).ok(),
        (_, true) => now.saturating_add(STAGE).ok(),
    };
    let Some(it) = ongoing_mut(world, id) else {
        return;
    };
    let key = it.id.clone();
    it.updated = now;
    let met = it.shift.take().map_or_else(Vec::new, |shift| shift.hooks);
    let known = met.into_iter().chain(hooks.iter().cloned());
    it.shift = Some(Shift {
        stage,
        until: ends,
        hooks: known.collect(),
    });
    let expiries = hooks.iter().map(|hook| hook.expires);
    for at in ends.into_iter().chain(expiries) {
        let step = Step::Shift {
            service: id.clone(),
            id: key.clone(),
        };
        world.ecs.agenda.add(at, step);
    }
    for hook in &hooks {
        tell(world, id, &key, hook);
    }
}

fn bake(world: &World, id: &ServiceId) -> SignedDuration {
    let service = world.ecs.service(id);
    let given = service.and_then(configuration);
    let minutes = given.and_then(|it| it["bakeTimeInMinutes"].as_i64());
    minutes.map_or(BAKE, SignedDuration::from_mins)
}
