use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::services::events::later;

const ARN: &str = "arn:aws:sqs:eu-central-1:123456789012:intake";
const URL: &str = "https://sqs.eu-central-1.amazonaws.com/123456789012/intake";
const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:spot-drain";

fn ask(world: &mut World, operation: &str, input: Value) -> Result<Value, ApiError> {
    let request = Call {
        at: world.now,
        caller: "spot-drain".into(),
        service: MODULE.service,
        operation: operation.into(),
        input,
    };
    call(world, &request)
}

/// A world with the queue `intake`, whose dead letters go to `dead` after two attempts.
fn world() -> World {
    let mut world = World::new("2026-11-21T08:00:00Z".parse().unwrap());
    let dead = "arn:aws:sqs:eu-central-1:123456789012:dead";
    ask(&mut world, "CreateQueue", json!({"QueueName": "dead"})).unwrap();
    let policy = json!({"deadLetterTargetArn": dead, "maxReceiveCount": 2}).to_string();
    let attributes = json!({"VisibilityTimeout": "35", "RedrivePolicy": policy});
    let queue = json!({"QueueName": "intake", "Attributes": attributes});
    ask(&mut world, "CreateQueue", queue).unwrap();
    world
}

fn send(world: &mut World, body: &str, delay: i64) -> String {
    let input = json!({"QueueUrl": URL, "MessageBody": body, "DelaySeconds": delay});
    let sent = ask(world, "SendMessage", input).unwrap();
    sent["MessageId"].as_str().unwrap().to_owned()
}

fn mapping(batch_size: usize, window: i64) -> Mapping {
    Mapping {
        queue: ARN.to_owned(),
        function: FUNCTION.to_owned(),
        batch_size,
        window: SignedDuration::from_secs(window),
        partial: true,
    }
}

fn mapped(batch_size: usize, window: i64) -> World {
    let mut world = world();
    let timeout = std::time::Duration::from_secs(30);
    map(&mut world, mapping(batch_size, window), timeout).unwrap();
    world
}

fn pass(world: &mut World, milliseconds: i64) {
    world.advance_to(later(world.now, SignedDuration::from_millis(milliseconds)));
}

/// The bodies of every batch that is due.
fn taken(world: &mut World) -> Vec<Vec<String>> {
    let batches = take_due_batches(world);
    batches.iter().map(bodies).collect()
}

