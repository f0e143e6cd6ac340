//! Blue/green, linear and canary: stages, and hooks that pause a deployment at one of them.
//!
//! Only as far as somebody can stop such a deployment and let it go on: traffic moves in one step whatever
//! the strategy, and Lambda hooks succeed.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html>.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::failing::Cause;
use super::history::{self, Status, ongoing_mut};
use super::strategy::{configuration, shifts_traffic};
use super::{rolling, stop};
use crate::services::ecs::agenda::Step;
use crate::services::ecs::input::epoch;
use crate::services::ecs::scheduler::reconcile;
use crate::services::ecs::service::{Service, ServiceId};
use crate::services::ecs::{announce, arn};
use crate::world::World;

/// How long a stage takes in which nothing is waited for: a choice.
const STAGE: SignedDuration = SignedDuration::from_secs(10);

/// The bake time where none is given: a choice.
const BAKE: SignedDuration = SignedDuration::from_mins(15);

/// "Default: 1440 (24 hours)".
const HOOK_TIMEOUT: SignedDuration = SignedDuration::from_mins(1440);

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

/// A hook that pauses.
#[derive(Clone, Debug)]
struct Hook {
    id: String,
    stage: Stage,
    status: &'static str,
    expires: Timestamp,
    on_timeout: &'static str,
}

/// A stage, in the order in which they follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nothing has begun.
    PreScaleUp,
    /// The new tasks start.
    ScaleUp,
    /// They run.
    PostScaleUp,
    /// Test traffic moves.
    TestTrafficShift,
    /// It has moved.
    PostTestTrafficShift,
    /// Production traffic is about to move. Only hooks know this stage.
    PreProductionTrafficShift,
    /// It moves.
    ProductionTrafficShift,
    /// It has moved.
    PostProductionTrafficShift,
    /// Both revisions run.
    BakeTime,
    /// The old tasks stop.
    CleanUp,
}

const STAGES: [Stage; 10] = [
    Stage::PreScaleUp,
    Stage::ScaleUp,
    Stage::PostScaleUp,
    Stage::TestTrafficShift,
    Stage::PostTestTrafficShift,
    Stage::PreProductionTrafficShift,
    Stage::ProductionTrafficShift,
    Stage::PostProductionTrafficShift,
    Stage::BakeTime,
    Stage::CleanUp,
];

impl Stage {
    /// `lifecycleStage`, which has no PRE_PRODUCTION_TRAFFIC_SHIFT in the API's model: what it shows
    /// instead is a choice.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PreProductionTrafficShift => Self::PostTestTrafficShift.of_hook(),
            other => other.of_hook(),
        }
    }

    /// As hooks name it.
    fn of_hook(self) -> &'static str {
        match self {
            Self::PreScaleUp => "PRE_SCALE_UP",
            Self::ScaleUp => "SCALE_UP",
            Self::PostScaleUp => "POST_SCALE_UP",
            Self::TestTrafficShift => "TEST_TRAFFIC_SHIFT",
            Self::PostTestTrafficShift => "POST_TEST_TRAFFIC_SHIFT",
            Self::PreProductionTrafficShift => "PRE_PRODUCTION_TRAFFIC_SHIFT",
            Self::ProductionTrafficShift => "PRODUCTION_TRAFFIC_SHIFT",
            Self::PostProductionTrafficShift => "POST_PRODUCTION_TRAFFIC_SHIFT",
            Self::BakeTime => "BAKE_TIME",
            Self::CleanUp => "CLEAN_UP",
        }
    }

    fn next(self) -> Option<Self> {
        STAGES.into_iter().find(|stage| *stage > self)
    }
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

/// The hooks that pause at a stage.
fn hooks_at(world: &mut World, id: &ServiceId, stage: Stage) -> Vec<Hook> {
    let now = world.now;
    let service = world.ecs.service(id);
    let given = service
        .and_then(configuration)
        .map(|it| it["lifecycleHooks"].clone());
    let given = given
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let mut hooks = Vec::new();
    for hook in given {
        let mut stages = hook["lifecycleStages"].as_array().into_iter().flatten();
        if hook["targetType"] != "PAUSE" || !stages.any(|it| it == stage.of_hook()) {
            continue;
        }
        let timeout = &hook["timeoutConfiguration"];
        let waits = timeout["timeoutInMinutes"].as_i64();
        let waits = waits.map_or(HOOK_TIMEOUT, SignedDuration::from_mins);
        hooks.push(Hook {
            id: format!("ecs-pause-{}", world.id()),
            stage,
            status: "AWAITING_ACTION",
            expires: now.saturating_add(waits).unwrap_or(Timestamp::MAX),
            on_timeout: match timeout["action"] == "CONTINUE" {
                true => "CONTINUE",
                false => "ROLLBACK",
            },
        });
    }
    hooks
}

/// The stage at which a hook of a service deployment waits, if it does.
pub(super) fn waiting_at(
    world: &World,
    id: &ServiceId,
    deployment_arn: &str,
    hook: &str,
) -> Option<&'static str> {
    let it = world.ecs.service(id)?.history.ongoing()?;
    let arn = arn::service_deployment(&world.identity, id, &it.id);
    let mut hooks = it.shift.as_ref()?.hooks.iter();
    let found = hooks.find(|it| it.id == hook && it.status == "AWAITING_ACTION")?;
    (arn == deployment_arn).then_some(found.stage.of_hook())
}

/// A hook no longer waits.
pub(super) fn settle_hook(world: &mut World, id: &ServiceId, hook: &str, status: &'static str) {
    let Some(it) = history::ongoing_mut(world, id) else {
        return;
    };
    let key = it.id.clone();
    let hooks = it.shift.as_mut().map(|shift| shift.hooks.iter_mut());
    let Some(found) = hooks.into_iter().flatten().find(|it| it.id == hook) else {
        return;
    };
    found.status = status;
    let settled = found.clone();
    tell(world, id, &key, &settled);
}

/// `ECS Hook State Change`.
fn tell(world: &mut World, id: &ServiceId, key: &str, hook: &Hook) {
    let event_name = format!("HOOK_{}", hook.status);
    let mut detail = json!({
        "eventType": "INFO",
        "eventName": event_name,
        "hookId": hook.id,
        "hookType": "PAUSE",
        "expiresAt": announce::instant(hook.expires),
        "lifecycleStage": hook.stage.of_hook(),
        "clusterArn": arn::cluster(&world.identity, &id.cluster),
        "serviceDeploymentArn": arn::service_deployment(&world.identity, id, key),
        "updatedAt": announce::instant(world.now),
    });
    if let Some(service) = world.ecs.service(id) {
        detail["serviceArn"] = json!(service.arn);
    }
    announce::hook(world, detail);
}
