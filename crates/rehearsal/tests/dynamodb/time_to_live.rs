//! Time to live.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{DynamoDb, key};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn setting(name: &str, enabled: bool) -> Value {
    json!({
        "TableName": "ledger",
        "TimeToLiveSpecification": {"AttributeName": name, "Enabled": enabled},
    })
}

fn with_time_to_live() -> DynamoDb {
    let dynamodb = DynamoDb::new();
    dynamodb.done("UpdateTimeToLive", setting("expires", true));
    dynamodb
}

/// Puts an item that expires that many seconds from now.
fn expiring(dynamodb: &DynamoDb, sk: &str, seconds: i64) {
    let mut item = key("a", sk);
    let at = dynamodb.now().as_second() + seconds;
    item["expires"] = json!({"N": at.to_string()});
    dynamodb.put(item);
}

#[test]
fn an_expired_item_stays_visible_until_the_sweep() {
    let dynamodb = with_time_to_live();
    expiring(&dynamodb, "1", 3600);
    dynamodb.later(HOUR * 12);
    assert!(dynamodb.get("a", "1").is_some(), "expired for eleven hours");
    dynamodb.later(HOUR);
    assert_eq!(dynamodb.get("a", "1"), None);
}

#[test]
fn an_expiry_that_moves_moves_the_deletion() {
    let dynamodb = with_time_to_live();
    expiring(&dynamodb, "1", 3600);
    dynamodb.later(HOUR * 2);
    expiring(&dynamodb, "1", 3600);
    dynamodb.later(HOUR * 12);
    assert!(dynamodb.get("a", "1").is_some());
    dynamodb.later(HOUR * 2);
    assert_eq!(dynamodb.get("a", "1"), None);
}

#[test]
fn an_item_from_before_the_setting_expires_too() {
    let dynamodb = DynamoDb::new();
    expiring(&dynamodb, "1", 0);
    dynamodb.done("UpdateTimeToLive", setting("expires", true));
    dynamodb.later(HOUR * 13);
    assert_eq!(dynamodb.get("a", "1"), None);
}

#[test]
fn what_is_no_recent_number_of_seconds_never_expires() {
    let dynamodb = with_time_to_live();
    for (sk, value) in [
        ("text", json!({"S": "0"})),
        ("long ago", json!({"N": "162777600"})),
        ("huge", json!({"N": "1e40"})),
    ] {
        let mut item = key("a", sk);
        item["expires"] = value;
        dynamodb.put(item);
    }
    dynamodb.put(key("a", "none"));
    dynamodb.later(HOUR * 24 * 30);
    for sk in ["text", "long ago", "huge", "none"] {
        assert!(dynamodb.get("a", sk).is_some(), "{sk}");
    }
}

#[test]
fn a_scenario_chooses_how_late_the_sweep_is() {
    let dynamodb = with_time_to_live();
    dynamodb.account.state().world.dynamodb.deletion_lag = HOUR * 48;
    expiring(&dynamodb, "1", 0);
    dynamodb.later(HOUR * 47);
    assert!(dynamodb.get("a", "1").is_some());
    dynamodb.later(HOUR);
    assert_eq!(dynamodb.get("a", "1"), None);
}

#[test]
fn the_setting_is_described_and_changed_once_an_hour() {
    let dynamodb = DynamoDb::new();
    let describe = || {
        let output = dynamodb.done("DescribeTimeToLive", json!({"TableName": "ledger"}));
        output["TimeToLiveDescription"].clone()
    };
    assert_eq!(describe(), json!({"TimeToLiveStatus": "DISABLED"}));
    let output = dynamodb.done("UpdateTimeToLive", setting("expires", true));
    let specification = json!({"AttributeName": "expires", "Enabled": true});
    assert_eq!(output["TimeToLiveSpecification"], specification);
    assert_eq!(
        describe(),
        json!({"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"})
    );
    for (name, enabled, message) in [
        ("expires", true, "TimeToLive is already enabled"),
        (
            "other",
            false,
            "TimeToLive is active on a different AttributeName: current AttributeName is expires",
        ),
        (
            "expires",
            false,
            "Time to live has been modified multiple times within a fixed interval",
        ),
    ] {
        let refusal = dynamodb.refused("UpdateTimeToLive", setting(name, enabled));
        assert_eq!(refusal.message, message);
    }
    dynamodb.later(HOUR);
    dynamodb.done("UpdateTimeToLive", setting("expires", false));
    assert_eq!(describe(), json!({"TimeToLiveStatus": "DISABLED"}));
}
