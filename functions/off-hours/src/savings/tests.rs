use domain::arn::{GroupArn, ServiceArn};
use domain::capacity::{GroupCapacity, ServiceCapacity};
use domain::hold::Holds;
use domain::instances::Instances;
use domain::off_hours::savings::{Saving, Unpriced};
use domain::off_hours::{Group, Intent, Service};
use domain::rest::{Claim, Rest};
use domain::resting::{GroupLive, Kind, Live};
use domain::tag::Tags;
use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::*;
use crate::script::{self, DUSK, Script, aws};
use crate::settings::tests::settings;

/// Twelve hours, and the five minutes in which its tasks still cost.
const NIGHT: SignedDuration = SignedDuration::from_mins(12 * 60 + 5);

fn rested<C: Clone>(saved: C, written: C) -> Rest<C> {
    let dusk = DUSK.parse().unwrap();
    let claim = Claim {
        run: "request-1".to_owned(),
        until: dusk,
    };
    Rest::begun(Holds::none(), saved, written, claim, dusk).settled(dusk)
}

fn intent() -> Intent {
    Intent::of(&Tags::new(), &Tags::new(), &settings().policy)
}

/// A world in which `prod/api` of three tasks and the group `hosts` of two m6i.large have been at
/// rest since dusk.
fn resting(spot_percent: Option<u32>) -> Observed {
    let created_at = DUSK.parse().unwrap();
    let capacity = |desired| ServiceCapacity {
        desired,
        bounds: None,
        created_at,
    };
    let live = Live {
        active: true,
        kind: Kind::Replica,
        desired: 0,
        running: 0,
        created_at,
        bounds: None,
        deployment: None,
        task_definition: "api:1".to_owned(),
        fargate_spot_percent: spot_percent,
    };
    let service = Service {
        intent: intent(),
        order: None,
        asked: None,
        rest: Some(rested(capacity(3), capacity(0))),
        sight: Sight::Live(live),
    };
    let before = GroupCapacity {
        min: 2,
        instances: Some([("m6i.large", 2)].into_iter().collect()),
    };
    let group = Group {
        intent: intent(),
        rest: Some(rested(before, GroupCapacity::AT_REST)),
        live: Some(GroupLive {
            min: 0,
            max: 6,
            desired: 0,
            instances: Instances::default(),
            spot: false,
        }),
    };
    Observed {
        services: [(service_arn(), service)].into(),
        groups: [(group_arn(), group)].into(),
        ..Observed::default()
    }
}

fn service_arn() -> ServiceArn {
    ServiceArn::parse(&script::arn("api")).unwrap()
}

fn group_arn() -> GroupArn {
    GroupArn::parse(&script::group_arn("hosts")).unwrap()
}

/// What is told when both wake after a rest so long, and ECS says this of the task definition.
async fn told(
    observed: &Observed,
    off: SignedDuration,
    definition: Value,
    settings: &Settings,
) -> Vec<Saved> {
    let script = Script::default().answer("DescribeTaskDefinition", definition);
    let errand = |subject| Errand {
        subject,
        reason: Reason::Wakes,
        actions: Vec::new(),
    };
    let errands = [
        errand(Subject::Group(group_arn())),
        errand(Subject::Service(service_arn())),
    ];
    let errands: Vec<(&Errand, &Ending)> = errands
        .iter()
        .map(|errand| (errand, &Ending::Done))
        .collect();
    let now = DUSK.parse::<Timestamp>().unwrap() + off;
    of(&aws(&script, settings), settings, observed, &errands, now).await
}

/// What a night saved, as the report shows it: the group, then the service.
async fn night(observed: &Observed) -> [Value; 2] {
    let saved = told(observed, NIGHT, one_vcpu(), &settings()).await;
    saved
        .iter()
        .map(Saved::shown)
        .collect::<Vec<_>>()
        .try_into()
        .unwrap()
}

fn one_vcpu() -> Value {
    json!({ "taskDefinition": { "cpu": "1024", "memory": "2048" } })
}

fn group(observed: &mut Observed) -> &mut Group {
    observed.groups.get_mut(&group_arn()).unwrap()
}

#[tokio::test]
async fn a_night_of_three_tasks_and_two_instances_has_its_price_without_the_tails() {
    let [group, service] = night(&resting(Some(0))).await;
    let expected = json!({ "service": "prod/api", "task_hours": 36.0, "usd": "2.04408", "estimate": null, "unknown": null });
    assert_eq!(service, expected);
    // Twelve hours and five minutes less 22: two halvings, 15 readings, and the last task's five.
    let expected = json!({ "group": "hosts", "instance_hours": 23.433333, "usd": "2.694833", "estimate": null, "unknown": null });
    assert_eq!(group, expected);
}

#[tokio::test]
async fn a_rest_shorter_than_its_tail_saves_nothing() {
    let saved = told(
        &resting(Some(0)),
        SignedDuration::from_mins(4),
        one_vcpu(),
        &settings(),
    )
    .await;
    assert_eq!(saved.len(), 2);
    for saved in saved {
        assert_eq!(saved.hours, Some(Decimal::ZERO));
        assert_eq!(saved.shown()["usd"], "0");
    }
}

