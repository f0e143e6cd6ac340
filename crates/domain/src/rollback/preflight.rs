//! Whether a release can come back as it was: every check that can be made before the service is
//! touched.
//!
//! What is missing refuses a release. What cannot be read does not: it is taken if nothing is proved
//! against it, and people are told what was not checked.

use super::candidates::Candidate;
use super::definition::{Definition, DefinitionStatus};
use super::image::Digest;
use super::look::Look;
use super::pins::pins;
use super::record::{Record, Release, Same};
use super::refusal::Refusal;
use super::service::Service;
use super::wants::{Seen, both};

/// What came of the checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Checked {
    /// Whether the service cannot be set to the task definition itself.
    pub(super) inactive: bool,
    /// The containers whose tag was moved since, and the digest that ran.
    pub(super) pins: Vec<(String, Digest)>,
    /// What could not be read.
    pub(super) unchecked: Vec<String>,
}

/// Whether a release can come back.
pub(super) fn preflight(
    look: Look<'_>,
    service: &Service,
    candidate: &Candidate<'_>,
) -> Seen<Result<Checked, Refusal>> {
    let mut checked = Checked::default();
    let arn = &candidate.release.definition;
    let definition = match look.definition(arn)? {
        Ok(Some(definition)) => definition,
        Ok(None) => return Ok(Err(Refusal::DefinitionGone)),
        Err(why) => {
            let what = format!("the task definition {arn} and what it needs ({why})");
            checked.unchecked.push(what);
            return Ok(Ok(checked));
        }
    };
    checked.inactive = definition.status != DefinitionStatus::Active;
    let images = pins(look, candidate, definition, &mut checked);
    let needs = needs(look, definition);
    let balancers = balancers(look, service, candidate, definition);
    let (images, (needs, balancers)) = both(images, both(needs, balancers))?;
    for checks in [needs, balancers] {
        match checks {
            Ok(unread) => checked.unchecked.extend(unread),
            Err(refusal) => return Ok(Err(refusal)),
        }
    }
    Ok(images.map(|()| checked))
}

/// What failed, and what failed before, does not come back; neither does what a migration came
/// after.
pub(super) fn is_out(
    record: &Record,
    candidate: &Candidate<'_>,
    failed: &Release,
) -> Option<Refusal> {
    if candidate.release.same(failed) != Same::No {
        return Some(Refusal::TheSame);
    }
    if record.is_bad(&candidate.release) {
        return Some(Refusal::Bad);
    }
    let good = candidate.good?;
    let since = record
        .past
        .iter()
        .filter(|past| past.began > good.completed);
    let mut migrations = since.filter_map(|past| past.migration.clone());
    migrations.next().map(Refusal::BeforeMigration)
}

/// Secrets and roles. The unread ones are told.
fn needs(look: Look<'_>, definition: &Definition) -> Seen<Result<Vec<String>, Refusal>> {
    let mut all = Ok(Vec::new());
    for needed in &definition.needs {
        let read = look.exists(needed).map(|read| (needed, read));
        all = both(all, read).map(|(mut all, read)| {
            all.push(read);
            all
        });
    }
    let mut unread = Vec::new();
    for (needed, read) in all? {
        match read {
            Ok(true) => {}
            Ok(false) => return Ok(Err(Refusal::Gone(needed.clone()))),
            Err(why) => unread.push(format!("{} ({why})", needed.words())),
        }
    }
    Ok(Ok(unread))
}

/// Where traffic goes: the service keeps its target groups, so the release needs the same container
/// at the same port, behind the ports with which it proved.
fn balancers(
    look: Look<'_>,
    service: &Service,
    candidate: &Candidate<'_>,
    definition: &Definition,
) -> Seen<Result<Vec<String>, Refusal>> {
    let mut all = Ok(Vec::new());
    for balancer in &service.balancers {
        let read = look.target_group(&balancer.target_group);
        let read = read.map(|read| (balancer, read));
        all = both(all, read).map(|(mut all, read)| {
            all.push(read);
            all
        });
    }
    let mut unread = Vec::new();
    for (balancer, read) in all? {
        let container = definition.containers.get(&balancer.container);
        if !container.is_some_and(|container| container.ports.contains(&balancer.port)) {
            return Ok(Err(Refusal::NotBalanced {
                container: balancer.container.clone(),
                port: balancer.port,
            }));
        }
        let group = &balancer.target_group;
        match read {
            Ok(None) => return Ok(Err(Refusal::TargetGroupGone(group.clone()))),
            Ok(Some(now)) => {
                let then = candidate.good.and_then(|good| good.ports.get(group));
                if then.is_some_and(|then| *then != now.ports) {
                    return Ok(Err(Refusal::PortsChanged(group.clone())));
                }
            }
            Err(why) => unread.push(format!("the target group {group} ({why})")),
        }
    }
    Ok(Ok(unread))
}
