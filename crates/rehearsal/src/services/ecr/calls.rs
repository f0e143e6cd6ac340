//! DescribeImages and BatchGetImage.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html>,
//! <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::digest::is_digest;
use super::registry::Repository;
use crate::call::{ApiError, Call};
use crate::page::page;
use crate::services::ecs::epoch;
use crate::world::World;

/// The size of a page where none is asked for, and the most that can be: DescribeImages.
const PAGES: [usize; 2] = [100, 1000];

/// The most images that one call can name.
const MOST: usize = 100;

/// Of one platform: an index of several is not modelled.
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identifier {
    image_digest: Option<String>,
    image_tag: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    registry_id: Option<String>,
    repository_name: String,
    #[serde(default)]
    image_ids: Vec<Identifier>,
    next_token: Option<String>,
    max_results: Option<usize>,
    #[serde(default)]
    filter: Filter,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    tag_status: Option<String>,
}

pub(super) fn describe_images(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Describe = read(call)?;
    let name = &input.repository_name;
    let repository = repository(world, input.registry_id.as_deref(), name)?;
    let mut digests = Vec::new();
    for asked in within(&input.image_ids)? {
        let found = repository
            .found(asked)
            .map_err(|_| missing(world, name, asked))?;
        digests.push(found);
    }
    if input.image_ids.is_empty() {
        let images = repository.images.keys().cloned();
        digests = images
            .filter(|it| input.filter.wants(repository, it))
            .collect();
    }
    let [usual, most] = PAGES;
    let size = input.max_results.unwrap_or(usual);
    if !(1..=most).contains(&size) {
        return Err(invalid("maxResults must be between 1 and 1000"));
    }
    let (digests, next_token) = page(digests, input.next_token.as_deref(), size)
        .map_err(|_| invalid("The nextToken is not valid."))?;
    let shown: Vec<Value> = digests
        .iter()
        .map(|it| show(world, name, repository, it))
        .collect();
    Ok(json!({"imageDetails": shown, "nextToken": next_token}))
}

impl Filter {
    fn wants(&self, repository: &Repository, digest: &str) -> bool {
        let tagged = repository.tags_of(digest).next().is_some();
        match self.tag_status.as_deref() {
            Some("TAGGED") => tagged,
            Some("UNTAGGED") => !tagged,
            _ => true,
        }
    }
}

fn show(world: &World, name: &str, repository: &Repository, digest: &str) -> Value {
    let image = repository.images.get(digest);
    let tags: Vec<&String> = repository.tags_of(digest).collect();
    json!({
        "registryId": world.identity.account_id,
        "repositoryName": name,
        "imageDigest": digest,
        "imageTags": (!tags.is_empty()).then_some(tags),
        "imagePushedAt": image.map(|it| epoch(it.pushed)),
        "imageManifestMediaType": MANIFEST,
        "imageStatus": "ACTIVE",
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchGet {
    registry_id: Option<String>,
    repository_name: String,
    image_ids: Vec<Identifier>,
}

pub(super) fn batch_get_image(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: BatchGet = read(call)?;
    let name = &input.repository_name;
    let repository = repository(world, input.registry_id.as_deref(), name)?;
    let (mut images, mut failures) = (Vec::new(), Vec::new());
    for asked in within(&input.image_ids)? {
        match repository.found(asked) {
            Ok(digest) => images.push(json!({
                "registryId": world.identity.account_id,
                "repositoryName": name,
                "imageId": {"imageDigest": digest, "imageTag": asked.image_tag},
                "imageManifest": manifest(&digest),
                "imageManifestMediaType": MANIFEST,
            })),
            Err((code, reason)) => failures.push(json!({
                "imageId": {"imageDigest": asked.image_digest, "imageTag": asked.image_tag},
                "failureCode": code,
                "failureReason": reason,
            })),
        }
    }
    Ok(json!({"images": images, "failures": failures}))
}

fn manifest(digest: &str) -> String {
    let config = "application/vnd.oci.image.config.v1+json";
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": config, "size": 1, "digest": digest},
        "layers": [],
    });
    manifest.to_string()
}

impl Repository {
    /// The digest of an image that a call names, or why there is none, as code and in words. Those are
    /// as seen in <https://github.com/getmoto/moto/blob/master/tests/test_ecr/test_ecr_boto3.py>.
    fn found(&self, asked: &Identifier) -> Result<String, (&'static str, &'static str)> {
        const MISSING: (&str, &str) = ("ImageNotFound", "Requested image not found");
        let tagged = asked.image_tag.as_ref().map(|tag| self.tags.get(tag));
        match (&asked.image_digest, tagged) {
            (None, None) => Err((
                "MissingDigestAndTag",
                "Invalid request parameters: both tag and digest cannot be null",
            )),
            (Some(digest), _) if !is_digest(digest) => Err((
                "InvalidImageDigest",
                "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
            )),
            (Some(digest), None) => match self.images.contains_key(digest) {
                true => Ok(digest.clone()),
                false => Err(MISSING),
            },
            (Some(digest), Some(Some(tagged))) if digest != tagged => Err((
                "ImageTagDoesNotMatchDigest",
                "Requested image tag does not map to requested image digest",
            )),
            (_, Some(Some(tagged))) => Ok(tagged.clone()),
            (_, Some(None)) => Err(MISSING),
        }
    }
}

fn repository<'a>(
    world: &'a World,
    registry: Option<&str>,
    name: &str,
) -> Result<&'a Repository, ApiError> {
    let account = &world.identity.account_id;
    let own = registry.is_none_or(|it| it == account);
    let found = world.ecr.repositories.get(name).filter(|_| own);
    found.ok_or_else(|| {
        let registry = registry.unwrap_or(account);
        ApiError::client(
            "RepositoryNotFoundException",
            format!("The repository with name '{name}' does not exist in the registry with id '{registry}'"),
        )
    })
}

fn missing(world: &World, name: &str, asked: &Identifier) -> ApiError {
    let or_null = |it: &Option<String>| it.clone().unwrap_or_else(|| "null".to_owned());
    ApiError::client(
        "ImageNotFoundException",
        format!(
            "The image with imageId {{imageDigest:'{}', imageTag:'{}'}} does not exist within the repository with name '{name}' in the registry with id '{}'",
            or_null(&asked.image_digest),
            or_null(&asked.image_tag),
            world.identity.account_id,
        ),
    )
}

fn within(asked: &[Identifier]) -> Result<&[Identifier], ApiError> {
    match asked.len() <= MOST {
        true => Ok(asked),
        false => Err(invalid("At most 100 image ids are allowed.")),
    }
}

fn read<T: for<'de> Deserialize<'de>>(call: &Call) -> Result<T, ApiError> {
    T::deserialize(&call.input).map_err(|error| invalid(error.to_string()))
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidParameterException", message)
}
