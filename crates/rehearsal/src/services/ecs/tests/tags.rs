//! Tags, their limits, and the index that lags.

use serde_json::{Value, json};

use crate::stage::Stage;

const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012:service/prod/api";

fn stage() -> Stage {
    Stage::prod(json!([{"name": "api", "tags": {"caretaker:wave": "1"}}]))
}

fn tag(stage: &Stage, key: &str, value: &str) -> Result<Value, String> {
    let input = json!({"resourceArn": ARN, "tags": [{"key": key, "value": value}]});
    stage.ecs("TagResource", input)
}

fn listed(stage: &Stage) -> Value {
    let input = json!({"resourceArn": ARN});
    stage.ecs("ListTagsForResource", input).unwrap()["tags"].clone()
}

#[test]
fn what_the_grammar_of_hours_needs_is_allowed() {
    let stage = stage();
    tag(
        &stage,
        "caretaker:hours",
        "Mon-Fri 07:30-20:30 + Sat 10:00-14:00 Europe/Berlin",
    )
    .unwrap();
    tag(&stage, "Größe_=.@", "東京 ½").unwrap();
}

#[test]
fn what_ecs_forbids_in_a_value_is_refused() {
    let stage = stage();
    for value in [
        "a,b", "a;b", "(a)", "{}", "\"a\"", "#1", "a|b", "*", "5%", "a\tb",
    ] {
        let refusal = tag(&stage, "key", value).unwrap_err();
        assert!(
            refusal.starts_with("InvalidParameterException"),
            "{value}: {refusal}"
        );
    }
}

#[test]
fn keys_and_values_have_their_longest() {
    let stage = stage();
    tag(&stage, &"k".repeat(128), &"ä".repeat(256)).unwrap();
    tag(&stage, &"k".repeat(129), "").unwrap_err();
    tag(&stage, "", "").unwrap_err();
    tag(&stage, "key", &"v".repeat(257)).unwrap_err();
    tag(&stage, "aws:team", "v").unwrap_err();
}

#[test]
fn the_fifty_first_tag_is_refused_and_an_old_one_can_be_changed() {
    let stage = stage();
    for number in 1..50 {
        tag(&stage, &format!("key{number}"), "").unwrap();
    }
    let refusal = tag(&stage, "one more", "").unwrap_err();
    assert!(refusal.starts_with("LimitExceededException"), "{refusal}");
    tag(&stage, "key1", "changed").unwrap();
}

#[test]
fn a_tag_can_be_taken_away() {
    let stage = stage();
    let input = json!({"resourceArn": ARN, "tagKeys": ["caretaker:wave"]});
    stage.ecs("UntagResource", input).unwrap();
    assert_eq!(listed(&stage), json!([]));
}

#[test]
fn short_arns_and_strangers_have_no_tags() {
    let stage = Stage::prod(json!([{"name": "old", "short_arn": true}]));
    let refusal = |arn: &str| {
        let input = json!({"resourceArn": arn, "tags": [{"key": "a", "value": "b"}]});
        stage.ecs("TagResource", input).unwrap_err()
    };
    let prefix = "arn:aws:ecs:eu-central-1:123456789012:";
    let short = stage.service("old")["serviceArn"].clone();
    assert_eq!(short, format!("{prefix}service/old"));
    assert!(refusal(short.as_str().unwrap()).contains("Long arn format"));
    assert!(!refusal(&format!("{prefix}service/prod/old")).is_empty());
    let stranger = refusal(&format!("{prefix}service/prod/nobody"));
    assert!(
        stranger.starts_with("ResourceNotFoundException"),
        "{stranger}"
    );
}

#[test]
fn ecs_sees_a_tag_at_once_and_the_index_five_seconds_later() {
    let stage = stage();
    let indexed = || stage.world(|world| world.ecs.tags_as_indexed(ARN, world.now));
    tag(&stage, "caretaker:wave", "2").unwrap();
    assert_eq!(
        listed(&stage),
        json!([{"key": "caretaker:wave", "value": "2"}])
    );
    stage.wait(4);
    assert_eq!(indexed()["caretaker:wave"], "1");
    stage.wait(1);
    assert_eq!(indexed()["caretaker:wave"], "2");
}

#[test]
fn the_index_passes_through_every_state_in_turn() {
    let stage = stage();
    let indexed = || stage.world(|world| world.ecs.tags_as_indexed(ARN, world.now));
    for value in ["2", "3", "4"] {
        tag(&stage, "caretaker:wave", value).unwrap();
        stage.wait(2);
    }
    assert_eq!(indexed()["caretaker:wave"], "2");
    stage.wait(2);
    assert_eq!(indexed()["caretaker:wave"], "3");
    stage.wait(2);
    assert_eq!(indexed()["caretaker:wave"], "4");
}

#[test]
fn the_index_knows_the_clusters_and_services_with_tags_and_no_others() {
    let stage = Stage::with(
        json!({"clusters": [{"name": "prod", "tags": {"a": "1"}, "services": [
            {"name": "api", "tags": {"b": "2"}}, {"name": "bare"},
        ]}]}),
    );
    let arns = || -> Vec<String> {
        let resources = stage.world(|world| world.ecs.tagged_resources(world.now));
        resources.into_iter().map(|(arn, _)| arn).collect()
    };
    let cluster = "arn:aws:ecs:eu-central-1:123456789012:cluster/prod";
    assert_eq!(arns(), [cluster, ARN]);
    let delete = json!({"cluster": "prod", "service": "api", "force": true});
    stage.ecs("DeleteService", delete).unwrap();
    stage.wait(60);
    assert_eq!(arns(), [cluster]);
}
