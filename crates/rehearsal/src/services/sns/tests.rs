use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::services::events::{Twist, Twisted};

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:pages";
const MAIL: &str = "me@example.com";
const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:f";

fn world() -> World {
    World::new("2026-11-21T08:00:00Z".parse().unwrap())
}

fn ask(world: &mut World, operation: &str, input: Value) -> Result<Value, ApiError> {
    let request = Call {
        at: world.now,
        caller: "test".into(),
        service: MODULE.service,
        operation: operation.into(),
        input,
    };
    call(world, &request)
}

fn subscribe(world: &mut World, protocol: &str, endpoint: &str) -> Result<Value, ApiError> {
    let input = json!({"TopicArn": TOPIC, "Protocol": protocol, "Endpoint": endpoint});
    ask(world, "Subscribe", input)
}

/// A topic with a confirmed subscriber of every kind.
fn with_topic() -> World {
    let mut world = world();
    let created = ask(&mut world, "CreateTopic", json!({"Name": "pages"})).unwrap();
    assert_eq!(created["TopicArn"], TOPIC);
    for (protocol, endpoint) in [
        ("email", MAIL),
        ("sms", "+4915112345678"),
        ("https", "https://example.com/hook"),
        ("lambda", FUNCTION),
    ] {
        subscribe(&mut world, protocol, endpoint).unwrap();
        world.sns.confirm(endpoint);
    }
    world
}

fn publish(world: &mut World, mut input: Value) -> Result<Value, ApiError> {
    input["TopicArn"] = json!(TOPIC);
    ask(world, "Publish", input)
}

#[track_caller]
fn refused(input: Value) -> String {
    let mut world = with_topic();
    let refused = publish(&mut world, input).unwrap_err();
    assert_eq!(
        (refused.status, refused.code.as_str()),
        (400, "InvalidParameter")
    );
    assert!(world.sns.received.is_empty());
    refused.message
}

#[test]
fn every_subscriber_receives_its_own_text() {
    let mut world = with_topic();
    let texts = json!({"default": "d", "sms": "s", "email": "e", "ignored": {"not": "text"}});
    let input = json!({
        "Message": texts.to_string(), "MessageStructure": "json", "Subject": "ALARM: api"
    });
    let reply = publish(&mut world, input).unwrap();
    let received: Vec<_> = world
        .sns
        .received
        .iter()
        .map(|one| (one.protocol.as_str(), one.message.as_str()))
        .collect();
    assert_eq!(
        received,
        [
            ("email", "e"),
            ("sms", "s"),
            ("https", "d"),
            ("lambda", "d")
        ]
    );
    assert!(world.sns.received.iter().all(|one| {
        one.subject.as_deref() == Some("ALARM: api") && one.message_id == reply["MessageId"]
    }));
}

#[test]
fn a_publication_is_noted_under_the_topics_name() {
    let mut world = with_topic();
    publish(&mut world, json!({"Message": "hello"})).unwrap();
    let noted = world.happenings.last().unwrap();
    assert_eq!(noted.subject, "pages");
    let crate::journal::What::Published(said) = &noted.what else {
        panic!("a publication");
    };
    assert_eq!(said["Message"], json!({"default": "hello"}));
}

/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
#[test]
fn a_structured_message_needs_json_with_a_default() {
    let structured = |text: &str| json!({"Message": text, "MessageStructure": "json"});
    let parse = "Invalid parameter: Message Structure - JSON message body failed to parse";
    assert_eq!(refused(structured("{")), parse);
    assert_eq!(refused(structured("[]")), parse);
    let default = "Invalid parameter: Message Structure - No default entry in JSON message body";
    assert_eq!(refused(structured("{\"sms\":\"s\"}")), default);
    assert_eq!(refused(structured("{\"default\":1}")), default);
}

#[test]
fn a_subject_is_short_and_on_one_line() {
    let with = |subject: String| json!({"Message": "m", "Subject": subject});
    for bad in [
        "a".repeat(100),
        "a\nb".into(),
        "a\u{7}".into(),
        String::new(),
    ] {
        assert_eq!(refused(with(bad)), "Invalid parameter: Subject");
    }
    let mut world = with_topic();
    for good in ["a".repeat(99), "ü".repeat(99)] {
        assert!(publish(&mut world, with(good)).is_ok());
    }
}

#[test]
fn a_message_has_between_one_byte_and_256_kib() {
    let with = |text: &str| json!({"Message": text});
    assert_eq!(refused(with("")), "Invalid parameter: Empty message");
    let long = "ü".repeat(131_072) + "a";
    assert_eq!(refused(with(&long)), "Invalid parameter: Message too long");
    let mut world = with_topic();
    assert!(publish(&mut world, with(&long[..262_144])).is_ok());
}

