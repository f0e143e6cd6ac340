//! A notice as it is told on every channel: cleaned, cut, and in whole sentences.

use jiff::{SignedDuration, Timestamp};

use super::clean::line;
use super::{Delivered, Letterhead, command, moment, wording};
use crate::cut::cut;
use crate::notice::{Fact, Notice};

/// Events may come late: EventBridge tries for up to 24 hours
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html>).
const LATE: SignedDuration = SignedDuration::from_mins(15);

const TITLE: usize = 200;
const SENTENCES: usize = 1_000;
const NAME: usize = 300;
const LABEL: usize = 60;
const FACTS: usize = 20;

/// The parts of a page. Every text in it is harmless and short enough to be joined.
pub(super) struct Story {
    pub(super) resolved: bool,
    pub(super) title: String,
    pub(super) began: String,
    pub(super) since: String,
    /// How urgent it is and what it means; nothing when it is over.
    pub(super) meaning: Option<String>,
    pub(super) facts: Vec<String>,
    pub(super) done: String,
    pub(super) next: String,
    pub(super) command: Option<String>,
    pub(super) unknown: Option<String>,
    pub(super) late: Option<String>,
    pub(super) kind: &'static str,
    pub(super) names: Vec<String>,
    pub(super) resource: String,
    pub(super) incident: String,
    pub(super) stack: String,
    pub(super) account: String,
    pub(super) region: String,
}

impl Story {
    pub(super) fn tell(delivered: &Delivered, letterhead: &Letterhead, now: Timestamp) -> Self {
        let notice = &delivered.notice;
        let command = notice.next.command.clone();
        let withheld = command
            .as_deref()
            .is_some_and(|text| !command::may_be_pasted(text));
        Self {
            resolved: notice.resolved,
            title: cut(line(&notice.title).trim_end_matches('.'), TITLE),
            began: moment::short(notice.since, &letterhead.zone),
            since: since(notice, letterhead),
            meaning: (!notice.resolved).then(|| meaning(notice)),
            facts: facts(&notice.facts),
            done: notice.done.as_deref().map_or_else(nothing_done, sentences),
            next: next(&notice.next.what, withheld),
            command: command.filter(|_| !withheld),
            unknown: notice.unknown.as_deref().map(sentences),
            late: (now.duration_since(notice.at) > LATE).then(|| late(notice.at, now)),
            kind: notice.kind.name(),
            names: [&notice.service, &notice.cluster]
                .into_iter()
                .flatten()
                .map(|name| short(name, NAME))
                .collect(),
            resource: short(&notice.resource, NAME),
            incident: short(&notice.dedupe, SENTENCES),
            stack: short(&letterhead.stack, NAME),
            account: short(&delivered.account, LABEL),
            region: short(&delivered.region, LABEL),
        }
    }

    /// The word that a message starts with. PagerDuty's CloudWatch integration reads it
    /// (<http://cetinich.net/content/2022/cloudwatch-pagerduty-sns/>).
    pub(super) fn state(&self) -> &'static str {
        if self.resolved { "OK" } else { "ALARM" }
    }
}

fn short(text: &str, limit: usize) -> String {
    cut(&line(text), limit)
}

/// Cleaned, cut, and closed with a full stop.
fn sentences(text: &str) -> String {
    let mut sentences = short(text, SENTENCES);
    if !sentences.ends_with(['.', '!', '?']) {
        sentences.push('.');
    }
    sentences
}

fn since(notice: &Notice, letterhead: &Letterhead) -> String {
    let began = moment::full(notice.since, &letterhead.zone);
    let span = moment::span(notice.since, notice.at);
    if notice.resolved {
        format!("It began at {began} and lasted {span}.")
    } else {
        format!("It began at {began}, {span} before this notice.")
    }
}

fn meaning(notice: &Notice) -> String {
    format!(
        "{} {}",
        wording::urgency(notice.severity),
        wording::meaning(notice.kind)
    )
}

fn facts(facts: &[Fact]) -> Vec<String> {
    let mut lines: Vec<String> = facts
        .iter()
        .take(FACTS)
        .map(|fact| {
            format!(
                "{}: {}",
                short(&fact.label, LABEL),
                short(&fact.value, NAME)
            )
        })
        .collect();
    if facts.len() > FACTS {
        lines.push(format!("… +{} more", facts.len() - FACTS));
    }
    lines
}

fn nothing_done() -> String {
    "Nothing.".to_owned()
}

fn next(what: &str, withheld: bool) -> String {
    let what = sentences(what);
    if withheld {
        format!(
            "{what} The command that came with this notice is withheld, because a shell could do \
             more with it than it shows."
        )
    } else {
        what
    }
}

fn late(written: Timestamp, now: Timestamp) -> String {
    format!(
        "This was delivered {} after it was written, so it may no longer be so.",
        moment::span(written, now)
    )
}
