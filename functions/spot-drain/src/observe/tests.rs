//! What is made of every odd answer to a look.

mod pages;

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::{ServiceArn, TaskArn};
use domain::drain::{Fleet, Mode, Owner, Scope, Source, Status, Whereabouts};
use domain::tag::Tagged;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::script::{Script, arn, aws, cluster, clusters, described, groups, id, providers};
use crate::settings::tests::settings;

/// When an invocation that begins now stops to look at tasks.
fn until() -> tokio::time::Instant {
    tokio::time::Instant::now() + std::time::Duration::from_secs(13)
}

/// Looks at what is wanted, after what was seen before.
async fn seen_after(script: &Script, mut seen: Seen, wanted: Wants) -> Seen {
    let settings = settings();
    let now = crate::script::invocation().now;
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(13);
    super::look(
        &aws(script, &settings),
        &settings,
        &mut seen,
        wanted,
        (now, until),
    )
    .await;
    seen
}

async fn seen(script: &Script, wanted: Wants) -> Seen {
    seen_after(script, Seen::default(), wanted).await
}

fn whats(seen: &Seen) -> Vec<&str> {
    seen.unseen.iter().map(|one| one.what.as_str()).collect()
}

/// An instance of which the index was asked, and which is there.
fn there(number: u32) -> Seen {
    let mut seen = Seen::default();
    let place = domain::drain::Place {
        cluster: cluster("prod"),
        arn: arn("prod", number),
        status: Status::Active,
        version: 3,
        agent_connected: true,
        provider: Some("spot".to_owned()),
        pool: None,
        source: Source::Index,
    };
    let there = Whereabouts::At(vec![place]);
    seen.observed.instances.insert(id(number), there);
    seen
}

/// What EC2 says of an instance that it takes back.
fn warned_of(number: u32) -> domain::drain::Sign {
    domain::drain::Sign {
        id: format!("message-{number}"),
        at: crate::script::invocation().now,
        says: Says::Warning {
            instance: id(number),
            action: domain::drain::Action::Terminate,
        },
    }
}

fn states(number: u32) -> Wants {
    let arns = BTreeSet::from([arn("prod", number)]);
    Wants {
        states_of: [(cluster("prod"), arns)].into(),
        ..Wants::default()
    }
}

