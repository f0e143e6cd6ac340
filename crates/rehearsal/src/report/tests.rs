use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::journal::{Happening, What};
use crate::lambda::{Ended, Outcome};
use crate::scenario::record::{Calls, Tally};
use crate::scenario::timeline::{Cause, Change, Entry, Invoked, Page};

const NIGHT: &str = "
name: A night
about: Lights out at eight, up again at eight.
zone: Europe/Berlin
from: 2026-11-19 17:30
to: 09:30
stack:
  clusters:
    - name: shop
      tags: {'caretaker:hours': 'Mon-Fri 08:00-20:00'}
      services: [{name: web, desired: 4}, {name: api, desired: 2}]
expect:
  - counts: {at: '21:00', services: {shop/web: 0, shop/api: 1}}
  - counts: {at: '08:45', services: {shop/web: 4}}
  - pages: 1
";

fn tasks(minute: i64, service: &str, desired: u32, running: u32) -> Happening {
    Happening {
        at: Timestamp::from_second(1_795_105_800 + minute * 60).unwrap(),
        subject: service.to_owned(),
        what: What::Tasks { desired, running },
    }
}

fn night() -> (Scenario, Record) {
    let scenario = Scenario::read(NIGHT, Path::new(".")).unwrap();
    let happenings = vec![
        tasks(0, "shop/web", 4, 4),
        tasks(0, "shop/api", 2, 2),
        tasks(150, "shop/web", 0, 4),
        tasks(151, "shop/web", 0, 0),
        tasks(870, "shop/web", 4, 0),
        tasks(872, "shop/web", 4, 4),
        Happening {
            what: What::Published(json!({})),
            ..tasks(400, "pages", 0, 0)
        },
    ];
    let mut record = Record {
        happenings,
        ..Record::default()
    };
    let page = Page {
        subject: "ALARM: <web> & co".to_owned(),
        text: "line one\nline two".to_owned(),
    };
    record.entries.push(Entry {
        at: tasks(400, "", 0, 0).at,
        told: Told::Invoked(Invoked {
            function: "pager".to_owned(),
            cause: Cause::Event("Caretaker Notice".to_owned()),
            outcome: Outcome {
                ended: Ended::Ok(json!({"summary": "one page"})),
                cold_start: true,
                wall: Duration::from_millis(40),
            },
            decided: Vec::new(),
            changes: vec![Change::Page(page)],
            wrote: BTreeSet::new(),
        }),
    });
    let key = ("pager".to_owned(), "sns:Publish".to_owned());
    record.calls.insert(
        key,
        Calls {
            made: 1,
            refused: 0,
        },
    );
    record
        .functions
        .insert("pager".to_owned(), Tally::default());
    (scenario, record)
}

fn rendered() -> String {
    let (scenario, record) = night();
    let verdicts: Vec<Verdict> = scenario
        .expect
        .iter()
        .flat_map(|expectation| expectation.judge(&record, &scenario.zone))
        .collect();
    page(&scenario, &record, &verdicts)
}

#[test]
fn what_did_not_hold_is_shown_with_what_was_seen_instead() {
    let page = rendered();
    assert!(page.contains("3 of 4"), "{page}");
    assert!(page.contains("1 at Thu 21:00"));
    assert!(page.contains("desired 2, running 2"));
}

#[test]
fn task_hours_are_counted_from_what_ran() {
    // web: 4 tasks for 151 and 88 of 960 minutes; api: 2 tasks for all of them.
    let ran = (4.0 * (151.0 + 88.0) + 2.0 * 960.0) / 60.0;
    let page = rendered();
    assert!(page.contains(&format!("<b>{ran:.0}</b>")), "{ran}");
    assert!(page.contains("of 96 task-hours run"));
}

#[test]
fn text_from_outside_cannot_become_markup() {
    let page = rendered();
    assert!(page.contains("ALARM: &lt;web&gt; &amp; co"));
    assert!(!page.contains("<web>"));
}

#[test]
fn the_page_needs_nothing_from_outside() {
    let page = rendered();
    for outside in ["http://", "https://", "src=", "@import", "<script"] {
        assert!(!page.contains(outside), "{outside}");
    }
}
