//! What a deployment brought, as a part of an item; and the names of deployments.

use domain::rollback::{
    AttemptArn, DefinitionArn, DeploymentId, Digest, Digests, Release, RevisionArn,
};

use crate::fields::{Draft, Fields, Unreadable};

const DEPLOYMENT: &str = "the id of a deployment";
const DEFINITION: &str = "the ARN of a revision of a task definition";
const DIGEST: &str = "the digest of an image";

/// Writes what a deployment brought.
pub(super) fn write(release: &Release) -> Draft {
    let digests = release.digests.iter();
    let digests = digests.fold(Draft::default(), |draft, (container, digest)| {
        draft.text(container, digest.as_str())
    });
    Draft::default()
        .text("definition", release.definition.as_str())
        .map("digests", digests)
        .some(release.revision.as_ref(), |draft, revision| {
            draft.text("revision", revision.as_str())
        })
}

/// Reads what a deployment brought: the map of this name.
pub(super) fn read(fields: &Fields<'_>, name: &str) -> Result<Release, Unreadable> {
    optional(fields, name)?.ok_or_else(|| fields.unreadable(name, "a map"))
}

/// The same, if it is there.
pub(super) fn optional(fields: &Fields<'_>, name: &str) -> Result<Option<Release>, Unreadable> {
    let Some(fields) = fields.optional_map(name)? else {
        return Ok(None);
    };
    const REVISION: &str = "the ARN of a service revision";
    Ok(Some(Release {
        definition: fields.parsed("definition", DefinitionArn::parse, DEFINITION)?,
        revision: fields.optional_parsed("revision", RevisionArn::parse, REVISION)?,
        digests: read_digests(&fields.map("digests")?)?,
    }))
}

fn read_digests(fields: &Fields<'_>) -> Result<Digests, Unreadable> {
    let digests = fields.strings().map(|entry| {
        let (container, _) = entry?;
        Ok((container.to_owned(), digest(fields, container)?))
    });
    digests.collect()
}

pub(super) fn digest(fields: &Fields<'_>, name: &str) -> Result<Digest, Unreadable> {
    fields.parsed(name, Digest::parse, DIGEST)
}

pub(super) fn deployment(fields: &Fields<'_>, name: &str) -> Result<DeploymentId, Unreadable> {
    fields.parsed(name, DeploymentId::parse, DEPLOYMENT)
}

pub(super) fn optional_deployment(
    fields: &Fields<'_>,
    name: &str,
) -> Result<Option<DeploymentId>, Unreadable> {
    fields.optional_parsed(name, DeploymentId::parse, DEPLOYMENT)
}

pub(super) fn optional_definition(
    fields: &Fields<'_>,
    name: &str,
) -> Result<Option<DefinitionArn>, Unreadable> {
    fields.optional_parsed(name, DefinitionArn::parse, DEFINITION)
}

pub(super) fn attempt(fields: &Fields<'_>) -> Result<AttemptArn, Unreadable> {
    const ATTEMPT: &str = "the ARN of a service deployment";
    fields.parsed("attempt", AttemptArn::parse, ATTEMPT)
}
