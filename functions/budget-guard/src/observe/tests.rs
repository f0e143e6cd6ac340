//! What is made of every odd answer.

use domain::arn::ServiceArn;
use domain::budget::blind::Blind;
use domain::budget::reading::Threshold;
use domain::budget::{BudgetName, Intent};
use serde_json::{Value, json};

use super::*;
use crate::script::{
    CLUSTER, Script, arn, aws, budget, claimed, clusters, in_order, invocation, record, stoppable,
    tagged,
};
use crate::settings::tests::settings;

const NOON: &str = "2026-11-19T12:00:00Z";

/// A look after the script's own answers, in an account in which everything else is in order: a
/// budget, a service `prod/api` that may be stopped, no instances, nothing beside.
async fn look(script: Script, look: Look) -> Result<Seen, Failure> {
    let settings = settings();
    let script = in_order(script);
    let moment = crate::moment(&settings, &invocation(NOON, 270));
    let aws = aws(&script, &settings);
    observe(&aws, &settings, &Work::default(), look, moment).await
}

async fn seen(script: Script) -> Seen {
    look(script, Look::Money).await.unwrap()
}

async fn whole(script: Script) -> Seen {
    look(script, Look::Whole).await.unwrap()
}

fn watched(seen: &Seen) -> &domain::budget::Watched {
    &seen.observed.budgets[&BudgetName::parse("monthly").unwrap()]
}

/// Why the budget cannot be seen, and whether the event is to come again for it.
async fn blind(script: Script) -> (Blind, bool) {
    let seen = seen(script).await;
    let blind = watched(&seen).sight.clone().unwrap_err();
    (blind, !seen.unseen.is_empty())
}

/// The names of what was not seen and of what is not known.
fn names(seen: &Seen) -> (Vec<&str>, Vec<&str>) {
    (
        seen.unseen.iter().map(|(what, _)| what.as_str()).collect(),
        seen.unknown.iter().map(|(what, _)| what.as_str()).collect(),
    )
}

fn service<'a>(seen: &'a Seen, name: &str) -> &'a domain::budget::Service {
    &seen.observed.services[&ServiceArn::parse(&arn(name)).unwrap()]
}

#[tokio::test]
async fn a_budget_its_services_and_what_they_cost_are_seen() {
    let seen = seen(Script::default()).await;
    let reading = watched(&seen).sight.clone().unwrap();
    assert_eq!(reading.limit.to_string(), "10");
    assert_eq!(reading.actual.unwrap().to_string(), "5");
    assert_eq!(
        reading.rungs[0].threshold,
        Threshold::Percent("80.1".parse().unwrap())
    );
    assert_eq!(
        reading.rungs[1].threshold,
        Threshold::Amount("80.1".parse().unwrap())
    );
    assert_eq!(
        [reading.rungs[0].in_alarm, reading.rungs[1].in_alarm],
        [true, false]
    );
    let api = service(&seen, "api");
    assert_eq!(api.intent, Intent::Stop { rank: 50 });
    assert_eq!(api.hour.unwrap().normalize().to_string(), "0.05678");
    assert_eq!(names(&seen), (vec![], vec![]));
    let newest = seen.observed.meter.newest().unwrap();
    assert_eq!(newest.rate.upper.normalize().to_string(), "0.17034");
}

#[tokio::test]
async fn what_a_person_has_to_put_right_is_blind_and_does_not_come_again() {
    let refused = |code| Script::default().refuse("DescribeBudget", code);
    assert_eq!(
        blind(refused("NotFoundException")).await,
        (Blind::Missing, false)
    );
    let denied = Blind::Denied {
        call: "DescribeBudget".to_owned(),
    };
    assert_eq!(
        blind(refused("AccessDeniedException")).await,
        (denied, false)
    );
    let (unhealthy, again) = blind(refused("BillingViewHealthStatusException")).await;
    assert_eq!((unhealthy.name(), again), ("unhealthy", false));
    let ill =
        json!({ "HealthStatus": { "Status": "UNHEALTHY", "StatusReason": "FILTER_INVALID" } });
    let ill = Script::default().answer("DescribeBudget", budget(ill));
    let reason = "FILTER_INVALID".to_owned();
    assert_eq!(blind(ill).await, (Blind::Unhealthy { reason }, false));
}

