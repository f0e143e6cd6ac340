//! What CloudWatch answers and tells, seen over the wire.

use serde_json::{Value, json};

use super::{State, set_metric};
use crate::testbed::Testbed;

const ARN: &str = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:web-5xx";

/// A red-and-green alarm, one that watches it, and one that suppresses that.
fn bed() -> Testbed {
    let bed = Testbed::with(json!({"alarms": [
        {"name": "web-5xx", "description": "too many errors", "threshold": 5.0,
            "dimensions": {"LoadBalancer": "app/web/1"}, "tags": {"caretaker:service": "prod/web"}},
        {"name": "quiet"},
        {"name": "shop", "rule": "ALARM(web-5xx) OR ALARM(api-5xx)", "suppressor": "quiet"},
    ]}));
    let rule = json!({"Name": "l", "EventPattern": "{\"source\":[\"aws.cloudwatch\"]}"});
    bed.account
        .by_hand("ops", "events", "PutRule", rule)
        .unwrap();
    bed
}

fn ask(bed: &Testbed, operation: &str, input: Value) -> Result<Value, String> {
    bed.call("GraniteServiceVersion20100801", operation, input)
}

fn says(bed: &Testbed, name: &str, state: State) {
    assert!(bed.world(|world| set_metric(world, name, state)));
}

fn state(bed: &Testbed, name: &str) -> Value {
    let types = ["MetricAlarm", "CompositeAlarm"];
    let found = ask(
        bed,
        "DescribeAlarms",
        json!({"AlarmNames": [name], "AlarmTypes": types}),
    );
    let found = found.unwrap();
    let all = ["MetricAlarms", "CompositeAlarms"];
    let mut all = all.iter().flat_map(|kind| found[*kind].as_array().unwrap());
    all.next().unwrap()["StateValue"].clone()
}

fn told(bed: &Testbed) -> Vec<Value> {
    let events = bed.events().into_iter();
    events
        .filter(|it| it["detail-type"] == "CloudWatch Alarm State Change")
        .collect()
}

#[test]
fn an_alarm_that_changes_its_state_says_so_in_the_documented_shape() {
    let bed = bed();
    bed.wait(61);
    says(&bed, "web-5xx", State::Alarm);
    let event = told(&bed)[0].clone();
    assert_eq!(event["resources"], json!([ARN]));
    let detail = &event["detail"];
    assert_eq!(detail["alarmName"], "web-5xx");
    assert_eq!(detail["state"]["value"], "ALARM");
    assert_eq!(detail["state"]["timestamp"], "2026-11-20T18:01:01.000+0000");
    assert_eq!(
        detail["state"]["reason"],
        "Threshold Crossed: 1 datapoint [6.0 (20/11/26 18:01:00)] was greater than the threshold (5.0)."
    );
    let data = detail["state"]["reasonData"].as_str().unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["recentDatapoints"], json!([6.0]));
    assert_eq!(detail["previousState"]["value"], "OK");
    assert_eq!(detail["configuration"]["description"], "too many errors");
    assert_eq!(
        detail["configuration"]["metrics"][0]["metricStat"]["metric"],
        json!({"namespace": "AWS/ApplicationELB", "name": "HTTPCode_Target_5XX_Count",
            "dimensions": {"LoadBalancer": "app/web/1"}})
    );
}

#[test]
fn the_same_state_again_is_no_news_and_no_transition() {
    let bed = bed();
    says(&bed, "web-5xx", State::Alarm);
    bed.wait(60);
    says(&bed, "web-5xx", State::Alarm);
    assert_eq!(told(&bed).len(), 2, "the alarm and the one that watches it");
    let found = ask(&bed, "DescribeAlarms", json!({"AlarmNames": ["web-5xx"]})).unwrap();
    let alarm = &found["MetricAlarms"][0];
    let at = |name: &str| alarm[name].as_f64().unwrap();
    assert!((at("StateUpdatedTimestamp") - at("StateTransitionedTimestamp") - 60.0).abs() < 0.001);
}

#[test]
fn what_nobody_listens_to_is_not_made() {
    let bed = Testbed::with(json!({"alarms": [{"name": "web-5xx"}]}));
    says(&bed, "web-5xx", State::Alarm);
    assert_eq!(told(&bed), Vec::<Value>::new());
}

