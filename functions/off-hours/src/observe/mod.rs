//! One look at the world: what is tagged, what the ledger remembers, what ECS says.

mod candidates;
mod discover;
mod groups;
mod services;
mod targets;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::announcement::{ConcernKey, Told};
use domain::arn::{ClusterArn, ServiceArn};
use domain::off_hours::{Extent, Moment, Observed};
use domain::order::Asked;
use ledger::Standing;

use crate::{Aws, Failure, Settings};
use candidates::candidates;
use edge::tagged::Tagged;

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything that is tagged or remembered.
    Everything,
    /// Everything that is remembered.
    EverythingHeld,
    /// One service.
    Service(ServiceArn),
    /// One service by its ARN or as `CLUSTER/NAME`, and what a person asks for it.
    Asked {
        /// The service.
        service: String,
        /// What for.
        asked: Asked,
    },
}

impl Scope {
    fn extent(&self) -> Extent {
        match self {
            Self::Everything => Extent::Everything,
            Self::EverythingHeld => Extent::Remembered,
            Self::Service(_) => Extent::Alone,
            Self::Asked { .. } => Extent::Asked,
        }
    }
}

/// What was seen, and what could not be.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) observed: Observed,
    /// What could not be looked at, by name. It is left alone; the run ends in a failure.
    pub(crate) unseen: Vec<(String, Failure)>,
}

/// What cannot be looked at where the tagging API does not answer.
const TAGGED: &str = "what is tagged and not remembered";

/// Looks at everything in scope.
pub(crate) async fn observe(
    aws: &Aws,
    settings: &Settings,
    scope: &Scope,
    moment: Moment<'_>,
) -> Result<Seen, Failure> {
    let standing = aws.edge.ledger.standing().await?;
    let tagged = discover::tagged(aws, settings, scope, &standing).await?;
    look(aws, settings, scope, moment, &standing, tagged).await
}

/// Looks at everything for whoever asks how things stand. Without the tagging API that is what the
/// ledger remembers.
pub(crate) async fn for_status(
    aws: &Aws,
    settings: &Settings,
    moment: Moment<'_>,
) -> Result<Seen, Failure> {
    let (all, held) = (&Scope::Everything, &Scope::EverythingHeld);
    let standing = aws.edge.ledger.standing().await?;
    let tagged = match discover::tagged(aws, settings, all, &standing).await {
        Ok(tagged) => tagged,
        Err(failure) => {
            let mut known = discover::tagged(aws, settings, held, &standing).await?;
            known.unseen.push((TAGGED.to_owned(), failure));
            known
        }
    };
    look(aws, settings, all, moment, &standing, tagged).await
}

/// Looks at everything for whoever asks what the tags mean. Without the ledger that is what is
/// tagged now.
pub(crate) async fn for_lint(
    aws: &Aws,
    settings: &Settings,
    moment: Moment<'_>,
) -> Result<Seen, Failure> {
    let scope = &Scope::Everything;
    let (standing, forgotten) = match aws.edge.ledger.standing().await {
        Ok(standing) => (standing, None),
        Err(error) => {
            let unseen = ("the ledger".to_owned(), error.into());
            (Standing::default(), Some(unseen))
        }
    };
    let mut tagged = discover::tagged(aws, settings, scope, &standing).await?;
    tagged.unseen.extend(forgotten);
    look(aws, settings, scope, moment, &standing, tagged).await
}

/// Whether a service, by its ARN or as `CLUSTER/NAME`, may be among what could not be looked at.
pub(crate) fn may_be_unseen(service: &str, unseen: &[(String, Failure)]) -> bool {
    let parsed = ServiceArn::parse(service);
    let name = parsed.map_or_else(|_| service.to_owned(), |arn| arn.to_string());
    let hides = |what: &str| {
        let in_cluster = name
            .split_once('/')
            .is_some_and(|(cluster, _)| cluster == what);
        what == TAGGED || what == name || in_cluster || what.ends_with(&format!("/{name}"))
    };
    let mut names = unseen.iter().flat_map(|(what, _)| what.split(", "));
    names.any(hides)
}

async fn look(
    aws: &Aws,
    settings: &Settings,
    scope: &Scope,
    moment: Moment<'_>,
    standing: &Standing,
    mut tagged: Tagged,
) -> Result<Seen, Failure> {
    let mut seen = Seen {
        observed: Observed {
            announced: announced(standing),
            closing: standing.closing,
            extent: scope.extent(),
            partly: partly(&tagged),
            ..Observed::default()
        },
        unseen: unreadable(standing),
    };
    let unseen = tagged.unseen.drain(..);
    seen.unseen
        .extend(unseen.map(|(what, failure)| (what, failure.into())));
    candidates(&mut seen, settings, scope, standing, &tagged, moment.now)?;
    let named = matches!(scope, Scope::Service(_));
    services::look(aws, settings, &mut seen, &tagged, named, moment.now).await;
    if matches!(scope, Scope::Everything | Scope::EverythingHeld) {
        groups::look(aws, settings, &mut seen, standing).await;
    }
    targets::look(aws, &mut seen, moment).await;
    for (what, failure) in &seen.unseen {
        let cause = shell::failure::chain(failure);
        tracing::error!(what, cause, "not seen");
    }
    Ok(seen)
}

/// The clusters that could not be read, or whose services could not be listed.
fn partly(tagged: &Tagged) -> BTreeSet<ClusterArn> {
    let unseen =
        |cluster: &&ClusterArn| tagged.unseen.iter().any(|(what, _)| what == cluster.name());
    let unlisted = tagged.clusters.keys().filter(unseen);
    tagged
        .unseen_clusters
        .iter()
        .chain(unlisted)
        .cloned()
        .collect()
}

fn announced(standing: &Standing) -> BTreeMap<ConcernKey, Told> {
    let known = standing.announced.iter();
    known
        .filter_map(|((arn, kind), told)| {
            let kind = domain::notice::Kind::from_name(kind)?.name();
            Some((
                ConcernKey {
                    subject: arn.clone(),
                    kind,
                },
                told.clone(),
            ))
        })
        .collect()
}

fn unreadable(standing: &Standing) -> Vec<(String, Failure)> {
    let items = standing.unreadable.iter();
    items
        .map(|item| (item.item.clone(), Failure::Unreadable(item.clone())))
        .collect()
}