#[tokio::test(start_paused = true)]
async fn what_may_be_otherwise_in_a_minute_is_blind_and_comes_again() {
    let mut throttled = Script::default();
    for _ in 0..4 {
        throttled = throttled.refuse("DescribeBudget", "ThrottlingException");
    }
    let call = "DescribeBudget".to_owned();
    assert_eq!(blind(throttled).await, (Blind::Throttled { call }, true));
    let (failed, again) = blind(Script::default().refuse("DescribeBudget", "OddException")).await;
    assert_eq!((failed.name(), again), ("failed", true));
    let (nothing, again) = blind(Script::default().answer("DescribeBudget", json!({}))).await;
    assert_eq!((nothing.name(), again), ("failed", true));
}

#[tokio::test]
async fn a_budget_that_says_something_strange_is_blind_and_never_zero() {
    let usd = |amount: &str| json!({ "ActualSpend": { "Amount": amount, "Unit": "USD" } });
    for (changed, name) in [
        (json!({ "CalculatedSpend": usd("ten") }), "unreadable"),
        (json!({ "TimeUnit": "FORTNIGHTLY" }), "unreadable"),
        (json!({ "BudgetLimit": null }), "unreadable"),
        (
            json!({ "BudgetLimit": { "Amount": "9", "Unit": "EUR" } }),
            "other-unit",
        ),
        (
            json!({ "TimePeriod": { "Start": 1_700_000_000, "End": 1_750_000_000 } }),
            "ended",
        ),
    ] {
        let script = Script::default().answer("DescribeBudget", budget(changed.clone()));
        assert_eq!(blind(script).await.0.name(), name, "{changed}");
    }
    let silent = json!({ "CalculatedSpend": null });
    let seen = seen(Script::default().answer("DescribeBudget", budget(silent))).await;
    assert_eq!(watched(&seen).sight.as_ref().unwrap().actual, None);
}

#[tokio::test]
async fn notifications_that_cannot_be_read_are_not_known_and_the_budget_is() {
    let script =
        Script::default().refuse("DescribeNotificationsForBudget", "AccessDeniedException");
    let seen = seen(script).await;
    assert!(watched(&seen).sight.is_ok());
    let unknown = vec!["the notifications of the budget monthly"];
    assert_eq!(names(&seen), (vec![], unknown));
}

#[tokio::test]
async fn a_service_of_a_tagged_cluster_is_in_scope_and_its_own_tag_beats_the_cluster_s() {
    let mut kept = stoppable("web", 1);
    kept["tags"] = json!([{ "key": "caretaker:budget", "value": "keep" }]);
    let mut plain = stoppable("api", 3);
    plain["tags"] = json!([]);
    let cluster = json!({ "ResourceTagMappingList": [{
        "ResourceARN": "arn:aws:ecs:eu-central-1:123456789012:cluster/prod",
        "Tags": [{ "Key": "caretaker:budget", "Value": "stop/7" }],
    }] });
    let script = Script::default()
        .answer("GetResources", cluster)
        .answer(
            "DescribeClusters",
            clusters(&[("caretaker:budget", "stop/7")]),
        )
        .answer(
            "ListServices",
            json!({ "serviceArns": [arn("api"), arn("web")] }),
        )
        .answer("DescribeServices", json!({ "services": [plain, kept] }));
    let seen = seen(script).await;
    assert_eq!(service(&seen, "api").intent, Intent::Stop { rank: 7 });
    assert_eq!(service(&seen, "web").intent, Intent::Keep);
}

#[tokio::test]
async fn a_service_that_cannot_be_described_is_left_alone_and_the_event_comes_again() {
    let seen = seen(Script::default().refuse("DescribeServices", "AccessDeniedException")).await;
    assert_eq!(names(&seen).0, ["prod/api"]);
    assert!(seen.observed.services.is_empty());
    assert!(!seen.observed.held_unseen, "nothing held it");
}

/// A service of the ledger that is held for a budget.
fn held(service: &str) -> Value {
    let mut record = record(service);
    let hold = record["holds"]["M"]["off-hours"].clone();
    record["holds"]["M"] = json!({ "budget": hold });
    record
}

