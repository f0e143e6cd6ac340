//! Does what was decided: one arm, one call.

use std::time::Duration;

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace, SuspendedState};
use domain::capacity::Bounds;
use domain::off_hours::{Action, Errand, Plan};
use futures_util::StreamExt;
use jiff::SignedDuration;
use ledger::LedgerError;
use tokio::time::Instant;

use crate::{Aws, Failure, Invocation};

/// How many errands are under way at once: enough to hide the way to the Region's endpoint, few
/// enough to be stopped.
const AT_ONCE: usize = 8;

/// What is kept of the invocation's time for the notices, the journal and the report.
const RESERVE: SignedDuration = SignedDuration::from_secs(20);

/// How an errand ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// Every step was taken.
    Done,
    /// Dry run: no step was taken.
    Shown,
    /// Another run was first; it does what is to be done.
    Overtaken,
    /// There was no time; the next tick goes on.
    Left,
    /// A step failed, and those after it were not taken.
    Failed(Failure),
}

/// When no errand is begun any more. To be asked when the invocation begins, because looking at
/// the world takes of its time too.
pub(crate) fn stop(invocation: &Invocation) -> Instant {
    let time = invocation.deadline.duration_since(invocation.now) - RESERVE;
    // Negative when an invocation has less time than the reserve: then nothing is begun.
    Instant::now() + Duration::try_from(time).unwrap_or(Duration::ZERO)
}

/// Takes every errand until `stop`, most urgent first, and returns how each ended, in the plan's
/// order.
pub(crate) async fn apply(aws: &Aws, plan: &Plan, stop: Instant) -> Vec<Ending> {
    let endings = futures_util::stream::iter(&plan.errands).map(async |errand| {
        let ending = take(aws, errand, stop).await;
        log(errand, &ending);
        ending
    });
    endings.buffered(AT_ONCE).collect().await
}

/// Dry run: how each errand ends when none is taken.
pub(crate) fn shown(plan: &Plan) -> Vec<Ending> {
    plan.errands.iter().map(|_| Ending::Shown).collect()
}

async fn take(aws: &Aws, errand: &Errand, stop: Instant) -> Ending {
    // An errand is begun only if it can be ended: its claim is no use to a run that was killed. So
    // it waits for its turn with ECS before it writes anything.
    let updates = errand
        .actions
        .iter()
        .any(|action| matches!(action, Action::UpdateService { .. }));
    let begins = if updates {
        aws.pace.service_modify.take_before(stop).await
    } else {
        Instant::now() < stop
    };
    if !begins {
        return Ending::Left;
    }
    for action in &errand.actions {
        match perform(aws, action).await {
            Ok(()) => {}
            Err(Failure::Ledger(LedgerError::Overtaken)) => return Ending::Overtaken,
            Err(failure) => return Ending::Failed(failure),
        }
    }
    Ending::Done
}

async fn perform(aws: &Aws, action: &Action) -> Result<(), Failure> {
    match action {
        Action::RecordService {
            service,
            rest,
            replaces,
        } => {
            aws.ledger.record_service(service, rest, *replaces).await?;
        }
        Action::CloseService { service, version } => {
            aws.ledger.close_service(service, *version).await?
        }
        Action::RecordGroup {
            group,
            rest,
            replaces,
        } => aws.ledger.record_group(group, rest, *replaces).await?,
        Action::CloseGroup { group, version } => aws.ledger.close_group(group, *version).await?,
        Action::Order { service, order } => aws.ledger.order(service, order).await?,
        Action::WithdrawOrder { service, order } => {
            aws.ledger.withdraw_order(service, order).await?
        }
        Action::RegisterScalableTarget { service, bounds } => {
            let call = aws
                .scaling
                .register_scalable_target()
                .service_namespace(ServiceNamespace::Ecs)
                .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
                .resource_id(service.scalable_resource())
                .min_capacity(signed(bounds.min))
                .suspended_state(suspended(bounds));
            call.send()
                .await
                .map_err(Failure::call("RegisterScalableTarget"))?;
        }
        Action::UpdateService { service, desired } => {
            let call = aws
                .ecs
                .update_service()
                .cluster(service.cluster_arn().as_str())
                .service(service.as_str());
            call.desired_count(signed(*desired))
                .send()
                .await
                .map_err(Failure::call("UpdateService"))?;
        }
        Action::UpdateAutoScalingGroup { group, min } => {
            let call = aws
                .autoscaling
                .update_auto_scaling_group()
                .auto_scaling_group_name(group.name());
            call.min_size(signed(*min))
                .send()
                .await
                .map_err(Failure::call("UpdateAutoScalingGroup"))?;
        }
    }
    Ok(())
}

