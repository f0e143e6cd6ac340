use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::account::{Account, Answer};
use crate::clock::Clock;

const PAGER: &str = "arn:aws:lambda:eu-central-1:123456789012:function:pager";

fn world() -> World {
    World::new("2026-11-21T08:00:00.750Z".parse().unwrap())
}

/// A call as it comes off the wire.
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

/// A rule on notices that goes to the pager.
fn with_rule(world: &mut World) {
    let pattern = json!({"source": ["caretaker"]}).to_string();
    ask(
        world,
        "PutRule",
        json!({"Name": "notices", "EventPattern": pattern}),
    )
    .unwrap();
    let target = json!({"Id": "pager", "Arn": PAGER});
    ask(
        world,
        "PutTargets",
        json!({"Rule": "notices", "Targets": [target]}),
    )
    .unwrap();
}

fn entry(detail: &str) -> Value {
    json!({"Source": "caretaker", "DetailType": "Notice", "Detail": detail})
}

fn arrived(world: &mut World, after: SignedDuration) -> Vec<Delivery> {
    world.advance_to(later(world.now, after));
    take_due_deliveries(world)
}

#[test]
fn a_matching_event_reaches_the_target_whole() {
    let mut world = world();
    with_rule(&mut world);
    let reply = ask(
        &mut world,
        "PutEvents",
        json!({"Entries": [entry("{\"a\":1}")]}),
    )
    .unwrap();
    assert_eq!(reply["FailedEntryCount"], 0);
    assert!(take_due_deliveries(&mut world).is_empty());
    let [delivery] = &arrived(&mut world, SignedDuration::from_secs(1))[..] else {
        panic!("one delivery");
    };
    assert_eq!(delivery.target, PAGER);
    assert_eq!(
        delivery.payload,
        json!({
            "version": "0",
            "id": reply["Entries"][0]["EventId"],
            "detail-type": "Notice",
            "source": "caretaker",
            "account": "123456789012",
            "time": "2026-11-21T08:00:00Z",
            "region": "eu-central-1",
            "resources": [],
            "detail": {"a": 1}
        })
    );
}

