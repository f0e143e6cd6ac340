//! Step charts as SVG, coloured by the page's style.

use jiff::tz::TimeZone;
use jiff::{RoundMode, SignedDuration, Timestamp, ToSpan, Unit, ZonedRound};
use maud::{Markup, html};

use super::series::Steps;

/// The plane on which a chart is drawn.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    /// The first moment.
    pub(super) from: Timestamp,
    /// The last moment.
    pub(super) to: Timestamp,
    /// The zone of the hours below.
    pub(super) zone: TimeZone,
    /// Width of the whole in units of the drawing.
    pub(super) width: f64,
    /// Height of the whole.
    pub(super) height: f64,
    /// The greatest count.
    pub(super) most: u32,
}

/// A moment that is marked on a chart.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// When.
    pub(super) at: Timestamp,
    /// At which height; none is a line from top to bottom.
    pub(super) count: Option<u32>,
    /// The style's class.
    pub(super) class: &'static str,
    /// What the mark says when it is pointed at.
    pub(super) says: String,
}

const LEFT: f64 = 26.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 20.0;

impl Plane {
    /// What is there as an area, what is wanted as a line, and the marks.
    pub(super) fn chart(
        &self,
        label: &str,
        wanted: &Steps,
        present: &Steps,
        marks: &[Mark],
    ) -> Markup {
        let size = format!("0 0 {} {}", self.width, self.height);
        html! {
            svg viewBox=(size) role="img" aria-label=(label) {
                (self.nights())
                (self.levels())
                (self.hours())
                path.present-area d=(self.area(present)) {}
                path.wanted d=(self.line(wanted)) {}
                path.present d=(self.line(present)) {}
                @for mark in marks { (self.mark(mark)) }
            }
        }
    }

    fn mark(&self, mark: &Mark) -> Markup {
        let x = number(self.x(mark.at));
        html! {
            @match mark.count {
                Some(count) => circle class=(mark.class) cx=(x) cy=(number(self.y(count))) r="3" {
                    title { (mark.says) }
                },
                None => line class=(mark.class) x1=(x) x2=(x) y1=(number(TOP - 6.0)) y2=(number(self.base())) {
                    title { (mark.says) }
                },
            }
        }
    }

    /// Eight in the evening to six in the morning, shaded.
    fn nights(&self) -> Markup {
        let mut nights = Vec::new();
        let mut day = self.from.to_zoned(self.zone.clone()).date();
        day = day.checked_sub(1.day()).unwrap_or(day);
        let moment = |day: jiff::civil::Date, hour: i8| {
            let zoned = day.at(hour, 0, 0, 0).to_zoned(self.zone.clone());
            zoned.ok().map(|zoned| zoned.timestamp())
        };
        while let (Some(dusk), Ok(next)) = (moment(day, 20), day.tomorrow())
            && dusk < self.to
        {
            if let Some(dawn) = moment(next, 6)
                && dawn > self.from
            {
                nights.push((self.x(dusk.max(self.from)), self.x(dawn.min(self.to))));
            }
            day = next;
        }
        html! {
            @for (dusk, dawn) in nights {
                rect.night x=(number(dusk)) width=(number(dawn - dusk)) y=(number(TOP)) height=(number(self.base() - TOP)) {}
            }
        }
    }

    /// Lines at nothing, at the most, and at half of it where that is a count.
    fn levels(&self) -> Markup {
        let mut levels = vec![0, self.most];
        if self.most >= 4 && self.most.is_multiple_of(2) {
            levels.push(self.most / 2);
        }
        html! {
            @for level in levels {
                line.level x1=(LEFT) x2=(number(self.width - RIGHT)) y1=(number(self.y(level))) y2=(number(self.y(level))) {}
                text.count x=(LEFT - 6.0) y=(number(self.y(level) + 3.0)) { (level) }
            }
        }
    }

    fn hours(&self) -> Markup {
        html! {
            @for (x, text) in self.ticks() {
                line.tick x1=(number(x)) x2=(number(x)) y1=(number(self.base())) y2=(number(self.base() + 3.0)) {}
                text.hour x=(number(x)) y=(number(self.height - 5.0)) { (text) }
            }
        }
    }

    /// Whole local hours, as many as there is room for.
    fn ticks(&self) -> Vec<(f64, String)> {
        let room = ((self.width - LEFT - RIGHT) / 44.0).max(1.0);
        let hours = self.to.duration_since(self.from).as_secs_f64() / 3600.0;
        let every = [1_i8, 2, 3, 4, 6, 12, 24]
            .into_iter()
            .find(|every| hours / f64::from(*every) <= room)
            .unwrap_or(24);
        let mut ticks = Vec::new();
        let mut at = self.from.to_zoned(self.zone.clone());
        let whole_hour = ZonedRound::new()
            .smallest(Unit::Hour)
            .mode(RoundMode::Trunc);
        while let Ok(next) = at.checked_add(1.hour()).and_then(|at| at.round(whole_hour))
            && next.timestamp() <= self.to
        {
            let x = self.x(next.timestamp());
            if next.hour() % every == 0 && x < self.width - 14.0 {
                ticks.push((x, next.strftime("%H:%M").to_string()));
            }
            at = next;
        }
        ticks
    }

    fn line(&self, steps: &Steps) -> String {
        let mut path = String::new();
        for (position, (at, count)) in steps.iter().enumerate() {
            let (x, y) = (number(self.x(*at)), number(self.y(*count)));
            match position {
                0 => path.push_str(&format!("M{x} {y}")),
                _ => path.push_str(&format!("H{x}V{y}")),
            }
        }
        if !path.is_empty() {
            path.push_str(&format!("H{}", number(self.x(self.to))));
        }
        path
    }

    fn area(&self, steps: &Steps) -> String {
        match (self.line(steps), steps.first()) {
            (line, Some((first, _))) => {
                let (base, start) = (number(self.base()), number(self.x(*first)));
                format!("{line}V{base}H{start}Z")
            }
            (line, None) => line,
        }
    }

    fn x(&self, at: Timestamp) -> f64 {
        let seconds = |span: SignedDuration| span.as_secs_f64();
        let share = seconds(at.duration_since(self.from))
            / seconds(self.to.duration_since(self.from)).max(1.0);
        LEFT + share.clamp(0.0, 1.0) * (self.width - LEFT - RIGHT)
    }

    fn y(&self, count: u32) -> f64 {
        let share = f64::from(count) / f64::from(self.most.max(1));
        self.base() - share * (self.base() - TOP)
    }

    fn base(&self) -> f64 {
        self.height - BOTTOM
    }
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}
