//! What ECR answers, seen over the wire.

use serde_json::{Value, json};

use super::{delete_image, move_tag, push};
use crate::services::ecs::Behaviour;
use crate::testbed::Testbed;

fn bed() -> Testbed {
    let images = json!([{"tags": ["v1"]}, {"tags": ["v2", "latest"]}]);
    Testbed::with(json!({"repositories": [{"name": "shop/web", "images": images}]}))
}

fn ask(bed: &Testbed, operation: &str, more: Value) -> Result<Value, String> {
    let mut input = json!({"repositoryName": "shop/web"});
    let more = more.as_object().cloned().unwrap();
    input.as_object_mut().unwrap().extend(more);
    bed.call("AmazonEC2ContainerRegistry_V20150921", operation, input)
}

fn digest(bed: &Testbed, tag: &str) -> String {
    let asked = json!({"imageIds": [{"imageTag": tag}]});
    let found = ask(bed, "DescribeImages", asked).unwrap();
    found["imageDetails"][0]["imageDigest"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_tag_means_a_digest_and_two_tags_may_mean_the_same() {
    let bed = bed();
    assert_eq!(digest(&bed, "v2"), digest(&bed, "latest"));
    assert_ne!(digest(&bed, "v1"), digest(&bed, "v2"));
    assert_eq!(digest(&bed, "v1").len(), "sha256:".len() + 64);
    let all = ask(&bed, "DescribeImages", json!({})).unwrap();
    assert_eq!(all["imageDetails"].as_array().unwrap().len(), 2);
}

#[test]
fn a_tag_that_moves_leaves_the_image_where_it_was() {
    let bed = bed();
    let (old, new) = (digest(&bed, "latest"), digest(&bed, "v1"));
    bed.world(|world| move_tag(world, "shop/web", "latest", "v1"))
        .unwrap();
    assert_eq!(digest(&bed, "latest"), new);
    let asked = json!({"imageIds": [{"imageDigest": old}]});
    let found = ask(&bed, "DescribeImages", asked).unwrap();
    assert_eq!(found["imageDetails"][0]["imageTags"], json!(["v2"]));
    assert_eq!(
        bed.world(|world| move_tag(world, "shop/web", "latest", "v9")),
        None
    );
}

#[test]
fn the_same_bytes_have_the_same_digest() {
    let bed = bed();
    let pushed = |tag: &str| {
        let tags = [tag.to_owned()];
        bed.world(|world| push(world, "shop/web", "v1", &tags, Behaviour::Good))
    };
    assert_eq!(pushed("again"), digest(&bed, "v1"));
}

#[test]
fn what_is_not_there_is_an_error_or_a_failure() {
    let bed = bed();
    assert!(bed.world(|world| delete_image(world, "shop/web", "v1")));
    assert!(!bed.world(|world| delete_image(world, "shop/web", "v1")));
    let asked = json!({"imageIds": [{"imageTag": "v1"}]});
    assert_eq!(
        ask(&bed, "DescribeImages", asked.clone()).unwrap_err(),
        "ImageNotFoundException: The image with imageId {imageDigest:'null', imageTag:'v1'} does not \
         exist within the repository with name 'shop/web' in the registry with id '123456789012'"
    );
    let got = ask(&bed, "BatchGetImage", asked).unwrap();
    assert_eq!(got["images"], json!([]));
    assert_eq!(got["failures"][0]["failureCode"], "ImageNotFound");
    let nowhere = json!({"repositoryName": "shop/nobody"});
    let refusal = ask(&bed, "DescribeImages", nowhere).unwrap_err();
    assert!(
        refusal.starts_with("RepositoryNotFoundException"),
        "{refusal}"
    );
}

#[test]
fn an_image_can_be_got_by_tag_by_digest_and_by_both_if_they_agree() {
    let bed = bed();
    let (first, second) = (digest(&bed, "v1"), digest(&bed, "v2"));
    let ids = json!([
        {"imageTag": "v1"},
        {"imageDigest": first},
        {"imageTag": "v1", "imageDigest": first},
        {"imageTag": "v1", "imageDigest": second},
        {"imageDigest": "sha256:short"},
        {},
    ]);
    let got = ask(&bed, "BatchGetImage", json!({"imageIds": ids})).unwrap();
    let images = got["images"].as_array().unwrap();
    assert!(
        images
            .iter()
            .all(|it| it["imageId"]["imageDigest"] == json!(first))
    );
    let failures = got["failures"].as_array().unwrap();
    let codes: Vec<&Value> = failures.iter().map(|it| &it["failureCode"]).collect();
    assert_eq!(
        (images.len(), codes),
        (
            3,
            vec![
                &json!("ImageTagDoesNotMatchDigest"),
                &json!("InvalidImageDigest"),
                &json!("MissingDigestAndTag"),
            ]
        )
    );
}

#[test]
fn pages_hold_what_is_asked_for() {
    let bed = bed();
    let first = ask(&bed, "DescribeImages", json!({"maxResults": 1})).unwrap();
    assert_eq!(first["imageDetails"].as_array().unwrap().len(), 1);
    let next = json!({"maxResults": 1, "nextToken": first["nextToken"]});
    let second = ask(&bed, "DescribeImages", next).unwrap();
    assert_ne!(first["imageDetails"], second["imageDetails"]);
    assert_eq!(second["nextToken"], Value::Null);
    assert!(ask(&bed, "DescribeImages", json!({"maxResults": 0})).is_err());
}
