//! What is made of every odd answer.

use domain::off_hours::Moment;
use domain::rest::Claim;
use domain::resting::{Live, Sight};
use serde_json::{Value, json};

use super::*;
use crate::script::{DUSK, Script, arn, aws, described, group_arn, record, tagged};
use crate::settings::tests::settings;

const CLUSTER: &str = "arn:aws:ecs:eu-central-1:123456789012:cluster/prod";

async fn look(script: &Script, scope: Scope) -> Result<Seen, Failure> {
    let settings = settings();
    let claim = Claim {
        run: "request-1".to_owned(),
        until: DUSK.parse().unwrap(),
    };
    let moment = Moment {
        policy: &settings.policy,
        claim: &claim,
        closing: false,
        now: DUSK.parse().unwrap(),
    };
    observe(&aws(script, &settings), &settings, &scope, moment).await
}

/// A look at everything, after the script's own answers, in an account without groups, scalable
/// targets and tags of clusters.
async fn look_at_everything(script: Script) -> Seen {
    let script = script
        .answer("Query", json!({}))
        .answer("DescribeClusters", json!({}))
        .answer_xml("DescribeAutoScalingGroups", "<AutoScalingGroups/>")
        .answer("DescribeScalableTargets", json!({}));
    look(&script, Scope::Everything).await.unwrap()
}

/// The services in the run, and the names of what is out of it.
fn names(seen: &Seen) -> (Vec<String>, Vec<&str>) {
    let services = seen.observed.services.keys().map(ToString::to_string);
    let unseen = seen.unseen.iter().map(|(what, _)| what.as_str());
    (services.collect(), unseen.collect())
}

fn why(seen: &Seen) -> String {
    shell::failure::chain(&seen.unseen[0].1)
}

fn sight<'a>(seen: &'a Seen, service: &str) -> &'a Sight {
    let arn = ServiceArn::parse(&arn(service)).unwrap();
    &seen.observed.services[&arn].sight
}

fn live<'a>(seen: &'a Seen, service: &str) -> &'a Live {
    match sight(seen, service) {
        Sight::Live(live) => live,
        other => panic!("{service} is {other:?}"),
    }
}

#[tokio::test]
async fn a_failure_other_than_missing_takes_the_batch_out_of_the_run() {
    let reply = json!({
        "services": [described("web", 3)],
        "failures": [{ "arn": arn("api"), "reason": "RESOURCE:THROTTLED" }],
    });
    let script = Script::default()
        .answer("GetResources", tagged(&["api", "web"]))
        .answer("DescribeServices", reply);
    let seen = look_at_everything(script).await;
    assert_eq!(names(&seen), (vec![], vec!["prod/api, prod/web"]));
    assert_eq!(
        why(&seen),
        "DescribeServices was refused: RESOURCE:THROTTLED"
    );
}

#[tokio::test]
async fn a_batch_that_is_refused_leaves_the_next_one_in_the_run() {
    let services: Vec<String> = (0..11).map(|number| format!("s-{number:02}")).collect();
    let services: Vec<&str> = services.iter().map(String::as_str).collect();
    let script = Script::default()
        .answer("GetResources", tagged(&services))
        .refuse("DescribeServices", "AccessDeniedException")
        .answer(
            "DescribeServices",
            json!({ "services": [described("s-10", 1)] }),
        );
    let seen = look_at_everything(script).await;
    assert_eq!(names(&seen).0, ["prod/s-10"]);
    assert!(why(&seen).contains("AccessDeniedException"));
}

#[tokio::test]
async fn only_a_service_that_ecs_calls_missing_or_inactive_is_gone() {
    let mut inactive = described("inactive", 0);
    inactive["status"] = json!("INACTIVE");
    let reply = json!({
        "services": [inactive],
        "failures": [{ "arn": arn("missing"), "reason": "MISSING" }],
    });
    let script = Script::default()
        .answer("GetResources", tagged(&["inactive", "missing", "silent"]))
        .answer("DescribeServices", reply);
    let seen = look_at_everything(script).await;
    assert_eq!(sight(&seen, "inactive"), &Sight::Missing);
    assert_eq!(sight(&seen, "missing"), &Sight::Missing);
    assert_eq!(
        names(&seen).1,
        ["prod/silent"],
        "its record is not closed for want of an answer"
    );
}

