//! Hundreds of services under the token buckets of ECS, and its pages.

use aws_sdk_ecs::Client;
use contracts::House;
use contracts::house::{client, config};
use contracts::turns::Gated;
use jiff::{SignedDuration, Timestamp};
use rehearsal::fault::{Fault, Rule};
use serde_json::json;
use std::cell::Cell;
use std::time::Duration;

use super::{DUSK, EVENING, prod};

/// `prod` with this many services of one task.
fn many(services: usize) -> String {
    let names: Vec<String> = (0..services)
        .map(|number| format!("name: service-{number:03}"))
        .collect();
    prod(&names.join("\n"))
}

async fn at_dusk(stack: &str, share: &'static str) -> House {
    let house = House::with(EVENING, stack, |name| {
        (name == "BUCKET_SHARE_PERCENT").then_some(share)
    });
    house.until(DUSK).await;
    house
}

fn awake(house: &House) -> usize {
    let state = house.account.state();
    let services = state.world.ecs.clusters["prod"].services.values();
    services.filter(|service| service.desired > 0).count()
}

/// When each of the calls of this name was made that `caller` made, and how many were refused.
fn calls(house: &House, caller: &str, action: &str) -> (Vec<Timestamp>, usize) {
    let state = house.account.state();
    let made = state
        .calls
        .iter()
        .filter(|call| call.caller == caller && call.action == action);
    let (refused, answered): (Vec<_>, Vec<_>) = made.partition(|call| call.refused.is_some());
    (answered.iter().map(|call| call.at).collect(), refused.len())
}

/// How many seconds passed from dusk to the last change of a service.
fn seconds(house: &House) -> f64 {
    let (updates, _) = calls(house, "off-hours", "ecs:UpdateService");
    let dusk: Timestamp = DUSK.parse().unwrap();
    updates.last().unwrap().duration_since(dusk).as_secs_f64()
}

