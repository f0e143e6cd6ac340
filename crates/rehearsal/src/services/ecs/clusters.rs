//! Clusters.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::input::{Tag, cluster_not_found, invalid, missing, page_size, read};
use super::service::{Service, StrategyItem};
use super::statistics::Counts;
use super::{arn, page_after, tags};
use crate::call::{ApiError, Call};
use crate::world::World;

/// A cluster.
#[derive(Debug)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its services by name, INACTIVE ones too.
    pub services: BTreeMap<String, Service>,
    /// The capacity providers that its services may use.
    pub capacity_providers: Vec<String>,
    /// What a service gets that asks for neither launch type nor strategy.
    pub default_strategy: Vec<StrategyItem>,
    /// `settings` as given, such as Container Insights.
    settings: Value,
}

/// The most clusters of a page and of a DescribeClusters call:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListClusters.html>.
const PAGE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    #[serde(default = "default_name")]
    cluster_name: String,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    settings: Value,
    #[serde(default)]
    capacity_providers: Vec<String>,
    #[serde(default)]
    default_capacity_provider_strategy: Vec<StrategyItem>,
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html>.
fn default_name() -> String {
    "default".to_owned()
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Create = read(call)?;
    let tags = tags::checked(input.tags)?;
    create_cluster(world, &input.cluster_name, tags);
    let cluster = cluster_mut(world, &input.cluster_name)?;
    if !input.capacity_providers.is_empty() {
        cluster.capacity_providers = input.capacity_providers;
    }
    cluster.default_strategy = input.default_capacity_provider_strategy;
    if input.settings.is_array() {
        cluster.settings = input.settings;
    }
    let shown = show(world, &input.cluster_name, &["TAGS".to_owned()]);
    Ok(json!({"cluster": shown}))
}

/// Makes a cluster; one that is there already stays as it is, as at AWS.
pub(crate) fn create_cluster(world: &mut World, name: &str, tags: BTreeMap<String, String>) {
    if world.ecs.clusters.contains_key(name) {
        return;
    }
    let arn = arn::cluster(&world.identity, name);
    world.ecs.tags.replace(&arn, tags, world.now);
    let cluster = Cluster {
        name: name.to_owned(),
        arn,
        services: BTreeMap::new(),
        capacity_providers: Vec::new(),
        default_strategy: Vec::new(),
        settings: json!([{"name": "containerInsights", "value": "disabled"}]),
    };
    world.ecs.clusters.insert(name.to_owned(), cluster);
}

/// The cluster that a call means: a name or an ARN, or `default`.
pub(super) fn named<'a>(world: &'a World, given: Option<&str>) -> Result<&'a Cluster, ApiError> {
    let name = arn::name_in(given.unwrap_or("default"));
    world.ecs.clusters.get(name).ok_or_else(cluster_not_found)
}

pub(super) fn cluster_mut<'a>(
    world: &'a mut World,
    name: &str,
) -> Result<&'a mut Cluster, ApiError> {
    let name = arn::name_in(name);
    world
        .ecs
        .clusters
        .get_mut(name)
        .ok_or_else(cluster_not_found)
}

#[derive(Deserialize)]
struct Describe {
    #[serde(default)]
    clusters: Vec<String>,
    #[serde(default)]
    include: Vec<String>,
}

pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let mut input: Describe = read(call)?;
    if input.clusters.is_empty() {
        input.clusters.push(default_name());
    }
    if input.clusters.len() > PAGE {
        return Err(invalid("Clusters cannot have more than 100 elements."));
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for reference in &input.clusters {
        let name = arn::name_in(reference);
        if world.ecs.clusters.contains_key(name) {
            found.push(show(world, name, &input.include));
        } else {
            failures.push(missing(arn::cluster(&world.identity, name)));
        }
    }
    Ok(json!({"clusters": found, "failures": failures}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    next_token: Option<String>,
    max_results: Option<i64>,
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: List = read(call)?;
    let size = page_size(input.max_results, PAGE)?;
    let page = page_after(
        &world.ecs.clusters,
        input.next_token.as_deref(),
        size,
        |_| true,
    )
    .ok_or_else(|| invalid("Invalid token"))?;
    let arns: Vec<&str> = page.entries.iter().map(|(_, it)| it.arn.as_str()).collect();
    Ok(json!({"clusterArns": arns, "nextToken": page.next_token}))
}

/// A cluster as DescribeClusters shows it: tags, settings and statistics only when asked for.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html>.
pub(super) fn show(world: &World, name: &str, include: &[String]) -> Value {
    let Some(cluster) = world.ecs.clusters.get(name) else {
        return Value::Null;
    };
    let includes = |what: &str| include.iter().any(|asked| asked == what);
    let mut shown = Map::new();
    let counts = Counts::of(world, cluster);
    let mut put = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    put("clusterArn", json!(cluster.arn));
    put("clusterName", json!(cluster.name));
    put("status", json!("ACTIVE"));
    put(
        "registeredContainerInstancesCount",
        json!(counts.container_instances),
    );
    put("runningTasksCount", json!(counts.running));
    put("pendingTasksCount", json!(counts.pending));
    put("activeServicesCount", json!(counts.active));
    put("capacityProviders", json!(cluster.capacity_providers));
    put(
        "defaultCapacityProviderStrategy",
        json!(cluster.default_strategy),
    );
    if includes("TAGS") {
        put("tags", tags::listed(world, &cluster.arn));
    }
    if includes("SETTINGS") {
        put("settings", cluster.settings.clone());
    }
    if includes("STATISTICS") {
        put("statistics", counts.statistics());
    }
    Value::Object(shown)
}
