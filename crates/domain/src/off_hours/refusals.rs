//! What AWS refused of an errand, in words that a person can act on.

use jiff::Timestamp;

use super::concerns::Concern;
use super::trouble::{describe, fact};
use crate::notice::{Kind, Next, Severity};
use crate::resting::{Errand, Reason, Refusal, Subject};

/// AWS refused a step of an errand.
pub(super) fn refused(errand: &Errand, refusal: &Refusal, now: Timestamp) -> Concern {
    let Refusal {
        call, code, words, ..
    } = refusal;
    let subject = &errand.subject;
    let (kind, why, next) = if refusal.denied {
        (
            Kind::PermissionDenied,
            format!("it may not call {call}"),
            "Give the role of off-hours the permission that AWS names, or take away what denies it.",
        )
    } else {
        (
            Kind::PartlyApplied,
            format!("AWS refused {call}"),
            "Read AWS's answer and correct what it names.",
        )
    };
    let (what, severity) = match errand.reason {
        Reason::Wakes => ("be woken", Severity::Page),
        Reason::GoesToRest | Reason::RestsAgain => ("be put to rest", Severity::Digest),
        _ => ("be changed", Severity::Digest),
    };
    Concern {
        about: subject.clone().into(),
        kind,
        severity,
        title: format!("{subject} could not {what}: {why}"),
        text: format!("{call} {code}"),
        facts: vec![
            fact("Call", call),
            fact("AWS's answer", format!("{code}: {words}")),
        ],
        done: Some(
            "The steps before that call were taken; every tick tries the others again.".to_owned(),
        ),
        next: Next {
            what: next.to_owned(),
            command: match subject {
                Subject::Service(arn) => Some(describe(arn)),
                Subject::Group(_) => None,
            },
        },
        since: now,
    }
}
