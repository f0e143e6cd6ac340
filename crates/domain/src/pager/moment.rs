//! Moments and spans of time as a person says them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `06:45 on Thursday 26 November 2026 (Europe/Berlin)`.
pub(super) fn full(moment: Timestamp, zone: &TimeZone) -> String {
    let local = moment.to_zoned(zone.clone());
    format!(
        "{} on {} ({})",
        local.strftime("%H:%M"),
        local.strftime("%A %-d %B %Y"),
        name(zone)
    )
}

/// `06:45 Europe/Berlin`.
pub(super) fn short(moment: Timestamp, zone: &TimeZone) -> String {
    let local = moment.to_zoned(zone.clone());
    format!("{} {}", local.strftime("%H:%M"), name(zone))
}

fn name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("local time")
}

/// `20 minutes`, `3 hours 5 minutes`, `2 days 4 hours`: the two largest units, rounded down.
pub(super) fn span(from: Timestamp, to: Timestamp) -> String {
    let minutes = to.duration_since(from).as_mins();
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    if days > 0 {
        return two(count(days, "day"), count(hours, "hour"));
    }
    if hours > 0 {
        return two(count(hours, "hour"), count(minutes, "minute"));
    }
    // A clock that runs behind gives a span below zero: nothing to read from it.
    count(minutes, "minute").unwrap_or_else(|| "less than a minute".to_owned())
}

fn count(number: i64, unit: &str) -> Option<String> {
    match number {
        ..=0 => None,
        1 => Some(format!("1 {unit}")),
        _ => Some(format!("{number} {unit}s")),
    }
}

fn two(large: Option<String>, small: Option<String>) -> String {
    let units: Vec<String> = large.into_iter().chain(small).collect();
    units.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_is_told_in_the_zone_of_the_team() {
        let zone = TimeZone::get("Asia/Kolkata").unwrap();
        let moment = at("2026-11-26T20:15:00Z");
        assert_eq!(
            full(moment, &zone),
            "01:45 on Friday 27 November 2026 (Asia/Kolkata)"
        );
        assert_eq!(short(moment, &zone), "01:45 Asia/Kolkata");
    }

    #[test]
    fn a_span_has_at_most_two_units() {
        let from = at("2026-11-26T00:00:00Z");
        let told = |to: &str| span(from, at(to));
        assert_eq!(told("2026-11-26T00:00:59Z"), "less than a minute");
        assert_eq!(told("2026-11-26T00:01:00Z"), "1 minute");
        assert_eq!(told("2026-11-26T03:05:59Z"), "3 hours 5 minutes");
        assert_eq!(told("2026-11-26T01:00:00Z"), "1 hour");
        assert_eq!(told("2026-11-28T04:59:00Z"), "2 days 4 hours");
    }

    #[test]
    fn a_clock_that_runs_behind_does_not_count_backwards() {
        let span = span(at("2026-11-26T02:00:00Z"), at("2026-11-26T00:00:00Z"));
        assert_eq!(span, "less than a minute");
    }
}
