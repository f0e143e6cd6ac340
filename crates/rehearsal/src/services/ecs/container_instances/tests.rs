use serde_json::{Value, json};

use crate::testbed::Testbed;

fn bed() -> Testbed {
    Testbed::with(json!({
        "clusters": [{"name": "prod"}, {"name": "other"}],
        "groups": [{
            "name": "workers", "cluster": "prod", "provider": "workers", "max": 4, "min": 2,
            "instance-type": "c6g.large",
        }],
    }))
}

#[test]
fn a_container_instance_says_what_it_is() {
    let bed = bed();
    let list = bed
        .ecs("ListContainerInstances", json!({"cluster": "prod"}))
        .unwrap();
    let arns = list["containerInstanceArns"].as_array().unwrap();
    assert_eq!(arns.len(), 2);
    let start = "arn:aws:ecs:eu-central-1:123456789012:container-instance/prod/";
    assert!(
        arns.iter()
            .all(|arn| arn.as_str().unwrap().starts_with(start))
    );
    let input = json!({"cluster": "prod", "containerInstances": [arns[0], "missing"]});
    let described = bed.ecs("DescribeContainerInstances", input).unwrap();
    let attributes = &described["containerInstances"][0]["attributes"];
    assert_eq!(
        attributes[0],
        json!({"name": "ecs.instance-type", "value": "c6g.large"})
    );
    assert_eq!(described["failures"][0]["reason"], "MISSING");
}

#[test]
fn an_instance_counts_once_its_agent_has_registered() {
    let bed = bed();
    let count = |input: Value| {
        let list = bed.ecs("ListContainerInstances", input).unwrap();
        list["containerInstanceArns"].as_array().unwrap().len()
    };
    let input = json!({"AutoScalingGroupName": "workers", "DesiredCapacity": "3"});
    let by_hand = |operation| {
        bed.account
            .by_hand("ops", "autoscaling", operation, input.clone())
    };
    by_hand("SetDesiredCapacity").unwrap();
    bed.wait(70);
    assert_eq!(count(json!({"cluster": "prod"})), 2);
    bed.wait(60);
    assert_eq!(count(json!({"cluster": "prod"})), 3);
    assert_eq!(count(json!({"cluster": "prod", "maxResults": 1})), 1);
    assert_eq!(count(json!({"cluster": "prod", "status": "DRAINING"})), 0);
    assert_eq!(count(json!({"cluster": "other"})), 0);
}