#[tokio::test]
async fn a_service_without_a_creation_time_is_left_out_alone() {
    let mut strange = described("api", 3);
    strange.as_object_mut().unwrap().remove("createdAt");
    let script = Script::default()
        .answer("GetResources", tagged(&["api", "web"]))
        .answer(
            "DescribeServices",
            json!({ "services": [strange, described("web", 3)] }),
        );
    let seen = look_at_everything(script).await;
    assert_eq!(
        names(&seen),
        (vec!["prod/web".to_owned()], vec!["prod/api"])
    );
}

#[tokio::test]
async fn the_services_of_a_deleted_cluster_are_gone_with_it() {
    let script = Script::default()
        .answer("Query", json!({ "Items": [record("api")] }))
        .answer("GetResources", tagged(&["web"]))
        .refuse("DescribeServices", "ClusterNotFoundException");
    let seen = look_at_everything(script).await;
    assert_eq!(
        [sight(&seen, "api"), sight(&seen, "web")],
        [&Sight::Missing; 2]
    );
    assert_eq!(names(&seen).1, Vec::<&str>::new());
}

/// `DescribeClusters` of a cluster with hours.
fn cluster(name: &str, status: &str) -> Value {
    json!({
        "clusterArn": CLUSTER.replace("prod", name),
        "status": status,
        "tags": [{ "key": "caretaker:hours", "value": "never" }],
    })
}

/// What the tagging API says of these clusters.
fn tagged_clusters(names: &[&str]) -> Value {
    let tags = json!([{ "Key": "caretaker:hours", "Value": "never" }]);
    let resources = names
        .iter()
        .map(|name| json!({ "ResourceARN": CLUSTER.replace("prod", name), "Tags": tags }));
    json!({ "ResourceTagMappingList": resources.collect::<Vec<_>>() })
}

#[tokio::test]
async fn a_deleted_cluster_that_is_still_shown_is_not_asked_for_its_services() {
    let script = Script::default()
        .answer("GetResources", tagged_clusters(&["prod"]))
        .answer(
            "DescribeClusters",
            json!({ "clusters": [cluster("prod", "INACTIVE")] }),
        );
    let seen = look_at_everything(script.clone()).await;
    assert_eq!(names(&seen), (vec![], vec![]));
    assert_eq!(script.inputs("ListServices"), Vec::<Value>::new());
}

#[tokio::test]
async fn a_cluster_that_cannot_be_listed_does_not_hinder_the_others() {
    let script = Script::default()
        .answer("GetResources", tagged_clusters(&["lab", "prod"]))
        .answer(
            "DescribeClusters",
            json!({ "clusters": [cluster("lab", "ACTIVE"), cluster("prod", "ACTIVE")] }),
        )
        .refuse("ListServices", "AccessDeniedException")
        .answer("ListServices", json!({ "serviceArns": [arn("api")] }))
        .answer(
            "DescribeServices",
            json!({ "services": [described("api", 3)] }),
        );
    let seen = look_at_everything(script).await;
    assert_eq!(names(&seen), (vec!["prod/api".to_owned()], vec!["lab"]));
}

#[tokio::test]
async fn a_cluster_that_is_refused_is_not_taken_for_one_without_tags() {
    let script = Script::default()
        .answer("GetResources", tagged(&["api"]))
        .answer(
            "DescribeClusters",
            json!({ "failures": [{ "arn": CLUSTER, "reason": "ODD" }] }),
        );
    let seen = look_at_everything(script).await;
    assert_eq!(names(&seen), (vec![], vec!["prod"]));
    assert_eq!(why(&seen), "DescribeClusters was refused: ODD");
}

#[tokio::test]
async fn a_hundred_clusters_that_cannot_be_read_do_not_hinder_the_next() {
    let clusters: Vec<String> = (0..101).map(|number| format!("c-{number:03}")).collect();
    let clusters: Vec<&str> = clusters.iter().map(String::as_str).collect();
    let api = CLUSTER.replace(":cluster/prod", ":service/c-100/api");
    let mut described = described("api", 1);
    described["serviceArn"] = json!(api);
    let script = Script::default()
        .answer("GetResources", tagged_clusters(&clusters))
        .refuse("DescribeClusters", "AccessDeniedException")
        .answer(
            "DescribeClusters",
            json!({ "clusters": [cluster("c-100", "ACTIVE")] }),
        )
        .answer("ListServices", json!({ "serviceArns": [api] }))
        .answer("DescribeServices", json!({ "services": [described] }));
    let seen = look_at_everything(script).await;
    assert_eq!(names(&seen).0, ["c-100/api"]);
    assert!(names(&seen).1[0].starts_with("c-000, c-001"));
}

