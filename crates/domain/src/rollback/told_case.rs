//! What is told of a failed release: that it is rolled back, that it was, that it was not.

use super::case::{Case, Hand, How, Intent, Known, Outcome};
use super::evidence::{brought, command, describe, ended_of, running};
use super::look::Look;
use super::reason::Reason;
use super::step::Step;
use super::wants::Seen;
use super::withheld::Withheld;
use crate::announcement::ConcernKey;
use crate::concern::Concern;
use crate::notice::{Fact, Kind, Next, Severity, fact};

/// What a page of a failed release always says.
const AGAIN: &str = "The next deployment of the same template brings the failed release back: \
                     correct it there first. More is in docs/runbook-deployments.";

/// The kind of notice that tells of a case in the hands of somebody, and what makes it news: none
/// while nothing is to be told.
fn kind(case: &Case) -> Option<(Kind, String)> {
    let failed = case.failed.as_ref().map_or("unknown", |id| id.as_str());
    let (kind, state) = match (&case.hand, &case.outcome) {
        (_, Some(Outcome::Superseded { by })) => {
            return Some((Kind::DeploymentSuperseded, format!("{failed} {by}")));
        }
        (_, Some(Outcome::NotProved { .. })) => (Kind::RollbackNotProved, "not-proved"),
        (Hand::Us(intent), None) if intent.overwrote.is_some() => {
            (Kind::DeploymentRolledBack, "overwrote")
        }
        (Hand::Us(_), None) => (Kind::DeploymentRolledBack, "begun"),
        (Hand::Us(_), Some(Outcome::Proved { .. })) => (Kind::DeploymentRolledBack, "proved"),
        (Hand::Ecs { .. }, Some(Outcome::Proved { .. })) => {
            (Kind::DeploymentRolledBackByEcs, "proved")
        }
        (Hand::Ecs { .. } | Hand::Nobody, _) => return None,
    };
    Some((kind, format!("{failed} {state}")))
}

/// Whether people were told how a case ended.
pub(super) fn was_told(look: Look<'_>, case: &Case) -> bool {
    let Some((kind, text)) = kind(case) else {
        return true;
    };
    let key = ConcernKey {
        subject: look.arn.as_str().to_owned(),
        kind: kind.name(),
    };
    let told = look.observed.announced.get(&key);
    told.is_some_and(|told| told.text == text)
}

/// What is to be told of the case of a service.
pub(super) fn of_case(look: Look<'_>, step: &Step) -> Seen<Option<Concern>> {
    let Some(case) = &step.record.case else {
        return Ok(None);
    };
    match (&step.reason, kind(case)) {
        (Reason::Leaves(_, withheld), _) => left(look, case, withheld),
        (_, Some((kind, text))) => {
            let mut concern = Concern::about(look.arn.as_str(), kind, case.opened);
            concern.text = text;
            concern.severity = severity(kind);
            concern.title = title(look, case);
            concern.facts = facts(look, case)?;
            concern.done = Some(done(case));
            concern.next = next(look, case);
            concern.unknown = case.intent().and_then(unchecked);
            Ok(Some(concern))
        }
        (_, None) => Ok(None),
    }
}

fn severity(kind: Kind) -> Severity {
    if kind == Kind::DeploymentSuperseded {
        Severity::Digest
    } else {
        Severity::Page
    }
}

fn title(look: Look<'_>, case: &Case) -> String {
    let arn = look.arn;
    match (&case.hand, &case.outcome) {
        (_, Some(Outcome::Superseded { .. })) => {
            format!("{arn}: a newer release took the place of one that failed")
        }
        (_, Some(Outcome::NotProved { .. })) => {
            format!("{arn}: its release failed, and the rollback did not make it good")
        }
        (Hand::Ecs { .. }, _) => format!("{arn}: ECS rolled its release back"),
        (_, Some(Outcome::Proved { .. })) => {
            format!("{arn}: its release was rolled back, and what came back has proved good")
        }
        (Hand::Us(_) | Hand::Nobody, None) => format!("{arn}: its release is being rolled back"),
    }
}

