//! DescribeServices and ListServices.

use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{invalid, missing, page_size, read};
use super::service::{Launch, Scheduling, Service, ServiceId, Status};
use super::{arn, clusters, describe, page_after};
use crate::call::{ApiError, Call};
use crate::world::World;

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html>, enforced:
/// <https://github.com/structurely/ecs-autoscale/issues/32>.
const MOST_NAMES: usize = 10;

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html>.
const DEFAULT_PAGE: usize = 10;

#[derive(Deserialize)]
struct Describe {
    cluster: Option<String>,
    #[serde(default)]
    services: Vec<String>,
    #[serde(default)]
    include: Vec<String>,
}

pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Describe = read(call)?;
    let cluster = clusters::named(world, input.cluster.as_deref())?;
    if input.services.is_empty() {
        return Err(invalid("Services cannot be empty."));
    }
    if input.services.len() > MOST_NAMES {
        return Err(invalid("Services cannot have more than 10 elements."));
    }
    let with_tags = input.include.iter().any(|asked| asked == "TAGS");
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for reference in &input.services {
        let name = arn::name_in(reference);
        if cluster.services.contains_key(name) {
            let id = ServiceId::new(&cluster.name, name);
            found.push(describe::show(world, &id, with_tags));
        } else {
            failures.push(missing(arn::service(&world.identity, &cluster.name, name)));
        }
    }
    Ok(json!({"services": found, "failures": failures}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    cluster: Option<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
    launch_type: Option<String>,
    scheduling_strategy: Option<Scheduling>,
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: List = read(call)?;
    let cluster = clusters::named(world, input.cluster.as_deref())?;
    let size = page_size(input.max_results, DEFAULT_PAGE)?;
    let token = input.next_token.as_deref();
    let page = page_after(&cluster.services, token, size, |it| input.wants(it))
        .ok_or_else(|| invalid("Invalid token"))?;
    let arns: Vec<&str> = page.entries.iter().map(|(_, it)| it.arn.as_str()).collect();
    Ok(json!({"serviceArns": arns, "nextToken": page.next_token}))
}

impl List {
    /// A deleted service is no longer listed, though it can still be described.
    fn wants(&self, service: &Service) -> bool {
        let scheduling = self.scheduling_strategy;
        let launch = self.launch_type.as_deref();
        service.status == Status::Active
            && scheduling.is_none_or(|wanted| wanted == service.scheduling)
            && launch.is_none_or(|wanted| service.launch == Launch::Type(known(wanted)))
    }
}

/// A launch type's name; one that no service has if it is not known.
fn known(name: &str) -> &'static str {
    let names = ["FARGATE", "EC2", "EXTERNAL"];
    names.into_iter().find(|known| *known == name).unwrap_or("")
}