#[test]
fn what_no_enabled_rule_wants_goes_nowhere() {
    let mut world = world();
    with_rule(&mut world);
    emit(
        &mut world,
        "aws.ecs",
        "ECS Service Action",
        vec![],
        json!({}),
    );
    let pattern = json!({"source": ["caretaker"]}).to_string();
    let off = json!({"Name": "notices", "EventPattern": pattern, "State": "DISABLED"});
    ask(&mut world, "PutRule", off).unwrap();
    emit(&mut world, "caretaker", "Notice", vec![], json!({}));
    assert!(arrived(&mut world, SignedDuration::from_hours(1)).is_empty());
    assert_eq!(world.happenings.len(), 2);
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html>
#[test]
fn a_bad_entry_fails_alone_inside_a_200() {
    let mut world = world();
    with_rule(&mut world);
    let entries = json!([
        entry("{}"),
        {"Source": "caretaker", "DetailType": "Notice"},
        {"Source": "caretaker", "Detail": "{}"},
        {"DetailType": "Notice", "Detail": "{}"},
        entry("not json"),
        entry("[1]"),
        {"Source": "aws.ecs", "DetailType": "Notice", "Detail": "{}"},
    ]);
    let reply = ask(&mut world, "PutEvents", json!({"Entries": entries})).unwrap();
    assert_eq!(reply["FailedEntryCount"], 6);
    let codes: Vec<_> = reply["Entries"].as_array().unwrap()[1..]
        .iter()
        .map(|entry| entry["ErrorCode"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        [
            "InvalidArgument",
            "InvalidArgument",
            "InvalidArgument",
            "MalformedDetail",
            "MalformedDetail",
            "NotAuthorizedForSourceException"
        ]
    );
    assert_eq!(arrived(&mut world, SignedDuration::from_secs(1)).len(), 1);
}

#[test]
fn an_entry_for_a_bus_that_is_not_there_is_accepted_and_lost() {
    let mut world = world();
    with_rule(&mut world);
    for (bus, arrives) in [("other", 0), ("default", 1)] {
        let mut entry = entry("{}");
        entry["EventBusName"] = json!(bus);
        let reply = ask(&mut world, "PutEvents", json!({"Entries": [entry]})).unwrap();
        assert_eq!(reply["FailedEntryCount"], 0);
        let count = arrived(&mut world, SignedDuration::from_secs(1)).len();
        assert_eq!(count, arrives, "{bus}");
    }
}

#[test]
fn a_request_takes_ten_entries_and_a_megabyte() {
    let mut world = world();
    let many = |n: usize| json!({"Entries": vec![entry("{}"); n]});
    assert!(ask(&mut world, "PutEvents", many(10)).is_ok());
    for n in [0, 11] {
        let refused = ask(&mut world, "PutEvents", many(n)).unwrap_err();
        assert_eq!(refused.code, "ValidationException");
    }
    let long = format!("\"{}\"", "a".repeat(1024 * 1024));
    let refused = ask(&mut world, "PutEvents", json!({"Entries": [entry(&long)]})).unwrap_err();
    assert_eq!(
        refused.message,
        "Total size of the entries in the request is over the limit."
    );
}

#[test]
fn a_delivery_can_come_twice_late_or_never() {
    let mut world = world();
    with_rule(&mut world);
    let minutes = SignedDuration::from_mins;
    for (mentions, twisted) in [
        ("twice", Twisted::Repeated(minutes(2))),
        ("late", Twisted::Delayed(minutes(1))),
        ("never", Twisted::Lost),
    ] {
        let mentions = mentions.to_owned();
        world.events.deliveries.script(Twist {
            twisted,
            mentions,
            skip: 0,
            times: 1,
        });
    }
    for name in ["never", "late", "twice", "plain"] {
        emit(
            &mut world,
            "caretaker",
            "Notice",
            vec![],
            json!({"name": name}),
        );
    }
    let arrived: Vec<_> = arrived(&mut world, minutes(5))
        .into_iter()
        .map(|delivery| {
            delivery.payload["detail"]["name"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(arrived, ["twice", "plain", "late", "twice"]);
}

#[test]
fn an_account_stops_where_a_delivery_is_due() {
    let mut world = world();
    with_rule(&mut world);
    emit(&mut world, "caretaker", "Notice", vec![], json!({}));
    assert_eq!(
        world.next_due(),
        Some("2026-11-21T08:00:01.25Z".parse().unwrap())
    );
    world.advance_to("2026-11-21T09:00:00Z".parse().unwrap());
    assert_eq!(world.next_due(), None);
    assert_eq!(take_due_deliveries(&mut world).len(), 1);
}

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html>
#[test]
fn a_refused_delivery_is_tried_for_a_day_and_then_given_up() {
    let mut world = world();
    with_rule(&mut world);
    emit(&mut world, "caretaker", "Notice", vec![], json!({}));
    let since = world.now;
    let mut attempts = 0;
    let given_up = loop {
        let due = world.next_due().unwrap();
        world.advance_to(due);
        let delivery = take_due_deliveries(&mut world).pop().unwrap();
        attempts += 1;
        if let Some(given_up) = put_back(&mut world, delivery) {
            break given_up;
        }
    };
    assert_eq!(given_up.cause, "notices");
    assert!((100..=186).contains(&attempts), "{attempts}");
    let tried = world.now.duration_since(since);
    assert!(tried > SignedDuration::from_hours(23), "{tried}");
    assert!(tried <= SignedDuration::from_hours(24), "{tried}");
}

#[test]
fn a_target_may_shorten_the_trying() {
    let mut world = world();
    with_rule(&mut world);
    let target = json!({
        "Id": "pager", "Arn": PAGER,
        "RetryPolicy": {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60},
        "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-central-1:123456789012:dead"}
    });
    ask(
        &mut world,
        "PutTargets",
        json!({"Rule": "notices", "Targets": [target]}),
    )
    .unwrap();
    emit(&mut world, "caretaker", "Notice", vec![], json!({}));
    let mut delivery = arrived(&mut world, SignedDuration::from_secs(1)).remove(0);
    assert!(delivery.dead_letter.is_some());
    assert!(redeliver(&delivery, 1).is_some());
    assert_eq!(redeliver(&delivery, 2), None);
    delivery.due = later(delivery.due, SignedDuration::from_secs(60));
    assert_eq!(redeliver(&delivery, 1), None);
}

#[test]
fn a_rule_may_send_something_else_than_the_event() {
    let mut world = world();
    with_rule(&mut world);
    let targets = json!([
        {"Id": "pager", "Arn": PAGER, "Input": "{\"action\":\"test\"}"},
        {"Id": "part", "Arn": PAGER, "InputPath": "$.detail.inner"}
    ]);
    ask(
        &mut world,
        "PutTargets",
        json!({"Rule": "notices", "Targets": targets}),
    )
    .unwrap();
    emit(
        &mut world,
        "caretaker",
        "Notice",
        vec![],
        json!({"inner": [1]}),
    );
    let payloads: Vec<_> = arrived(&mut world, SignedDuration::from_secs(1))
        .into_iter()
        .map(|delivery| delivery.payload)
        .collect();
    assert_eq!(payloads, [json!({"action": "test"}), json!([1])]);
}

#[test]
fn a_rule_is_described_listed_and_deleted_after_its_targets() {
    let mut world = world();
    with_rule(&mut world);
    let described = ask(&mut world, "DescribeRule", json!({"Name": "notices"})).unwrap();
    assert_eq!(
        described["Arn"],
        "arn:aws:events:eu-central-1:123456789012:rule/notices"
    );
    assert_eq!(described["State"], "ENABLED");
    let targets = ask(&mut world, "ListTargetsByRule", json!({"Rule": "notices"})).unwrap();
    assert_eq!(targets, json!({"Targets": [{"Id": "pager", "Arn": PAGER}]}));
    let early = ask(&mut world, "DeleteRule", json!({"Name": "notices"})).unwrap_err();
    assert_eq!(early.message, "Rule can't be deleted since it has targets.");
    let ids = json!({"Rule": "notices", "Ids": ["pager"]});
    ask(&mut world, "RemoveTargets", ids).unwrap();
    ask(&mut world, "DeleteRule", json!({"Name": "notices"})).unwrap();
    let gone = ask(&mut world, "DescribeRule", json!({"Name": "notices"})).unwrap_err();
    assert_eq!(gone.code, "ResourceNotFoundException");
}

#[test]
fn rules_are_listed_by_prefix_and_in_pages() {
    let mut world = world();
    let pattern = json!({"source": ["a"]}).to_string();
    for name in ["a1", "a2", "a3", "b1"] {
        let input = json!({"Name": name, "EventPattern": pattern});
        ask(&mut world, "PutRule", input).unwrap();
    }
    let first = json!({"NamePrefix": "a", "Limit": 2});
    let page = ask(&mut world, "ListRules", first).unwrap();
    assert_eq!(page["Rules"].as_array().unwrap().len(), 2);
    let rest = json!({"NamePrefix": "a", "Limit": 2, "NextToken": page["NextToken"]});
    let page = ask(&mut world, "ListRules", rest).unwrap();
    assert_eq!(page["Rules"][0]["Name"], "a3");
    assert!(page.get("NextToken").is_none());
}

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>
#[test]
fn a_rule_has_at_most_five_targets() {
    let mut world = world();
    with_rule(&mut world);
    let targets: Vec<_> = (0..5)
        .map(|n| json!({"Id": n.to_string(), "Arn": PAGER}))
        .collect();
    let input = json!({"Rule": "notices", "Targets": targets});
    let refused = ask(&mut world, "PutTargets", input).unwrap_err();
    assert_eq!(refused.code, "LimitExceededException");
}

#[test]
fn a_bad_pattern_is_refused_when_the_rule_is_put() {
    let mut world = world();
    for (pattern, reason) in [
        ("{", "Event pattern is not valid. Reason: Invalid JSON"),
        (
            "{\"source\":\"a\"}",
            "Event pattern is not valid. Reason: \"source\" must be an object or an array",
        ),
    ] {
        let input = json!({"Name": "r", "EventPattern": pattern});
        let refused = ask(&mut world, "PutRule", input).unwrap_err();
        assert_eq!(refused.code, "InvalidEventPatternException");
        assert_eq!(refused.message, reason);
    }
}

#[test]
fn a_pattern_can_be_tried_over_the_wire() {
    let account = Account::new(Clock::stepped("2026-11-21T08:00:00Z".parse().unwrap()));
    let input = json!({
        "EventPattern": "{\"source\":[\"a\"]}",
        "Event": "{\"source\":\"a\"}"
    });
    let request = http::Request::builder()
        .header("x-amz-target", "AWSEvents.TestEventPattern")
        .body(input.to_string().into())
        .unwrap();
    let Answer::Reply(reply) = account.respond(&request) else {
        panic!("an answer");
    };
    assert_eq!(reply.body().as_ref(), b"{\"Result\":true}");
}

const QUEUE: &str = "arn:aws:sqs:eu-central-1:123456789012:intake";
const DEAD: &str = "arn:aws:sqs:eu-central-1:123456789012:dead";

/// A rule on notices that goes to the queue `intake`, with `dead` for what cannot be delivered.
fn with_queues(world: &mut World, names: &[&str]) {
    for name in names {
        let request = Call {
            at: world.now,
            caller: "test".into(),
            service: "sqs",
            operation: "CreateQueue".into(),
            input: json!({"QueueName": name}),
        };
        (crate::services::sqs::MODULE.call)(world, &request).unwrap();
    }
    with_rule(world);
    let target = json!({"Id": "pager", "Arn": QUEUE, "DeadLetterConfig": {"Arn": DEAD}});
    let targets = json!({"Rule": "notices", "Targets": [target]});
    ask(world, "PutTargets", targets).unwrap();
}

fn bodies(world: &World, queue: &str) -> Vec<Value> {
    let messages = world.sqs.queues[queue].messages();
    messages
        .map(|message| serde_json::from_str(&message.body).unwrap())
        .collect()
}

#[test]
fn an_event_for_a_queue_is_a_message_there_half_a_second_later() {
    let mut world = world();
    with_queues(&mut world, &["intake"]);
    emit(&mut world, "caretaker", "Notice", vec![], json!({"a": 1}));
    let since = world.now;
    let due = world.next_due().unwrap();
    world.advance_to(due);
    assert_eq!(due.duration_since(since).as_millis(), 500);
    let bodies = bodies(&world, QUEUE);
    assert_eq!(bodies.len(), 1);
    assert_eq!(bodies[0]["detail"], json!({"a": 1}));
    assert!(take_due_deliveries(&mut world).is_empty());
}

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html>
#[test]
fn an_event_for_a_queue_that_is_not_there_is_a_dead_letter_at_once() {
    let mut world = world();
    with_queues(&mut world, &["dead"]);
    emit(&mut world, "caretaker", "Notice", vec![], json!({}));
    world.advance_to(later(world.now, SignedDuration::from_secs(1)));
    assert_eq!(bodies(&world, DEAD)[0]["source"], "caretaker");
    let letter = world.sqs.queues[DEAD].messages().next().unwrap();
    assert_eq!(letter.attributes["TARGET_ARN"]["StringValue"], QUEUE);
    let rule = "arn:aws:events:eu-central-1:123456789012:rule/notices";
    assert_eq!(letter.attributes["RULE_ARN"]["StringValue"], rule);
}

/// A rule that runs every minute, at first disabled.
fn with_minutes(world: &mut World) {
    let rule =
        json!({"Name": "minutes", "ScheduleExpression": "rate(1 minute)", "State": "DISABLED"});
    ask(world, "PutRule", rule).unwrap();
    let target = json!({"Id": "pager", "Arn": PAGER});
    let targets = json!({"Rule": "minutes", "Targets": [target]});
    ask(world, "PutTargets", targets).unwrap();
}

#[test]
fn a_rule_on_a_schedule_runs_while_it_is_enabled() {
    let mut world = world();
    with_minutes(&mut world);
    let minute = SignedDuration::from_secs(61);
    assert!(arrived(&mut world, minute).is_empty());
    let name = json!({"Name": "minutes"});
    ask(&mut world, "EnableRule", name.clone()).unwrap();
    let events = arrived(&mut world, minute);
    assert_eq!(events.len(), 1);
    let event = &events[0].payload;
    assert_eq!(event["source"], "aws.events");
    assert_eq!(event["detail-type"], "Scheduled Event");
    let arn = "arn:aws:events:eu-central-1:123456789012:rule/minutes";
    assert_eq!(event["resources"], json!([arn]));
    assert_eq!(event["detail"], json!({}));
    let described = ask(&mut world, "DescribeRule", name.clone()).unwrap();
    assert_eq!(described["State"], "ENABLED");
    assert_eq!(described["ScheduleExpression"], "rate(1 minute)");
    assert!(described.get("EventPattern").is_none());
    ask(&mut world, "DisableRule", name).unwrap();
    assert!(arrived(&mut world, SignedDuration::from_hours(1)).is_empty());
    assert_eq!(world.next_due(), None);
}

#[test]
fn enabling_a_rule_that_is_enabled_does_not_put_its_next_run_off() {
    let mut world = world();
    with_minutes(&mut world);
    let mut runs = 0;
    for _ in 0..6 {
        ask(&mut world, "EnableRule", json!({"Name": "minutes"})).unwrap();
        runs += arrived(&mut world, SignedDuration::from_secs(30)).len();
    }
    assert_eq!(runs, 2);
}

#[test]
fn a_schedule_that_is_none_is_refused() {
    let mut world = world();
    for (expression, code) in [
        ("rate(0 minutes)", "ValidationException"),
        ("every minute", "ValidationException"),
        ("cron(0 9 * * ? *)", "NotModelled"),
    ] {
        let rule = json!({"Name": "r", "ScheduleExpression": expression});
        assert_eq!(ask(&mut world, "PutRule", rule).unwrap_err().code, code);
    }
    let missing = ask(&mut world, "EnableRule", json!({"Name": "r"})).unwrap_err();
    assert_eq!(missing.code, "ResourceNotFoundException");
}
