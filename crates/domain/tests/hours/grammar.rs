//! The grammar of `caretaker:hours`: what each production means, and where a mistake is.

use domain::hours::Hours;
use domain::tag::Found;

fn canonical(text: &str) -> String {
    Hours::parse(text).unwrap().to_string()
}

#[test]
fn every_production_is_read_and_written_as_it_was() {
    for text in [
        "always",
        "never",
        "Mon 08:00-20:00",
        "Mon-Fri 08:00-20:00",
        "Mon-Fri 08:00-20:00 Europe/Berlin",
        "Mon-Fri 22:00-04:00 + Sat 10:00-14:00",
        "Fri 18:00-Mon 06:00 Asia/Kolkata",
        "Fri 08:00-Fri 18:00",
        "Mon 00:00-Sun 24:00",
        "Sat-Mon 10:00-12:00",
        "Mon/Wed/Fri 10:00-12:00",
        "Hol 10:00-12:00",
        "Mon/Tue/Hol 10:00-12:00",
        "Mon/Tue/Wed/Thu/Fri/Sat/Sun/Hol 00:00-24:00",
        "Mon 08:00-24:00 + Tue 08:00-08:00 + Wed 18:00-Thu 00:00 Etc/GMT+3",
    ] {
        assert_eq!(canonical(text), text);
    }
}

#[test]
fn case_and_extra_spaces_mean_nothing() {
    assert_eq!(canonical("ALWAYS"), "always");
    assert_eq!(canonical(" Never "), "never");
    assert_eq!(
        canonical("  mon-FRI   08:00-20:00  +  sAt 10:00-14:00   europe/berlin "),
        "Mon-Fri 08:00-20:00 + Sat 10:00-14:00 Europe/Berlin"
    );
}

#[test]
fn days_have_one_canonical_form() {
    for (typed, written) in [
        ("Mon/Tue/Wed", "Mon-Wed"),
        ("Sun/Sat", "Sat-Sun"),
        ("Mon/Sun/Sat", "Sat-Mon"),
        ("Fri-Wed", "Fri-Wed"),
        ("Wed-Tue", "Mon-Sun"),
        ("Hol/Tue/Mon", "Mon/Tue/Hol"),
        ("Fri/Mon", "Mon/Fri"),
    ] {
        assert_eq!(
            canonical(&format!("{typed} 08:00-20:00")),
            format!("{written} 08:00-20:00")
        );
    }
}

#[test]
fn midnight_as_the_end_of_a_daily_window_is_written_as_24_00() {
    assert_eq!(canonical("Mon 00:00-00:00"), "Mon 00:00-24:00");
    assert_eq!(canonical("Mon 20:00-00:00"), "Mon 20:00-24:00");
    // In a span it is the start of the day that it names.
    assert_eq!(canonical("Mon 20:00-Tue 00:00"), "Mon 20:00-Tue 00:00");
}

#[test]
fn old_and_odd_zone_names_stay_as_they_are() {
    for zone in [
        "US/Eastern",
        "Asia/Calcutta",
        "Etc/GMT+3",
        "Etc/GMT-14",
        "EST",
        "EST5EDT",
        "UTC",
        "GMT0",
        "America/Port-au-Prince",
        "America/Argentina/Buenos_Aires",
        "Etc/UTC",
    ] {
        let text = format!("Mon 08:00-20:00 {zone}");
        assert_eq!(canonical(&text), text);
    }
}

#[test]
fn the_windows_and_the_zone_of_a_tag_can_be_asked_for() {
    let Hours::Windows(windows) = Hours::parse("Mon 08:00-20:00 + Sat 10:00-14:00 EST").unwrap()
    else {
        panic!("these are windows")
    };
    assert_eq!(windows.windows().len(), 2);
    assert_eq!(windows.windows()[1].to_string(), "Sat 10:00-14:00");
    assert_eq!(windows.zone().unwrap().name(), "EST");
}

const DAY: &str = "a day (Mon, Tue, Wed, Thu, Fri, Sat, Sun or Hol)";
const WEEKDAY: &str = "a day of the week (Mon, Tue, Wed, Thu, Fri, Sat or Sun)";
const MORE: &str = "\"+\" and another window, or a time zone of the IANA database";

