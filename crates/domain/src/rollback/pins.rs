//! Whether the images of a release are still what they were.

use super::candidates::Candidate;
use super::definition::Definition;
use super::image::{Digest, ImageRef};
use super::look::Look;
use super::preflight::Checked;
use super::refusal::Refusal;
use super::wants::{Seen, Wants};

/// What is found of one image.
enum Found {
    /// It is what it was.
    Same,
    /// Its tag was moved, and what ran is there by its digest.
    Moved(Digest),
    /// It cannot be said.
    Unread(String),
}

/// Looks every image up: by the digest that ran, if its tag does not lead there any more.
pub(super) fn pins(
    look: Look<'_>,
    candidate: &Candidate<'_>,
    definition: &Definition,
    checked: &mut Checked,
) -> Seen<Result<(), Refusal>> {
    let mut wants = Box::<Wants>::default();
    for (container, described) in &definition.containers {
        let ran = candidate.release.digests.get(container);
        let found = match &described.image {
            Ok(image) => found(look, image, ran),
            Err(error) => Ok(Ok(Found::Unread(error.to_string()))),
        };
        match found {
            Ok(Ok(Found::Same)) => {}
            Ok(Ok(Found::Moved(digest))) => checked.pins.push((container.clone(), digest)),
            Ok(Ok(Found::Unread(why))) => {
                let what = format!("the image of the container {container} ({why})");
                checked.unchecked.push(what);
            }
            Ok(Err(refusal)) => return Ok(Err(refusal)),
            Err(wanted) => wants.add(*wanted),
        }
    }
    if wants.is_empty() {
        Ok(Ok(()))
    } else {
        Err(wants)
    }
}

fn found(look: Look<'_>, image: &ImageRef, ran: Option<&Digest>) -> Seen<Result<Found, Refusal>> {
    if !image.is_in_ecr() {
        let pinned = image.digest().is_some();
        let why = if pinned {
            "its registry is not read"
        } else {
            "its tag may have been moved"
        };
        return Ok(Ok(Found::Unread(why.to_owned())));
    }
    let gone = || Refusal::ImageGone(image.to_string());
    let now = match look.image(&image.lookup())? {
        Ok(now) => now,
        Err(why) => return Ok(Ok(Found::Unread(why.to_owned()))),
    };
    if image.digest().is_some() {
        // Pinned: what is there under this name is what it was.
        return Ok(now.as_ref().map(|_| Found::Same).ok_or_else(gone));
    }
    let Some(ran) = ran else {
        return Ok(match now {
            Some(_) => Ok(Found::Unread("what ran was not recorded".to_owned())),
            None => Err(gone()),
        });
    };
    if now.as_ref().is_some_and(|now| now.is(ran)) {
        return Ok(Ok(Found::Same));
    }
    Ok(match look.image(&image.at(ran))? {
        Ok(Some(_)) => Ok(Found::Moved(ran.clone())),
        Ok(None) => Err(gone()),
        Err(why) => Ok(Found::Unread(why.to_owned())),
    })
}
