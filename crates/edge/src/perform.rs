//! What one step is: one arm, one call.

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace, SuspendedState};
use domain::capacity::Bounds;
use domain::resting::Action;

use crate::{Edge, Failure};

/// Takes one step.
pub(crate) async fn perform(edge: &Edge, action: &Action) -> Result<(), Failure> {
    match action {
        Action::RecordService {
            service,
            rest,
            replaces,
        } => {
            edge.ledger.record_service(service, rest, *replaces).await?;
        }
        Action::CloseService { service, version } => {
            edge.ledger.close_service(service, *version).await?
        }
        Action::RecordGroup {
            group,
            rest,
            replaces,
        } => edge.ledger.record_group(group, rest, *replaces).await?,
        Action::CloseGroup { group, version } => edge.ledger.close_group(group, *version).await?,
        Action::Order { service, order } => edge.ledger.order(service, order).await?,
        Action::WithdrawOrder { service, order } => {
            edge.ledger.withdraw_order(service, order).await?
        }
        Action::RegisterScalableTarget { service, bounds } => {
            let call = edge
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
            let call = edge
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
            let call = edge
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

#[cfg(test)]
pub(super) mod tests {
    use domain::arn::{GroupArn, ServiceArn};
    use domain::capacity::{GroupCapacity, ServiceCapacity, Suspended};
    use domain::hold::Holds;
    use domain::order::{Order, Ordered};
    use domain::rest::{Claim, Rest, Version};
    use ledger::LedgerError;
    use serde_json::{Value, json};

    use super::*;
    use crate::script::{DUSK, Script};

    const SERVICE: &str = "arn:aws:ecs:eu-central-1:123456789012:service/prod/api";
    const GROUP: &str = "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:0b1c:autoScalingGroupName/hosts";

    pub(crate) fn service() -> ServiceArn {
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

    pub(crate) fn record_service(replaces: Option<Version>) -> Action {
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
            to: Ordered::Awake {
                until: "2026-11-20T02:00:00Z".parse().unwrap(),
            },
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

    pub(crate) fn update_service() -> Action {
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
        perform(&script.edge(), &action).await.unwrap();
        assert_eq!(script.called(), [call]);
        script.inputs(call).remove(0)
    }

    /// How an action fails that AWS refuses with this error.
    async fn refused(action: Action, call: &'static str, code: &str) -> Failure {
        let script = Script::default().refuse(call, code);
        perform(&script.edge(), &action).await.unwrap_err()
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
        let edge = script.edge();
        perform(&edge, &update_group()).await.unwrap();
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
        let group = perform(&in_xml.edge(), &update_group()).await;
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
}
