//! StopServiceDeployment and ContinueServiceDeployment.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContinueServiceDeployment.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::named;
use super::failing::{Cause, fail};
use super::history::{self, Status};
use super::list::can_be_stopped;
use super::{rolling, shift};
use crate::call::{ApiError, Call};
use crate::services::ecs::announce;
use crate::services::ecs::input::{invalid, read};
use crate::services::ecs::scheduler::reconcile;
use crate::services::ecs::service::ServiceId;
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stop {
    service_deployment_arn: String,
    stop_type: Option<String>,
}

/// One that is being stopped or rolled back already goes on as it was; one that is over is a conflict. That
/// ABORT is refused is the documentation taken at its word ("the valid values are ROLLBACK"); the wordings
/// are choices.
pub(in super::super) fn stop(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Stop = read(call)?;
    let arn = &input.service_deployment_arn;
    if !matches!(input.stop_type.as_deref(), None | Some("ROLLBACK")) {
        return Err(invalid("stopType must be ROLLBACK."));
    }
    let (id, status) = found(world, arn)?;
    if !can_be_stopped(status) {
        let message = format!(
            "The service deployment is {} and cannot be stopped.",
            status.name()
        );
        return Err(
            ApiError::client("ConflictException", message).with("resourceIds", json!([arn]))
        );
    }
    if matches!(status, Status::Pending | Status::InProgress) {
        roll_back(world, &id, &Cause::Person);
    }
    let output = json!({"serviceDeploymentArn": arn});
    announce::api_call(world, call, &output);
    Ok(output)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Continue {
    service_deployment_arn: String,
    hook_id: String,
    action: Option<String>,
}

pub(in super::super) fn go_on(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Continue = read(call)?;
    let arn = &input.service_deployment_arn;
    let (id, _) = found(world, arn)?;
    let stage = shift::waiting_at(world, &id, arn, &input.hook_id)
        .ok_or_else(|| invalid("The hook is not awaiting an action."))?;
    match input.action.as_deref() {
        None | Some("CONTINUE") => {
            shift::settle_hook(world, &id, &input.hook_id, "SUCCEEDED");
            shift::go_on(world, &id);
            reconcile(world, &id);
        }
        Some("ROLLBACK") => {
            shift::settle_hook(world, &id, &input.hook_id, "FAILED");
            roll_back(world, &id, &Cause::Hook(stage));
        }
        Some(_) => return Err(invalid("action must be CONTINUE or ROLLBACK.")),
    }
    let output = json!({"serviceDeploymentArn": arn});
    announce::api_call(world, call, &output);
    Ok(output)
}

/// Has the deployment that is under way given up and rolled back, whatever is configured.
pub(super) fn roll_back(world: &mut World, id: &ServiceId, cause: &Cause) {
    history::request_rollback(world, id);
    // What has failed a moment ago is on its way back already.
    if rolling(world, id).is_some() {
        fail(world, id, cause, true);
    }
}

fn found(world: &World, arn: &str) -> Result<(ServiceId, Status), ApiError> {
    let known = named(world, arn, "service-deployment")?.and_then(|(service, key)| {
        let mut all = service.history.deployments.iter();
        let it = all.find(|it| it.id == key)?;
        Some((service.id.clone(), it.status))
    });
    known.ok_or_else(|| {
        ApiError::client(
            "ServiceDeploymentNotFoundException",
            format!("The service deployment {arn} was not found."),
        )
    })
}