#[tokio::test]
async fn what_is_held_and_cannot_be_looked_at_keeps_a_restore_open() {
    let remembered = || Script::default().answer("Query", json!({ "Items": [held("api")] }));
    for script in [
        remembered().refuse("DescribeServices", "AccessDeniedException"),
        remembered().refuse("DescribeClusters", "AccessDeniedException"),
    ] {
        assert!(seen(script).await.observed.held_unseen);
    }
    let seen = seen(remembered()).await;
    assert!(!seen.observed.held_unseen && !service(&seen, "api").holds.is_empty());
}

#[tokio::test]
async fn a_record_about_another_service_of_its_name_holds_nothing() {
    let mut anew = stoppable("api", 3);
    anew["createdAt"] = json!(1_790_000_000);
    let script = Script::default()
        .answer("Query", json!({ "Items": [held("api")] }))
        .answer("DescribeServices", json!({ "services": [anew] }));
    let seen = seen(script).await;
    let api = service(&seen, "api");
    assert!(api.holds.is_empty() && api.settled);
}

#[tokio::test]
async fn what_another_run_is_changing_is_not_settled() {
    let mut claimed = claimed("api");
    claimed.as_object_mut().unwrap().remove("settled");
    let script = Script::default().answer("Query", json!({ "Items": [claimed] }));
    assert!(!service(&seen(script).await, "api").settled);
}

#[tokio::test]
async fn a_tally_and_a_record_that_cannot_be_read_are_left_alone_and_said() {
    let odd = |key: &str| json!({ "sk": { "S": key } });
    let items = [
        odd("budget#monthly"),
        odd(&format!("service#{}", arn("api"))),
        odd("drain#i-1"),
    ];
    let seen = seen(Script::default().answer("Query", json!({ "Items": items }))).await;
    assert!(seen.observed.budgets.is_empty() && seen.observed.services.is_empty());
    assert!(seen.observed.unreadable && seen.observed.held_unseen);
    let (unseen, unknown) = names(&seen);
    assert_eq!((unseen.len(), unknown), (2, vec!["drain#i-1"]));
}

#[tokio::test]
async fn a_budget_that_is_not_configured_any_more_is_remembered_and_not_asked_for() {
    let text = |text: &str| json!({ "S": text });
    let old = json!({
        "sk": text("budget#old"),
        "state": text("armed"),
        "version": { "N": "1" },
        "period": { "M": { "start": text("2026-11-01T00:00:00Z"), "end": text("2026-12-01T00:00:00Z") } },
        "readings": { "L": [] },
        "warned": { "L": [] },
        "limit": text("10"),
    });
    let seen = seen(Script::default().answer("Query", json!({ "Items": [old] }))).await;
    let old = &seen.observed.budgets[&BudgetName::parse("old").unwrap()];
    assert_eq!(old.sight.clone().unwrap_err(), Blind::NotConfigured);
    assert!(!old.configured && old.tally.is_some());
}

#[tokio::test]
async fn targets_that_cannot_be_read_leave_their_services_as_they_are_this_time() {
    let usd = json!({ "Amount": "11", "Unit": "USD" });
    let spent = json!({ "CalculatedSpend": { "ActualSpend": usd } });
    let script = Script::default()
        .answer("DescribeBudget", budget(spent))
        .refuse("DescribeScalableTargets", "AccessDeniedException");
    let seen = seen(script).await;
    assert_eq!(names(&seen).0, ["prod/api"]);
    assert!(seen.changeable.is_empty() && !seen.observed.services.is_empty());
}

/// Five instances: three of a capacity provider, one of none, and one that ECS does not describe well.
fn hosts(script: Script) -> Script {
    let instance = |id: &str, kind: Option<&str>, provider: Option<&str>| {
        let attributes = kind.map(|kind| json!({ "name": "ecs.instance-type", "value": kind }));
        json!({
            "ec2InstanceId": id,
            "capacityProviderName": provider,
            "attributes": attributes.into_iter().collect::<Vec<_>>(),
        })
    };
    let instances = [
        instance("i-1", Some("m6i.large"), Some("hosts")),
        instance("i-2", Some("m6i.xlarge"), Some("hosts")),
        instance("i-3", Some("m6i.large"), Some("hosts")),
        instance("i-4", Some("m6i.large"), None),
        instance("mi-5", None, None),
    ];
    let beside = json!({ "ResourceTagMappingList": [
        { "ResourceARN": "arn:aws:ec2:eu-central-1:123456789012:instance/i-3" },
        { "ResourceARN": "arn:aws:ec2:eu-central-1:123456789012:instance/i-9" },
    ] });
    let listed = json!({ "containerInstanceArns": ["a", "b", "c", "d", "e"] });
    script
        .answer("ListContainerInstances", listed)
        .answer(
            "DescribeContainerInstances",
            json!({ "containerInstances": instances }),
        )
        .answer("GetResources", tagged(&["api"]))
        .answer("GetResources", beside)
}