fn status(seen: &Seen, number: u32) -> (Status, Source) {
    match &seen.observed.instances[&id(number)] {
        Whereabouts::At(places) => (places[0].status, places[0].source),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn the_status_that_ecs_gives_takes_the_place_of_the_one_that_was_known() {
    let mut draining = described("prod", 1..2);
    draining["containerInstances"][0]["status"] = json!("DRAINING");
    let script = Script::default().answer("DescribeContainerInstances", draining);
    let after = seen_after(&script, there(1), states(1)).await;
    assert_eq!(status(&after, 1), (Status::Draining, Source::Asked));
    assert_eq!(whats(&after), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_container_instance_that_ecs_does_not_know_is_inactive_and_not_asked_for_again() {
    let missing = json!({ "failures": [{ "arn": arn("prod", 1).as_str(), "reason": "MISSING" }] });
    let script = Script::default().answer("DescribeContainerInstances", missing);
    let after = seen_after(&script, there(1), states(1)).await;
    assert_eq!(status(&after, 1), (Status::Inactive, Source::Asked));
    assert!(after.observed.unseen.contains(&arn("prod", 1)));
    assert_eq!(whats(&after), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn with_its_cluster_a_container_instance_is_gone_and_that_is_no_trouble() {
    let script = Script::default().refuse("DescribeContainerInstances", "ClusterNotFoundException");
    let after = seen_after(&script, there(1), states(1)).await;
    assert_eq!(status(&after, 1), (Status::Inactive, Source::Asked));
    assert_eq!((whats(&after), after.unknown.len()), (Vec::new(), 0));
}

#[tokio::test(start_paused = true)]
async fn a_status_that_cannot_be_read_is_trouble_with_its_instance_alone() {
    let script = Script::default().refuse("DescribeContainerInstances", "AccessDeniedException");
    let mut before = there(1);
    before
        .observed
        .instances
        .extend(there(2).observed.instances);
    before.observed.signs = vec![warned_of(1), warned_of(2)];
    let after = seen_after(&script, before, states(1)).await;
    assert_eq!(after.unseen[0].about, BTreeSet::from([id(1)]));
    assert_eq!(status(&after, 1), (Status::Active, Source::Index));
    assert!(after.observed.unseen.contains(&arn("prod", 1)));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_of_an_instance_that_only_registers_brings_no_message_again() {
    let script = Script::default().refuse("DescribeContainerInstances", "AccessDeniedException");
    let mut before = there(1);
    before.observed.signs = vec![warned_of(2)];
    let after = seen_after(&script, before, states(1)).await;
    assert_eq!(whats(&after), [""; 0]);
    let what = "the capacity providers of instances that register";
    assert_eq!(after.unknown[0].what, what);
    assert!(after.observed.unseen.contains(&arn("prod", 1)));
}

#[tokio::test(start_paused = true)]
async fn one_cluster_that_cannot_be_asked_leaves_unseen_who_is_in_no_other() {
    let arns = ["prod", "dev"].map(|name| cluster(name).as_str().to_owned());
    let listed = json!({ "containerInstanceArns": [arn("prod", 1).as_str()] });
    let script = Script::default()
        .answer("BatchGetItem", json!({}))
        .answer("ListClusters", json!({ "clusterArns": arns }))
        .answer("ListContainerInstances", listed)
        .refuse("ListContainerInstances", "AccessDeniedException")
        .answer("DescribeContainerInstances", described("prod", 1..2));
    let wanted = Wants {
        locate: [id(1), id(2)].into(),
        ..Wants::default()
    };
    let after = seen(&script, wanted).await;
    assert_eq!(status(&after, 1), (Status::Active, Source::Asked));
    let unseen = &after.observed.instances[&id(2)];
    assert!(matches!(unseen, Whereabouts::Unseen(_)), "{unseen:?}");
    assert_eq!(whats(&after), ["the instances of dev"]);
}

#[tokio::test(start_paused = true)]
async fn an_instance_in_two_clusters_is_found_in_both() {
    let arns = ["prod", "dev"].map(|name| cluster(name).as_str().to_owned());
    let listed = |of: &str| json!({ "containerInstanceArns": [arn(of, 1).as_str()] });
    let script = Script::default()
        .answer("BatchGetItem", json!({}))
        .answer("ListClusters", json!({ "clusterArns": arns }))
        .answer("ListContainerInstances", listed("prod"))
        .answer("ListContainerInstances", listed("dev"))
        .answer("DescribeContainerInstances", described("prod", 1..2))
        .answer("DescribeContainerInstances", described("dev", 1..2));
    let wanted = Wants {
        locate: [id(1)].into(),
        ..Wants::default()
    };
    match &seen(&script, wanted).await.observed.instances[&id(1)] {
        Whereabouts::At(places) => assert_eq!(places.len(), 2),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_left_as_the_index_has_it_is_looked_for_and_stays_where_it_was_if_it_is_nowhere() {
    for listed in [vec![arn("prod", 7).as_str().to_owned()], Vec::new()] {
        let found = !listed.is_empty();
        let script = Script::default()
            .answer("BatchGetItem", json!({}))
            .answer(
                "ListClusters",
                json!({ "clusterArns": [cluster("prod").as_str()] }),
            )
            .answer(
                "ListContainerInstances",
                json!({ "containerInstanceArns": listed }),
            )
            .answer("DescribeContainerInstances", described("prod", [1]));
        let mut before = there(1);
        if let Some(Whereabouts::At(places)) = before.observed.instances.get_mut(&id(1)) {
            places[0].status = Status::Inactive;
        }
        let wanted = Wants {
            locate: [id(1)].into(),
            ..Wants::default()
        };
        let after = seen_after(&script, before, wanted).await;
        let is = if found {
            Status::Active
        } else {
            Status::Inactive
        };
        assert_eq!(status(&after, 1), (is, Source::Asked));
    }
}

/// Ninety-one instances that no index knows, asked for in `prod`.
async fn missed(script: Script) -> (Seen, Vec<Value>) {
    let arns = json!({ "clusterArns": [cluster("prod").as_str()] });
    let script = script
        .answer("BatchGetItem", json!({}))
        .answer("BatchGetItem", json!({}))
        .answer("ListClusters", arns);
    let wanted = Wants {
        locate: (0..91).map(id).collect(),
        ..Wants::default()
    };
    let after = seen(&script, wanted).await;
    (after, script.inputs("ListContainerInstances"))
}

#[tokio::test(start_paused = true)]
async fn more_than_fit_into_a_filter_are_found_in_one_list_where_all_fit_into_a_page() {
    let stranger = arn("prod", 500);
    let listed = json!({ "containerInstanceArns": [arn("prod", 1).as_str(), stranger.as_str()] });
    let script = Script::default()
        .answer("ListContainerInstances", listed)
        .answer("DescribeContainerInstances", described("prod", [1, 500]));
    let (after, asked) = missed(script).await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0]["filter"], Value::Null);
    assert_eq!(status(&after, 1), (Status::Active, Source::Asked));
    assert_eq!(after.observed.instances[&id(2)], Whereabouts::Nowhere);
    assert!(!after.observed.instances.contains_key(&id(500)));
    assert_eq!(whats(&after), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn in_a_cluster_of_more_than_a_page_as_many_are_asked_for_as_fit_into_a_filter() {
    let listed = |number: u32| json!({ "containerInstanceArns": [arn("prod", number).as_str()] });
    let mut first = listed(500);
    first["nextToken"] = json!("more");
    let script = Script::default()
        .answer("ListContainerInstances", first)
        .answer("ListContainerInstances", listed(1))
        .answer("ListContainerInstances", listed(90))
        .answer("DescribeContainerInstances", described("prod", [1, 90]));
    let (after, asked) = missed(script).await;
    let filters = asked.iter().map(|one| one["filter"].as_str());
    let filters: Vec<&str> = filters.map(Option::unwrap_or_default).collect();
    assert_eq!(filters.len(), 3, "{filters:?}");
    assert_eq!(filters[0], "");
    assert_eq!(filters[1].matches("i-").count(), 90);
    assert!(filters[1].len() <= 2000, "{}", filters[1].len());
    assert_eq!(filters[2], format!("ec2InstanceId in [{}]", id(90)));
    assert_eq!(status(&after, 90), (Status::Active, Source::Asked));
    assert_eq!(after.observed.instances[&id(2)], Whereabouts::Nowhere);
    assert!(!after.observed.instances.contains_key(&id(500)));
}

#[tokio::test(start_paused = true)]
async fn a_cluster_s_tags_say_who_drains_and_without_one_nobody_asked_where_that_is_so() {
    let tagged = clusters(&["prod"], &[("caretaker:drain", "verify")]);
    let script = Script::default().answer("DescribeClusters", tagged);
    let wanted = || Wants {
        clusters: [cluster("prod")].into(),
        ..Wants::default()
    };
    let prod = seen(&script, wanted()).await.observed.clusters[&cluster("prod")].clone();
    assert_eq!(prod.unwrap().drain, Tagged::Says(Mode::Verify));
    let mut strict = settings();
    strict.untagged = false;
    let tags = domain::tag::Tags::new();
    let untagged = clusters::cluster(&strict, &tags).drain;
    assert_eq!(untagged, Tagged::Says(Mode::Off));
    assert_eq!(clusters::cluster(&settings(), &tags).drain, Tagged::Absent);
    let script = Script::default().refuse("DescribeClusters", "AccessDeniedException");
    let after = seen(&script, wanted()).await;
    assert!(after.observed.clusters[&cluster("prod")].is_err());
    assert_eq!(whats(&after), ["the tags of prod"]);
}

#[tokio::test(start_paused = true)]
async fn managed_draining_is_on_unless_it_is_switched_off() {
    let mut on = providers();
    on["capacityProviders"][0]["autoScalingGroupProvider"]
        .as_object_mut()
        .unwrap()
        .remove("managedDraining");
    for (answer, managed) in [(providers(), false), (on, true)] {
        let script = Script::default().answer("DescribeCapacityProviders", answer);
        let wanted = Wants {
            providers: ["spot".to_owned(), "gone".to_owned()].into(),
            ..Wants::default()
        };
        let after = seen(&script, wanted).await;
        let spot = after.observed.providers["spot"].clone().unwrap();
        assert_eq!(spot.managed_draining, managed);
        assert_eq!(spot.group.as_deref(), Some("hosts"));
        assert!(after.observed.providers["gone"].is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_s_hooks_are_those_in_which_instances_wait_to_go() {
    let hook = |name: &str, transition: &str, more: &str| {
        format!(
            "<member><LifecycleHookName>{name}</LifecycleHookName>\
             <LifecycleTransition>autoscaling:EC2_INSTANCE_{transition}</LifecycleTransition>{more}</member>"
        )
    };
    let hooks = [
        hook(
            "caretaker-drain",
            "TERMINATING",
            "<HeartbeatTimeout>60</HeartbeatTimeout>",
        ),
        hook("slow", "TERMINATING", "<GlobalTimeout>7200</GlobalTimeout>"),
        hook("warm-up", "LAUNCHING", ""),
    ];
    let hooks = format!("<LifecycleHooks>{}</LifecycleHooks>", hooks.concat());
    let script = Script::default()
        .answer_xml("DescribeAutoScalingGroups", &groups(3))
        .answer_xml("DescribeLifecycleHooks", &hooks);
    let names = BTreeSet::from(["hosts".to_owned()]);
    let wanted = Wants {
        groups: names.clone(),
        hooks_of: names,
        ..Wants::default()
    };
    let after = seen(&script, wanted).await;
    let group = after.observed.groups["hosts"].clone().unwrap();
    assert_eq!((group.drain, group.mixed), (Tagged::Absent, None));
    let times: Vec<(i64, i64)> = group
        .hooks
        .unwrap()
        .values()
        .map(|times| (times.heartbeat.as_secs(), times.longest.as_secs()))
        .collect();
    assert_eq!(times, [(60, 6000), (3600, 7200)]);
}

async fn fleet(script: &Script, scope: Scope) -> Option<Fleet> {
    let wanted = Wants {
        fleets: [scope.clone()].into(),
        ..Wants::default()
    };
    let mut after = seen(script, wanted).await;
    after.observed.fleets.remove(&scope).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_fleet_has_as_much_spot_as_its_shares_say() {
    let spot = || Scope::Provider("spot".to_owned());
    let all = Script::default()
        .answer("DescribeCapacityProviders", providers())
        .answer_xml("DescribeAutoScalingGroups", &groups(10));
    let whole = fleet(&all, spot()).await.unwrap();
    assert_eq!((whole.desired, whole.in_service, whole.spot), (10, 10, 10));
    assert_eq!(whole.members.len(), 10);
    let shares = "<MixedInstancesPolicy><InstancesDistribution>\
                  <OnDemandBaseCapacity>2</OnDemandBaseCapacity>\
                  <OnDemandPercentageAboveBaseCapacity>30</OnDemandPercentageAboveBaseCapacity>\
                  </InstancesDistribution></MixedInstancesPolicy><MinSize>";
    let mixed = groups(10).replace("<MinSize>", shares);
    let mixed = Script::default()
        .answer("DescribeCapacityProviders", providers())
        .answer_xml("DescribeAutoScalingGroups", &mixed);
    // Of eight above the base, three are On-Demand.
    assert_eq!(fleet(&mixed, spot()).await.unwrap().spot, 5);
}

#[tokio::test(start_paused = true)]
async fn of_fargate_spot_and_of_what_cannot_be_seen_the_size_is_not_known() {
    let fargate = json!({ "capacityProviders": [{ "name": "FARGATE_SPOT" }] });
    let script = Script::default().answer("DescribeCapacityProviders", fargate);
    let scope = Scope::Provider("FARGATE_SPOT".to_owned());
    assert_eq!(fleet(&script, scope.clone()).await, None);
    let denied = Script::default().refuse("DescribeCapacityProviders", "AccessDeniedException");
    assert_eq!(fleet(&denied, scope).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_survey_that_takes_too_long_leaves_time_for_the_rest() {
    let mut script = Script::default()
        .answer(
            "ListClusters",
            json!({ "clusterArns": [cluster("prod").as_str()] }),
        )
        .slow(std::time::Duration::from_secs(2));
    for _ in 0..10 {
        let page = json!({ "serviceArns": [], "nextToken": "more" });
        script = script.answer("ListServices", page);
    }
    let (aws, mut seen) = (aws(&script, &settings()), Seen::default());
    let began = tokio::time::Instant::now();
    survey::look(&aws, &settings(), &mut seen).await;
    assert_eq!(began.elapsed().as_secs(), 12);
    assert_eq!(seen.unknown[0].what, "the services of prod");
    assert_eq!(seen.unknown[0].failure.kind(), "Unfinished");
}

/// A sweep that counts tasks in `prod` and `dev`, whose services were read.
async fn counted(script: &Script) -> Seen {
    let mut seen = Seen::default();
    for name in ["prod", "dev"] {
        let surveys = &mut seen.observed.surveys;
        surveys.insert(cluster(name), BTreeMap::new());
    }
    super::fargate::count(&aws(script, &settings()), &mut seen).await;
    seen
}

fn tasks_on(providers: &[Option<&str>]) -> Value {
    let tasks = providers
        .iter()
        .map(|provider| json!({ "capacityProviderName": provider }));
    json!({ "tasks": tasks.collect::<Vec<_>>() })
}

#[tokio::test(start_paused = true)]
async fn the_tasks_on_fargate_spot_are_counted_page_by_page_and_no_others() {
    let listed = |numbers: std::ops::Range<u32>| -> Vec<String> {
        numbers
            .map(|number| task(number).as_str().to_owned())
            .collect()
    };
    let missing = json!({ "tasks": [], "failures": [{ "reason": "MISSING" }] });
    let more = json!({ "taskArns": listed(0..3), "nextToken": "more" });
    let script = Script::default()
        .answer("ListTasks", json!({ "taskArns": [] }))
        .answer("ListTasks", more)
        .answer(
            "DescribeTasks",
            tasks_on(&[Some("FARGATE_SPOT"), Some("FARGATE"), None]),
        )
        .answer("ListTasks", json!({ "taskArns": listed(3..5) }))
        .answer("DescribeTasks", missing);
    let seen = counted(&script).await;
    // The clusters are asked in the order of their names.
    let counts = [(cluster("dev"), 0), (cluster("prod"), 1)];
    assert_eq!(seen.observed.counted, counts.into());
    let asked = script.inputs("ListTasks");
    assert!(asked.iter().all(|one| one["launchType"] == "FARGATE"));
    assert_eq!(asked[2]["nextToken"], "more");
}

#[tokio::test(start_paused = true)]
async fn a_cluster_whose_tasks_cannot_be_counted_hinders_no_other() {
    let denied = json!({ "failures": [{ "reason": "ACCESS_DENIED" }] });
    let script = Script::default()
        .refuse("ListTasks", "AccessDeniedException")
        .answer("ListTasks", json!({ "taskArns": [task(1).as_str()] }))
        .answer("DescribeTasks", tasks_on(&[Some("FARGATE_SPOT")]));
    let seen = counted(&script).await;
    assert_eq!(seen.observed.counted, [(cluster("prod"), 1)].into());
    assert_eq!(seen.unknown[0].what, "the tasks of dev on Fargate Spot");
    let script = Script::default()
        .answer("ListTasks", json!({ "taskArns": [task(1).as_str()] }))
        .answer("DescribeTasks", denied)
        .answer("ListTasks", json!({}));
    let seen = counted(&script).await;
    assert_eq!(seen.unknown.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_instances_of_a_cluster_without_a_provider_are_a_fleet_of_their_own() {
    let arns: Vec<String> = (0..3).map(|n| arn("prod", n).as_str().to_owned()).collect();
    let mut described = described("prod", 0..3);
    for place in 0..2 {
        let one = described["containerInstances"][place]
            .as_object_mut()
            .unwrap();
        one.remove("capacityProviderName");
    }
    described["containerInstances"][1]["status"] = json!("DRAINING");
    let script = Script::default()
        .answer(
            "ListContainerInstances",
            json!({ "containerInstanceArns": arns }),
        )
        .answer("DescribeContainerInstances", described);
    let scope = Scope::Cluster(cluster("prod"));
    let wanted = || Wants {
        fleets: [scope.clone()].into(),
        ..Wants::default()
    };
    let settings = settings();
    let aws = aws(&script, &settings);
    let began = crate::script::invocation().now;
    for (seconds, reads) in [(0, 1), (49, 1), (51, 2)] {
        let script_again = script.clone();
        let now = began + SignedDuration::from_secs(seconds);
        let mut seen = Seen::default();
        super::look(&aws, &settings, &mut seen, wanted(), (now, until())).await;
        assert_eq!(script_again.inputs("ListContainerInstances").len(), reads);
        let fleet = seen.observed.fleets[&scope].clone();
        // The script has one answer: a second read fails.
        let size = fleet.map(|fleet| (fleet.desired, fleet.in_service, fleet.spot));
        assert_eq!(size, (reads == 1).then_some((2, 1, 2)));
    }
}

#[tokio::test(start_paused = true)]
async fn many_fleets_are_asked_about_together_and_one_whose_group_was_read_not_at_all() {
    let provider = |number: u32| {
        let name = format!("hosts-{number:02}");
        json!({
            "name": format!("spot-{number:02}"),
            "autoScalingGroupProvider": { "autoScalingGroupArn": edge::script::group_arn(&name) },
        })
    };
    let described = |numbers: std::ops::Range<u32>| {
        let providers: Vec<Value> = numbers.map(provider).collect();
        json!({ "capacityProviders": providers })
    };
    let group = |number: u32| {
        let all = groups(number).replace(">hosts<", &format!(">hosts-{number:02}<"));
        let one = all.strip_prefix("<AutoScalingGroups>").unwrap();
        one.strip_suffix("</AutoScalingGroups>").unwrap().to_owned()
    };
    let all: String = (1..12).map(group).collect();
    let script = Script::default()
        .answer("DescribeCapacityProviders", described(0..10))
        .answer("DescribeCapacityProviders", described(10..12))
        .answer_xml(
            "DescribeAutoScalingGroups",
            &format!("<AutoScalingGroups>{all}</AutoScalingGroups>"),
        );
    let scope = |number: u32| Scope::Provider(format!("spot-{number:02}"));
    let mut before = Seen::default();
    let known = Fleet {
        desired: 77,
        ..Fleet::default()
    };
    before.sizes.insert("hosts-00".to_owned(), known);
    let wanted = Wants {
        fleets: (0..12).map(scope).collect(),
        ..Wants::default()
    };
    let after = seen_after(&script, before, wanted).await;
    assert_eq!(script.called().len(), 3, "{:?}", script.called());
    for number in 1..12 {
        let fleet = after.observed.fleets[&scope(number)].clone().unwrap();
        assert_eq!(fleet.desired, number);
    }
    let known = after.observed.fleets[&scope(0)].clone().unwrap();
    assert_eq!(known.desired, 77);
}

#[tokio::test(start_paused = true)]
async fn whoever_reads_the_tags_of_a_group_knows_its_size() {
    let script = Script::default().answer_xml("DescribeAutoScalingGroups", &groups(3));
    let wanted = Wants {
        groups: ["hosts".to_owned()].into(),
        ..Wants::default()
    };
    assert_eq!(seen(&script, wanted).await.sizes["hosts"].in_service, 3);
}

fn task(number: u32) -> TaskArn {
    let task = format!("arn:aws:ecs:eu-central-1:123456789012:task/prod/{number:032x}");
    TaskArn::parse(&task).unwrap()
}

fn tasks_of(number: u32) -> Wants {
    Wants {
        tasks_of: [id(number)].into(),
        ..Wants::default()
    }
}

#[tokio::test(start_paused = true)]
async fn every_task_is_seen_that_runs_and_every_one_that_still_serves_though_nobody_wants_it() {
    let said = |number: u32, group: &str, wanted: &str, last: &str| {
        json!({
            "taskArn": task(number).as_str(),
            "group": group,
            "desiredStatus": wanted,
            "lastStatus": last,
            "containers": [{ "name": "a", "exitCode": 137 }, { "name": "b" }],
            "tags": [{ "key": "caretaker:standalone", "value": "stop" }],
        })
    };
    let listed = |number: u32| json!({ "taskArns": [task(number).as_str()] });
    let script = Script::default()
        .answer("ListTasks", listed(1))
        .answer("ListTasks", listed(2))
        .answer(
            "DescribeTasks",
            json!({ "tasks": [
            said(1, "service:api", "RUNNING", "RUNNING"),
            said(2, "family:report", "STOPPED", "DEACTIVATING"),
        ] }),
        );
    let after = seen_after(&script, there(1), tasks_of(1)).await;
    let asked = script.inputs("ListTasks");
    let wanted: Vec<&Value> = asked.iter().map(|one| &one["desiredStatus"]).collect();
    assert_eq!(wanted, ["RUNNING", "STOPPED"]);
    let tasks: BTreeMap<TaskArn, domain::drain::Task> =
        after.observed.tasks[&id(1)].clone().unwrap();
    let api = ServiceArn::parse(&edge::script::arn("api")).unwrap();
    assert_eq!(tasks[&task(1)].owner, Owner::Service(api));
    let report = &tasks[&task(2)];
    assert_eq!(report.owner, Owner::Nobody("family:report".to_owned()));
    assert!(!report.wanted && !report.is_stopped());
    assert_eq!(report.exit_codes, [137]);
    assert_eq!(
        report.standalone.value(),
        Some(domain::drain::Standalone::Stop)
    );
}

/// Tasks of a service on these instances, each with the number of its instance.
fn described_tasks(numbers: impl IntoIterator<Item = u32>) -> Value {
    let tasks = numbers.into_iter().map(|number| {
        json!({
            "taskArn": task(number).as_str(),
            "containerInstanceArn": arn("prod", number).as_str(),
            "group": "service:api",
            "desiredStatus": "RUNNING",
            "lastStatus": "RUNNING",
        })
    });
    json!({ "tasks": tasks.collect::<Vec<_>>() })
}

fn listed_tasks(numbers: impl IntoIterator<Item = u32>) -> Value {
    let arns = numbers.into_iter();
    let arns = arns.map(|number| task(number).as_str().to_owned());
    json!({ "taskArns": arns.collect::<Vec<_>>() })
}

/// So many instances, the last of which goes first.
fn these(count: u32) -> (Seen, Wants) {
    let mut seen = Seen::default();
    let now = crate::script::invocation().now;
    for number in 0..count {
        seen.observed
            .instances
            .extend(there(number).observed.instances);
        let mut drain = crate::script::drain();
        drain.deadline = Some(now + SignedDuration::from_secs(i64::from(count - number)));
        seen.observed.drains.insert(id(number), drain);
    }
    let wanted = Wants {
        tasks_of: (0..count).map(id).collect(),
        ..Wants::default()
    };
    (seen, wanted)
}

#[tokio::test(start_paused = true)]
async fn the_tasks_of_many_instances_are_found_in_their_cluster_s() {
    let script = Script::default()
        .answer("ListTasks", listed_tasks([0, 1, 77]))
        .answer("ListTasks", json!({}))
        .answer("DescribeTasks", described_tasks([0, 1, 77]));
    let (before, wanted) = these(3);
    let after = seen_after(&script, before, wanted).await;
    assert_eq!(script.inputs("ListTasks").len(), 2);
    for (number, count) in [(0, 1), (1, 1), (2, 0)] {
        let tasks = after.observed.tasks[&id(number)].as_ref().unwrap();
        assert_eq!(tasks.len(), count, "{number}");
        assert!(tasks.keys().all(|arn| *arn == task(number)));
    }
    assert!(!after.observed.tasks.contains_key(&id(77)), "nobody asked");
    assert_eq!(whats(&after), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_a_record_has_is_asked_for_by_name_though_no_list_has_it() {
    let mut lost = described_tasks([5]);
    lost["tasks"][0]
        .as_object_mut()
        .unwrap()
        .remove("containerInstanceArn");
    let script = Script::default()
        .answer("ListTasks", json!({}))
        .answer("ListTasks", json!({}))
        .answer("DescribeTasks", lost);
    let (mut before, wanted) = these(2);
    let leaving = domain::drain::Leaving {
        owner: Owner::Nobody("family:report".to_owned()),
        fate: domain::drain::Fate::There,
    };
    let drain = before.observed.drains.get_mut(&id(1)).unwrap();
    drain.tasks.insert(task(5), leaving);
    let after = seen_after(&script, before, wanted).await;
    assert_eq!(
        script.inputs("DescribeTasks")[0]["tasks"],
        json!([task(5).as_str()])
    );
    assert_eq!(after.observed.tasks[&id(0)], Ok(BTreeMap::new()));
    assert!(
        after.observed.tasks[&id(1)]
            .as_ref()
            .unwrap()
            .contains_key(&task(5))
    );
}

#[tokio::test(start_paused = true)]
async fn a_cluster_of_more_pages_than_instances_is_asked_about_each_the_first_to_go_first() {
    let mut more = listed_tasks([77]);
    more["nextToken"] = json!("more");
    let mut script = Script::default()
        .answer("ListTasks", more.clone())
        .answer("ListTasks", more);
    for number in [1, 0] {
        script = script
            .answer("ListTasks", listed_tasks([number]))
            .answer("ListTasks", json!({}))
            .answer("DescribeTasks", described_tasks([number]));
    }
    let (before, wanted) = these(2);
    let after = seen_after(&script, before, wanted).await;
    let asked = script.inputs("ListTasks");
    let on = asked.iter().map(|one| one["containerInstance"].as_str());
    let on: Vec<&str> = on.map(Option::unwrap_or_default).collect();
    let (first, then) = (arn("prod", 1), arn("prod", 0));
    assert_eq!(on[..2], ["", ""], "the whole cluster, in vain");
    assert_eq!(
        on[2..],
        [first.as_str(), first.as_str(), then.as_str(), then.as_str()]
    );
    assert!((0..2).all(|number| after.observed.tasks[&id(number)].as_ref().unwrap().len() == 1));
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_cannot_be_read_whole_in_time_is_asked_about_each() {
    let mut more = listed_tasks([777]);
    more["nextToken"] = json!("more");
    let mut script = Script::default();
    for _ in 0..100 {
        script = script.answer("ListTasks", more.clone());
    }
    let (before, wanted) = these(150);
    seen_after(&script, before, wanted).await;
    let asked = script.inputs("ListTasks");
    let whole = asked
        .iter()
        .filter(|one| one["containerInstance"].is_null());
    assert_eq!(whole.count(), 100);
    let first = arn("prod", 149);
    let on = asked.iter().map(|one| one["containerInstance"].as_str());
    assert!(on.flatten().any(|on| on == first.as_str()));
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_looked_at_in_time_is_unseen_and_nobody_waits_for_it() {
    let (before, wanted) = these(2);
    let silent = Script::default().slow(std::time::Duration::from_secs(60));
    let began = tokio::time::Instant::now();
    let after = seen_after(&silent, before, wanted).await;
    assert_eq!(began.elapsed().as_secs(), 13);
    assert_eq!(whats(&after), ["the tasks in prod"]);
    assert_eq!(after.unseen[0].about, [id(0), id(1)].into());
    assert_eq!(after.unseen[0].failure.kind(), "Unfinished");
    assert!((0..2).all(|number| after.observed.tasks[&id(number)].is_err()));
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_ecs_does_not_know_any_more_has_the_tasks_of_its_record() {
    let script = Script::default()
        .refuse("ListTasks", "InvalidParameterException")
        .refuse("ListTasks", "InvalidParameterException");
    let after = seen_after(&script, there(1), tasks_of(1)).await;
    assert_eq!(after.observed.tasks[&id(1)], Ok(BTreeMap::new()));
    let denied = Script::default().refuse("ListTasks", "AccessDeniedException");
    let after = seen_after(&denied, there(1), tasks_of(1)).await;
    assert!(after.observed.tasks[&id(1)].is_err());
    assert_eq!(after.unseen[0].about, BTreeSet::from([id(1)]));
}

/// An instance with one task of `api` that runs, one that is told to stop, and one of nobody.
fn with_tasks() -> Seen {
    let mut seen = there(1);
    let api = ServiceArn::parse(&edge::script::arn("api")).unwrap();
    let on = |owner: Owner, wanted: bool| domain::drain::Task {
        owner,
        last_status: "RUNNING".to_owned(),
        wanted,
        standalone: Tagged::Absent,
        stopped_at: None,
        exit_codes: Vec::new(),
    };
    let nobody = Owner::Nobody("family:report".to_owned());
    let tasks = [
        (task(1), on(Owner::Service(api.clone()), true)),
        (task(2), on(Owner::Service(api), false)),
        (task(3), on(nobody, true)),
    ];
    seen.observed.tasks.insert(id(1), Ok(tasks.into()));
    seen
}

fn protection_of(number: u32) -> Wants {
    Wants {
        protection_of: [id(number)].into(),
        ..Wants::default()
    }
}

#[tokio::test(start_paused = true)]
async fn of_the_tasks_of_services_that_are_wanted_ecs_says_which_are_protected() {
    let answer = json!({
        "protectedTasks": [
            { "taskArn": task(1).as_str(), "protectionEnabled": true, "expirationDate": 1_795_514_400 },
            { "taskArn": task(4).as_str(), "protectionEnabled": false },
        ],
        "failures": [{ "arn": task(5).as_str(), "reason": "TASK_NOT_VALID" }],
    });
    let script = Script::default().answer("GetTaskProtection", answer);
    let after = seen_after(&script, with_tasks(), protection_of(1)).await;
    let asked = &script.inputs("GetTaskProtection")[0];
    assert_eq!(asked["tasks"], json!([task(1).as_str()]));
    let until = "2026-11-24T10:00:00Z".parse().unwrap();
    let protected = BTreeMap::from([(task(1), Some(until))]);
    assert_eq!(after.observed.protected[&id(1)], Ok(protected));
    assert_eq!(whats(&after), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn protection_that_cannot_be_read_is_not_known_and_hinders_nothing() {
    let refused = json!({ "failures": [{ "arn": task(1).as_str(), "reason": "ACCESS_DENIED" }] });
    for script in [
        Script::default().refuse("GetTaskProtection", "AccessDeniedException"),
        Script::default().answer("GetTaskProtection", refused),
    ] {
        let after = seen_after(&script, with_tasks(), protection_of(1)).await;
        assert!(after.observed.protected[&id(1)].is_err());
        assert_eq!(whats(&after), [""; 0]);
        assert_eq!(
            after.unknown[0].what,
            format!("which tasks on {} are protected", id(1))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_says_how_its_tasks_may_leave_and_one_that_is_gone_says_nothing() {
    let api = ServiceArn::parse(&edge::script::arn("api")).unwrap();
    let gone = ServiceArn::parse(&edge::script::arn("gone")).unwrap();
    let described = json!({
        "services": [{
            "serviceArn": api.as_str(),
            "status": "ACTIVE",
            "desiredCount": 4,
            "runningCount": 3,
            "createdAt": 1_790_000_000,
            "deploymentConfiguration": { "minimumHealthyPercent": 50, "maximumPercent": 150 },
            "healthCheckGracePeriodSeconds": 60,
            "capacityProviderStrategy": [
                { "capacityProvider": "spot", "weight": 1, "base": 2 },
                { "capacityProvider": "hosts", "weight": 4 },
            ],
            "tags": [{ "key": "caretaker:drain", "value": "off" }],
            "deployments": [{
                "id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "IN_PROGRESS", "createdAt": 1_790_000_100,
            }],
            "events": [
                { "message": "(service api) has reached a steady state." },
                { "message": "(service api) was unable to place a task." },
            ],
        }],
        "failures": [{ "arn": gone.as_str(), "reason": "MISSING" }],
    });
    let script = Script::default().answer("DescribeServices", described);
    let wanted = Wants {
        services_of: [api.clone(), gone.clone()].into(),
        ..Wants::default()
    };
    let after = seen(&script, wanted).await;
    assert_eq!(after.observed.services[&gone], Ok(None));
    let service = after.observed.services[&api].clone().unwrap().unwrap();
    assert_eq!(
        (service.floor(), service.ceiling(), service.spare),
        (2, 6, Some(1))
    );
    assert_eq!(service.grace, SignedDuration::from_secs(60));
    assert_eq!(
        service.trouble.as_deref(),
        Some("(service api) was unable to place a task.")
    );
    let strategy = service.strategy.iter();
    let strategy = strategy.map(|one| (one.provider.as_str(), one.base, one.weight));
    let strategy: Vec<_> = strategy.collect();
    assert_eq!(strategy, [("hosts", 0, 4), ("spot", 2, 1)], "by name");
    assert!(service.deployment.is_some_and(|one| one.in_progress));
    assert_eq!(service.drain, Tagged::Says(Mode::Off));
    let asked = &script.inputs("DescribeServices")[0];
    assert_eq!(asked["include"], json!(["TAGS"]));
}