#[test]
fn a_composite_alarm_follows_its_rule_and_names_its_trigger() {
    let bed = bed();
    assert_eq!(state(&bed, "shop"), "OK");
    says(&bed, "web-5xx", State::Alarm);
    assert_eq!(state(&bed, "shop"), "ALARM");
    let event = told(&bed)[1].clone();
    assert_eq!(
        event["detail"]["configuration"]["alarmRule"],
        "ALARM(web-5xx) OR ALARM(api-5xx)"
    );
    let data = event["detail"]["state"]["reasonData"].as_str().unwrap();
    assert!(data.contains(ARN), "{data}");
    says(&bed, "web-5xx", State::Ok);
    assert_eq!(state(&bed, "shop"), "OK");
}

#[test]
fn a_suppressor_shows_in_the_state_and_hides_no_event() {
    let bed = bed();
    says(&bed, "quiet", State::Alarm);
    says(&bed, "web-5xx", State::Alarm);
    let event = told(&bed).pop().unwrap();
    assert_eq!(event["detail"]["alarmName"], "shop");
    assert_eq!(event["detail"]["state"]["actionsSuppressedBy"], "Alarm");
}

#[test]
fn what_a_person_sets_does_not_last() {
    let bed = bed();
    let input = json!({"AlarmName": "web-5xx", "StateValue": "ALARM", "StateReason": "a drill"});
    ask(&bed, "SetAlarmState", input).unwrap();
    assert_eq!(state(&bed, "web-5xx"), "ALARM");
    assert_eq!(told(&bed)[0]["detail"]["state"]["reason"], "a drill");
    bed.wait(10);
    assert_eq!(state(&bed, "web-5xx"), "OK");
}

#[test]
fn only_metric_alarms_are_described_unless_others_are_asked_for() {
    let bed = bed();
    let all = ask(&bed, "DescribeAlarms", json!({})).unwrap();
    assert_eq!(all["MetricAlarms"].as_array().unwrap().len(), 2);
    assert_eq!(all["CompositeAlarms"], json!([]));
    let composite = json!({"AlarmTypes": ["CompositeAlarm"]});
    let all = ask(&bed, "DescribeAlarms", composite).unwrap();
    assert_eq!(all["CompositeAlarms"][0]["AlarmName"], "shop");
    let prefix = json!({"AlarmNamePrefix": "web", "StateValue": "OK"});
    let found = ask(&bed, "DescribeAlarms", prefix).unwrap();
    assert_eq!(found["MetricAlarms"].as_array().unwrap().len(), 1);
}

#[test]
fn alarms_come_in_pages() {
    let bed = bed();
    let first = ask(&bed, "DescribeAlarms", json!({"MaxRecords": 1})).unwrap();
    let next = json!({"MaxRecords": 1, "NextToken": first["NextToken"]});
    let second = ask(&bed, "DescribeAlarms", next).unwrap();
    assert_eq!(first["MetricAlarms"][0]["AlarmName"], "quiet");
    assert_eq!(second["MetricAlarms"][0]["AlarmName"], "web-5xx");
    assert_eq!(second["NextToken"], Value::Null);
    let strange = json!({"NextToken": "strange"});
    let refusal = ask(&bed, "DescribeAlarms", strange).unwrap_err();
    assert!(refusal.starts_with("InvalidNextToken"), "{refusal}");
}

#[test]
fn an_alarm_has_tags_and_what_is_none_has_none() {
    let bed = bed();
    let tags = json!({"ResourceARN": ARN, "Tags": [{"Key": "team", "Value": "shop"}]});
    ask(&bed, "TagResource", tags).unwrap();
    let keys = json!({"ResourceARN": ARN, "TagKeys": ["caretaker:service"]});
    let listed = || ask(&bed, "ListTagsForResource", json!({"ResourceARN": ARN})).unwrap();
    assert_eq!(listed()["Tags"].as_array().unwrap().len(), 2);
    ask(&bed, "UntagResource", keys).unwrap();
    assert_eq!(listed()["Tags"], json!([{"Key": "team", "Value": "shop"}]));
    let nobody = json!({"ResourceARN": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:no"});
    let refusal = ask(&bed, "ListTagsForResource", nobody).unwrap_err();
    assert!(
        refusal.starts_with("ResourceNotFoundException"),
        "{refusal}"
    );
}
