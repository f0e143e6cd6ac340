//! Which image runs: tags, digests, and images that are gone.

use serde_json::{Value, json};

use super::releases::{
    latest, release, revision, rollouts, service_deployments, tasks, text, update, with,
};
use crate::services::ecr::{delete_image, move_tag, push};
use crate::services::ecs::Behaviour;
use crate::testbed::Testbed;

/// A service of `latest`, which is the image of `v1`; there is `v2` beside it.
fn bed(more: Value) -> Testbed {
    let images = json!([{"tags": ["v1", "latest"]}, {"tags": ["v2"]}]);
    let mut service = json!({"image": "ecr:shop/api:latest"});
    service
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().cloned().unwrap());
    with(
        json!({"repositories": [{"name": "shop/api", "images": images}]}),
        service,
    )
}

fn digest_of(bed: &Testbed, tag: &str) -> Value {
    let tags = bed.world(|world| world.ecr.repositories["shop/api"].tags.clone());
    json!(tags[tag])
}

fn running(bed: &Testbed) -> Vec<Value> {
    let all = tasks(bed, "RUNNING").into_iter();
    all.map(|it| it["containers"][0]["imageDigest"].clone())
        .collect()
}

fn target_digest(bed: &Testbed) -> Value {
    let arn = &latest(bed)["targetServiceRevision"]["arn"];
    revision(bed, arn)["containerImages"][0]["imageDigest"].clone()
}

fn tag_moves(bed: &Testbed) {
    bed.world(|world| move_tag(world, "shop/api", "latest", "v2"))
        .unwrap();
}

#[test]
fn a_deployment_resolves_a_tag_once_for_all_of_its_tasks() {
    let bed = bed(json!({}));
    let v1 = digest_of(&bed, "v1");
    tag_moves(&bed);
    bed.scale("api", 4);
    bed.wait(60);
    assert_eq!(running(&bed), vec![v1.clone(); 4]);
    assert_eq!(target_digest(&bed), v1);
}

#[test]
fn the_same_revision_deployed_again_may_bring_other_bytes() {
    let bed = bed(json!({}));
    tag_moves(&bed);
    update(&bed, json!({"forceNewDeployment": true}));
    bed.wait(200);
    assert_eq!(running(&bed), vec![digest_of(&bed, "v2"); 2]);
    let all = service_deployments(&bed);
    let definition = |at: usize| {
        let arn = &all[at]["targetServiceRevision"]["arn"];
        revision(&bed, arn)["taskDefinition"].clone()
    };
    assert_eq!(definition(0), definition(1));
}

#[test]
fn a_rollback_brings_the_bytes_back_and_not_only_the_tag() {
    let bounds = json!({"minimum-healthy-percent": 0, "maximum-percent": 100});
    let bed = bed(bounds);
    let v1 = digest_of(&bed, "v1");
    tag_moves(&bed);
    update(&bed, json!({"forceNewDeployment": true}));
    bed.wait(20);
    let arn = latest(&bed)["serviceDeploymentArn"].clone();
    bed.ecs(
        "StopServiceDeployment",
        json!({"serviceDeploymentArn": arn}),
    )
    .unwrap();
    bed.wait(200);
    assert_eq!(running(&bed), vec![v1; 2]);
}

#[test]
fn a_bad_image_behind_a_good_tag_is_found_by_the_circuit_breaker() {
    let bed = bed(json!({}));
    let tags = ["latest".to_owned()];
    let crash = Behaviour::ExitsAtOnce { code: 2 };
    bed.world(|world| push(world, "shop/api", "bad", &tags, crash));
    update(&bed, json!({"forceNewDeployment": true}));
    bed.wait(300);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
    assert_eq!(latest(&bed)["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(running(&bed), vec![digest_of(&bed, "v1"); 2]);
}

#[test]
fn without_version_consistency_each_task_resolves_for_itself() {
    let bed = bed(json!({}));
    let image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/api:latest";
    let container = json!({"name": "api", "image": image, "versionConsistency": "disabled"});
    let next = json!({"family": "prod-api", "containerDefinitions": [container]});
    bed.ecs("RegisterTaskDefinition", next).unwrap();
    release(&bed, 4);
    bed.wait(200);
    assert_eq!(target_digest(&bed), Value::Null);
    tag_moves(&bed);
    bed.scale("api", 3);
    bed.wait(60);
    let seen = running(&bed);
    let of = |tag: &str| {
        seen.iter()
            .filter(|it| **it == digest_of(&bed, tag))
            .count()
    };
    assert_eq!((of("v1"), of("v2")), (2, 1));
}

#[test]
fn what_is_deployed_with_no_task_is_not_resolved() {
    let bed = bed(json!({"desired": 0}));
    update(&bed, json!({"forceNewDeployment": true}));
    assert_eq!(target_digest(&bed), Value::Null);
}

#[test]
fn an_image_that_was_deleted_cannot_be_pulled() {
    let bed = bed(json!({}));
    assert!(bed.world(|world| delete_image(world, "shop/api", "v1")));
    bed.scale("api", 3);
    bed.wait(40);
    assert_eq!(running(&bed).len(), 2, "what runs goes on running");
    let stopped = tasks(&bed, "STOPPED");
    assert_eq!(stopped[0]["stopCode"], "TaskFailedToStart");
    let reason = text(&stopped[0]["stoppedReason"]);
    assert!(reason.starts_with("CannotPullContainerError: "), "{reason}");
    assert!(reason.ends_with("/shop/api:latest: not found"), "{reason}");
}

#[test]
fn an_image_of_no_repository_in_the_model_is_always_there() {
    let bed = bed(json!({}));
    release(&bed, 2);
    bed.wait(200);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
    assert!(text(&running(&bed)[0]).starts_with("sha256:"));
}
