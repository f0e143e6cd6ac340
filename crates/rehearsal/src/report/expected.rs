//! What was expected: a row per service, a column per moment, and the rest below.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::scenario::verdict::Verdict;

/// The whole section.
pub(super) fn table(verdicts: &[Verdict], zone: &TimeZone) -> Markup {
    let (placed, others): (Vec<&Verdict>, Vec<&Verdict>) = verdicts
        .iter()
        .partition(|verdict| verdict.at.is_some() && verdict.subject.is_some());
    let moments: BTreeSet<Timestamp> = placed.iter().filter_map(|verdict| verdict.at).collect();
    let subjects: BTreeSet<&str> = placed
        .iter()
        .filter_map(|verdict| verdict.subject.as_deref())
        .collect();
    html! {
        div.sheet {
            div.wide {
                table {
                    tr {
                        th {}
                        @for at in &moments { th { (clock(*at, zone)) } }
                    }
                    @for subject in &subjects {
                        tr {
                            td { (subject) }
                            @for at in &moments { td { (cell(&placed, subject, *at)) } }
                        }
                    }
                }
            }
        }
        ul.sheet.others {
            @for verdict in &others { li { (judged(verdict, &verdict.expected)) } }
        }
    }
}

fn cell(placed: &[&Verdict], subject: &str, at: Timestamp) -> Markup {
    let here = placed
        .iter()
        .filter(|verdict| verdict.at == Some(at) && verdict.subject.as_deref() == Some(subject));
    html! { @for verdict in here { (judged(verdict, &verdict.what)) } }
}

fn judged(verdict: &Verdict, what: &str) -> Markup {
    html! {
        @match &verdict.instead {
            None => { span.yes { "✓" } " " (what) },
            Some(instead) => span.no { "✗ " (what) ": " (instead) },
        }
    }
}

fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %H:%M").to_string()
}
