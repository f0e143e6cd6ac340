//! What people are told: which concerns stand, and which are over.

use super::evidence;
use super::look::Look;
use super::reason::Reason;
use super::record::Record;
use super::sign::{Event, Says};
use super::step::Step;
use super::tags::ROLLBACK;
use super::told_case::of_case;
use super::wants::{Seen, both};
use super::withheld::Withheld;
use crate::announcement::{ConcernKey, Told};
use crate::concern::{Concern, Over};
use crate::notice::{Kind, Next, Severity, fact, words};
use crate::tag::Tagged;

/// What has to be told of one service.
pub(super) fn standing(look: Look<'_>, step: &Step) -> Seen<Vec<Concern>> {
    let (case, others) = both(of_case(look, step), Ok(others(look, step)))?;
    let mut all: Vec<Concern> = case.into_iter().chain(others).collect();
    // What was told of the same deployment in other words before began then.
    for concern in &mut all {
        let of = |text: &str| text.split(' ').next().map(str::to_owned);
        let before = look.observed.announced.get(&concern.key());
        if let Some(told) = before.filter(|told| of(&told.text) == of(&concern.text)) {
            concern.since = told.since.min(concern.since);
        }
    }
    Ok(all)
}

fn others(look: Look<'_>, step: &Step) -> Vec<Concern> {
    let several = [
        unprotected(look, &step.record),
        frozen(look, &step.record),
        malformed(look),
        not_ecs(look, step),
    ];
    several.into_iter().flatten().collect()
}

/// A release that alarms cannot protect, because they were red before it began. ECS ignores them for
/// the whole of it.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html>.
fn unprotected(look: Look<'_>, record: &Record) -> Option<Concern> {
    let watch = record.watch.as_ref()?;
    let red = watch.red.as_ref().filter(|red| !red.is_empty())?;
    let mut concern = Concern::about(look.arn.as_str(), Kind::ReleaseUnprotected, watch.began);
    concern.text = watch.deployment.as_str().to_owned();
    concern.title = format!("{}: it is released while its alarms are red", look.arn);
    let red: Vec<&str> = red.iter().map(String::as_str).collect();
    concern.facts = vec![
        fact("Red before it began", red.join(", ")),
        fact("Deployment", &watch.deployment),
        fact("Task definition", &watch.release.definition),
    ];
    concern.next = words(
        "See whether the release is good: neither ECS nor Caretaker can tell by these alarms, and it \
         will not be taken for one that proved good.",
    );
    Some(concern)
}

/// The guard against loops froze it.
fn frozen(look: Look<'_>, record: &Record) -> Option<Concern> {
    let freeze = record
        .frozen
        .as_ref()
        .filter(|freeze| freeze.by.is_none())?;
    let mut concern = Concern::about(look.arn.as_str(), Kind::RollbackFrozen, freeze.since);
    concern.severity = Severity::Page;
    concern.text = freeze.since.to_string();
    concern.title = format!("{}: it is not rolled back any more", look.arn);
    concern.facts = vec![fact("Why", &freeze.why)];
    concern.facts.extend(evidence::running(look));
    concern.done = Some("Rolls nothing of it back until it is thawed".to_owned());
    concern.next = Next {
        what: "Find out why release after release fails, and thaw it then. More is in \
               docs/runbook-deployments."
            .to_owned(),
        command: Some(evidence::command(
            look,
            &Withheld::Frozen {
                by: None,
                why: String::new(),
                until: None,
            },
        )),
    };
    Some(concern)
}

fn malformed(look: Look<'_>) -> Option<Concern> {
    let Some(Ok(Some(service))) = look.observed.services.get(look.arn) else {
        return None;
    };
    let Tagged::Malformed { text, error } = &service.mode else {
        return None;
    };
    let now = look.moment.now;
    let mut concern = Concern::about(look.arn.as_str(), Kind::RollbackTagMalformed, now);
    concern.title = format!("{}: the tag {ROLLBACK} cannot be read", look.arn);
    concern.text.clone_from(text);
    concern.facts = vec![fact(ROLLBACK, text), fact("Wrong", error)];
    concern.next = words("Correct the tag. It is read again with every event.");
    Some(concern)
}

/// A release failed that somebody else deploys.
fn not_ecs(look: Look<'_>, step: &Step) -> Option<Concern> {
    let Reason::NotEcs(kind) = step.reason else {
        return None;
    };
    let failed = look.signs.iter().find(|sign| {
        let (Says::Deployment { event, .. } | Says::Action { event, .. }) = &sign.says else {
            return false;
        };
        *event == Event::Failed
    })?;
    let mut concern = Concern::about(look.arn.as_str(), Kind::DeploymentFailed, failed.at);
    concern.severity = Severity::Page;
    concern.passing = true;
    concern.text = failed.id.clone();
    concern.title = format!("{}: its release failed, and nothing was done", look.arn);
    concern.facts = vec![fact("Why nothing", Withheld::NotEcs(kind))];
    concern.facts.extend(evidence::running(look));
    concern.next = Next {
        what: "Whoever deploys it has to roll it back: while it is under way it is stopped with \
               automatic rollback, and otherwise what ran before is deployed again."
            .to_owned(),
        command: Some(evidence::not_ecs(look, kind)),
    };
    Some(concern)
}

/// Whether something that was told of a service is over, as far as this round can say.
pub(super) fn over(look: Look<'_>, step: &Step, kind: Kind, told: &Told) -> Option<Over> {
    let record = &step.record;
    let gone = matches!(step.reason, Reason::Gone | Reason::Draining | Reason::Off);
    let seen = matches!(look.observed.services.get(look.arn), Some(Ok(Some(_))));
    let says = |title: Option<&str>| {
        Some(Over {
            kind,
            title: title.map(|title| format!("{}: {title}", look.arn)),
            facts: evidence::running(look),
            done: None,
        })
    };
    if gone {
        return says(None);
    }
    let newest = record.good.iter().filter(|good| good.proved > told.since);
    match kind {
        Kind::DeploymentRolledBack | Kind::DeploymentRolledBackByEcs => {
            let newer = newest.filter(|good| !good.by_rollback).count() > 0;
            newer.then(|| says(Some("a newer release has proved good")))?
        }
        Kind::RollbackNotProved => {
            let proved = newest.count() > 0;
            proved.then(|| says(Some("what runs now has proved good")))?
        }
        Kind::DeploymentFailed => {
            let over = seen && !matches!(step.reason, Reason::Leaves(_, _) | Reason::NotEcs(_));
            over.then(|| {
                says(Some(
                    "the release that failed does not any more, or is gone",
                ))
            })?
        }
        Kind::ReleaseUnprotected => record.watch.is_none().then(|| says(None))?,
        Kind::RollbackFrozen => record
            .frozen
            .is_none()
            .then(|| says(Some("it is rolled back again when a release fails")))?,
        Kind::DeploymentSuperseded => record.case.is_none().then(|| says(None))?,
        Kind::RollbackTagMalformed => seen.then(|| says(Some("the tag can be read")))?,
        _ => None,
    }
}

/// The kind of what was told, if it is ours to withdraw.
pub(super) fn kind_of(key: &ConcernKey) -> Option<Kind> {
    let kind = Kind::from_name(key.kind)?;
    let ours = (Kind::DeploymentRolledBack..=Kind::RollbackTagMalformed).contains(&kind);
    ours.then_some(kind)
}
