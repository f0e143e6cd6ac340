//! What a round does, in which order, and what comes again when some of it cannot be done.

use serde_json::{Value, json};

use crate::script::{
    Script, arn, aws, clusters, described, id, in_order, indexed, invocation, items, message,
    warning, warnings,
};
use crate::settings::tests::settings;
use crate::{Failure, Settings, handle};

async fn handled(script: &Script, settings: &Settings, event: Value) -> Result<Value, Failure> {
    let script = in_order(script.clone());
    handle(&aws(&script, settings), settings, event, &invocation()).await
}

/// The messages of a batch that come again.
async fn come_again(script: &Script, event: Value) -> Vec<String> {
    let answer = handled(script, &settings(), event).await.unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap();
    let ids = failures.iter().map(|one| one["itemIdentifier"].as_str());
    ids.map(|id| id.unwrap().to_owned()).collect()
}

/// The index knows these instances of a cluster.
fn known(of: &str, numbers: std::ops::Range<u32>) -> Script {
    let known = items(numbers.map(|number| indexed(of, number)));
    Script::default().answer("BatchGetItem", known)
}

/// The writes, in order: what is put, by its partition, and other calls by their name.
fn writes(script: &Script) -> Vec<String> {
    let reads = ["Query", "BatchGet", "Describe", "List"];
    let called = script.called().into_iter();
    let called = called.filter(|call| !reads.iter().any(|read| call.starts_with(read)));
    let mut puts = script.inputs("PutItem").into_iter();
    let named = called.map(|call| match call.as_str() {
        "PutItem" => {
            let item = puts.next().unwrap()["Item"].clone();
            let pk = item["pk"]["S"].as_str().unwrap();
            match pk.split_once('#') {
                Some(("journal", _)) => {
                    format!("journal {}", item["outcome"]["S"].as_str().unwrap())
                }
                _ => pk.to_owned(),
            }
        }
        _ => call,
    });
    named.collect()
}

fn journal(script: &Script) -> Value {
    script.inputs("PutItem").pop().unwrap()["Item"].clone()
}

/// The ids of the container instances of every call that set a state.
fn drained(script: &Script) -> Vec<Vec<String>> {
    let calls = script.inputs("UpdateContainerInstancesState").into_iter();
    let arns = calls.map(|call| {
        assert_eq!(call["status"], "DRAINING");
        let arns = call["containerInstances"].as_array().unwrap();
        let arns = arns.iter().map(|arn| arn.as_str().unwrap().to_owned());
        arns.collect()
    });
    arns.collect()
}

#[tokio::test(start_paused = true)]
async fn a_lost_instance_drains_before_anything_is_written_and_is_remembered_after_that() {
    let script = known("prod", 1..2);
    assert_eq!(come_again(&script, warnings([1])).await, [""; 0]);
    let writes = writes(&script);
    assert_eq!(writes[0], "UpdateContainerInstancesState");
    assert_eq!(writes[1..3], ["looks", "SendMessage"]);
    let place = |what: &str| writes.iter().position(|one| one == what).unwrap();
    assert!(place("drains") < place("EnableRule"), "{writes:?}");
    assert!(place("EnableRule") < place("BatchWriteItem"), "{writes:?}");
    assert_eq!(writes.last().unwrap(), "journal done");
    assert_eq!(drained(&script), [[arn("prod", 1).as_str()]]);
    assert_eq!(script.inputs("ListContainerInstances"), [Value::Null; 0]);
    assert_eq!(journal(&script)["event"]["S"], "message-1");
}

