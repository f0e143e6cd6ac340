//! What the tasks of the services cost: the one place where this function asks for a price.

use domain::prices;
use domain::resting::Live;
use edge::sizes::ask;
use rust_decimal::Decimal;

use super::Seen;
use crate::{Aws, Settings};

/// Asks for the sizes of the tasks that run on Fargate, a few at a time, and prices what is known.
pub(super) async fn look(aws: &Aws, settings: &Settings, seen: &mut Seen) {
    let running = seen.changeable.values().map(|(live, _)| live);
    let running = running.filter(|live| live.desired.max(live.running) > 0);
    let sized = running.filter(|live| live.fargate_spot_percent == Some(0));
    ask(&aws.edge, sized.map(|live| live.task_definition.as_str())).await;
    for (arn, service) in &mut seen.observed.services {
        let live = seen.changeable.get(arn).map(|(live, _)| live);
        service.hour = live.and_then(|live| task_hour(aws, settings, live));
    }
}

/// What a task costs in an hour, in USD; none if that is not known. One that may run on an instance
/// costs nothing by itself. Fargate Spot has no price that stays, so its tasks have none.
fn task_hour(aws: &Aws, settings: &Settings, live: &Live) -> Option<Decimal> {
    match live.fargate_spot_percent {
        None => Some(Decimal::ZERO),
        Some(0) => fargate_hour(aws, settings, Some(&live.task_definition)),
        Some(_) => None,
    }
}

/// What a task of this task definition costs in an hour on Fargate, in USD, if its size was asked for
/// and is known.
pub(super) fn fargate_hour(
    aws: &Aws,
    settings: &Settings,
    task_definition: Option<&str>,
) -> Option<Decimal> {
    let shape = aws.edge.shapes.get(task_definition?)??;
    prices::fargate_hour(&settings.region, &shape)
}

/// What an instance costs in an hour On-Demand, in USD, if that is known. Whether it is a Spot
/// instance, ECS does not say.
pub(super) fn instance_hour(settings: &Settings, instance_type: &str) -> Option<Decimal> {
    prices::instance_hour(&settings.region, instance_type)
}

/// What something that stands beside costs in an hour, by its type in the tagging API and the rest
/// of its ARN's resource. The size of a volume and the type of an instance are not in its ARN.
pub(super) fn beside_hour(settings: &Settings, kind: &str, resource: &str) -> Option<Decimal> {
    match kind {
        "loadbalancer" if resource.starts_with("app/") => {
            prices::load_balancer_hour(&settings.region)
        }
        "natgateway" => prices::nat_gateway_hour(&settings.region),
        "elastic-ip" => prices::public_ipv4_hour(),
        _ => None,
    }
}