#[tokio::test]
async fn a_short_arn_in_a_list_is_ignored_and_every_page_is_read() {
    let short = "arn:aws:ecs:eu-central-1:123456789012:service/old";
    let script = Script::default()
        .answer("GetResources", tagged_clusters(&["prod"]))
        .answer(
            "DescribeClusters",
            json!({ "clusters": [cluster("prod", "ACTIVE")] }),
        )
        .answer(
            "ListServices",
            json!({ "serviceArns": [short, arn("api")], "nextToken": "more" }),
        )
        .answer("ListServices", json!({ "serviceArns": [arn("web")] }))
        .answer(
            "DescribeServices",
            json!({ "services": [described("api", 3), described("web", 3)] }),
        );
    let seen = look_at_everything(script.clone()).await;
    assert_eq!(
        names(&seen),
        (vec!["prod/api".to_owned(), "prod/web".to_owned()], vec![])
    );
    let tokens = script.inputs("ListServices");
    assert_eq!(
        [&tokens[0]["nextToken"], &tokens[1]["nextToken"]],
        [&json!(null), &json!("more")]
    );
}

#[tokio::test]
async fn an_empty_pagination_token_ends_the_pages() {
    let mut first = tagged(&["api"]);
    first["PaginationToken"] = json!("more");
    let script = Script::default()
        .answer("GetResources", first)
        .answer("GetResources", tagged(&["web"]))
        .answer(
            "DescribeServices",
            json!({ "services": [described("api", 3), described("web", 3)] }),
        );
    let seen = look_at_everything(script.clone()).await;
    assert_eq!(names(&seen).0, ["prod/api", "prod/web"]);
    assert_eq!(script.inputs("GetResources").len(), 2);
}

#[tokio::test]
async fn a_flag_of_a_scalable_target_that_is_absent_is_not_suspended() {
    let target = json!({
        "ServiceNamespace": "ecs",
        "ResourceId": "service/prod/api",
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": 2,
        "MaxCapacity": 10,
        "RoleARN": "role",
        "CreationTime": 0,
    });
    let mut partly = target.clone();
    partly["ResourceId"] = json!("service/prod/web");
    partly["SuspendedState"] = json!({ "ScheduledScalingSuspended": true });
    let services = ["api", "bare", "web"];
    let script = Script::default()
        .answer("GetResources", tagged(&services))
        .answer(
            "DescribeServices",
            json!({ "services": services.map(|name| described(name, 3)) }),
        )
        .answer(
            "DescribeScalableTargets",
            json!({ "ScalableTargets": [target, partly] }),
        );
    let seen = look_at_everything(script).await;
    let suspended = |name| {
        let suspended = live(&seen, name).bounds.unwrap().suspended;
        [
            suspended.scaling_in,
            suspended.scaling_out,
            suspended.scheduled,
        ]
    };
    assert_eq!(suspended("api"), [false, false, false]);
    assert_eq!(suspended("web"), [false, false, true]);
    assert_eq!(live(&seen, "bare").bounds, None);
}

#[tokio::test]
async fn targets_that_cannot_be_read_take_their_services_out_of_the_run() {
    let script = Script::default()
        .answer("GetResources", tagged(&["api"]))
        .answer(
            "DescribeServices",
            json!({ "services": [described("api", 3)] }),
        )
        .refuse("DescribeScalableTargets", "AccessDeniedException");
    let seen = look_at_everything(script).await;
    assert_eq!(names(&seen), (vec![], vec!["prod/api"]));
}

#[tokio::test]
async fn a_service_whose_order_cannot_be_read_is_left_alone() {
    let order = json!({ "sk": { "S": format!("order#{}", arn("api")) } });
    let script = Script::default()
        .answer("Query", json!({ "Items": [order] }))
        .answer("GetResources", tagged(&["api", "web"]))
        .answer(
            "DescribeServices",
            json!({ "services": [described("web", 3)] }),
        );
    let seen = look_at_everything(script).await;
    let order = format!("order#{}", arn("api"));
    assert_eq!(
        names(&seen),
        (vec!["prod/web".to_owned()], vec![order.as_str()])
    );
}

/// A group with hours as its describe call shows it; with a status while it is being deleted.
fn group(name: &str, status: &str) -> String {
    let arn = group_arn(name);
    let tag = "<member><Key>caretaker:hours</Key><Value>never</Value></member>";
    format!(
        "<member><AutoScalingGroupName>{name}</AutoScalingGroupName><AutoScalingGroupARN>{arn}</AutoScalingGroupARN>\
         <MinSize>2</MinSize><MaxSize>6</MaxSize><DesiredCapacity>2</DesiredCapacity>{status}<Tags>{tag}</Tags></member>"
    )
}