fn bodies(batch: &Batch) -> Vec<String> {
    let event = batch.event();
    let records = event["Records"].as_array().unwrap().iter();
    records
        .map(|record| record["body"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn messages_are_gathered_for_the_window_and_then_delivered_together() {
    let mut world = mapped(100, 1);
    send(&mut world, "a", 0);
    pass(&mut world, 600);
    send(&mut world, "b", 0);
    assert!(taken(&mut world).is_empty());
    pass(&mut world, 400);
    send(&mut world, "c", 0);
    assert_eq!(taken(&mut world), [["a", "b", "c"]]);
    assert!(taken(&mut world).is_empty());
}

#[test]
fn a_full_batch_does_not_wait_for_the_end_of_the_window() {
    let mut world = mapped(2, 5);
    for body in ["a", "b", "c"] {
        send(&mut world, body, 0);
    }
    assert_eq!(taken(&mut world), [["a", "b"]]);
    pass(&mut world, 5_000);
    assert_eq!(taken(&mut world), [["c"]]);
}

#[test]
fn without_a_window_nothing_waits() {
    let mut world = mapped(1, 0);
    send(&mut world, "a", 0);
    send(&mut world, "b", 0);
    assert_eq!(taken(&mut world), [["a"], ["b"]]);
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
#[test]
fn in_low_traffic_a_window_takes_longer() {
    let mut world = mapped(100, 1);
    world.sqs.idle = SignedDuration::from_secs(19);
    send(&mut world, "a", 0);
    pass(&mut world, 19_900);
    assert!(taken(&mut world).is_empty());
    pass(&mut world, 100);
    assert_eq!(taken(&mut world), [["a"]]);
}

#[test]
fn a_delayed_message_comes_when_its_delay_is_over_and_says_when_it_was_sent() {
    let mut world = mapped(10, 0);
    let sent = world.now.as_millisecond().to_string();
    send(&mut world, "later", 10);
    assert_eq!(world.next_due(), next_batch(&world));
    pass(&mut world, 9_999);
    assert!(take_due_batches(&mut world).is_empty());
    pass(&mut world, 1);
    let record = take_due_batches(&mut world)[0].event()["Records"][0].take();
    assert_eq!(record["body"], "later");
    assert_eq!(record["attributes"]["SentTimestamp"], json!(sent));
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(record["eventSourceARN"], ARN);
    assert_eq!(record["awsRegion"], "eu-central-1");
}

#[test]
fn only_the_messages_that_are_named_as_failed_come_back_after_the_visibility_timeout() {
    let mut world = mapped(10, 0);
    send(&mut world, "good", 0);
    let bad = send(&mut world, "bad", 0);
    let batch = take_due_batches(&mut world).remove(0);
    let answer = json!({"batchItemFailures": [{"itemIdentifier": bad}]});
    settle(&mut world, &batch, Some(&answer));
    pass(&mut world, 34_999);
    assert!(taken(&mut world).is_empty());
    pass(&mut world, 1);
    assert_eq!(taken(&mut world), [["bad"]]);
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting>
#[test]
fn an_answer_decides_how_many_messages_come_back() {
    for (answer, left) in [
        (Some(json!({"batchItemFailures": []})), 0),
        (Some(json!({"batchItemFailures": null})), 0),
        (Some(json!({"summary": "done"})), 0),
        (Some(json!(null)), 0),
        (
            Some(json!({"batchItemFailures": [{"itemIdentifier": ""}]})),
            2,
        ),
        (
            Some(json!({"batchItemFailures": [{"itemIdentifier": null}]})),
            2,
        ),
        (Some(json!({"batchItemFailures": [{"id": "x"}]})), 2),
        (Some(json!({"batchItemFailures": "x"})), 2),
        (None, 2),
    ] {
        let mut world = mapped(10, 0);
        send(&mut world, "a", 0);
        send(&mut world, "b", 0);
        let batch = take_due_batches(&mut world).remove(0);
        settle(&mut world, &batch, answer.as_ref());
        let kept = world.sqs.queues[ARN].messages().count();
        assert_eq!(kept, left, "{answer:?}");
    }
}

#[test]
fn a_message_that_was_received_too_often_is_a_dead_letter_with_its_id() {
    let mut world = mapped(10, 0);
    let id = send(&mut world, "poison", 0);
    for _ in 0..2 {
        assert_eq!(taken(&mut world), [["poison"]]);
        pass(&mut world, 35_000);
    }
    assert!(taken(&mut world).is_empty());
    let dead = &world.sqs.queues["arn:aws:sqs:eu-central-1:123456789012:dead"];
    let left: Vec<_> = dead.messages().map(|message| &message.id).collect();
    assert_eq!(left, [&id]);
    // It says where it is from, and goes on being counted.
    let record = dead.messages().next().unwrap().record("dead");
    let said = |name: &str| record["attributes"][name].clone();
    assert_eq!(said("DeadLetterQueueSourceArn"), ARN);
    assert_eq!(said("ApproximateReceiveCount"), "2");
    assert_eq!(next_batch(&world), None);
}

#[test]
fn what_is_too_old_is_forgotten() {
    let mut world = mapped(10, 0);
    send(&mut world, "old", 0);
    pass(&mut world, 345_600_000);
    assert!(taken(&mut world).is_empty());
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
#[test]
fn a_mapping_that_lambda_refuses_is_refused() {
    let mut world = world();
    let mut refusal = |mapping: Mapping, seconds| {
        let timeout = std::time::Duration::from_secs(seconds);
        map(&mut world, mapping, timeout).unwrap_err().message
    };
    assert_eq!(
        refusal(mapping(10, 0), 36),
        "Queue visibility timeout: 35 seconds is less than Function timeout: 36 seconds"
    );
    assert!(refusal(mapping(11, 0), 30).starts_with("Maximum batch window"));
    let elsewhere = Mapping {
        queue: "arn:aws:sqs:eu-central-1:123456789012:none".to_owned(),
        ..mapping(10, 0)
    };
    assert!(refusal(elsewhere, 30).contains("NonExistentQueue"));
}

#[test]
fn what_a_message_may_not_be_is_refused() {
    let mut world = world();
    let mut refusal = |more: Value| {
        let mut input = json!({"QueueUrl": URL, "MessageBody": "x"});
        let more = more.as_object().cloned().unwrap();
        input.as_object_mut().unwrap().extend(more);
        ask(&mut world, "SendMessage", input).unwrap_err().code
    };
    for (more, code) in [
        (json!({"MessageBody": ""}), "MissingParameter"),
        (json!({"DelaySeconds": 901}), "InvalidParameterValue"),
        (
            json!({"MessageBody": "x".repeat(1_048_577)}),
            "InvalidParameterValue",
        ),
        (json!({"QueueUrl": "https://x/1/none"}), "QueueDoesNotExist"),
    ] {
        assert_eq!(refusal(more), code);
    }
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>
#[test]
fn a_batch_is_sent_entry_by_entry_or_refused_as_a_whole() {
    let mut world = world();
    let entry = |id: &str, delay: i64| json!({"Id": id, "MessageBody": "x", "DelaySeconds": delay});
    let mut ask = |entries: Value| {
        let input = json!({"QueueUrl": URL, "Entries": entries});
        ask(&mut world, "SendMessageBatch", input)
    };
    let sent = ask(json!([entry("a", 0), entry("b", 1_000)])).unwrap();
    assert_eq!(sent["Successful"][0]["Id"], "a");
    assert_eq!(sent["Failed"][0]["Id"], "b");
    assert_eq!(sent["Failed"][0]["SenderFault"], true);
    let many: Vec<Value> = (0..11).map(|n| entry(&n.to_string(), 0)).collect();
    for (entries, code) in [
        (json!([]), "EmptyBatchRequest"),
        (json!(many), "TooManyEntriesInBatchRequest"),
        (
            json!([entry("a", 0), entry("a", 0)]),
            "BatchEntryIdsNotDistinct",
        ),
    ] {
        assert_eq!(ask(entries).unwrap_err().code, code);
    }
}

#[test]
fn a_queue_says_what_is_in_it() {
    let mut world = mapped(10, 0);
    send(&mut world, "taken", 0);
    taken(&mut world);
    send(&mut world, "there", 0);
    send(&mut world, "late", 60);
    let mut described = |names: Value| {
        let input = json!({"QueueUrl": URL, "AttributeNames": names});
        ask(&mut world, "GetQueueAttributes", input)
    };
    let all = described(json!(["All"])).unwrap()["Attributes"].take();
    assert_eq!(all["QueueArn"], ARN);
    assert_eq!(all["VisibilityTimeout"], "35");
    for member in ["", "NotVisible", "Delayed"] {
        let name = format!("ApproximateNumberOfMessages{member}");
        assert_eq!(all[&name], "1", "{name}");
    }
    assert_eq!(
        described(json!(["Policy"])).unwrap()["Attributes"],
        json!({})
    );
    let refused = described(json!(["Colour"])).unwrap_err();
    assert_eq!(refused.code, "InvalidAttributeName");
}

#[test]
fn a_queue_is_created_once_and_its_dead_letters_need_a_queue() {
    let mut world = world();
    let mut create = |input: Value| ask(&mut world, "CreateQueue", input);
    let again = json!({"QueueName": "dead"});
    assert!(
        create(again).unwrap()["QueueUrl"]
            .as_str()
            .unwrap()
            .ends_with("/dead")
    );
    for (attributes, code) in [
        (json!({"VisibilityTimeout": "1"}), "QueueNameExists"),
        (
            json!({"VisibilityTimeout": "43201"}),
            "InvalidAttributeValue",
        ),
        (
            json!({"RedrivePolicy": "{\"deadLetterTargetArn\":\"x\"}"}),
            "InvalidAttributeValue",
        ),
        (json!({"Colour": "red"}), "InvalidAttributeName"),
    ] {
        let input = json!({"QueueName": "dead", "Attributes": attributes});
        assert_eq!(create(input).unwrap_err().code, code);
    }
    assert_eq!(
        create(json!({"QueueName": "not a name"})).unwrap_err().code,
        "InvalidParameterValue"
    );
}