/// What ECS says of the capacity provider `hosts`, whose group `fleet` ECS scales or does not.
fn provider(managed_scaling: &str) -> Value {
    json!({ "capacityProviders": [{
        "name": "hosts",
        "autoScalingGroupProvider": {
            "autoScalingGroupArn": edge::script::group_arn("fleet"),
            "managedScaling": { "status": managed_scaling },
        },
    }] })
}

const FLEET: &str = "<AutoScalingGroups><member><AutoScalingGroupName>fleet</AutoScalingGroupName>\
                     <MinSize>1</MinSize></member></AutoScalingGroups>";

/// What goes away with its last task, and what stays.
async fn counted(script: Script) -> (Vec<String>, Vec<String>, Vec<String>) {
    let seen = seen(hosts(script)).await;
    let shown = |counted: &[domain::budget::counted::Counted]| {
        let shown = counted.iter().map(|one| one.shown());
        shown.collect::<Vec<_>>()
    };
    let unknown = seen.unknown.iter().map(|(what, _)| what.clone());
    (
        shown(&seen.observed.instances),
        shown(&seen.observed.beside),
        unknown.collect(),
    )
}

const STAY: [&str; 3] = [
    "1 × an instance of unknown type",
    "1 × m6i.large",
    "1 × instances outside the clusters",
];

#[tokio::test]
async fn of_the_instances_of_a_capacity_provider_as_many_stay_as_its_group_s_minimum() {
    let script = Script::default()
        .answer("DescribeCapacityProviders", provider("ENABLED"))
        .answer_xml("DescribeAutoScalingGroups", FLEET);
    let (go, stay, unknown) = counted(script).await;
    assert_eq!(go, ["2 × m6i.large"], "the dearest is taken to stay");
    assert_eq!(stay, [STAY[0], STAY[1], "1 × m6i.xlarge", STAY[2]]);
    assert_eq!(unknown, [""; 0]);
}

#[tokio::test]
async fn all_instances_of_a_capacity_provider_stay_that_ecs_does_not_scale() {
    let script = Script::default().answer("DescribeCapacityProviders", provider("DISABLED"));
    let (go, stay, unknown) = counted(script).await;
    assert_eq!((go.len(), unknown.len()), (0, 0));
    assert_eq!(stay[1..3], ["3 × m6i.large", "1 × m6i.xlarge"]);
}

#[tokio::test]
async fn managed_instances_go_away_to_the_last() {
    let own = json!({ "capacityProviders": [{ "name": "hosts" }] });
    let script = Script::default().answer("DescribeCapacityProviders", own);
    let (go, stay, _) = counted(script).await;
    assert_eq!(go, ["2 × m6i.large", "1 × m6i.xlarge"]);
    assert_eq!(stay, STAY);
}

#[tokio::test]
async fn where_it_cannot_be_told_what_a_capacity_provider_keeps_all_of_it_stays() {
    let denied = "AccessDeniedException";
    let (go, stay, unknown) =
        counted(Script::default().refuse("DescribeCapacityProviders", denied)).await;
    assert_eq!((go.len(), stay.len()), (0, 4));
    assert_eq!(unknown, ["the capacity providers of prod"]);
    let script = Script::default()
        .answer("DescribeCapacityProviders", provider("ENABLED"))
        .refuse_xml("DescribeAutoScalingGroups", "AccessDenied");
    let (go, stay, unknown) = counted(script).await;
    assert_eq!((go.len(), stay.len()), (0, 4));
    assert_eq!(unknown, ["the minimum of the Auto Scaling groups"]);
}

