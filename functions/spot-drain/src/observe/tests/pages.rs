//! What comes in more than one page, and what is asked for in more than one call.

use super::*;

#[tokio::test(start_paused = true)]
async fn more_tasks_than_a_page_holds_are_all_seen() {
    let arns = |numbers: std::ops::Range<u32>| -> Vec<String> {
        numbers
            .map(|number| task(number).as_str().to_owned())
            .collect()
    };
    let said = |numbers: std::ops::Range<u32>| {
        let tasks = arns(numbers).into_iter().map(|arn| {
            json!({ "taskArn": arn, "group": "service:api", "desiredStatus": "RUNNING", "lastStatus": "RUNNING" })
        });
        json!({ "tasks": tasks.collect::<Vec<_>>() })
    };
    let script = Script::default()
        .answer(
            "ListTasks",
            json!({ "taskArns": arns(0..100), "nextToken": "more" }),
        )
        .answer("ListTasks", json!({ "taskArns": arns(100..120) }))
        .answer("ListTasks", json!({ "taskArns": [] }))
        .answer("DescribeTasks", said(0..100))
        .answer("DescribeTasks", said(100..120));
    let after = seen_after(&script, there(1), tasks_of(1)).await;
    assert_eq!(after.observed.tasks[&id(1)].as_ref().unwrap().len(), 120);
    let asked = script.inputs("DescribeTasks").into_iter();
    let asked: Vec<usize> = asked
        .map(|one| one["tasks"].as_array().unwrap().len())
        .collect();
    assert_eq!(asked, [100, 20]);
    assert_eq!(script.inputs("ListTasks")[1]["nextToken"], "more");
}

#[tokio::test(start_paused = true)]
async fn more_services_than_a_call_takes_are_all_asked_for() {
    let names =
        (0..23).map(|number| ServiceArn::parse(&edge::script::arn(&format!("api-{number:02}"))));
    let services: BTreeSet<ServiceArn> = names.map(Result::unwrap).collect();
    let script = Script::default()
        .answer("DescribeServices", json!({ "services": [] }))
        .answer("DescribeServices", json!({ "services": [] }))
        .answer("DescribeServices", json!({ "services": [] }));
    let wanted = Wants {
        services_of: services.clone(),
        ..Wants::default()
    };
    let after = seen(&script, wanted).await;
    assert_eq!(after.observed.services.len(), 23);
    let asked = script.inputs("DescribeServices").into_iter();
    let mut asked: Vec<usize> = asked
        .map(|one| one["services"].as_array().unwrap().len())
        .collect();
    asked.sort_unstable();
    assert_eq!(asked, [3, 10, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_empty_is_not_taken_for_the_last() {
    let prod = cluster("prod").as_str().to_owned();
    let listed = json!({ "containerInstanceArns": [arn("prod", 1).as_str()] });
    let empty = |key: &str| json!({ key: [], "nextToken": "more" });
    let script = Script::default()
        .answer("BatchGetItem", json!({}))
        .answer("ListClusters", empty("clusterArns"))
        .answer("ListClusters", json!({ "clusterArns": [prod] }))
        .answer("ListContainerInstances", empty("containerInstanceArns"))
        .answer("ListContainerInstances", listed)
        .answer("DescribeContainerInstances", described("prod", [1]));
    let wanted = Wants {
        locate: [id(1)].into(),
        ..Wants::default()
    };
    let after = seen(&script, wanted).await;
    assert_eq!(status(&after, 1), (Status::Active, Source::Asked));
    assert_eq!(script.inputs("ListContainerInstances").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_has_no_group_drains_nothing_by_itself_as_far_as_is_known() {
    let managed = json!({ "capacityProviders": [{
        "name": "managed",
        "managedInstancesProvider": { "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecs" },
    }] });
    let script = Script::default().answer("DescribeCapacityProviders", managed);
    let wanted = Wants {
        providers: ["managed".to_owned()].into(),
        ..Wants::default()
    };
    let after = seen(&script, wanted).await;
    let provider = after.observed.providers["managed"].clone().unwrap();
    assert_eq!((provider.managed_draining, provider.group), (false, None));
}
