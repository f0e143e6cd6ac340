//! What is to be so before what came back has proved good.

use super::image::{Digest, Image};
use super::look::Look;
use super::names::DefinitionArn;
use super::progress::Progress;
use super::record::Release;
use super::step::Now;
use super::wants::{Seen, both};

/// What should run now.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    /// The bytes, as far as they are known.
    pub(super) release: Option<&'a Release>,
    /// The task definition, where it has to be this one.
    pub(super) definition: Option<&'a DefinitionArn>,
}

/// What is not as it should be, in words; nothing once it has proved. What cannot be read has not.
pub(super) fn missing(look: Look<'_>, now: Now<'_>, expected: Expected<'_>) -> Seen<Vec<String>> {
    let mut missing = Vec::new();
    if now.progress != Progress::Completed {
        missing.push("its deployment is not complete".to_owned());
    }
    if expected
        .definition
        .is_some_and(|definition| *definition != now.primary.definition)
    {
        missing.push("it has another task definition".to_owned());
    }
    let (running, desired) = (now.service.running, now.service.desired);
    if running < desired {
        missing.push(format!("{running} of {desired} tasks run"));
    }
    let (targets, (bytes, alarms)) = both(
        targets(look, now),
        both(bytes(look, expected.release), alarms(look)),
    )?;
    missing.extend(targets);
    missing.extend(bytes);
    missing.extend(alarms);
    Ok(missing)
}

fn targets(look: Look<'_>, now: Now<'_>) -> Seen<Vec<String>> {
    let mut all = Ok(Vec::new());
    for balancer in &now.service.balancers {
        let group = look.target_group(&balancer.target_group);
        let group = group.map(|read| (&balancer.target_group, read));
        all = both(all, group).map(|(mut all, group)| {
            all.push(group);
            all
        });
    }
    let desired = now.service.desired;
    let wrong = all?.into_iter().filter_map(|(arn, read)| match read {
        Err(why) => Some(format!("the target group {arn} cannot be read: {why}")),
        Ok(None) => Some(format!("the target group {arn} does not exist")),
        Ok(Some(group)) if group.healthy < desired => {
            let healthy = group.healthy;
            Some(format!(
                "{healthy} of {desired} targets are healthy in {arn}"
            ))
        }
        Ok(Some(_)) => None,
    });
    Ok(wrong.collect())
}

/// Whether the running tasks have the images that were recorded.
fn bytes(look: Look<'_>, expected: Option<&Release>) -> Seen<Vec<String>> {
    let Some(expected) = expected else {
        return Ok(Vec::new());
    };
    let running = match look.running()? {
        Ok(running) => running,
        Err(why) => return Ok(vec![format!("its running tasks cannot be read: {why}")]),
    };
    let mut wrong = Vec::new();
    for (container, recorded) in &expected.digests {
        let found = running
            .iter()
            .filter_map(|task| task.digests.get(container));
        for digest in found {
            if !is_image(look, expected, container, recorded, digest)? {
                wrong.push(format!(
                    "the container {container} runs another image, {digest}"
                ));
                break;
            }
        }
    }
    Ok(wrong)
}

/// Whether a task runs the image that was recorded: one of the two may be the digest of a platform
/// and the other that of the image for several.
fn is_image(
    look: Look<'_>,
    expected: &Release,
    container: &str,
    recorded: &Digest,
    running: &Digest,
) -> Seen<bool> {
    if recorded == running {
        return Ok(true);
    }
    let definition = look.definition(&expected.definition)?;
    let definition = definition.ok().and_then(Option::as_ref);
    let described = definition.and_then(|definition| definition.containers.get(container));
    let Some(name) = described.and_then(|described| described.image.as_ref().ok()) else {
        return Ok(false);
    };
    if !name.is_in_ecr() {
        return Ok(false);
    }
    let (one, other) = both(
        look.image(&name.at(recorded)),
        look.image(&name.at(running)),
    )?;
    let is = |image: Result<&Option<Image>, &str>, digest| {
        let image = image.ok().and_then(Option::as_ref);
        image.is_some_and(|image| image.is(digest))
    };
    Ok(is(one, running) || is(other, recorded))
}

fn alarms(look: Look<'_>) -> Seen<Vec<String>> {
    Ok(match look.alarms()? {
        Err(why) => vec![format!("its alarms cannot be read: {why}")],
        Ok(alarms) => {
            let red = alarms.iter().filter(|alarm| alarm.is_red());
            red.map(|alarm| format!("the alarm {} is red", alarm.name))
                .collect()
        }
    })
}