/// The cluster `prod`, in which so many tasks run.
fn busy(running: u32) -> Value {
    let mut described = clusters(&[]);
    described["clusters"][0]["runningTasksCount"] = json!(running);
    described
}

fn task(group: &str, launch: &str, provider: Option<&str>) -> Value {
    json!({
        "group": group,
        "launchType": launch,
        "capacityProviderName": provider,
        "taskDefinitionArn": "other:1",
    })
}

#[tokio::test]
async fn what_else_runs_in_a_cluster_goes_on_and_is_counted() {
    let tasks = [
        task("service:api", "FARGATE", None),
        task("service:web", "FARGATE", None),
        task("family:report", "FARGATE", None),
        task("family:report", "FARGATE", Some("FARGATE_SPOT")),
        task("family:report", "EC2", None),
    ];
    let size = json!({ "taskDefinition": { "cpu": "1024", "memory": "2048" } });
    let script = Script::default()
        .answer("DescribeClusters", busy(7))
        .answer(
            "ListTasks",
            json!({ "taskArns": ["a", "b", "c", "d", "e"] }),
        )
        .answer("DescribeTasks", json!({ "tasks": tasks }))
        .answer("DescribeTaskDefinition", size.clone())
        .answer("DescribeTaskDefinition", size);
    let seen = seen(script).await;
    let beside = seen.observed.beside.iter();
    let beside: Vec<_> = beside
        .map(|one| (one.shown(), one.hour.is_some()))
        .collect();
    let expected = [
        ("1 × standalone tasks in prod", false),
        ("1 × standalone tasks in prod", true),
        ("1 × tasks of prod/web", true),
    ];
    assert_eq!(
        beside,
        expected.map(|(what, known)| (what.to_owned(), known))
    );
}

#[tokio::test]
async fn where_nothing_else_runs_nobody_asks_and_where_the_answer_fails_it_is_unknown() {
    let quiet = Script::default().answer("DescribeClusters", busy(3));
    seen(quiet.clone()).await;
    assert_eq!(quiet.inputs("ListTasks"), Vec::<Value>::new());
    let failing = Script::default()
        .answer("DescribeClusters", busy(5))
        .refuse("ListTasks", "AccessDeniedException");
    let seen = seen(failing).await;
    assert_eq!(names(&seen).1, ["what else runs in prod"]);
    assert_eq!(
        seen.observed.residual().unknown(),
        ["2 × what else runs in prod"]
    );
}

