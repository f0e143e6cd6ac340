//! Clusters.

use serde_json::{Value, json};

use crate::testbed::Testbed;

fn describe(bed: &Testbed, clusters: Value, include: Value) -> Value {
    let input = json!({"clusters": clusters, "include": include});
    bed.ecs("DescribeClusters", input).unwrap()
}

#[test]
fn a_cluster_counts_its_services_and_tasks() {
    let bed = Testbed::prod(json!([{"name": "a", "desired": 2}, {"name": "b", "launch": "ec2"}]));
    bed.scale("a", 3);
    let described = describe(&bed, json!(["prod"]), json!(["STATISTICS"]));
    let cluster = &described["clusters"][0];
    assert_eq!(cluster["activeServicesCount"], 2);
    assert_eq!(cluster["runningTasksCount"], 3);
    assert_eq!(cluster["pendingTasksCount"], 1);
    let fargate = json!({"name": "runningFargateTasksCount", "value": "2"});
    assert!(cluster["statistics"].as_array().unwrap().contains(&fargate));
    assert_eq!(cluster["tags"], Value::Null);
}

#[test]
fn a_cluster_that_is_not_there_is_a_failure_in_an_answer_that_succeeds() {
    let bed = Testbed::prod(json!([]));
    let described = describe(&bed, json!(["prod", "nowhere"]), json!([]));
    assert_eq!(described["clusters"].as_array().unwrap().len(), 1);
    assert_eq!(described["failures"][0]["reason"], "MISSING");
}

#[test]
fn a_cluster_shows_its_tags_when_asked() {
    let bed = Testbed::prod(json!([]));
    let tags = json!([{"key": "caretaker:hours", "value": "always"}]);
    let input = json!({"clusterName": "test", "tags": tags});
    bed.ecs("CreateCluster", input).unwrap();
    let described = describe(&bed, json!(["test"]), json!(["TAGS"]));
    assert_eq!(described["clusters"][0]["tags"], tags);
}

#[test]
fn clusters_are_listed_in_pages() {
    let clusters: Vec<_> = (0..230)
        .map(|n| json!({"name": format!("c{n:03}")}))
        .collect();
    let bed = Testbed::with(json!({"clusters": clusters}));
    let (mut seen, mut token) = (0, Value::Null);
    loop {
        let page = bed
            .ecs("ListClusters", json!({"nextToken": token}))
            .unwrap();
        let size = page["clusterArns"].as_array().unwrap().len();
        assert!(size <= 100);
        seen += size;
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen, 230);
}