#[test]
fn every_mistake_is_found_where_it_is() {
    for (text, column, expected, found) in [
        ("", 1, DAY, None),
        ("   ", 4, DAY, None),
        ("sometimes", 1, DAY, Some("sometimes")),
        (
            "always Europe/Berlin",
            8,
            "nothing more",
            Some("Europe/Berlin"),
        ),
        ("never ever", 7, "nothing more", Some("ever")),
        ("always-on", 1, DAY, Some("always")),
        ("Monday 08:00-20:00", 1, DAY, Some("Monday")),
        ("Mon-Friday 08:00-20:00", 5, WEEKDAY, Some("Friday")),
        ("Mon- 08:00-20:00", 5, WEEKDAY, Some(" ")),
        ("Mon-Hol 08:00-20:00", 5, WEEKDAY, Some("Hol")),
        (
            "Hol-Mon 08:00-20:00",
            1,
            "a day of the week before \"-\"",
            Some("Hol"),
        ),
        (
            "Mon-Mon 08:00-20:00",
            5,
            "another day to end the range",
            Some("Mon"),
        ),
        ("Mon/ 08:00-20:00", 5, DAY, Some(" ")),
        ("Mon/Foo 08:00-20:00", 5, DAY, Some("Foo")),
        ("Mon/Tue/Mon 08:00-20:00", 9, "each day once", Some("Mon")),
        (
            "Mon-Wed/Fri 08:00-20:00",
            8,
            "a space and HH:MM",
            Some("/Fri"),
        ),
        (
            "Mon/Wed-Fri 08:00-20:00",
            8,
            "a space and HH:MM",
            Some("-Fri"),
        ),
        ("Mon", 4, "a space and HH:MM", None),
        ("Mon ", 5, "HH:MM", None),
        ("Mon-Fri 25:00-20:00", 9, "HH:MM", Some("25:00")),
        ("Mon-Fri 8:00-20:00", 9, "HH:MM", Some("8:00")),
        ("Mon-Fri 08:60-20:00", 9, "HH:MM", Some("08:60")),
        ("Mon-Fri 08:00:00-20:00", 9, "HH:MM", Some("08:00:00")),
        ("Mon-Fri +8:00-20:00", 9, "HH:MM", Some("+8:00-20:00")),
        ("Mon-Fri ٠٨:٠٠-20:00", 9, "HH:MM", Some("٠٨:٠٠")),
        (
            "Mon-Fri 24:00-08:00",
            9,
            "HH:MM before 24:00, which is only an end",
            Some("24:00"),
        ),
        ("Mon-Fri 08:00", 14, "\"-\" and the end of the window", None),
        (
            "Mon-Fri 08:00 - 20:00",
            14,
            "\"-\" and the end of the window",
            Some(" "),
        ),
        (
            "Mon-Fri 08:00/20:00",
            14,
            "\"-\" and the end of the window",
            Some("/20:00"),
        ),
        ("Mon-Fri 08:00-", 15, "HH:MM", None),
        ("Mon-Fri 08:00-24:01", 15, "HH:MM", Some("24:01")),
        ("Mon-Fri 08:00-20:00x", 15, "HH:MM", Some("20:00x")),
        ("Fri 18:00-Foo 06:00", 11, WEEKDAY, Some("Foo")),
        ("Fri 18:00-Hol 06:00", 11, WEEKDAY, Some("Hol")),
        ("Fri 18:00-Mon", 14, "a space and HH:MM", None),
        ("Fri 18:00-Mon 06:0", 15, "HH:MM", Some("06:0")),
        (
            "Fri 18:00-Fri 06:00",
            11,
            "an end after the start, within a week",
            Some("Fri"),
        ),
        (
            "Fri 18:00-Fri 18:00",
            11,
            "an end after the start, within a week",
            Some("Fri"),
        ),
        (
            "Mon/Fri 18:00-Mon 06:00",
            15,
            "HH:MM, as only a single day of the week can start a span",
            Some("Mon"),
        ),
        (
            "Hol 18:00-Mon 06:00",
            11,
            "HH:MM, as only a single day of the week can start a span",
            Some("Mon"),
        ),
        (
            "Mon-Fri 08:00-20:00+Sat 10:00-14:00",
            20,
            "a space",
            Some("+Sat"),
        ),
        ("Mon-Fri 08:00-20:00-22:00", 20, "a space", Some("-22:00")),
        (
            "Mon-Fri 08:00-20:00 +Sat 10:00-14:00",
            22,
            "a space and another window",
            Some("Sat"),
        ),
        (
            "Mon-Fri 08:00-20:00 +",
            22,
            "a space and another window",
            None,
        ),
        ("Mon-Fri 08:00-20:00 + ", 23, DAY, None),
        (
            "Mon-Fri 08:00-20:00 + Europe/Berlin",
            23,
            DAY,
            Some("Europe"),
        ),
        ("Mon-Fri 08:00-20:00 + always", 23, DAY, Some("always")),
        ("Mon-Fri 08:00-20:00 Sat 10:00-14:00", 21, MORE, Some("Sat")),
        (
            "Mon-Fri 08:00-20:00 Europe/Bärlin",
            21,
            MORE,
            Some("Europe/Bärlin"),
        ),
        (
            "Mon-Fri 08:00-20:00 Etc/Unknown",
            21,
            MORE,
            Some("Etc/Unknown"),
        ),
        ("Mon-Fri 08:00-20:00 UTC+2", 21, MORE, Some("UTC+2")),
        (
            "Mon-Fri 08:00-20:00 EST + Sat 10:00-14:00",
            25,
            "nothing more",
            Some("+"),
        ),
        (
            "Mon-Fri\u{a0}08:00-20:00",
            8,
            "a space and HH:MM",
            Some("\u{a0}08:00-20:00"),
        ),
    ] {
        let error = Hours::parse(text).unwrap_err();
        let found = found.map_or(Found::End, |found| Found::Text(found.to_owned()));
        assert_eq!(
            (error.column, error.expected, &error.found),
            (column, expected, &found),
            "{text:?}: {error}"
        );
        assert_eq!(error.text, text);
    }
}

#[test]
fn a_mistake_is_told_in_one_sentence_with_an_example_that_is_right() {
    let error = Hours::parse("Mon-Fri 25:00-20:00").unwrap_err();
    assert_eq!(
        error.to_string(),
        "at column 9: expected HH:MM, found \"25:00\"; for example \"Mon-Fri 08:00-20:00 Europe/Berlin\""
    );
    Hours::parse(error.example).unwrap();
}

#[test]
fn a_value_longer_than_a_tag_is_refused() {
    let text = "Mon 08:00-09:00 + ".repeat(15);
    assert_eq!(
        Hours::parse(&text[..text.len() - 3]).unwrap_err().found,
        Found::Characters(267)
    );
}