#[tokio::test(start_paused = true)]
async fn a_surge_is_drained_in_tens_and_no_task_is_looked_at() {
    let script = known("prod", 0..23);
    assert_eq!(come_again(&script, warnings(0..23)).await, [""; 0]);
    let tens: Vec<usize> = drained(&script).iter().map(Vec::len).collect();
    assert_eq!(tens, [10, 10, 3]);
    for read in [
        "ListTasks",
        "DescribeTasks",
        "DescribeServices",
        "ListContainerInstances",
    ] {
        assert_eq!(script.inputs(read), [Value::Null; 0], "{read}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_loss_means_is_looked_at_when_the_lost_are_draining() {
    let alone = (0..3).map(|number| {
        let mut item = indexed("prod", number);
        let place = format!("place#{}", arn("prod", number).as_str());
        item[place]["M"].as_object_mut().unwrap().remove("provider");
        item
    });
    let listed = json!({ "containerInstanceArns": [arn("prod", 7).as_str()] });
    let script = Script::default()
        .answer("BatchGetItem", items(alone))
        .answer("ListContainerInstances", listed)
        .answer("DescribeContainerInstances", described("prod", [7]));
    assert_eq!(come_again(&script, warnings(0..3)).await, [""; 0]);
    assert_eq!(drained(&script).len(), 1);
    let called = script.called();
    let place = |what: &str| called.iter().position(|one| one == what).unwrap();
    let drains = place("UpdateContainerInstancesState");
    assert!(place("DescribeClusters") < drains, "{called:?}");
    assert!(drains < place("ListContainerInstances"), "{called:?}");
    assert!(place("DescribeContainerInstances") < place("PutItem"));
}

#[tokio::test(start_paused = true)]
async fn those_that_the_index_does_not_know_are_asked_for_together_once_in_each_cluster() {
    let arns = json!({ "clusterArns": [
        "arn:aws:ecs:eu-central-1:123456789012:cluster/prod",
        "arn:aws:ecs:eu-central-1:123456789012:cluster/dev",
    ] });
    let listed =
        json!({ "containerInstanceArns": [arn("prod", 1).as_str(), arn("prod", 2).as_str()] });
    let script = Script::default()
        .answer("ListClusters", arns)
        .answer("ListContainerInstances", listed)
        // A page may be empty and not the last.
        .answer(
            "ListContainerInstances",
            json!({ "containerInstanceArns": [], "nextToken": "more" }),
        )
        .answer("ListContainerInstances", json!({}))
        .answer("DescribeContainerInstances", described("prod", 1..3));
    assert_eq!(come_again(&script, warnings(1..4)).await, [""; 0]);
    let asked = script.inputs("ListContainerInstances");
    assert_eq!(asked.len(), 3);
    let filter = format!("ec2InstanceId in [{}, {}, {}]", id(1), id(2), id(3));
    assert!(asked.iter().all(|one| one["filter"] == filter), "{asked:?}");
    assert_eq!(
        drained(&script),
        [[arn("prod", 1).as_str(), arn("prod", 2).as_str()]]
    );
    let details = journal(&script)["details"].to_string();
    assert!(details.contains("not-in-cluster"), "{details}");
}

#[tokio::test(start_paused = true)]
async fn without_the_ledger_what_is_lost_is_drained_and_its_messages_come_again() {
    let mut script = Script::default()
        .answer(
            "ListClusters",
            json!({ "clusterArns": ["arn:aws:ecs:eu-central-1:123456789012:cluster/prod"] }),
        )
        .answer(
            "ListContainerInstances",
            json!({ "containerInstanceArns": [arn("prod", 1).as_str()] }),
        )
        .answer("DescribeContainerInstances", described("prod", 1..2));
    for _ in 0..9 {
        script = script.refuse("Query", "AccessDeniedException");
    }
    assert_eq!(come_again(&script, warnings([1])).await, ["message-1"]);
    assert_eq!(drained(&script), [[arn("prod", 1).as_str()]]);
    assert_eq!(
        writes(&script),
        ["UpdateContainerInstancesState", "journal failed"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_record_that_another_run_wrote_first_brings_only_its_message_again() {
    let script = known("prod", 1..3)
        // The marks of two looks, then the records in the order of their instances.
        .answer("PutItem", json!({}))
        .answer("PutItem", json!({}))
        .refuse("PutItem", "ConditionalCheckFailedException");
    assert_eq!(come_again(&script, warnings([1, 2])).await, ["message-1"]);
    assert_eq!(journal(&script)["outcome"]["S"], "failed");
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_refuses_keeps_no_other_back() {
    let both = items([indexed("dev", 1), indexed("prod", 2)]);
    let script = Script::default()
        .answer("BatchGetItem", both)
        .answer("DescribeClusters", clusters(&["dev", "prod"], &[]))
        .refuse("UpdateContainerInstancesState", "AccessDeniedException");
    assert_eq!(come_again(&script, warnings([1, 2])).await, ["message-1"]);
    assert_eq!(drained(&script).len(), 2);
    let details = journal(&script)["details"].to_string();
    assert!(details.contains("AccessDeniedException"), "{details}");
}

#[tokio::test(start_paused = true)]
async fn a_poisoned_record_comes_again_and_hinders_no_other() {
    let mut batch = warnings([1]);
    let records = batch["Records"].as_array_mut().unwrap();
    records.push(message(8, &json!({ "detail-type": 1 })));
    records.push(message(
        9,
        &json!({ "source": "aws.ec2", "detail-type": "any", "detail": {} }),
    ));
    let script = known("prod", 1..2);
    assert_eq!(come_again(&script, batch).await, ["message-8"]);
    assert_eq!(drained(&script).len(), 1);
    let details = journal(&script)["details"].to_string();
    assert!(details.contains("Records[1].body.detail-type"), "{details}");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_decides_the_same_and_writes_nothing() {
    let dry = Settings {
        dry_run: true,
        ..settings()
    };
    let (wet, shown) = (known("prod", 1..2), known("prod", 1..2));
    let event = warning(1);
    let really = handled(&wet, &settings(), event.clone()).await.unwrap();
    let report = handled(&shown, &dry, event).await.unwrap();
    assert_eq!(report["decided"], really["decided"]);
    assert_eq!(report["done"], really["done"]);
    assert_eq!(report["dry_run"], true);
    assert_eq!(writes(&shown), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_is_tagged_off_is_left_alone() {
    let off = clusters(&["prod"], &[("caretaker:drain", "off")]);
    let script = known("prod", 1..2).answer("DescribeClusters", off);
    assert_eq!(come_again(&script, warnings([1])).await, [""; 0]);
    assert_eq!(drained(&script), [[""; 0]; 0]);
    let untagged = Settings {
        untagged: false,
        ..settings()
    };
    let script = known("prod", 1..2);
    handled(&script, &untagged, warnings([1])).await.unwrap();
    assert_eq!(drained(&script), [[""; 0]; 0]);
    let details = journal(&script)["details"].to_string();
    assert!(details.contains("\\\"off\\\""), "{details}");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_looked_at_brings_its_messages_again_and_an_event_fails_as_a_whole() {
    let script = Script::default().refuse("ListClusters", "AccessDeniedException");
    assert_eq!(come_again(&script, warnings([1])).await, ["message-1"]);
    let script = Script::default().refuse("ListClusters", "AccessDeniedException");
    let failure = handled(&script, &settings(), warning(1)).await.unwrap_err();
    assert_eq!(failure.kind(), "PartlyApplied");
    assert!(
        failure.to_string().contains("first the clusters"),
        "{failure}"
    );
}

/// Twenty of the forty instances of a fleet, which is a surge.
async fn surge(exercise: Option<&str>) -> Script {
    let announced = exercise.map(|until| {
        json!({
            "pk": { "S": "spot" },
            "sk": { "S": "exercise" },
            "since": { "S": "2026-11-24T09:59:00Z" },
            "until": { "S": until },
            "by": { "S": "ana" },
            "why": { "S": "the first of the month" },
        })
    });
    let items: Vec<Value> = announced.into_iter().collect();
    // What was announced to people is read first, then what is so of fleets.
    let script = known("prod", 0..20)
        .answer("Query", json!({}))
        .answer("Query", json!({ "Items": items }));
    assert_eq!(come_again(&script, warnings(0..20)).await, [""; 0]);
    assert_eq!(drained(&script).len(), 2);
    script
}

#[tokio::test(start_paused = true)]
async fn a_surge_is_told_and_in_an_exercise_it_is_none() {
    let told = surge(None).await;
    assert_eq!(told.inputs("PutEvents").len(), 1);
    let exercise = surge(Some("2026-11-24T10:30:00Z")).await;
    assert_eq!(exercise.inputs("PutEvents"), [Value::Null; 0]);
    let counted = exercise.inputs("BatchWriteItem")[0].to_string();
    assert!(counted.contains(r#""by_fis":{"BOOL":true}"#), "{counted}");
    let over = surge(Some("2026-11-24T10:00:00Z")).await;
    assert_eq!(over.inputs("PutEvents").len(), 1);
}

/// What FIS says of an experiment, `minutes` after ten.
fn experiment(status: &str, before: &str, minutes: u32) -> Value {
    json!({
        "id": format!("experiment-{status}"),
        "source": "aws.fis",
        "detail-type": "FIS Experiment State Change",
        "time": format!("2026-11-24T09:{minutes}:00Z"),
        "detail": {
            "experiment-id": "EXPa",
            "experiment-template-id": "EXTb",
            "new-state": { "status": status },
            "old-state": { "status": before },
        },
    })
}

#[tokio::test(start_paused = true)]
async fn what_an_experiment_takes_is_no_surge_whether_it_comes_in_the_same_batch_or_was_written_down()
 {
    let mut batch = warnings(0..20);
    let records = batch["Records"].as_array_mut().unwrap();
    records.push(message(99, &experiment("running", "initiating", 59)));
    let script = known("prod", 0..20);
    assert_eq!(come_again(&script, batch).await, [""; 0]);
    assert_eq!(script.inputs("PutEvents"), [Value::Null; 0]);
    let puts = script.inputs("PutItem");
    let written = puts
        .iter()
        .find(|put| put["Item"]["sk"]["S"] == "experiment#EXPa");
    let written = written.unwrap()["Item"].clone();
    assert_eq!(written["until"]["S"], "2026-11-24T13:59:00Z");

    let script = known("prod", 0..20)
        .answer("Query", json!({}))
        .answer("Query", json!({ "Items": [written] }));
    assert_eq!(come_again(&script, warnings(0..20)).await, [""; 0]);
    assert_eq!(script.inputs("PutEvents"), [Value::Null; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_experiment_that_another_run_wrote_down_first_comes_again() {
    let script = Script::default().refuse("PutItem", "ConditionalCheckFailedException");
    let event = json!({ "Records": [message(1, &experiment("running", "initiating", 59))] });
    assert_eq!(come_again(&script, event).await, ["message-1"]);
}

#[tokio::test(start_paused = true)]
async fn an_exercise_is_written_down_and_nothing_else() {
    let script = Script::default();
    let announced = json!({
        "action": "exercise", "for": "1h", "by": "ana", "why": "the first of the month",
    });
    handled(&script, &settings(), announced).await.unwrap();
    assert_eq!(writes(&script), ["spot"]);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_s_drain_waits_for_brings_no_message_again_and_is_in_the_journal() {
    let denied =
        || known("prod", 1..2).refuse("DescribeCapacityProviders", "AccessDeniedException");
    let script = denied();
    assert_eq!(come_again(&script, warnings([1])).await, [""; 0]);
    assert_eq!(drained(&script).len(), 1);
    let details = journal(&script)["details"].to_string();
    assert!(details.contains("the capacity providers spot"), "{details}");
    let failure = handled(&denied(), &settings(), warning(1))
        .await
        .unwrap_err();
    assert!(
        failure.to_string().contains("first the capacity providers"),
        "{failure}"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_to_do_is_an_answer() {
    let script = Script::default();
    let report = handled(&script, &settings(), json!({ "action": "tick" }))
        .await
        .unwrap();
    assert_eq!(report["summary"], "nothing to do");
    assert_eq!(writes(&script), ["DisableRule", "journal done"]);
}

#[tokio::test(start_paused = true)]
async fn a_person_asks_how_things_stand_and_nothing_is_written() {
    let script = Script::default();
    let status = handled(&script, &settings(), json!({ "action": "status" }))
        .await
        .unwrap();
    assert_eq!(status["drains"], json!([]));
    let services = json!({ "serviceArns": [edge::script::arn("api")] });
    let script = Script::default()
        .answer(
            "ListClusters",
            json!({ "clusterArns": ["arn:aws:ecs:eu-central-1:123456789012:cluster/prod"] }),
        )
        .answer("ListServices", services)
        .answer(
            "DescribeServices",
            json!({ "services": [{
            "serviceArn": edge::script::arn("api"),
            "status": "ACTIVE",
            "desiredCount": 2,
            "runningCount": 2,
            "createdAt": 1_790_000_000,
            "deploymentConfiguration": { "minimumHealthyPercent": 100, "maximumPercent": 100 },
            "taskDefinition": "api:1",
        }] }),
        )
        .answer(
            "DescribeTaskDefinition",
            json!({ "taskDefinition": { "containerDefinitions": [
            { "name": "web", "stopTimeout": 90 },
        ] } }),
        );
    let asked = json!({ "action": "drainability" });
    let answer = handled(&script, &settings(), asked).await.unwrap();
    assert_eq!(answer["services"], 1);
    let cannot = &answer["cannot_leave_in_time"][0];
    assert_eq!(cannot["service"], "prod/api", "{answer}");
    assert_eq!(writes(&script), [""; 0]);
    let asked = json!({ "action": "drainability", "cluster": "elsewhere" });
    let script = Script::default().answer("ListClusters", json!({}));
    let failure = handled(&script, &settings(), asked).await.unwrap_err();
    assert!(failure.to_string().starts_with("cluster: "), "{failure}");
}

/// Asks which services of `prod` cannot leave in time: `api` has these target groups, and Elastic Load
/// Balancing answers as the script has it. What is said of `api`.
async fn drainable(script: Script, groups: &[&str]) -> (String, Script) {
    let balancers = groups
        .iter()
        .map(|group| json!({ "targetGroupArn": group }));
    let service = json!({
        "serviceArn": edge::script::arn("api"),
        "status": "ACTIVE",
        "desiredCount": 4,
        "runningCount": 4,
        "createdAt": 1_790_000_000,
        "deploymentConfiguration": { "minimumHealthyPercent": 50, "maximumPercent": 200 },
        "loadBalancers": balancers.collect::<Vec<_>>(),
    });
    let script = script
        .answer(
            "ListClusters",
            json!({ "clusterArns": ["arn:aws:ecs:eu-central-1:123456789012:cluster/prod"] }),
        )
        .answer(
            "ListServices",
            json!({ "serviceArns": [edge::script::arn("api")] }),
        )
        .answer("DescribeServices", json!({ "services": [service] }));
    let asked = json!({ "action": "drainability" });
    let answer = handled(&script, &settings(), asked).await.unwrap();
    let why = answer["cannot_leave_in_time"][0]["why"][0].as_str();
    (why.unwrap_or_default().to_owned(), script)
}

/// What Elastic Load Balancing says of a target group.
fn delayed(seconds: u32) -> String {
    let attribute =
        |key: &str, value: &str| format!("<member><Key>{key}</Key><Value>{value}</Value></member>");
    let delay = attribute("deregistration_delay.timeout_seconds", &seconds.to_string());
    let other = attribute("stickiness.enabled", "false");
    format!("<Attributes>{other}{delay}</Attributes>")
}

const ATTRIBUTES: &str = "DescribeTargetGroupAttributes";

#[tokio::test(start_paused = true)]
async fn how_long_a_service_takes_to_leave_its_slowest_target_group_says() {
    let short = Script::default().answer_xml(ATTRIBUTES, &delayed(20));
    let (why, script) = drainable(short, &["one"]).await;
    assert_eq!(why, "");
    assert_eq!(script.inputs(ATTRIBUTES)[0]["TargetGroupArn"], "one");
    let both = Script::default()
        .answer_xml(ATTRIBUTES, &delayed(20))
        .answer_xml(ATTRIBUTES, &delayed(200));
    let (why, _) = drainable(both, &["one", "two"]).await;
    assert_eq!(
        why,
        "takes 230 s to leave: 200 s of deregistration delay, 30 s to stop"
    );
    let once = Script::default().answer_xml(ATTRIBUTES, &delayed(200));
    let (why, _) = drainable(once, &["one", "one"]).await;
    assert!(why.starts_with("takes 230 s to leave: "), "{why}");
}

#[tokio::test(start_paused = true)]
async fn where_a_delay_cannot_be_read_the_usual_one_is_assumed_and_that_is_said() {
    let denied = || Script::default().refuse_xml(ATTRIBUTES, "AccessDenied");
    let one_of_two = denied().answer_xml(ATTRIBUTES, &delayed(20));
    let untold = Script::default().answer_xml(ATTRIBUTES, "<Attributes/>");
    let usual = "takes 330 s to leave unless its target groups are set otherwise: \
                 300 s of deregistration delay, 30 s to stop";
    for (script, groups) in [
        (denied(), &["one"][..]),
        (one_of_two, &["one", "two"]),
        (untold, &["one"]),
    ] {
        assert_eq!(drainable(script, groups).await.0, usual);
    }
}
