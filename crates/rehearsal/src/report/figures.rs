//! The figures at the top of the report.

use maud::{Markup, html};

use super::{Report, series, story};

impl Report<'_> {
    pub(super) fn figures(&self) -> Markup {
        let held = self
            .verdicts
            .iter()
            .filter(|verdict| verdict.held())
            .count();
        let all = self.verdicts.len();
        let class = if held == all { "held" } else { "broken" };
        let (ran, full) = self.task_hours();
        let pages = self
            .record
            .entries
            .iter()
            .flat_map(|entry| story::pages(&entry.told))
            .count();
        let invocations: usize = self
            .record
            .functions
            .values()
            .map(|tally| tally.invocations)
            .sum();
        html! {
            ul.figures {
                li class=(class) { b { (held) " of " (all) } span { "expectations held" } }
                li { b { (format!("{ran:.0}")) } span { "of " (format!("{full:.0}")) " task-hours run" } }
                li { b { (format!("{:.0} %", saved(ran, full))) } span { "of them saved" } }
                li { b { (pages) } span { "pages sent" } }
                li { b { (invocations) } span { "invocations, " (self.record.failed()) " failed" } }
            }
        }
    }

    /// Task-hours that ran, and those of a stack that keeps its first counts all the time.
    fn task_hours(&self) -> (f64, f64) {
        let to = self.scenario.to;
        let services = self
            .series
            .iter()
            .filter(|series| !series.wanted.is_empty());
        services.fold((0.0, 0.0), |(ran, full), series| {
            let first: Vec<_> = series.wanted.first().copied().into_iter().collect();
            (
                ran + series::hours(&series.present, to),
                full + series::hours(&first, to),
            )
        })
    }
}

fn saved(ran: f64, full: f64) -> f64 {
    if full > 0.0 {
        100.0 * (1.0 - ran / full)
    } else {
        0.0
    }
}
