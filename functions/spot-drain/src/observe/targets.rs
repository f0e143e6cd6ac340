//! How long load balancers go on sending to a target that leaves.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::Service as Theirs;
use futures_util::StreamExt;
use jiff::SignedDuration;
use tokio::time::{Instant, timeout_at};

use crate::Aws;

/// How many target groups are asked for at once; one call takes one.
/// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroupAttributes.html>.
const AT_ONCE: usize = 8;
/// The attribute, in seconds.
/// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html>.
const DELAY: &str = "deregistration_delay.timeout_seconds";

/// The deregistration delays of target groups, by ARN, as far as they could be read.
#[derive(Debug, Default)]
pub(super) struct Delays(BTreeMap<String, SignedDuration>);

/// Asks for the delays of the target groups of these services, each once, until there is no time any
/// more.
pub(super) async fn look<'s>(
    aws: &Aws,
    services: impl Iterator<Item = &'s Theirs>,
    stop: Instant,
) -> Delays {
    let groups = services.flat_map(groups).flatten();
    let groups: BTreeSet<String> = groups.map(str::to_owned).collect();
    let asked = futures_util::stream::iter(groups).map(async |group| {
        let delay = timeout_at(stop, ask(aws, &group)).await;
        (group, delay)
    });
    let mut asked = asked.buffered(AT_ONCE);
    let mut known = BTreeMap::new();
    while let Some((group, delay)) = asked.next().await {
        match delay {
            Ok(Ok(Some(delay))) => {
                known.insert(group, delay);
            }
            Ok(Ok(None)) => tracing::warn!(group, "its deregistration delay is not told"),
            Ok(Err(failure)) => {
                let cause = shell::failure::chain(&failure);
                tracing::warn!(group, cause, "its deregistration delay is not known");
            }
            Err(_) => tracing::warn!(
                group,
                "there was no time to ask for its deregistration delay"
            ),
        }
    }
    Delays(known)
}

/// The target groups of a service: for each of its load balancers one, and one more where its
/// deployments go back and forth between two. A Classic Load Balancer has none that could be asked.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html>.
fn groups(service: &Theirs) -> impl Iterator<Item = Option<&str>> {
    service.load_balancers().iter().flat_map(|balancer| {
        let other = balancer.advanced_configuration();
        let other = other.and_then(|other| other.alternate_target_group_arn());
        [Some(balancer.target_group_arn()), other.map(Some)]
            .into_iter()
            .flatten()
    })
}

async fn ask(aws: &Aws, group: &str) -> Result<Option<SignedDuration>, edge::Failure> {
    aws.pace.targets.take().await;
    let call = aws.balancing.describe_target_group_attributes();
    let reply = call.target_group_arn(group).send().await;
    let reply = reply.map_err(edge::Failure::call("DescribeTargetGroupAttributes"))?;
    let mut attributes = reply.attributes().iter();
    let delay = attributes.find(|attribute| attribute.key() == Some(DELAY));
    let seconds = delay.and_then(|delay| delay.value()?.parse().ok());
    Ok(seconds.map(SignedDuration::from_secs))
}

impl Delays {
    /// How long the slowest of a service's target groups takes, if all of them are known.
    pub(super) fn of(&self, service: &Theirs) -> Option<SignedDuration> {
        let delays = groups(service).map(|group| self.0.get(group?).copied());
        let delays: Option<Vec<SignedDuration>> = delays.collect();
        delays?.into_iter().max()
    }
}