#[tokio::test]
async fn what_stands_beside_has_a_price_where_there_is_one_and_is_unknown_where_there_is_none() {
    let arn = |rest: &str| json!({ "ResourceARN": format!("arn:aws:{rest}") });
    let beside = [
        "elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/a/1",
        "elasticloadbalancing:eu-central-1:123456789012:loadbalancer/net/a/1",
        "elasticloadbalancing:eu-central-1:123456789012:loadbalancer/classic",
        "ec2:eu-central-1:123456789012:elastic-ip/eipalloc-1",
        "ec2:eu-central-1:123456789012:volume/vol-1",
        "ec2:eu-central-1:123456789012:volume/vol-2",
    ];
    let beside = json!({ "ResourceTagMappingList": beside.map(arn) });
    let script = Script::default()
        .answer("GetResources", tagged(&["api"]))
        .answer("GetResources", beside);
    let seen = seen(script).await;
    let shown = |one: &domain::budget::counted::Counted| one.shown();
    let names: Vec<String> = seen.observed.beside.iter().map(shown).collect();
    let expected = [
        "1 × Application Load Balancers",
        "1 × Classic Load Balancers",
        "1 × Network Load Balancers",
        "1 × Elastic IP addresses",
        "2 × EBS volumes",
    ];
    assert_eq!(names, expected);
    let unknown = seen.observed.residual().unknown();
    assert!(
        unknown.contains(&"2 × EBS volumes".to_owned()),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn what_cannot_be_counted_is_named_as_unknown_and_hinders_nothing() {
    let script = Script::default()
        .refuse("ListContainerInstances", "AccessDeniedException")
        .answer("GetResources", tagged(&["api"]))
        .refuse("GetResources", "AccessDeniedException");
    let seen = seen(script).await;
    let lost = ["the instances of prod", "what stands beside the services"];
    assert_eq!(names(&seen), (vec![], lost.to_vec()));
    let expected = [format!("5 × {}", lost[0]), format!("1 × {}", lost[1])];
    assert_eq!(seen.observed.residual().unknown(), expected);
}

/// The cluster `lab`, without a tag: two tasks and an instance that a capacity provider has.
fn with_a_lab(script: Script) -> Script {
    let lab = CLUSTER.replace("prod", "lab");
    let mut described = clusters(&[]);
    described["clusters"][0]["registeredContainerInstancesCount"] = json!(0);
    let untagged = json!({
        "clusterArn": lab,
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 1,
        "runningTasksCount": 2,
    });
    let clusters = described["clusters"].as_array_mut().unwrap();
    clusters.push(untagged);
    let host = json!({
        "ec2InstanceId": "i-1",
        "capacityProviderName": "hosts",
        "attributes": [{ "name": "ecs.instance-type", "value": "m6i.large" }],
    });
    let tasks = [
        task("service:report", "FARGATE", None),
        task("service:report", "EC2", Some("hosts")),
    ];
    script
        .answer("ListClusters", json!({ "clusterArns": [CLUSTER, lab] }))
        .answer("DescribeClusters", described)
        .answer("ListTasks", json!({ "taskArns": ["a", "b"] }))
        .answer("DescribeTasks", json!({ "tasks": tasks }))
        .answer(
            "ListContainerInstances",
            json!({ "containerInstanceArns": ["a"] }),
        )
        .answer(
            "DescribeContainerInstances",
            json!({ "containerInstances": [host] }),
        )
}

#[tokio::test]
async fn what_runs_in_a_cluster_without_a_tag_is_counted_and_goes_on() {
    let script = with_a_lab(Script::default());
    let seen = seen(script.clone()).await;
    assert_eq!(names(&seen), (vec![], vec![]));
    let goes_on = seen.observed.beside.iter().map(|one| one.shown());
    let goes_on: Vec<String> = goes_on.collect();
    assert_eq!(goes_on, ["1 × tasks of lab/report", "1 × m6i.large"]);
    assert_eq!(seen.observed.instances, [], "no budget stops its tasks");
    let asked = script.inputs("ListContainerInstances");
    assert_eq!(asked.len(), 1, "the other cluster has none");
}

#[tokio::test]
async fn a_cluster_out_of_reach_is_not_looked_at() {
    let mut settings = settings();
    settings.reach = "prod".parse().unwrap();
    let script = in_order(with_a_lab(Script::default()));
    let moment = crate::moment(&settings, &invocation(NOON, 270));
    let aws = aws(&script, &settings);
    let work = Work::default();
    let seen = observe(&aws, &settings, &work, Look::Money, moment).await;
    assert!(seen.is_ok());
    let asked = script.inputs("DescribeClusters");
    assert_eq!(asked[0]["clusters"], json!([CLUSTER]));
}

#[tokio::test]
async fn where_a_cluster_cannot_be_looked_at_there_is_no_sample() {
    let denied = "AccessDeniedException";
    for (script, lost) in [
        (
            Script::default().refuse("ListClusters", denied),
            "which clusters there are",
        ),
        (Script::default().refuse("DescribeClusters", denied), "prod"),
    ] {
        let seen = seen(script).await;
        assert_eq!(names(&seen).0, [lost]);
        assert_eq!(seen.observed.meter.newest(), None);
    }
}

#[tokio::test]
async fn instances_that_ecs_will_not_describe_are_not_taken_for_none() {
    let script = Script::default()
        .answer(
            "ListContainerInstances",
            json!({ "containerInstanceArns": ["a"] }),
        )
        .answer(
            "DescribeContainerInstances",
            json!({ "failures": [{ "arn": "a", "reason": "ODD" }] }),
        );
    assert_eq!(names(&seen(script).await).1, ["the instances of prod"]);
    let script = Script::default()
        .answer(
            "ListContainerInstances",
            json!({ "containerInstanceArns": ["a"] }),
        )
        .answer(
            "DescribeContainerInstances",
            json!({ "failures": [{ "arn": "a", "reason": "MISSING" }] }),
        );
    assert_eq!(names(&seen(script).await).1, Vec::<&str>::new());
}

#[tokio::test]
async fn tasks_on_spot_have_no_price_and_tasks_on_instances_cost_nothing_by_themselves() {
    let mut spot = stoppable("api", 1);
    spot.as_object_mut().unwrap().remove("launchType");
    spot["capacityProviderStrategy"] = json!([{ "capacityProvider": "FARGATE_SPOT", "weight": 1 }]);
    let mut hosted = stoppable("web", 1);
    hosted["launchType"] = json!("EC2");
    let script = Script::default()
        .answer("GetResources", tagged(&["api", "web"]))
        .answer("DescribeServices", json!({ "services": [spot, hosted] }));
    let seen = seen(script).await;
    assert_eq!(service(&seen, "api").hour, None);
    assert!(service(&seen, "web").hour.unwrap().is_zero());
}

#[tokio::test]
async fn every_hour_what_guards_a_budget_is_looked_at_and_a_refusal_is_no_finding() {
    let seen = whole(Script::default()).await;
    let guarded = watched(&seen).guarded.clone();
    assert_eq!(
        guarded, None,
        "the second notification was not answered for"
    );
    assert_eq!(names(&seen).1, ["who is told of the budget monthly"]);
    let subscribers = json!({ "Subscribers": [{ "SubscriptionType": "SNS", "Address": "arn:aws:sns:eu-central-1:123456789012:caretaker-BudgetWarn" }] });
    let script = Script::default().answer("DescribeSubscribersForNotification", subscribers);
    let seen = whole(script).await;
    let guarded = watched(&seen).guarded.clone().unwrap();
    assert_eq!((guarded.notifications.len(), guarded.topics.len()), (2, 1));
    assert_eq!(
        guarded.topics[0].policy,
        Err("it has no Statement".to_owned())
    );
    let lost = Script::default().refuse_xml("GetTopicAttributes", "AuthorizationError");
    let lost = whole(lost.answer("DescribeSubscribersForNotification", json!({}))).await;
    assert!(names(&lost).1[0].starts_with("the topic arn:aws:sns:"));
    assert_eq!(watched(&lost).guarded.clone().unwrap().topics, []);
}

#[tokio::test]
async fn the_free_tier_leaves_out_what_it_does_not_say_and_is_none_if_it_is_refused() {
    let odd =
        json!({ "freeTierUsages": [{ "service": "AWS Lambda", "actualUsageAmount": 900_000.0 }] });
    let subscribed = || Script::default().answer("DescribeSubscribersForNotification", json!({}));
    let seen = whole(subscribed().answer("GetFreeTierUsage", odd)).await;
    let uses = seen.observed.free_tier.unwrap();
    assert_eq!((uses[0].limit, uses[0].is_nearly_used()), (None, false));
    let refused = whole(subscribed().refuse("GetFreeTierUsage", "AccessDeniedException")).await;
    assert_eq!(refused.observed.free_tier, None);
    assert_eq!(names(&refused).1, ["the free tier"]);
}

#[tokio::test]
async fn without_the_ledger_or_the_tags_there_is_nothing_to_decide_from() {
    let refused = Script::default().refuse("Query", "AccessDeniedException");
    assert_eq!(
        look(refused, Look::Money).await.unwrap_err().kind(),
        "LedgerFailed"
    );
    let refused = Script::default().refuse("GetResources", "AccessDeniedException");
    assert_eq!(
        look(refused, Look::Money).await.unwrap_err().kind(),
        "CallFailed"
    );
}

#[tokio::test]
async fn a_service_that_people_were_told_of_and_that_is_deleted_since_is_known_to_be_gone() {
    let told = json!({
        "pk": { "S": "standing" },
        "sk": { "S": format!("concern#budget-tag-malformed#{}", arn("old")) },
        "text": { "S": "stopp" },
        "since": { "S": NOON },
    });
    let answer = json!({
        "services": [stoppable("api", 3)],
        "failures": [{ "arn": arn("old"), "reason": "MISSING" }],
    });
    let script = Script::default()
        .answer("Query", json!({ "Items": [told] }))
        .answer("DescribeServices", answer);
    let gone = seen(script).await.observed.gone;
    assert_eq!(gone, [ServiceArn::parse(&arn("old")).unwrap()].into());
}