fn suspended(bounds: &Bounds) -> SuspendedState {
    SuspendedState::builder()
        .dynamic_scaling_in_suspended(bounds.suspended.scaling_in)
        .dynamic_scaling_out_suspended(bounds.suspended.scaling_out)
        .scheduled_scaling_suspended(bounds.suspended.scheduled)
        .build()
}

/// Counts come from AWS, which gives and takes them as `i32`.
fn signed(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn log(errand: &Errand, ending: &Ending) {
    let subject = errand.subject.to_string();
    let reason = errand.reason.name();
    match ending {
        Ending::Failed(failure) => {
            let cause = shell::failure::chain(failure);
            tracing::error!(subject, reason, cause, "not applied");
        }
        ending => tracing::info!(subject, reason, actions = ?errand.actions, ?ending, "applied"),
    }
}

#[cfg(test)]
mod tests {
    use domain::arn::{GroupArn, ServiceArn};
    use domain::capacity::{GroupCapacity, ServiceCapacity, Suspended};
    use domain::hold::Holds;
    use domain::off_hours::{Reason, Subject};
    use domain::order::Order;
    use domain::rest::{Claim, Rest, Version};
    use serde_json::{Value, json};

    use super::*;
    use crate::script::{DUSK, Script};
    use crate::settings::tests::settings;

    const SERVICE: &str = "arn:aws:ecs:eu-central-1:123456789012:service/prod/api";
    const GROUP: &str = "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:0b1c:autoScalingGroupName/hosts";

    fn service() -> ServiceArn {
        ServiceArn::parse(SERVICE).unwrap()
    }

    fn group() -> GroupArn {
        GroupArn::parse(GROUP).unwrap()
    }

    fn rest<C: Clone>(capacity: C) -> Box<Rest<C>> {
        let claim = Claim {
            run: "request-1".to_owned(),
            until: DUSK.parse().unwrap(),
        };
        let (saved, written) = (capacity.clone(), capacity);
        Box::new(Rest::begun(
            Holds::none(),
            saved,
            written,
            claim,
            DUSK.parse().unwrap(),
        ))
    }

    fn record_service(replaces: Option<Version>) -> Action {
        let capacity = ServiceCapacity {
            desired: 3,
            bounds: None,
            created_at: DUSK.parse().unwrap(),
        };
        Action::RecordService {
            service: service(),
            rest: rest(capacity),
            replaces,
        }
    }

    fn record_group(replaces: Option<Version>) -> Action {
        Action::RecordGroup {
            group: group(),
            rest: rest(GroupCapacity::set(2)),
            replaces,
        }
    }

    fn order() -> Order {
        Order {
            until: "2026-11-20T02:00:00Z".parse().unwrap(),
            by: "ana".to_owned(),
            why: "load test".to_owned(),
            since: DUSK.parse().unwrap(),
        }
    }

    fn register() -> Action {
        Action::RegisterScalableTarget {
            service: service(),
            bounds: Bounds {
                min: 0,
                max: 10,
                suspended: Suspended {
                    scaling_in: true,
                    scaling_out: false,
                    scheduled: true,
                },
            },
        }
    }

    fn update_service() -> Action {
        Action::UpdateService {
            service: service(),
            desired: 3,
        }
    }

    fn update_group() -> Action {
        Action::UpdateAutoScalingGroup {
            group: group(),
            min: 2,
        }
    }

    /// What an action says to AWS when AWS does it.
    async fn said(action: Action, call: &'static str) -> Value {
        let script = Script::default().answer(call, json!({}));
        perform(&script.aws(&settings()), &action).await.unwrap();
        assert_eq!(script.called(), [call]);
        script.inputs(call).remove(0)
    }

    /// How an action fails that AWS refuses with this error.
    async fn refused(action: Action, call: &'static str, code: &str) -> Failure {
        let script = Script::default().refuse(call, code);
        perform(&script.aws(&settings()), &action)
            .await
            .unwrap_err()
    }

    /// The condition of a write to the ledger, and the values in it.
    fn condition(said: &Value) -> (&str, Value) {
        let values = said["ExpressionAttributeValues"].clone();
        (said["ConditionExpression"].as_str().unwrap(), values)
    }

    #[tokio::test]
    async fn the_first_record_of_a_service_is_written_only_if_there_is_none() {
        let said = said(record_service(None), "PutItem").await;
        assert_eq!(said["Item"]["sk"]["S"], format!("service#{SERVICE}"));
        assert_eq!(said["Item"]["saved"]["M"]["desired"]["N"], "3");
        assert_eq!(condition(&said), ("attribute_not_exists(pk)", Value::Null));
    }

    #[tokio::test]
    async fn a_later_record_of_a_service_replaces_only_the_version_it_was_decided_on() {
        let said = said(record_service(Some(Version(7))), "PutItem").await;
        let expected = ("version = :replaces", json!({ ":replaces": { "N": "7" } }));
        assert_eq!(condition(&said), expected);
    }

    #[tokio::test]
    async fn a_record_of_a_group_obeys_the_same_conditions() {
        let first = said(record_group(None), "PutItem").await;
        assert_eq!(first["Item"]["sk"]["S"], format!("group#{GROUP}"));
        assert_eq!(first["Item"]["saved"]["M"]["min"]["N"], "2");
        assert_eq!(condition(&first), ("attribute_not_exists(pk)", Value::Null));
        let later = said(record_group(Some(Version(7))), "PutItem").await;
        let expected = ("version = :replaces", json!({ ":replaces": { "N": "7" } }));
        assert_eq!(condition(&later), expected);
    }

    #[tokio::test]
    async fn a_record_is_closed_only_in_the_version_it_was_decided_on() {
        let version = Version(7);
        let (service, group) = (service(), group());
        for (action, key) in [
            (
                Action::CloseService { service, version },
                format!("service#{SERVICE}"),
            ),
            (
                Action::CloseGroup { group, version },
                format!("group#{GROUP}"),
            ),
        ] {
            let said = said(action, "DeleteItem").await;
            assert_eq!(said["Key"]["sk"]["S"], key);
            let condition = condition(&said);
            assert!(condition.0.ends_with("version = :version"), "{condition:?}");
            assert_eq!(condition.1, json!({ ":version": { "N": "7" } }));
        }
    }

    #[tokio::test]
    async fn an_order_replaces_an_older_one_and_is_withdrawn_only_itself() {
        let (service, order) = (service(), order());
        let given = Action::Order {
            service: service.clone(),
            order: order.clone(),
        };
        let given = said(given, "PutItem").await;
        assert_eq!(given["Item"]["sk"]["S"], format!("order#{SERVICE}"));
        assert!(condition(&given).0.ends_with("since <= :since"));
        let withdrawn = said(Action::WithdrawOrder { service, order }, "DeleteItem").await;
        assert_eq!(withdrawn["Key"]["sk"]["S"], format!("order#{SERVICE}"));
        assert!(condition(&withdrawn).0.ends_with("since = :since"));
        assert_eq!(condition(&withdrawn).1, json!({ ":since": { "S": DUSK } }));
    }

    #[tokio::test]
    async fn a_write_to_the_ledger_that_comes_second_is_overtaken_and_any_other_refusal_a_failure()
    {
        let (service, group, order, version) = (service(), group(), order(), Version(7));
        let writes = [
            (record_service(None), "PutItem"),
            (record_service(Some(version)), "PutItem"),
            (record_group(None), "PutItem"),
            (
                Action::CloseService {
                    service: service.clone(),
                    version,
                },
                "DeleteItem",
            ),
            (Action::CloseGroup { group, version }, "DeleteItem"),
            (
                Action::Order {
                    service: service.clone(),
                    order: order.clone(),
                },
                "PutItem",
            ),
            (Action::WithdrawOrder { service, order }, "DeleteItem"),
        ];
        for (action, call) in writes {
            let second = refused(action.clone(), call, "ConditionalCheckFailedException").await;
            let denied = refused(action.clone(), call, "AccessDeniedException").await;
            assert!(
                matches!(second, Failure::Ledger(LedgerError::Overtaken)),
                "{action:?}: {second:?}"
            );
            assert!(
                matches!(denied, Failure::Ledger(LedgerError::Call { call: told, .. }) if told == call),
                "{action:?}: {denied:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_scalable_target_gets_its_minimum_and_all_three_flags_in_one_call_and_no_maximum() {
        assert_eq!(
            said(register(), "RegisterScalableTarget").await,
            json!({
                "ServiceNamespace": "ecs",
                "ResourceId": "service/prod/api",
                "ScalableDimension": "ecs:service:DesiredCount",
                "MinCapacity": 0,
                "SuspendedState": {
                    "DynamicScalingInSuspended": true,
                    "DynamicScalingOutSuspended": false,
                    "ScheduledScalingSuspended": true,
                },
            })
        );
    }

    #[tokio::test]
    async fn a_service_gets_its_count_and_nothing_else() {
        assert_eq!(
            said(update_service(), "UpdateService").await,
            json!({
                "cluster": "arn:aws:ecs:eu-central-1:123456789012:cluster/prod",
                "service": SERVICE,
                "desiredCount": 3,
            })
        );
    }

    #[tokio::test]
    async fn a_group_gets_its_minimum_and_nothing_else() {
        let script = Script::default().answer_xml("UpdateAutoScalingGroup", "");
        let aws = script.aws(&settings());
        perform(&aws, &update_group()).await.unwrap();
        let said = &script.inputs("UpdateAutoScalingGroup")[0];
        let expected = json!({
            "Action": "UpdateAutoScalingGroup",
            "AutoScalingGroupName": "hosts",
            "MinSize": "2",
        });
        assert_eq!(said, &expected);
    }

    #[tokio::test]
    async fn a_refused_change_names_its_call_and_keeps_the_cause() {
        let denied = "AccessDeniedException";
        let in_xml = Script::default().refuse_xml("UpdateAutoScalingGroup", denied);
        let group = perform(&in_xml.aws(&settings()), &update_group()).await;
        for (call, failure) in [
            (
                "RegisterScalableTarget",
                refused(register(), "RegisterScalableTarget", denied).await,
            ),
            (
                "UpdateService",
                refused(update_service(), "UpdateService", denied).await,
            ),
            ("UpdateAutoScalingGroup", group.unwrap_err()),
        ] {
            let chain = shell::failure::chain(&failure);
            assert!(
                chain.starts_with(&format!("{call} did not succeed: ")),
                "{chain}"
            );
            assert!(chain.contains(denied), "{chain}");
        }
    }

    fn errand(actions: Vec<Action>) -> Errand {
        Errand {
            subject: Subject::Service(service()),
            reason: Reason::GoesToRest,
            actions,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_steps_after_one_that_failed_are_not_taken() {
        for (refusal, overtaken) in [
            ("ConditionalCheckFailedException", true),
            ("AccessDeniedException", false),
        ] {
            let script = Script::default().refuse("PutItem", refusal);
            let errand = errand(vec![record_service(None), update_service()]);
            let stop = Instant::now() + Duration::from_secs(60);
            let ending = take(&script.aws(&settings()), &errand, stop).await;
            assert_eq!(matches!(ending, Ending::Overtaken), overtaken, "{ending:?}");
            assert_eq!(
                matches!(ending, Ending::Failed(_)),
                !overtaken,
                "{ending:?}"
            );
            assert_eq!(script.called(), ["PutItem"]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_errand_that_would_wait_for_the_bucket_beyond_the_end_is_left() {
        let script = Script::default();
        let aws = script.aws(&settings());
        // Our share of a burst of 50 is 40; the next 40 take ten seconds.
        for _ in 0..80 {
            aws.pace.service_modify.take().await;
        }
        let errand = errand(vec![record_service(None), update_service()]);
        let ending = take(&aws, &errand, Instant::now() + Duration::from_millis(200)).await;
        assert!(matches!(ending, Ending::Left), "{ending:?}");
        assert_eq!(script.called(), Vec::<String>::new());
    }
}
