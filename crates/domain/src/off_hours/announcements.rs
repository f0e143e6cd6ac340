//! What has to be announced: concerns compared with what was announced before.
//!
//! A new concern, or one with another text, becomes a notice, one that is gone becomes a resolved
//! notice, and one that is as it was says nothing. So a typo in a tag is told once, and again if it
//! is mistyped differently.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::concerns::{About, Concern, incident_of};
use crate::announcement::{Announcement, ConcernKey, Told};
use crate::notice::{Kind, Next, Notice, Severity};

/// What has to be announced now, given the concerns that there are. `right_again` says what is right
/// again when one of this kind is over, if that can be said.
pub(super) fn announcements(
    concerns: &[Concern],
    right_again: impl Fn(&ConcernKey, Kind) -> Option<&'static str>,
    announced: &BTreeMap<ConcernKey, Told>,
    now: Timestamp,
) -> Vec<Announcement> {
    let is_new = |concern: &&Concern| {
        let told = announced.get(&concern.key());
        told.is_none_or(|told| told.text != concern.text)
    };
    let fresh = concerns.iter().filter(is_new).map(|concern| Announcement {
        key: concern.key(),
        told: Some(Told {
            text: concern.text.clone(),
            since: concern.since,
        }),
        notice: concern.notice(now),
    });
    let standing: BTreeSet<ConcernKey> = concerns.iter().map(Concern::key).collect();
    let gone = announced
        .iter()
        .filter(|(key, _)| !standing.contains(key))
        .filter_map(|(key, told)| {
            let kind = Kind::from_name(key.kind)?;
            Some(withdrawal(key, kind, right_again(key, kind)?, told, now))
        });
    fresh.chain(gone).collect()
}

/// The notice that a concern is over.
fn withdrawal(
    key: &ConcernKey,
    kind: Kind,
    right: &str,
    told: &Told,
    now: Timestamp,
) -> Announcement {
    let about = About::of(&key.subject);
    let (cluster, service) = about.as_ref().map_or((None, None), About::names);
    let shown = about
        .as_ref()
        .map_or_else(|| key.subject.clone(), About::to_string);
    let notice = Notice {
        kind,
        severity: Severity::Digest,
        resource: key.subject.clone(),
        cluster: cluster.map(str::to_owned),
        service: service.map(str::to_owned),
        title: format!("{shown}: {right}"),
        facts: Vec::new(),
        done: None,
        next: Next {
            what: "Nothing is left to do.".to_owned(),
            command: None,
        },
        unknown: None,
        since: told.since,
        at: now,
        dedupe: incident_of(&key.subject, kind),
        resolved: true,
    };
    Announcement {
        key: key.clone(),
        told: None,
        notice,
    }
}
