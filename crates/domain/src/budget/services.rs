//! What people are told of single services: tags that cannot be read, and what was raised again.

use super::concerns::{Concern, fact, words};
use super::holds::Tallies;
use super::moment::Moment;
use super::observed::Service;
use super::tags::{BUDGET, Intent};
use super::tally::Tally;
use crate::arn::ServiceArn;
use crate::notice::{Kind, Next, Severity};

/// What people should know of services: tags that cannot be read, and what was raised again.
pub(super) fn of_service(
    arn: &ServiceArn,
    service: &Service,
    before: &Tallies,
    after: &Tallies,
    moment: Moment<'_>,
) -> Vec<Concern> {
    let subject = Concern::about(arn.as_str(), Kind::BudgetTagMalformed, moment);
    let malformed = match &service.intent {
        Intent::Malformed { text, error } => Some(Concern {
            title: format!("{arn}: the tag {BUDGET} cannot be read"),
            text: text.clone(),
            facts: vec![
                fact("Tag", format!("{BUDGET} = {text}")),
                fact("Problem", error),
            ],
            done: Some("No budget stops it; if one holds it, it stays at rest.".to_owned()),
            next: words("Correct what the tag says."),
            ..subject.clone()
        }),
        _ => None,
    };
    let most = |tallies: &Tallies| {
        let stops = tallies.values().filter_map(Tally::stop);
        stops.filter_map(|stop| stop.again.get(arn).copied()).max()
    };
    let raised = most(after).map(|times| {
        let often = most(before) >= Some(times) || moment.policy.put_down_again == 0;
        let given_up = service.raised() && !service.deploying && often;
        let most = moment.policy.put_down_again;
        again(arn, service, (times, most), given_up, subject)
    });
    malformed.into_iter().chain(raised).collect()
}

fn again(
    arn: &ServiceArn,
    service: &Service,
    (times, most): (u8, u8),
    given_up: bool,
    subject: Concern,
) -> Concern {
    Concern {
        kind: Kind::BudgetRaisedWhileStopped,
        severity: if given_up {
            Severity::Page
        } else {
            Severity::Digest
        },
        title: if given_up {
            format!("{arn} is raised again and again although its budget is spent")
        } else {
            format!("{arn} was raised although its budget is spent")
        },
        text: if given_up {
            "given up".to_owned()
        } else {
            times.to_string()
        },
        facts: vec![
            fact("Desired count", service.desired),
            fact("Put down again", format!("{times} of {most} times")),
            fact("Costs", service.rate(arn).shown()),
        ],
        done: Some(if given_up {
            "Nothing more: it runs and costs money until somebody stops it.".to_owned()
        } else {
            "It is put down again.".to_owned()
        }),
        next: Next {
            what:
                "Find out what raises it, such as a pipeline or a scheduled action, and stop that."
                    .to_owned(),
            command: Some(format!(
                "aws ecs describe-services --cluster {} --services {}",
                arn.cluster(),
                arn.name()
            )),
        },
        ..subject
    }
}