#[test]
fn a_topic_that_is_not_there_is_not_found() {
    let mut world = world();
    let input = json!({"TopicArn": TOPIC, "Message": "m"});
    let refused = ask(&mut world, "Publish", input).unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (404, "NotFound"));
    assert_eq!(refused.message, "Topic does not exist");
    let input = json!({"TopicArn": "pages", "Message": "m"});
    let refused = ask(&mut world, "Publish", input).unwrap_err();
    assert_eq!(
        refused.message,
        "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"
    );
}

/// <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>
#[test]
fn a_person_receives_nothing_before_confirming() {
    let mut world = world();
    ask(&mut world, "CreateTopic", json!({"Name": "pages"})).unwrap();
    let reply = subscribe(&mut world, "email", MAIL).unwrap();
    assert_eq!(reply["SubscriptionArn"], "pending confirmation");
    publish(&mut world, json!({"Message": "unheard"})).unwrap();
    let by_topic = json!({"TopicArn": TOPIC});
    let list = ask(&mut world, "ListSubscriptionsByTopic", by_topic.clone()).unwrap();
    assert_eq!(
        list["Subscriptions"][0]["SubscriptionArn"],
        "PendingConfirmation"
    );
    assert_eq!(world.sns.confirm(MAIL), 1);
    publish(&mut world, json!({"Message": "heard"})).unwrap();
    let list = ask(&mut world, "ListSubscriptionsByTopic", by_topic).unwrap();
    let arn = list["Subscriptions"][0]["SubscriptionArn"]
        .as_str()
        .unwrap();
    assert!(arn.starts_with(TOPIC));
    let heard: Vec<_> = world.sns.received.iter().map(|one| &one.message).collect();
    assert_eq!(heard, ["heard"]);
}

#[test]
fn a_token_confirms_and_unsubscribing_ends_it() {
    let mut world = world();
    ask(&mut world, "CreateTopic", json!({"Name": "pages"})).unwrap();
    subscribe(&mut world, "https", "https://example.com").unwrap();
    let token = world.sns.topics[TOPIC].subscriptions[0].token.clone();
    let wrong = json!({"TopicArn": TOPIC, "Token": "x"});
    assert!(ask(&mut world, "ConfirmSubscription", wrong).is_err());
    let right = json!({"TopicArn": TOPIC, "Token": token});
    let arn = ask(&mut world, "ConfirmSubscription", right).unwrap();
    ask(&mut world, "Unsubscribe", arn).unwrap();
    publish(&mut world, json!({"Message": "m"})).unwrap();
    assert!(world.sns.received.is_empty());
}

#[test]
fn a_function_is_confirmed_at_once_and_only_once() {
    let mut world = world();
    ask(&mut world, "CreateTopic", json!({"Name": "pages"})).unwrap();
    let first = subscribe(&mut world, "lambda", FUNCTION).unwrap();
    assert!(
        first["SubscriptionArn"]
            .as_str()
            .unwrap()
            .starts_with(TOPIC)
    );
    assert_eq!(subscribe(&mut world, "lambda", FUNCTION).unwrap(), first);
    assert_eq!(world.sns.topics[TOPIC].subscriptions.len(), 1);
}

#[test]
fn an_endpoint_must_fit_its_protocol() {
    let mut world = with_topic();
    for (protocol, endpoint, message) in [
        ("email", "a@b.c;d@e.f", "Email address"),
        (
            "https",
            "http://a",
            "Endpoint must match the specified protocol",
        ),
        ("sms", "0151", "Invalid SMS endpoint"),
        ("sqs", "https://queue", "SQS endpoint ARN"),
        ("lambda", "f", "Lambda endpoint ARN"),
        (
            "fax",
            "1",
            "Amazon SNS does not support this protocol string: fax",
        ),
    ] {
        let refused = subscribe(&mut world, protocol, endpoint).unwrap_err();
        assert_eq!(refused.message, format!("Invalid parameter: {message}"));
    }
}

#[test]
fn subscriptions_come_a_hundred_at_a_time() {
    let mut world = with_topic();
    for n in 0..100 {
        subscribe(&mut world, "email", &format!("{n}@example.com")).unwrap();
    }
    let first = json!({"TopicArn": TOPIC});
    let page = ask(&mut world, "ListSubscriptionsByTopic", first).unwrap();
    assert_eq!(page["Subscriptions"].as_array().unwrap().len(), 100);
    let rest = json!({"TopicArn": TOPIC, "NextToken": page["NextToken"]});
    let page = ask(&mut world, "ListSubscriptionsByTopic", rest).unwrap();
    assert_eq!(page["Subscriptions"].as_array().unwrap().len(), 4);
    assert!(page["NextToken"].is_null());
}