#[tokio::test(start_paused = true)]
async fn three_hundred_services_rest_as_fast_as_the_bucket_allows_and_no_call_is_refused() {
    let house = at_dusk(&many(300), "100").await;
    house.tick().await.report();
    assert_eq!(awake(&house), 0);
    let (updates, refused) = calls(&house, "off-hours", "ecs:UpdateService");
    assert_eq!((updates.len(), refused), (300, 0));
    // A burst of 50, then 5 a second.
    let floor = (300.0 - 50.0) / 5.0;
    let took = seconds(&house);
    assert!((floor..floor * 1.05).contains(&took), "{took} s");
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_that_deploys_meanwhile_is_refused_nothing() {
    let stack = many(300) + "  - name: lab\n    services:\n      - {name: pipeline}\n";
    let house = at_dusk(&stack, "80").await;
    let team = Client::new(&config(house.line.clone(), "team"));
    let deploys = async {
        for desired in 1..=70 {
            let call = team.update_service().cluster("lab").service("pipeline");
            call.desired_count(desired).send().await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let (ended, ()) = tokio::join!(house.tick(), deploys);
    ended.report();
    assert_eq!(awake(&house), 0);
    let (theirs, ours) = ("team", "off-hours");
    let refused = |caller| calls(&house, caller, "ecs:UpdateService").1;
    assert_eq!((refused(theirs), refused(ours)), (0, 0));
    let floor = (300.0 - 40.0) / 4.0;
    let took = seconds(&house);
    assert!((floor..floor * 1.05).contains(&took), "{took} s");
}

#[tokio::test(start_paused = true)]
async fn what_one_tick_has_no_time_for_the_next_ones_finish() {
    let house = at_dusk(&many(300), "10").await;
    let report = house.tick().await.report();
    assert_eq!(report["left"], awake(&house));
    // Of Lambda's 270 seconds, 20 are for the notices, the journal and the report; looking at 300
    // services at a tenth of the bucket takes its part of the others.
    let took = seconds(&house);
    assert!((245.0..=250.0).contains(&took), "{took} s");
    for tick in ["2026-11-19T19:05:00Z", "2026-11-19T19:10:00Z"] {
        house.until(tick).await;
        house.tick().await.report();
    }
    assert_eq!(awake(&house), 0);
    assert_eq!(house.calls("ecs:UpdateService"), 300, "each once");
}

#[tokio::test(start_paused = true)]
async fn a_cluster_of_many_untagged_services_is_read_in_full_pages_and_full_batches() {
    let house = at_dusk(&many(250), "100").await;
    house.tick().await.report();
    assert_eq!(awake(&house), 0);
    assert_eq!(
        (
            house.calls("ecs:ListServices"),
            house.calls("ecs:DescribeServices")
        ),
        (3, 25)
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_that_vanishes_between_list_and_describe_is_no_trouble() {
    let services = "name: api\nname: leaving, stop-seconds: 1\nname: web";
    let house = at_dusk(&prod(services), "80").await;
    let (gated, ended) = (Gated::new(house.line.clone()), Cell::new(false));
    let aws = client(gated.clone(), &house.settings);
    let invocation = house.invocation("tick");
    let tick = async {
        let event = json!({ "action": "tick" });
        let report = off_hours::handle(&aws, &house.settings, event, &invocation).await;
        ended.set(true);
        report.unwrap()
    };
    let meanwhile = async {
        while house.calls("ecs:ListServices") == 0 {
            gated.let_one_through(|| ended.get()).await;
        }
        let gone = json!({ "cluster": "prod", "service": "leaving", "force": true });
        house.by_hand("ecs", "DeleteService", gone);
        house.pass(SignedDuration::from_secs(2)).await;
        assert_eq!(house.service("prod/leaving")["status"], "INACTIVE");
        while !ended.get() {
            gated.let_one_through(|| ended.get()).await;
        }
    };
    tokio::join!(tick, meanwhile);
    assert_eq!((awake(&house), house.calls("ecs:UpdateService")), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn three_hundred_services_with_tags_of_their_own_are_found_in_full_pages_of_the_index() {
    let hours = r#"tags: {"caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}"#;
    let services = (0..300).map(|number| format!("      - {{name: s{number:03}, {hours}}}\n"));
    let services: String = services.collect();
    let stack = format!("clusters:\n  - name: prod\n    services:\n{services}");
    let house = at_dusk(&stack, "100").await;
    house.tick().await.report();
    assert_eq!(awake(&house), 0);
    assert_eq!(house.calls("tag:GetResources"), 3, "100 in a page");
    assert_eq!(house.calls("ecs:ListServices"), 0, "no cluster has a tag");
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_a_part_of_the_region_leaves_the_rest_at_work_and_is_made_good_after_it() {
    let lab = r#"
  - name: lab
    tags: {"caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}
    services: [{name: bench, desired: 2}]
groups:
  - {name: hosts, min: 2, max: 6, desired: 2, provider: hosts, cluster: prod, tags: {"caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}}
"#;
    let house = at_dusk(&(many(20) + lab.trim_start_matches('\n')), "80").await;
    let out = |action: &str, mentions: &str| Rule {
        action: Some(action.to_owned()),
        mentions: Some(mentions.to_owned()),
        ..Rule::always(Fault::ServerError)
    };
    let rules = [
        out("ecs:DescribeServices", "cluster/lab"),
        out("autoscaling:DescribeAutoScalingGroups", ""),
    ];
    for rule in rules {
        house.account.state().faults.add(rule);
    }
    let failure = house.tick().await.failure();
    assert!(
        failure.contains("lab/bench, the Auto Scaling groups"),
        "{failure}"
    );
    assert_eq!((awake(&house), house.desired("lab/bench")), (0, 2));
    assert_eq!(house.group_minimum("hosts"), 2);
    house.account.state().faults.clear();
    house.pass(SignedDuration::from_mins(5)).await;
    house.tick().await.report();
    assert_eq!(
        (house.desired("lab/bench"), house.group_minimum("hosts")),
        (0, 0)
    );
    assert_eq!(house.calls("ecs:UpdateService"), 21, "each once");
}

/// 200 clusters: every tenth is tagged itself, every fifth is empty, the others have two services
/// of which one has hours of its own and one says `always`. Most names are the beginning of
/// others.
fn clusters() -> String {
    let mut stack = "clusters:\n".to_owned();
    for number in 0..200 {
        let hours = r#"{"caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}"#;
        let tags = if number % 10 == 0 { hours } else { "{}" };
        stack.push_str(&format!("  - name: c{number}\n    tags: {tags}\n"));
        if number % 5 != 0 {
            stack.push_str(&format!(
                "    services:\n      - {{name: s, tags: {hours}}}\n      - {{name: s{number}, tags: {{\"caretaker:hours\": always}}}}\n      - {{name: s-, desired: 2}}\n"
            ));
        }
    }
    stack
}

#[tokio::test(start_paused = true)]
async fn two_hundred_clusters_with_names_that_begin_alike_are_told_apart() {
    let house = at_dusk(&clusters(), "80").await;
    house.tick().await.report();
    let state = house.account.state();
    for (cluster, found) in &state.world.ecs.clusters {
        for (name, service) in &found.services {
            let wanted = match name.as_str() {
                "s" => 0,
                "s-" => 2,
                _ => 1,
            };
            assert_eq!(service.desired, wanted, "{cluster}/{name}");
        }
    }
    drop(state);
    assert_eq!(house.calls("ecs:UpdateService"), 160);
    assert_eq!(
        house.calls("ecs:ListServices"),
        20,
        "one for each tagged cluster, though empty"
    );
}