fn facts(look: Look<'_>, case: &Case) -> Seen<Vec<Fact>> {
    let mut facts = vec![fact("What is wrong", &case.cause)];
    if let Some(Outcome::NotProved { why }) = &case.outcome {
        facts.extend(why.iter().map(|why| fact("Not as it should be", why)));
    }
    if let Some(release) = &case.release {
        facts.extend(brought(look, "Failed", release)?);
    }
    if let Some(failed) = &case.failed {
        facts.push(fact("Failed deployment", failed));
        facts.extend(ended_of(look, failed));
    }
    match &case.hand {
        Hand::Us(intent) => {
            facts.extend(brought(look, "Comes back", &intent.target.release)?);
            facts.push(fact("Known to be good", known(intent.target.known)));
            let overwrote = intent.overwrote.as_ref();
            facts.extend(
                overwrote.map(|id| fact("Had to give way, and has to be deployed again", id)),
            );
        }
        Hand::Ecs { .. } | Hand::Nobody => {}
    }
    facts.extend(running(look));
    Ok(facts)
}

fn known(known: Known) -> String {
    match known {
        Known::Proved(at) => format!("it proved good until {at}"),
        Known::Successful(at) => format!("ECS called it successful at {at}"),
        Known::Named => "a person named it".to_owned(),
    }
}

fn done(case: &Case) -> String {
    let by = case.intent().and_then(|intent| intent.by.as_ref());
    let by = by.map_or(String::new(), |by| format!(", because {by} ordered it"));
    match (&case.hand, &case.outcome) {
        (_, Some(Outcome::Superseded { by })) => {
            format!("Nothing more, because {by} was deployed since")
        }
        (Hand::Us(intent), Some(Outcome::NotProved { .. })) => {
            format!("{}{by}, and does not try again", how(intent))
        }
        (Hand::Us(intent), _) => format!("{}{by}", how(intent)),
        (Hand::Ecs { .. }, _) => "Nothing: ECS rolled it back, and that was looked at".to_owned(),
        (Hand::Nobody, _) => "Nothing".to_owned(),
    }
}

fn how(intent: &Intent) -> String {
    let to = &intent.target.release.definition;
    match &intent.how {
        How::Stop { .. } => format!("Stopped the deployment, so that ECS goes back to {to}"),
        How::Continue { .. } => format!("Told the deployment at its hook to go back to {to}"),
        How::Update => format!("Set the service to {to}"),
        How::Copy { pins, .. } if pins.is_empty() => {
            format!(
                "Registered a copy of {to}, which was deregistered, and set the service to that"
            )
        }
        How::Copy { pins, .. } => {
            let containers: Vec<&str> = pins.iter().map(|(name, _)| name.as_str()).collect();
            let containers = containers.join(", ");
            format!(
                "Registered a copy of {to} with the image of {containers} pinned to what ran, \
                 because its tag was moved, and set the service to that"
            )
        }
    }
}

fn next(look: Look<'_>, case: &Case) -> Next {
    let what = match &case.outcome {
        Some(Outcome::Superseded { .. }) => "See whether the newer release is good.".to_owned(),
        Some(Outcome::NotProved { .. }) => format!("Look at the service now. {AGAIN}"),
        Some(Outcome::Proved { .. }) | None => AGAIN.to_owned(),
    };
    Next {
        what,
        command: Some(describe(look)),
    }
}

fn unchecked(intent: &Intent) -> Option<String> {
    let all = &intent.target.unchecked;
    (!all.is_empty()).then(|| format!("Not checked before: {}", all.join("; ")))
}

/// What is told where nothing was done. How a rollback ended is not told again as a failure of what
/// it brought.
fn left(look: Look<'_>, case: &Case, withheld: &Withheld) -> Seen<Option<Concern>> {
    let said = ConcernKey {
        subject: look.arn.as_str().to_owned(),
        kind: Kind::RollbackNotProved.name(),
    };
    let again = matches!(withheld, Withheld::Tried | Withheld::OwnRollback);
    if *withheld == Withheld::AtRest || (again && look.observed.announced.contains_key(&said)) {
        return Ok(None);
    }
    let failed = case.failed.as_ref().map_or("unknown", |id| id.as_str());
    let mut concern = Concern::about(look.arn.as_str(), Kind::DeploymentFailed, case.opened);
    concern.severity = Severity::Page;
    concern.text = format!("{failed} {}", withheld.name());
    concern.title = format!("{}: its release failed, and nothing was done", look.arn);
    concern.facts = vec![fact("Why nothing", withheld)];
    concern.facts.extend(facts(look, case)?);
    concern.next = Next {
        what: format!("Decide whether to go back, and do it if so. {AGAIN}"),
        command: Some(command(look, withheld)),
    };
    Ok(Some(concern))
}
