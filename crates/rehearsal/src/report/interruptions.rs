//! The instances that EC2 took, each against its two minutes.

use maud::{Markup, html};

use super::Report;
use super::story::clock;
use crate::scenario::interrupted::{Interrupted, interrupted, killed};

/// The seconds that a warning gives.
const GIVEN: f64 = 120.0;
/// The most instances that are drawn.
const MOST: usize = 60;
const LEFT: f64 = 190.0;
const WIDTH: f64 = 1080.0;
const ROW: f64 = 16.0;
const TOP: f64 = 8.0;

impl Report<'_> {
    /// Nothing if no instance was warned.
    pub(super) fn interruptions(&self) -> Markup {
        let all = interrupted(&self.record.happenings);
        let killed = killed(&self.record.happenings);
        let shown = all.get(..MOST).unwrap_or(&all);
        html! {
            @if !all.is_empty() {
                h2 { "Against the two minutes" }
                div.sheet {
                    (self.rows(shown))
                    ul.legend {
                        li { i.w {} "warned, not yet DRAINING" } li { i.p {} "DRAINING, until no task was left" }
                        li { "a red dot: the machine ends" }
                        @if shown.len() < all.len() { li { "the first " (MOST) " of " (all.len()) " instances" } }
                    }
                    @if killed.is_empty() {
                        p.soft { "No task was killed." }
                    } @else {
                        ul.others {
                            @for (service, tasks) in &killed { li.no { (service) ": " (tasks) " killed (137)" } }
                        }
                    }
                }
            }
        }
    }

    fn rows(&self, all: &[Interrupted]) -> Markup {
        let bottom = TOP + ROW * rows(all.len());
        let size = format!("0 0 {WIDTH} {}", bottom + 20.0);
        html! {
            svg viewBox=(size) role="img" aria-label="Seconds from the warning to DRAINING and to the end" {
                @for seconds in [0_u8, 30, 60, 90, 120] {
                    @let x = x(f64::from(seconds));
                    line.level x1=(number(x)) x2=(number(x)) y1=(number(TOP)) y2=(number(bottom)) {}
                    text.hour x=(number(x)) y=(number(bottom + 14.0)) { (seconds) " s" }
                }
                @for (row, one) in all.iter().enumerate() { (self.row(one, TOP + ROW * (rows(row) + 0.5))) }
            }
        }
    }

    fn row(&self, one: &Interrupted, y: f64) -> Markup {
        let seconds = |at| one.after(at).as_secs_f64();
        let ended = one.ended.map_or(GIVEN, seconds);
        let drained = one.draining.map(seconds);
        let wait = drained.unwrap_or(ended).max(0.0);
        let empty = one.emptied.map_or(ended, seconds);
        html! {
            g {
                title { (says(one)) }
                text.count x=(LEFT - 10.0) y=(number(y + 3.0)) {
                    (one.instance) " " (clock(one.warned, &self.scenario.zone))
                }
                line.wanted x1=(number(x(0.0))) x2=(number(x(wait))) y1=(number(y)) y2=(number(y)) {}
                @if let Some(drained) = drained {
                    line.present x1=(number(x(drained))) x2=(number(x(empty))) y1=(number(y)) y2=(number(y)) {}
                    circle.good cx=(number(x(drained))) cy=(number(y)) r="3" {}
                }
                @if one.ended.is_some() {
                    circle.bad cx=(number(x(ended))) cy=(number(y)) r="2.4" {}
                }
            }
        }
    }
}

fn says(one: &Interrupted) -> String {
    let after = |at| one.after(at).as_secs();
    let draining = one.draining.map(after);
    let draining = draining.map_or("never DRAINING".to_owned(), |it| {
        format!("DRAINING at {it} s")
    });
    let emptied = one.emptied.map(after);
    let emptied = emptied.map_or_else(String::new, |it| format!("empty at {it} s, "));
    let ended = one.ended.map(after);
    let ended = ended.map_or("still there".to_owned(), |it| format!("ended at {it} s"));
    format!("{}: {draining}, {emptied}{ended}", one.instance)
}

#[allow(clippy::cast_precision_loss, reason = "few rows")]
fn rows(count: usize) -> f64 {
    count as f64
}

/// What was DRAINING before the warning begins at it.
fn x(seconds: f64) -> f64 {
    LEFT + seconds.clamp(0.0, GIVEN) / GIVEN * (WIDTH - LEFT - 14.0)
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}
