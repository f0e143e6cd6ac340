//! Pages, batches and what is missing.

use serde_json::{Value, json};

use crate::testbed::Testbed;

fn many(count: usize) -> Testbed {
    let services: Vec<_> = (0..count)
        .map(|number| json!({"name": format!("s{number:03}")}))
        .collect();
    Testbed::prod(json!(services))
}

fn names(count: usize) -> Value {
    (0..count)
        .map(|number| json!(format!("s{number:03}")))
        .collect()
}

#[test]
fn a_page_of_services_is_ten_unless_asked_otherwise() {
    let bed = many(25);
    let page = bed.ecs("ListServices", json!({"cluster": "prod"})).unwrap();
    assert_eq!(page["serviceArns"].as_array().unwrap().len(), 10);
    assert!(page["nextToken"].is_string());
}

#[test]
fn a_page_of_services_is_a_hundred_at_most() {
    let bed = many(1);
    for size in [0, 101] {
        let input = json!({"cluster": "prod", "maxResults": size});
        let refusal = bed.ecs("ListServices", input).unwrap_err();
        assert!(
            refusal.starts_with("InvalidParameterException"),
            "{refusal}"
        );
    }
}

#[test]
fn the_pages_together_hold_every_service_once() {
    let bed = many(25);
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    loop {
        let input = json!({"cluster": "prod", "nextToken": token});
        let page = bed.ecs("ListServices", input).unwrap();
        seen.extend(page["serviceArns"].as_array().unwrap().clone());
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    let arn = |number| format!("arn:aws:ecs:eu-central-1:123456789012:service/prod/s{number:03}");
    assert_eq!(seen, (0..25).map(arn).collect::<Vec<_>>());
}

#[test]
fn a_strange_token_is_refused() {
    let input = json!({"cluster": "prod", "nextToken": "10"});
    let refusal = many(1).ecs("ListServices", input).unwrap_err();
    assert_eq!(refusal, "InvalidParameterException: Invalid token");
}

#[test]
fn the_list_can_be_narrowed_to_a_launch_type_or_a_strategy() {
    let bed = Testbed::prod(json!([
        {"name": "fargate"},
        {"name": "hosts", "launch": "ec2"},
        {"name": "spot", "launch": "fargate-spot"},
        {"name": "agent", "launch": "ec2", "scheduling": "DAEMON"},
    ]));
    let listed = |filter: Value| -> Vec<String> {
        let mut input = json!({"cluster": "prod"});
        input
            .as_object_mut()
            .unwrap()
            .extend(filter.as_object().cloned().unwrap());
        let page = bed.ecs("ListServices", input).unwrap();
        let arns = page["serviceArns"].as_array().unwrap().iter();
        arns.map(|arn| arn.as_str().unwrap().rsplit('/').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(listed(json!({"launchType": "FARGATE"})), ["fargate"]);
    assert_eq!(listed(json!({"launchType": "EC2"})), ["agent", "hosts"]);
    assert_eq!(listed(json!({"schedulingStrategy": "DAEMON"})), ["agent"]);
}

#[test]
fn ten_services_can_be_described_and_eleven_cannot() {
    let bed = many(11);
    let ten = json!({"cluster": "prod", "services": names(10)});
    let described = bed.ecs("DescribeServices", ten).unwrap();
    assert_eq!(described["services"].as_array().unwrap().len(), 10);
    let eleven = json!({"cluster": "prod", "services": names(11)});
    let refusal = bed.ecs("DescribeServices", eleven).unwrap_err();
    assert!(
        refusal.starts_with("InvalidParameterException"),
        "{refusal}"
    );
}

#[test]
fn a_missing_service_is_a_failure_in_an_answer_that_succeeds() {
    let bed = many(1);
    let input = json!({"cluster": "prod", "services": ["s000", "gone"]});
    let described = bed.ecs("DescribeServices", input).unwrap();
    assert_eq!(described["services"].as_array().unwrap().len(), 1);
    let arn = "arn:aws:ecs:eu-central-1:123456789012:service/prod/gone";
    assert_eq!(
        described["failures"],
        json!([{"arn": arn, "reason": "MISSING"}])
    );
}

#[test]
fn a_service_that_vanishes_between_list_and_describe_is_inactive() {
    let bed = many(2);
    let page = bed.ecs("ListServices", json!({"cluster": "prod"})).unwrap();
    let delete = json!({"cluster": "prod", "service": "s000", "force": true});
    bed.ecs("DeleteService", delete).unwrap();
    bed.wait(60);
    let input = json!({"cluster": "prod", "services": page["serviceArns"]});
    let described = bed.ecs("DescribeServices", input).unwrap();
    let status = |at: usize| described["services"][at]["status"].clone();
    assert_eq!((status(0), status(1)), (json!("INACTIVE"), json!("ACTIVE")));
}

#[test]
fn clusters_whose_names_begin_or_end_alike_do_not_leak() {
    let cluster =
        |name: &str, service: &str| json!({"name": name, "services": [{"name": service}]});
    let bed = Testbed::with(json!({"clusters": [
        cluster("od", "a"), cluster("prod", "b"), cluster("prod-2", "c"),
    ]}));
    for (name, service) in [("od", "od/a"), ("prod", "prod/b"), ("prod-2", "prod-2/c")] {
        let page = bed.ecs("ListServices", json!({"cluster": name})).unwrap();
        let arn = format!("arn:aws:ecs:eu-central-1:123456789012:service/{service}");
        assert_eq!(page["serviceArns"], json!([arn]));
        let tasks = bed.ecs("ListTasks", json!({"cluster": name})).unwrap();
        assert_eq!(tasks["taskArns"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_cluster_that_is_not_there_is_an_error() {
    for operation in ["ListServices", "DescribeServices"] {
        let input = json!({"cluster": "nowhere", "services": ["api"]});
        let refusal = many(1).ecs(operation, input).unwrap_err();
        assert_eq!(refusal, "ClusterNotFoundException: Cluster not found.");
    }
}

#[test]
fn tags_are_shown_only_when_asked_for() {
    let bed = Testbed::prod(json!([{"name": "api", "tags": {"caretaker:wave": "1"}}]));
    let tags = |include: Value| {
        let input = json!({"cluster": "prod", "services": ["api"], "include": include});
        bed.ecs("DescribeServices", input).unwrap()["services"][0]["tags"].clone()
    };
    assert_eq!(tags(json!([])), Value::Null);
    let wave = json!([{"key": "caretaker:wave", "value": "1"}]);
    assert_eq!(tags(json!(["TAGS"])), wave);
}
