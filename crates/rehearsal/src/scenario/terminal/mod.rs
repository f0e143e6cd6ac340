//! The timeline in a terminal, as it happens.

mod paint;
mod summary;
mod wrap;

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::decided::Row;
use super::machines::name;
use super::timeline::{Cause, Change, Entry, Invoked, Told};
use super::{Scenario, counted};
pub use paint::Paint;
pub use summary::summary;
use wrap::wrapped;

/// The column in which the text begins: after `Thu 20:00:20`.
const MARGIN: usize = 16;
/// How wide a paragraph may be.
const WIDTH: usize = 100;
/// The lines of a page that are shown; the report has them all.
const PAGE_LINES: usize = 12;

/// Prints a timeline.
#[derive(Debug)]
pub struct Printer<Out> {
    out: Out,
    paint: Paint,
    zone: TimeZone,
    /// Services that became steady in this minute, told together.
    steady: Option<(Timestamp, Vec<String>)>,
}

impl<Out: Write> Printer<Out> {
    /// Prints to `out`, times in `zone`.
    pub fn new(out: Out, paint: Paint, zone: TimeZone) -> Self {
        Self {
            out,
            paint,
            zone,
            steady: None,
        }
    }

    /// Says what is going to be rehearsed.
    pub fn title(&mut self, scenario: &Scenario) -> io::Result<()> {
        let (stack, zone) = (&scenario.stack, &self.zone);
        let day = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %-d %b %Y %H:%M");
        writeln!(self.out, "\n{}", self.paint.strong(&scenario.name))?;
        if !scenario.about.is_empty() {
            let (first, rest) = wrapped(&scenario.about, WIDTH);
            for line in std::iter::once(first).chain(rest) {
                writeln!(self.out, "{line}")?;
            }
        }
        let services = stack
            .clusters
            .iter()
            .map(|cluster| cluster.services.len())
            .sum();
        let frame = format!(
            "{} to {}, {}; {} in {}",
            day(scenario.from),
            day(scenario.to),
            zone.iana_name().unwrap_or("UTC"),
            counted(services, "service"),
            counted(stack.clusters.len(), "cluster"),
        );
        writeln!(self.out, "{}\n", self.paint.faint(&frame))
    }

