//! Hooks that pause a deployment at a stage until somebody lets it go on.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html>.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::stage::Stage;
use crate::services::ecs::deployments::history::ongoing_mut;
use crate::services::ecs::deployments::news;
use crate::services::ecs::deployments::strategy::configuration;
use crate::services::ecs::service::ServiceId;
use crate::services::ecs::{announce, arn};
use crate::world::World;

/// "Default: 1440 (24 hours)".
const HOOK_TIMEOUT: SignedDuration = SignedDuration::from_mins(1440);

/// A hook that pauses.
#[derive(Clone, Debug)]
pub(super) struct Hook {
    pub(super) id: String,
    pub(super) stage: Stage,
    pub(super) status: &'static str,
    pub(super) expires: Timestamp,
    pub(super) on_timeout: &'static str,
}

/// The hooks that pause at a stage.
pub(super) fn hooks_at(world: &mut World, id: &ServiceId, stage: Stage) -> Vec<Hook> {
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
pub(in super::super) fn waiting_at(
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
pub(in super::super) fn settle_hook(
    world: &mut World,
    id: &ServiceId,
    hook: &str,
    status: &'static str,
) {
    let Some(it) = ongoing_mut(world, id) else {
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
pub(super) fn tell(world: &mut World, id: &ServiceId, key: &str, hook: &Hook) {
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
    news::hook(world, detail);
}