#[tokio::test]
async fn a_saving_without_a_size_is_unknown_and_never_zero() {
    let unknown = async |definition| {
        let saved = told(&resting(Some(0)), NIGHT, definition, &settings()).await;
        assert_eq!(saved[1].shown()["usd"], Value::Null);
        saved[1].shown()["unknown"].clone()
    };
    let stated = unknown(json!({ "taskDefinition": {} })).await;
    assert_eq!(stated, "its task definition states no size");
    let unanswered = unknown(json!("no answer")).await;
    assert_eq!(unanswered, "the size of its tasks is not known yet");
}

#[tokio::test]
async fn tasks_on_instances_save_hours_and_leave_the_money_to_their_group() {
    let [_, service] = night(&resting(None)).await;
    assert_eq!(
        (&service["task_hours"], &service["usd"]),
        (&json!(36.0), &Value::Null)
    );
    let why = "its tasks run on instances; what these save is their group's";
    assert_eq!(service["unknown"], why);
}

#[tokio::test]
async fn tasks_on_fargate_spot_are_unknown_until_somebody_says_what_it_is_off() {
    let observed = resting(Some(100));
    let [_, service] = night(&observed).await;
    assert_eq!(service["unknown"], "no price for Fargate Spot");
    let said = Settings {
        fargate_spot_percent_off: Some(75),
        ..settings()
    };
    let saved = told(&observed, NIGHT, one_vcpu(), &said).await;
    let shown = saved[1].shown();
    assert_eq!(shown["usd"], "0.51102");
    assert_eq!(shown["estimate"], "Fargate Spot is taken to be 75 % off");
    let metric = saved[1].metric(Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(
        (&metric["SavedUSDEstimated"], metric.get("SavedUSD")),
        (&json!(0.51102), None)
    );
}

#[tokio::test]
async fn a_group_whose_instances_stayed_saved_nothing_to_tell() {
    let mut observed = resting(Some(0));
    let live = group(&mut observed).live.as_mut().unwrap();
    live.instances = [("m6i.large", 2)].into_iter().collect();
    let saved = told(&observed, NIGHT, one_vcpu(), &settings()).await;
    assert_eq!(saved.len(), 1);
}

#[tokio::test]
async fn instances_without_a_price_are_unknown_with_their_hours() {
    let mut spot = resting(Some(0));
    group(&mut spot).live.as_mut().unwrap().spot = true;
    let mut strange = resting(Some(0));
    let rest = group(&mut strange).rest.as_mut().unwrap();
    rest.saved.instances = Some([("x9.huge", 2)].into_iter().collect());
    for (observed, why) in [
        (spot, "some of its instances may be Spot instances"),
        (strange, "no price for x9.huge in eu-central-1"),
    ] {
        let [group, _] = night(&observed).await;
        assert_eq!(
            (&group["instance_hours"], &group["usd"]),
            (&json!(23.433333), &Value::Null)
        );
        assert_eq!(group["unknown"], why);
    }
}

#[tokio::test]
async fn a_record_from_before_instances_were_written_down_says_so_and_is_no_metric() {
    let mut observed = resting(Some(0));
    group(&mut observed).rest.as_mut().unwrap().saved = GroupCapacity::set(2);
    let saved = told(&observed, NIGHT, one_vcpu(), &settings()).await;
    let why = "which instances it had was not written down";
    assert_eq!(saved[0].shown()["unknown"], why);
    assert_eq!(saved[0].metric(Timestamp::UNIX_EPOCH), None);
}

#[test]
fn a_saving_is_a_metric_with_money_where_there_is_a_price_and_hours_in_any_case() {
    let saved = |subject, saving| Saved {
        subject,
        hours: Some(Decimal::from(36)),
        saving,
    };
    let at = "2026-11-20T07:00:00Z".parse().unwrap();
    let known = Saving::Known {
        usd: "1.777320".parse().unwrap(),
        estimate: None,
    };
    let priced = saved(Subject::Group(group_arn()), known)
        .metric(at)
        .unwrap();
    assert_eq!(
        (&priced["Group"], &priced["SavedUSD"]),
        (&json!("hosts"), &json!(1.77732))
    );
    let declared = &priced["_aws"]["CloudWatchMetrics"][0];
    let names = [("SavedInstanceHours", "None"), ("SavedUSD", "None")]
        .map(|(name, unit)| json!({ "Name": name, "Unit": unit }));
    assert_eq!(
        (&declared["Metrics"], &declared["Dimensions"]),
        (&json!(names), &json!([["Group"]]))
    );
    let why = Unpriced::NoSize;
    let unpriced = saved(Subject::Service(service_arn()), Saving::Unknown { why })
        .metric(at)
        .unwrap();
    assert_eq!(
        (&unpriced["SavedTaskHours"], unpriced.get("SavedUSD")),
        (&json!(36.0), None)
    );
}
