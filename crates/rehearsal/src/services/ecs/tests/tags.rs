//! Tags, their limits, and the index that lags.

use serde_json::{Value, json};

use crate::testbed::Testbed;

const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012:service/prod/api";

fn bed() -> Testbed {
    Testbed::prod(json!([{"name": "api", "tags": {"caretaker:wave": "1"}}]))
}

fn tag(bed: &Testbed, key: &str, value: &str) -> Result<Value, String> {
    let input = json!({"resourceArn": ARN, "tags": [{"key": key, "value": value}]});
    bed.ecs("TagResource", input)
}

fn listed(bed: &Testbed) -> Value {
    let input = json!({"resourceArn": ARN});
    bed.ecs("ListTagsForResource", input).unwrap()["tags"].clone()
}

#[test]
fn what_the_grammar_of_hours_needs_is_allowed() {
    let bed = bed();
    tag(
        &bed,
        "caretaker:hours",
        "Mon-Fri 07:30-20:30 + Sat 10:00-14:00 Europe/Berlin",
    )
    .unwrap();
    tag(&bed, "Größe_=.@", "東京 ½").unwrap();
}

#[test]
fn what_ecs_forbids_in_a_value_is_refused() {
    let bed = bed();
    for value in [
        "a,b", "a;b", "(a)", "{}", "\"a\"", "#1", "a|b", "*", "5%", "a\tb",
    ] {
        let refusal = tag(&bed, "key", value).unwrap_err();
        assert!(
            refusal.starts_with("InvalidParameterException"),
            "{value}: {refusal}"
        );
    }
}

#[test]
fn keys_and_values_have_their_longest() {
    let bed = bed();
    tag(&bed, &"k".repeat(128), &"ä".repeat(256)).unwrap();
    tag(&bed, &"k".repeat(129), "").unwrap_err();
    tag(&bed, "", "").unwrap_err();
    tag(&bed, "key", &"v".repeat(257)).unwrap_err();
    tag(&bed, "aws:team", "v").unwrap_err();
}

#[test]
fn the_fifty_first_tag_is_refused_and_an_old_one_can_be_changed() {
    let bed = bed();
    for number in 1..50 {
        tag(&bed, &format!("key{number}"), "").unwrap();
    }
    let refusal = tag(&bed, "one more", "").unwrap_err();
    assert!(refusal.starts_with("LimitExceededException"), "{refusal}");
    tag(&bed, "key1", "changed").unwrap();
}

#[test]
fn a_tag_can_be_taken_away() {
    let bed = bed();
    let input = json!({"resourceArn": ARN, "tagKeys": ["caretaker:wave"]});
    bed.ecs("UntagResource", input).unwrap();
    assert_eq!(listed(&bed), json!([]));
}

#[test]
fn short_arns_and_strangers_have_no_tags() {
    let bed = Testbed::prod(json!([{"name": "old", "short-arn": true}]));
    let refusal = |arn: &str| {
        let input = json!({"resourceArn": arn, "tags": [{"key": "a", "value": "b"}]});
        bed.ecs("TagResource", input).unwrap_err()
    };
    let prefix = "arn:aws:ecs:eu-central-1:123456789012:";
    let short = bed.service("old")["serviceArn"].clone();
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
    let bed = bed();
    let indexed = || bed.world(|world| world.ecs.tags_as_indexed(ARN, world.now));
    tag(&bed, "caretaker:wave", "2").unwrap();
    assert_eq!(
        listed(&bed),
        json!([{"key": "caretaker:wave", "value": "2"}])
    );
    bed.wait(4);
    assert_eq!(indexed()["caretaker:wave"], "1");
    bed.wait(1);
    assert_eq!(indexed()["caretaker:wave"], "2");
}

#[test]
fn the_index_passes_through_every_state_in_turn() {
    let bed = bed();
    let indexed = || bed.world(|world| world.ecs.tags_as_indexed(ARN, world.now));
    for value in ["2", "3", "4"] {
        tag(&bed, "caretaker:wave", value).unwrap();
        bed.wait(2);
    }
    assert_eq!(indexed()["caretaker:wave"], "2");
    bed.wait(2);
    assert_eq!(indexed()["caretaker:wave"], "3");
    bed.wait(2);
    assert_eq!(indexed()["caretaker:wave"], "4");
}

#[test]
fn the_index_knows_the_clusters_and_services_with_tags_and_no_others() {
    let bed = Testbed::with(
        json!({"clusters": [{"name": "prod", "tags": {"a": "1"}, "services": [
            {"name": "api", "tags": {"b": "2"}}, {"name": "bare"},
        ]}]}),
    );
    let arns = || -> Vec<String> {
        let resources = bed.world(|world| world.ecs.tagged_resources(world.now));
        resources.into_iter().map(|(arn, _)| arn).collect()
    };
    let cluster = "arn:aws:ecs:eu-central-1:123456789012:cluster/prod";
    assert_eq!(arns(), [cluster, ARN]);
    let delete = json!({"cluster": "prod", "service": "api", "force": true});
    bed.ecs("DeleteService", delete).unwrap();
    bed.wait(60);
    assert_eq!(arns(), [cluster]);
}
