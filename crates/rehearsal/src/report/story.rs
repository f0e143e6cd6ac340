//! The timeline as a list.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::scenario::counted;
use crate::scenario::machines::name;
use crate::scenario::timeline::{Cause, Change, Entry, Invoked, Page, Told};

/// Every entry that a reader would miss; services that become steady in the same minute are one.
pub(super) fn timeline(entries: &[Entry], zone: &TimeZone) -> Markup {
    let loud: Vec<&Entry> = entries
        .iter()
        .filter(|entry| !entry.told.is_quiet())
        .collect();
    let groups =
        loud.chunk_by(|one, next| same_minute(one, next) && is_steady(one) && is_steady(next));
    html! {
        ol.timeline.sheet {
            @for group in groups {
                @if let Some(first) = group.first() {
                    li {
                        time datetime=(first.at) { (clock(first.at, zone)) }
                        div { (told(group)) }
                    }
                }
            }
        }
    }
}

/// The pages that an entry tells of.
pub(super) fn pages(told: &Told) -> impl Iterator<Item = &Page> {
    let changes = match told {
        Told::Invoked(invoked) => invoked.changes.as_slice(),
        Told::Change(change) => std::slice::from_ref(change),
        Told::Deed(_) | Told::GivenUp { .. } => &[],
    };
    changes.iter().filter_map(|change| match change {
        Change::Page(page) => Some(page),
        _ => None,
    })
}

/// The local time of day.
pub(super) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%a %H:%M:%S")
        .to_string()
}

fn same_minute(one: &Entry, next: &Entry) -> bool {
    one.at.as_second().div_euclid(60) == next.at.as_second().div_euclid(60)
}

fn is_steady(entry: &Entry) -> bool {
    matches!(entry.told, Told::Change(Change::Steady { .. }))
}

fn told(group: &[&Entry]) -> Markup {
    let steady: Vec<String> = group
        .iter()
        .filter_map(|entry| steady(&entry.told))
        .collect();
    html! {
        @if steady.is_empty() {
            @for entry in group { (single(&entry.told)) }
        } @else {
            p.soft { "Steady: " (steady.join(", ")) }
        }
    }
}

fn steady(told: &Told) -> Option<String> {
    match told {
        Told::Change(Change::Steady { service, running }) => Some(format!("{service} {running}")),
        _ => None,
    }
}

fn single(told: &Told) -> Markup {
    html! {
        @match told {
            Told::Deed(deed) => p.by-person { (deed) },
            Told::Change(one) => (change(one)),
            Told::GivenUp { function, why } => p.failed { (function) " gives the event up: " (why) },
            Told::Invoked(one) => (invoked(one)),
        }
    }
}

fn invoked(invoked: &Invoked) -> Markup {
    let cause = match &invoked.cause {
        Cause::Schedule(text) | Cause::Event(text) | Cause::Queue(text) => text.clone(),
        Cause::Person(person) => format!("asked by {person}"),
        Cause::Topic(subject) => format!("told {subject:?}"),
        Cause::DeadLetters => "from the dead-letter queue".to_owned(),
    };
    html! {
        p {
            b { (invoked.function) } " " span.soft { (cause) }
            @if invoked.outcome.cold_start { span.soft { ", cold start" } }
        }
        @for line in invoked.headline() {
            @if invoked.outcome.ended.is_ok() { p { (line) } } @else { p.failed { (line) } }
        }
        @let rows = invoked.rows();
        @if !rows.is_empty() {
            table.rows {
                @for row in &rows {
                    tr {
                        td { (row.subject) }
                        td.n { @if let Some((from, to)) = row.counts { (from) " → " (to) } }
                        td.soft { (row.why) }
                    }
                }
            }
        }
        @for one in invoked.further() { div { (change(one)) } }
    }
}

fn change(change: &Change) -> Markup {
    html! {
        @match change {
            Change::Desired { service, from, to } => span.change { span { (service) } span { (from) " → " (to) } },
            Change::Instances { group, from, to } => span.change { span { (group) } span { (from) " → " (to) " instances" } },
            Change::Steady { service, running } => span.change { span { (service) } span.soft { "steady at " (running) } },
            Change::Machines { ids, what } => span.change title=(ids.join(" ")) {
                span { (name(ids)) } span.failed[what.is_bad()] { (what) }
            },
            Change::Killed { service, tasks } => span.change {
                span { (service) } span.failed { (counted(*tasks, "task")) " killed (137)" }
            },
            Change::Stopped { service, reasons, .. } => span.change title=(reasons.join("\n")) {
                span { (service) } span { (change.stopped()) }
            },
            Change::Notice { kind, title } => span { "Notice " code { (kind) } ": " (title) },
            Change::Note { subject, text } => span.soft { (subject) ": " (text) },
            Change::Page(page) => div.letter { b { (page.subject) } pre { (page.text) } },
        }
    }
}
