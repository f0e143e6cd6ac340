//! The report of a run: one HTML file without anything from outside.

mod chart;
mod expected;
mod figures;
mod interruptions;
mod series;
mod story;

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::scenario::Scenario;
use crate::scenario::record::Record;
use crate::scenario::timeline::Told;
use crate::scenario::verdict::Verdict;
use chart::{Mark, Plane};
use series::Series;

const STYLE: &str = include_str!("style.css");

/// The whole page.
pub fn page(scenario: &Scenario, record: &Record, verdicts: &[Verdict]) -> String {
    let report = Report {
        scenario,
        record,
        verdicts,
        series: Series::all(record),
    };
    report.page().into_string()
}

struct Report<'a> {
    scenario: &'a Scenario,
    record: &'a Record,
    verdicts: &'a [Verdict],
    series: Vec<Series>,
}

impl Report<'_> {
    fn page(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.scenario.name) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    (self.head())
                    (self.figures())
                    h2 { "All tasks" }
                    (self.whole())
                    h2 { "Service by service" }
                    div.many { @for series in &self.series { (self.single(series)) } }
                    (self.interruptions())
                    h2 { "What was expected" }
                    (expected::table(self.verdicts, &self.scenario.zone))
                    h2 { "What happened" }
                    (story::timeline(&self.record.entries, &self.scenario.zone))
                    h2 { "Calls" }
                    (self.calls())
                    footer { "A rehearsal in Caretaker's simulated account. Nothing in AWS was touched." }
                }
            }
        }
    }

    fn head(&self) -> Markup {
        html! {
            h1 { (self.scenario.name) }
            @if !self.scenario.about.is_empty() { p.about { (self.scenario.about) } }
            p.frame {
                (self.day(self.scenario.from)) " to " (self.day(self.scenario.to)) ", "
                (self.scenario.zone.iana_name().unwrap_or("UTC"))
            }
        }
    }

    /// The sum of all services, with what people did and what people got.
    fn whole(&self) -> Markup {
        let services = || {
            self.series
                .iter()
                .filter(|series| !series.wanted.is_empty())
        };
        let wanted = series::sum(services().map(|series| &series.wanted));
        let present = series::sum(services().map(|series| &series.present));
        let most = wanted.iter().chain(&present).map(|(_, count)| *count).max();
        let plane = self.plane(1080.0, 220.0, most.unwrap_or_default());
        let marks: Vec<Mark> = self
            .record
            .entries
            .iter()
            .flat_map(|entry| self.marks(entry.at, &entry.told))
            .collect();
        html! {
            div.sheet {
                (plane.chart("Tasks of all services over time", &wanted, &present, &marks))
                ul.legend {
                    li { i.w {} "desired" } li { i.p {} "running" }
                    li { i.h {} "the script" } li { i.m {} "a page" }
                    li { "shaded: 20:00 to 06:00" }
                }
            }
        }
    }

    fn marks(&self, at: Timestamp, told: &Told) -> Vec<Mark> {
        let mark = |class, says: &str| Mark {
            at,
            count: None,
            class,
            says: format!("{} {says}", story::clock(at, &self.scenario.zone)),
        };
        match told {
            Told::Deed(deed) => vec![mark("person", deed)],
            told => story::pages(told)
                .map(|page| mark("page", &page.subject))
                .collect(),
        }
    }

    fn single(&self, series: &Series) -> Markup {
        let plane = self.plane(340.0, 112.0, series.most());
        let unit = match path_is_one(self.record, &series.subject) {
            true => series.unit.trim_end_matches('s'),
            false => series.unit,
        };
        let path: Vec<String> = self
            .record
            .path(&series.subject)
            .iter()
            .map(u32::to_string)
            .collect();
        html! {
            section.sheet {
                h3 { (series.subject) span { (path.join(" → ")) " " (unit) } }
                p { (self.hours_of(&series.subject)) }
                (plane.chart(&series.subject, &series.wanted, &series.present, &self.judged(series)))
            }
        }
    }

    /// The expectations of one service as dots.
    fn judged(&self, series: &Series) -> Vec<Mark> {
        let own = self
            .verdicts
            .iter()
            .filter(|verdict| verdict.subject.as_ref() == Some(&series.subject));
        own.filter_map(|verdict| {
            let at = verdict.at?;
            Some(Mark {
                at,
                count: Some(series::value(&series.present, at)),
                class: if verdict.held() { "good" } else { "bad" },
                says: match &verdict.instead {
                    None => format!("expected {}: held", verdict.expected),
                    Some(instead) => format!("expected {}: {instead}", verdict.expected),
                },
            })
        })
        .collect()
    }

    /// The tag that says when a service is awake, or its cluster's.
    fn hours_of(&self, subject: &str) -> String {
        let stack = &self.scenario.stack;
        stack.hours(subject).unwrap_or_default().to_owned()
    }

    fn calls(&self) -> Markup {
        html! {
            div.sheet {
                table {
                    tr { th { "Function" } th { "Action" } th.n { "Calls" } th.n { "Refused" } }
                    @for ((function, action), calls) in &self.record.calls {
                        tr {
                            td { (function) } td { code { (action) } }
                            td.n { (calls.made) } td.n { (calls.refused) }
                        }
                    }
                }
            }
        }
    }

    fn plane(&self, width: f64, height: f64, most: u32) -> Plane {
        Plane {
            from: self.scenario.from,
            to: self.scenario.to,
            zone: self.scenario.zone.clone(),
            width,
            height,
            most,
        }
    }

    fn day(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.scenario.zone.clone());
        zoned.strftime("%A %-d %B %Y, %H:%M").to_string()
    }
}

fn path_is_one(record: &Record, subject: &str) -> bool {
    record.path(subject) == [1]
}

#[cfg(test)]
mod tests;
