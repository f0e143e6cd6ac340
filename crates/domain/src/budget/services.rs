//! What people are told of single services: tags that cannot be read, and what was raised again.

use std::cmp::Reverse;

use super::holds::Tallies;
use super::moment::Moment;
use super::observed::Service;
use super::state::{Again, Treatment};
use super::tags::{BUDGET, Intent};
use super::tally::Tally;
use crate::arn::ServiceArn;
use crate::concern::Concern;
use crate::notice::{Kind, Next, Severity, fact, words};

/// What people should know of services: tags that cannot be read, and what was raised again.
pub(super) fn of_service(
    arn: &ServiceArn,
    service: &Service,
    after: &Tallies,
    moment: Moment<'_>,
) -> Vec<Concern> {
    let subject = Concern::about(arn.as_str(), Kind::BudgetTagMalformed, moment.now);
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
    let stops = after.values().filter_map(Tally::stop);
    let agains = stops.filter_map(|stop| stop.again.get(arn));
    let told = agains.filter(|again| again.times > 0 || again.treatment != Treatment::Waited);
    // Of several budgets, the one that still puts it down.
    let told = told.min_by_key(|again| {
        (
            again.treatment == Treatment::LeftAlone,
            Reverse(again.times),
        )
    });
    let most = moment.policy.put_down_again;
    let raised = told.map(|told| again(arn, service, told, most, subject));
    malformed.into_iter().chain(raised).collect()
}

/// That it was raised, once for each time that it is put down, and once that it is not any more: that
/// stands until the stop ends, whoever raises it or sets it to zero meanwhile.
fn again(
    arn: &ServiceArn,
    service: &Service,
    again: &Again,
    most: u8,
    subject: Concern,
) -> Concern {
    let times = again.times;
    let left_alone = again.treatment == Treatment::LeftAlone;
    Concern {
        kind: Kind::BudgetRaisedWhileStopped,
        severity: if left_alone {
            Severity::Page
        } else {
            Severity::Digest
        },
        title: if left_alone && times > 0 {
            format!("{arn} is raised again and again although its budget is spent")
        } else {
            format!("{arn} was raised although its budget is spent")
        },
        text: if left_alone {
            "given up".to_owned()
        } else {
            times.to_string()
        },
        facts: vec![
            fact("Desired count", service.desired),
            fact("Put down again", format!("{times} of {most} times")),
            fact("Costs", service.rate(arn).shown()),
        ],
        done: Some(
            match (left_alone, times) {
                (false, _) => "It is put down again.",
                (true, 0) => "Nothing: it runs and costs money until somebody stops it.",
                (true, _) => "Nothing more: it runs and costs money until somebody stops it.",
            }
            .to_owned(),
        ),
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