/// A look at what is held, with these groups and these items in the ledger.
async fn groups(groups: &[String], items: Value) -> (Script, Vec<(String, bool)>) {
    let listed = format!("<AutoScalingGroups>{}</AutoScalingGroups>", groups.concat());
    let none = "<AutoScalingGroups/>";
    let script = Script::default()
        .answer("Query", json!({ "Items": items }))
        .answer_xml("DescribeAutoScalingGroups", &listed)
        .answer_xml("DescribeAutoScalingGroups", none)
        .answer_xml("DescribeAutoScalingGroups", none);
    let seen = look(&script, Scope::EverythingHeld).await.unwrap();
    let groups = seen.observed.groups.iter();
    let groups = groups.map(|(arn, group)| (arn.to_string(), group.live.is_some()));
    (script, groups.collect())
}

#[tokio::test]
async fn a_group_that_is_being_deleted_or_whose_record_cannot_be_read_is_left_alone() {
    let there = [
        group("going", "<Status>Delete in progress</Status>"),
        group("hosts", ""),
        group("strange", ""),
    ];
    let strange = json!({ "sk": { "S": format!("group#{}", group_arn("strange")) } });
    let (_, seen) = groups(&there, json!([strange])).await;
    assert_eq!(seen, [("hosts".to_owned(), true)]);
}

#[tokio::test]
async fn the_instances_of_a_group_are_counted_by_type_without_those_on_their_way_out() {
    let instance = |kind: &str, state: &str| {
        format!(
            "<member><InstanceType>{kind}</InstanceType><LifecycleState>{state}</LifecycleState></member>"
        )
    };
    let instances = [
        instance("m6i.large", "InService"),
        instance("t3.medium", "Pending:Wait"),
        instance("m6i.large", "Standby"),
        instance("m6i.large", "Terminating:Wait"),
        instance("t3.medium", "Terminated"),
        instance("t3.medium", "Warmed:Stopped"),
    ];
    let more = format!("<Instances>{}</Instances>", instances.concat());
    let live = group_live(&more).await;
    let expected = [("m6i.large", 2), ("t3.medium", 1)];
    assert_eq!(live.instances, expected.into_iter().collect());
    assert!(!live.spot);
}

#[tokio::test]
async fn a_group_may_launch_spot_unless_all_above_its_base_is_on_demand() {
    let mixed = |shares: &str| {
        format!(
            "<MixedInstancesPolicy><InstancesDistribution>{shares}</InstancesDistribution></MixedInstancesPolicy>"
        )
    };
    let above = |share: u32| {
        mixed(&format!(
            "<OnDemandPercentageAboveBaseCapacity>{share}</OnDemandPercentageAboveBaseCapacity>"
        ))
    };
    for (more, spot) in [
        (mixed(""), false),
        (above(100), false),
        (above(99), true),
        (above(0), true),
    ] {
        assert_eq!(group_live(&more).await.spot, spot, "{more}");
    }
}

/// A group as the look sees it, of which AWS says this too.
async fn group_live(more: &str) -> domain::resting::GroupLive {
    let listed = format!(
        "<AutoScalingGroups>{}</AutoScalingGroups>",
        group("hosts", more)
    );
    let script = Script::default()
        .answer("Query", json!({}))
        .answer_xml("DescribeAutoScalingGroups", &listed);
    let seen = look(&script, Scope::EverythingHeld).await.unwrap();
    seen.observed
        .groups
        .into_values()
        .next()
        .unwrap()
        .live
        .unwrap()
}

#[tokio::test]
async fn a_group_of_which_something_was_told_is_looked_at_until_that_is_withdrawn() {
    let told = |number: u32| {
        json!({
            "sk": { "S": format!("concern#malformed-tag#{}", group_arn(&format!("g-{number:03}"))) },
            "text": { "S": "Mon-Fri 8-20" },
            "since": { "S": DUSK },
        })
    };
    let told: Vec<Value> = (0..101).map(told).collect();
    let (script, seen) = groups(&[], json!(told)).await;
    assert_eq!((seen.len(), &seen[0]), (101, &("g-000".to_owned(), false)));
    let asked = script.inputs("DescribeAutoScalingGroups");
    let names = |input: &Value| {
        let names = input.as_object().unwrap().keys();
        names
            .filter(|key| key.starts_with("AutoScalingGroupNames"))
            .count()
    };
    assert_eq!(asked.iter().map(names).collect::<Vec<_>>(), [0, 100, 1]);
}