#[test]
fn a_topics_attributes_count_its_subscribers() {
    let mut world = with_topic();
    subscribe(&mut world, "email", "new@example.com").unwrap();
    let set = json!({"TopicArn": TOPIC, "AttributeName": "DisplayName", "AttributeValue": "Pages"});
    ask(&mut world, "SetTopicAttributes", set).unwrap();
    let strange = json!({"TopicArn": TOPIC, "AttributeName": "Colour"});
    assert!(ask(&mut world, "SetTopicAttributes", strange).is_err());
    let reply = ask(&mut world, "GetTopicAttributes", json!({"TopicArn": TOPIC})).unwrap();
    let attribute = |key: &str| {
        let entries = reply["Attributes"]["entry"].as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["key"] == key).unwrap();
        entry["value"].clone()
    };
    assert_eq!(attribute("SubscriptionsConfirmed"), "4");
    assert_eq!(attribute("SubscriptionsPending"), "1");
    assert_eq!(attribute("DisplayName"), "Pages");
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>
#[test]
fn a_function_is_invoked_with_a_record() {
    let mut world = with_topic();
    publish(&mut world, json!({"Message": "hello"})).unwrap();
    let event = lambda_event(world.sns.received.last().unwrap());
    let record = &event["Records"][0];
    assert_eq!(record["EventSource"], "aws:sns");
    assert_eq!(record["Sns"]["Message"], "hello");
    assert_eq!(record["Sns"]["Timestamp"], "2026-11-21T08:00:00.000Z");
    assert_eq!(record["Sns"]["Subject"], Value::Null);
}

#[test]
fn a_function_that_subscribes_is_sent_the_message_once_or_as_a_script_wants() {
    let mut world = with_topic();
    world.events.deliveries.script(Twist {
        twisted: Twisted::Repeated(SignedDuration::from_secs(60)),
        mentions: FUNCTION.into(),
        skip: 1,
        times: 1,
    });
    publish(&mut world, json!({"Message": "one"})).unwrap();
    publish(&mut world, json!({"Message": "two"})).unwrap();
    let said: Vec<_> = world.events.deliveries.iter().collect();
    assert!(said.iter().all(|one| one.target == FUNCTION));
    let said: Vec<_> = said
        .iter()
        .map(|one| {
            one.payload["Records"][0]["Sns"]["Message"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(said, ["one", "two", "two"]);
}

fn budgets() -> Publisher {
    Publisher {
        principal: "budgets.amazonaws.com",
        account: "123456789012".into(),
        arn: "arn:aws:budgets::123456789012:budget/monthly".into(),
    }
}

fn set(world: &mut World, attribute: &str, value: &str) -> Result<Value, ApiError> {
    let input = json!({"TopicArn": TOPIC, "AttributeName": attribute, "AttributeValue": value});
    ask(world, "SetTopicAttributes", input)
}

/// <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html>
#[test]
fn a_service_publishes_only_where_the_policy_lets_it() {
    let mut world = with_topic();
    let refused = publish_for(&mut world, &budgets(), TOPIC, "s", "m").unwrap_err();
    assert_eq!(refused.code, "AuthorizationError");
    assert!(world.sns.received.is_empty());
    let policy = json!({"Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "budgets.amazonaws.com"},
        "Action": "SNS:Publish",
        "Resource": TOPIC,
    }]});
    set(&mut world, "Policy", &policy.to_string()).unwrap();
    publish_for(&mut world, &budgets(), TOPIC, "s", "m").unwrap();
    assert_eq!(world.sns.received.len(), 4);
    set(&mut world, "KmsMasterKeyId", "alias/aws/sns").unwrap();
    let refused = publish_for(&mut world, &budgets(), TOPIC, "s", "m").unwrap_err();
    assert_eq!(refused.code, "KMSAccessDenied");
}

#[test]
fn a_topic_always_has_a_policy_and_it_is_json() {
    let mut world = with_topic();
    let reply = ask(&mut world, "GetTopicAttributes", json!({"TopicArn": TOPIC})).unwrap();
    assert!(reply.to_string().contains("__default_policy_ID"));
    let refused = set(&mut world, "Policy", "{}").unwrap_err();
    assert_eq!(refused.message, "Invalid parameter: Policy Error: null");
}
