//! A dead letter as a notice: who did not answer what, what that may mean, and where to look.

use super::Letterhead;
use super::consequence::{Consequence, consequence};
use super::dead_letter::{DeadLetter, Event, Letter, Sender, Undelivered, fed_from};
use crate::notice::{Fact, Kind, Next, Notice, Severity, fact, incident, words};

impl DeadLetter {
    /// The notice that tells of it. Each is a page: nobody can say from here what was lost with it.
    pub fn notice(&self, letterhead: &Letterhead) -> Notice {
        match &self.letter {
            Letter::Undelivered(undelivered) => self.given_up(undelivered, letterhead),
            Letter::Unreadable { body, from } => self.unreadable(body, from.as_deref()),
        }
    }

    fn given_up(&self, undelivered: &Undelivered, letterhead: &Letterhead) -> Notice {
        let name = short_name(undelivered, &letterhead.stack);
        let consequence = consequence(name, &undelivered.event);
        Notice {
            title: format!(
                "AWS gave up on an event for {name}{}",
                attempts(undelivered.attempts)
            ),
            facts: facts(undelivered, &consequence),
            done: consequence.done.map(str::to_owned),
            next: next(undelivered, &letterhead.stack),
            unknown: Some(consequence.unknown.to_owned()),
            // A clock that runs ahead does not make it begin after its end.
            since: undelivered
                .happened
                .map_or(self.left, |moment| moment.min(self.left)),
            ..self.page_about(undelivered.target.arn())
        }
    }

    fn unreadable(&self, body: &str, from: Option<&str>) -> Notice {
        let came = from.map(|queue| fact("Came through", last_part(queue)));
        let facts = [fact("Message", &self.id), fact("It begins with", body)];
        Notice {
            title: "A message in the dead-letter queue cannot be read".to_owned(),
            facts: facts.into_iter().chain(came).collect(),
            next: words(match from {
                Some(_) => {
                    "Find out who sent it to that queue. Nothing of the suite's own writes what \
                     cannot be read"
                }
                None => {
                    "Find out who sent it. Only the suite's own rules, schedules and functions may \
                     send to this queue"
                }
            }),
            unknown: Some("What should have been done, and whether it was".to_owned()),
            ..self.page_about(&self.queue)
        }
    }

    /// A page about that resource, to be completed.
    fn page_about(&self, resource: &str) -> Notice {
        Notice {
            kind: Kind::Undelivered,
            severity: Severity::Page,
            resource: resource.to_owned(),
            cluster: None,
            service: None,
            title: String::new(),
            facts: Vec::new(),
            done: None,
            next: words(""),
            unknown: None,
            since: self.left,
            at: self.left,
            dedupe: incident(&self.account, &self.region, resource, Kind::Undelivered),
            resolved: false,
        }
    }
}

/// The function's name as people know it: without the stack's, which they are told anyway.
fn short_name<'a>(undelivered: &'a Undelivered, stack: &str) -> &'a str {
    let target = &undelivered.target;
    if let Some(function) = fed_from(target.arn(), stack) {
        return function;
    }
    let name = target.function().unwrap_or_else(|| target.arn());
    name.strip_prefix(stack)
        .and_then(|rest| rest.strip_prefix('-'))
        .unwrap_or(name)
}

fn attempts(attempts: Option<u64>) -> String {
    match attempts {
        None => String::new(),
        Some(0) => " before the first attempt".to_owned(),
        Some(1) => " after 1 attempt".to_owned(),
        Some(number) => format!(" after {number} attempts"),
    }
}

fn facts(undelivered: &Undelivered, consequence: &Consequence) -> Vec<Fact> {
    let mut facts: Vec<Fact> = consequence
        .at_stake
        .map(|words| fact("At stake", words))
        .into_iter()
        .collect();
    facts.push(fact("Event", kind_of(&undelivered.event)));
    facts.extend(undelivered.about.as_ref().map(|about| fact("About", about)));
    if let Event::Enveloped {
        notice: Some(title),
        ..
    } = &undelivered.event
    {
        facts.push(fact("Notice", title));
    }
    facts.extend(sent_by(&undelivered.sender));
    let stated = [
        ("Given up because of", &undelivered.condition),
        ("Error type", &undelivered.error_type),
        ("Error message", &undelivered.error_message),
    ];
    facts.extend(
        stated
            .into_iter()
            .filter_map(|(label, value)| Some(fact(label, value.as_ref()?))),
    );
    facts
}

fn kind_of(event: &Event) -> String {
    match event {
        Event::Enveloped {
            source,
            detail_type,
            ..
        } => format!("{detail_type} from {source}"),
        Event::Scheduled => "invocation by a schedule".to_owned(),
        Event::CloudFormation { request } => format!("{request} request of CloudFormation"),
        Event::Asked { action } => format!("request for {action}"),
        Event::Unknown => "of an unknown kind".to_owned(),
    }
}

fn sent_by(sender: &Sender) -> Option<Fact> {
    match sender {
        Sender::Lambda { request } => Some(fact("Request", request.as_ref()?)),
        Sender::Queue { arn } => Some(fact("Queue", last_part(arn))),
        Sender::Rule { arn } => Some(fact("Rule", last_part(arn))),
        Sender::Schedule { arn } => Some(fact("Schedule", last_part(arn))),
    }
}

/// `arn:aws:events:REGION:ACCOUNT:rule/NAME` and `arn:aws:sqs:REGION:ACCOUNT:NAME` are known to people
/// as `NAME`.
fn last_part(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

const NOT_TAKEN: &str = "See whether the target is there and may be called. It did not take the \
                         event, so a log of its own has nothing about it";

/// Only an event that Lambda took has left anything in the function's log. A rule is let in by the
/// function's policy, a schedule by its role.
fn next(undelivered: &Undelivered, stack: &str) -> Next {
    let (what, before, after) = match undelivered.sender {
        Sender::Queue { .. } => (
            "Read what the function logged about it. The runbook for Spot says under Dead letters what \
             else there is to do",
            "aws logs tail /aws/lambda/",
            " --since 1h",
        ),
        Sender::Lambda { .. } => (
            "Read what the function logged about it",
            "aws logs tail /aws/lambda/",
            " --since 1h",
        ),
        Sender::Rule { .. } => (NOT_TAKEN, "aws lambda get-policy --function-name ", ""),
        Sender::Schedule { .. } => (
            NOT_TAKEN,
            "aws lambda get-function-configuration --function-name ",
            "",
        ),
    };
    let function = undelivered.target.function().map(str::to_owned);
    let function = function.or_else(|| log_of(undelivered, stack));
    Next {
        what: what.to_owned(),
        command: function.map(|name| format!("{before}{name}{after}")),
    }
}

/// The function that a queue could not get to handle a message.
fn log_of(undelivered: &Undelivered, stack: &str) -> Option<String> {
    let Sender::Queue { arn } = &undelivered.sender else {
        return None;
    };
    Some(format!("{stack}-{}", fed_from(arn, stack)?))
}