    /// Prints an entry, unless nothing is missed without it.
    pub fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        if entry.told.is_quiet() {
            return Ok(());
        }
        if let Told::Change(Change::Steady { service, running }) = &entry.told {
            return self.hold_steady(entry.at, format!("{service} {running}"));
        }
        self.flush()?;
        let stamp = self.stamp(entry.at);
        match &entry.told {
            Told::Deed(deed) => writeln!(self.out, "{stamp}{}", self.paint.person(deed)),
            Told::Invoked(invoked) => self.invoked(&stamp, invoked),
            Told::Change(change) => {
                write!(self.out, "{stamp}")?;
                self.change(change, "")
            }
            Told::GivenUp { function, why } => {
                let text = format!("{function} gives the event up: {why}");
                writeln!(self.out, "{stamp}{}", self.paint.bad(&text))
            }
        }
    }

    /// Prints what was held back to be told together.
    pub fn flush(&mut self) -> io::Result<()> {
        let Some((at, services)) = self.steady.take() else {
            return Ok(());
        };
        let text = format!("steady: {}", services.join(", "));
        let stamp = self.stamp(at);
        let (first, rest) = wrapped(&text, WIDTH - MARGIN);
        writeln!(self.out, "{stamp}{}", self.paint.faint(&first))?;
        for line in rest {
            writeln!(self.out, "{:MARGIN$}{}", "", self.paint.faint(&line))?;
        }
        Ok(())
    }

    fn hold_steady(&mut self, at: Timestamp, text: String) -> io::Result<()> {
        let minute = |at: Timestamp| at.as_second().div_euclid(60);
        if self
            .steady
            .as_ref()
            .is_some_and(|(since, _)| minute(*since) != minute(at))
        {
            self.flush()?;
        }
        self.steady
            .get_or_insert_with(|| (at, Vec::new()))
            .1
            .push(text);
        Ok(())
    }

    fn invoked(&mut self, stamp: &str, invoked: &Invoked) -> io::Result<()> {
        let cause = match &invoked.cause {
            Cause::Schedule(schedule) => schedule.clone(),
            Cause::Event(event) => event.clone(),
            Cause::Queue(messages) => messages.clone(),
            Cause::Topic(subject) => format!("told {subject:?}"),
            Cause::Person(person) => format!("asked by {person}"),
            Cause::DeadLetters => "from the dead-letter queue".to_owned(),
        };
        let cold = if invoked.outcome.cold_start {
            format!(" (cold start, {} ms)", invoked.outcome.wall.as_millis())
        } else {
            String::new()
        };
        writeln!(
            self.out,
            "{stamp}{}  {}",
            self.paint.strong(&invoked.function),
            self.paint.faint(&format!("{cause}{cold}"))
        )?;
        for line in invoked.headline() {
            let line = match invoked.outcome.ended.is_ok() {
                true => line,
                false => self.paint.bad(&line),
            };
            writeln!(self.out, "{:MARGIN$}{line}", "")?;
        }
        for row in invoked.rows() {
            self.row(&row)?;
        }
        for change in invoked.further() {
            write!(self.out, "{:MARGIN$}", "")?;
            self.change(change, "  ")?;
        }
        Ok(())
    }

    fn row(&mut self, row: &Row) -> io::Result<()> {
        let counts = match row.counts {
            Some((from, to)) => format!("{from:>3} → {to:<3}"),
            None => " ".repeat(9),
        };
        let why = self.paint.faint(&row.why);
        let line = format!("{:MARGIN$}  {:<24} {counts}  {why}", "", row.subject);
        writeln!(self.out, "{}", line.trim_end())
    }

    fn change(&mut self, change: &Change, indent: &str) -> io::Result<()> {
        let arrow = |subject: &str, from: u32, to: u32, what: &str| {
            format!("{indent}{subject:<24} {from:>3} → {to}{what}")
        };
        let line = match change {
            Change::Desired { service, from, to } => arrow(service, *from, *to, ""),
            Change::Instances { group, from, to } => arrow(group, *from, *to, " instances"),
            Change::Steady { service, running } => {
                format!("{indent}{service:<24} steady at {running}")
            }
            Change::Machines { ids, what } => {
                let line = format!("{indent}{:<24} {what}", name(ids));
                match what.is_bad() {
                    true => self.paint.bad(&line),
                    false => line,
                }
            }
            Change::Killed { service, tasks } => {
                let tasks = counted(*tasks, "task");
                let line = format!("{indent}{service:<24} {tasks} killed (137)");
                self.paint.bad(&line)
            }
            Change::Stopped { service, .. } => {
                format!("{indent}{service:<24} {}", change.stopped())
            }
            Change::Notice { kind, title } => format!("{indent}notice: {kind}: {title}"),
            Change::Note { subject, text } => {
                self.paint.faint(&format!("{indent}{subject}: {text}"))
            }
            Change::Page(page) => {
                let subject = format!("{indent}PAGE  {}", page.subject);
                writeln!(self.out, "{}", self.paint.page(&subject))?;
                let mut lines = page.text.lines().filter(|line| !line.is_empty());
                for line in lines.by_ref().take(PAGE_LINES) {
                    writeln!(self.out, "{:MARGIN$}{indent}│ {line}", "")?;
                }
                match lines.count() {
                    0 => return Ok(()),
                    more => format!("{:MARGIN$}{indent}│ … and {}", "", counted(more, "line")),
                }
            }
        };
        writeln!(self.out, "{line}")
    }

    fn stamp(&self, at: Timestamp) -> String {
        let text = at
            .to_zoned(self.zone.clone())
            .strftime("%a %H:%M:%S")
            .to_string();
        self.paint.faint(&format!("{text:<MARGIN$}"))
    }
}
