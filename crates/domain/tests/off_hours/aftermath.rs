//! What people should know of how a run ended.

use std::collections::BTreeMap;

use domain::announcement::{Announcement, ConcernKey, Told};
use domain::notice::Severity;
use domain::off_hours::{Aftermath, Plan};
use domain::resting::{Ended, Refusal};
use jiff::SignedDuration;

use crate::made::{on, service};
use crate::shown::announcement;
use crate::world::{World, world};

fn two() -> World {
    world([
        service("prod/api").by_day().desired(3),
        service("prod/web").by_day().desired(2),
    ])
}

fn refusal(code: &str, denied: bool) -> Ended {
    Ended::Refused(Refusal {
        call: "UpdateService",
        code: code.to_owned(),
        words: "User: off-hours is not authorized to perform: ecs:UpdateService".to_owned(),
        denied,
    })
}

/// What is remembered as announced.
#[derive(Default)]
struct Memory(BTreeMap<ConcernKey, Told>);

impl Memory {
    /// What is announced after a plan whose errands ended so, of which what is left takes so many
    /// minutes.
    fn after(&mut self, plan: &Plan, ended: &[Ended], minutes: i64) -> Vec<Announcement> {
        self.told(&Aftermath {
            plan,
            ended,
            left_takes: SignedDuration::from_mins(minutes),
            share_percent: 80,
            whole: true,
            now: on("Mon 20:00"),
        })
    }

    fn told(&mut self, aftermath: &Aftermath<'_>) -> Vec<Announcement> {
        let announcements = aftermath.announcements(&self.0);
        for one in &announcements {
            match &one.told {
                Some(told) => drop(self.0.insert(one.key.clone(), told.clone())),
                None => drop(self.0.remove(&one.key)),
            }
        }
        announcements
    }
}

fn shown(announcements: &[Announcement]) -> Vec<String> {
    announcements.iter().map(announcement).collect()
}

fn nothing() -> Vec<String> {
    Vec::new()
}

#[test]
fn a_permission_that_is_missing_is_told_once_for_each_service_with_aws_s_words() {
    let plan = two().plan("one", on("Mon 20:00"));
    let denied = refusal("AccessDeniedException", true);
    let both = [denied.clone(), denied.clone()];
    let mut memory = Memory::default();
    let told = memory.after(&plan, &both, 0);
    assert_eq!(shown(&told), ["permission-denied", "permission-denied"]);
    let notice = &told[0].notice;
    assert_eq!(
        notice.title,
        "prod/api could not be put to rest: it may not call UpdateService"
    );
    assert!(
        notice.facts[1]
            .value
            .starts_with("AccessDeniedException: User: off-hours")
    );
    assert_eq!(notice.severity, Severity::Digest);
    assert_eq!(shown(&memory.after(&plan, &both, 0)), nothing());
    let one = [Ended::Done, denied];
    assert_eq!(
        shown(&memory.after(&plan, &one, 0)),
        ["permission-denied over"]
    );
    assert_eq!(memory.0.len(), 1);
}

#[test]
fn a_refusal_that_keeps_a_service_down_pages() {
    let mut world = two();
    world.tick("Mon 20:00");
    let plan = world.plan("one", on("Tue 08:00"));
    let refused = refusal("InvalidParameterException", false);
    let told = Memory::default().after(&plan, &[refused, Ended::Done], 0);
    assert_eq!(shown(&told), ["partly-applied"]);
    assert_eq!(told[0].notice.severity, Severity::Page);
    assert_eq!(
        told[0].notice.title,
        "prod/api could not be woken: AWS refused UpdateService"
    );
}

#[test]
fn another_answer_of_aws_is_told_again() {
    let plan = two().plan("one", on("Mon 20:00"));
    let mut memory = Memory::default();
    for (code, expected) in [
        ("InvalidParameterException", vec!["partly-applied"]),
        ("InvalidParameterException", vec![]),
        ("UnsupportedFeatureException", vec!["partly-applied"]),
    ] {
        let ended = [refusal(code, false), Ended::Done];
        assert_eq!(shown(&memory.after(&plan, &ended, 0)), expected, "{code}");
    }
}

#[test]
fn what_was_refused_is_over_only_when_an_errand_for_it_succeeds_that_does_more_than_note_an_order()
{
    let plan = two().plan("one", on("Mon 20:00"));
    let mut memory = Memory::default();
    let ended = [refusal("InvalidParameterException", false), Ended::Done];
    memory.after(&plan, &ended, 0);
    for ended in [Ended::Otherwise, Ended::Left] {
        let told = memory.after(&plan, &[ended, Ended::Done], 0);
        assert_eq!(shown(&told), nothing());
    }
    let mut deploying = world([service("prod/api").by_day().desired(3)]);
    deploying
        .live("prod/api")
        .deployment
        .as_mut()
        .unwrap()
        .created_at = on("Mon 12:00");
    deploying
        .live("prod/api")
        .deployment
        .as_mut()
        .unwrap()
        .in_progress = true;
    deploying.ask_rest("prod/api", None);
    let note = deploying.plan("one", on("Mon 12:10"));
    assert_eq!(note.errands.len(), 1);
    assert_eq!(shown(&memory.after(&note, &[Ended::Done], 0)), nothing());
    let done = [Ended::Done, Ended::Done];
    assert_eq!(
        shown(&memory.after(&plan, &done, 0)),
        ["partly-applied over"]
    );
}

#[test]
fn a_plan_withdraws_nothing_of_what_a_run_announced() {
    let mut world = two();
    let plan = world.plan("one", on("Mon 20:00"));
    let mut memory = Memory::default();
    let ended = [refusal("AccessDeniedException", true), Ended::Left];
    memory.after(&plan, &ended, 20);
    world.ledger.announced = memory.0;
    assert_eq!(world.ledger.announced.len(), 2);
    assert_eq!(world.tick("Mon 20:05").announced(), [""; 0]);
    assert_eq!(world.tick("Tue 08:05").announced(), [""; 0]);
}

#[test]
fn work_that_takes_a_quarter_of_an_hour_more_is_told_once_and_over_when_nothing_is_left() {
    let plan = two().plan("one", on("Mon 20:00"));
    let (left, done) = ([Ended::Done, Ended::Left], [Ended::Done, Ended::Done]);
    let mut memory = Memory::default();
    assert_eq!(shown(&memory.after(&plan, &left, 14)), nothing());
    let told = memory.after(&plan, &left, 15);
    assert_eq!(shown(&told), ["behind-schedule"]);
    let notice = &told[0].notice;
    assert_eq!(
        notice.resource,
        "arn:aws:ecs:eu-central-1:123456789012:service/*"
    );
    assert_eq!(
        notice.dedupe,
        "123456789012/eu-central-1/behind-schedule/arn:aws:ecs:eu-central-1:123456789012:service/*"
    );
    assert_eq!(
        notice.title,
        "1 of 2 changes are late, none of them to wake"
    );
    assert!(notice.next.what.contains("BucketShare"));
    for minutes in [20, 3] {
        assert_eq!(shown(&memory.after(&plan, &left, minutes)), nothing());
    }
    let over = memory.after(&plan, &done, 0);
    assert_eq!(shown(&over), ["behind-schedule over"]);
    assert_eq!(
        over[0].notice.title,
        "all services: nothing is left over from earlier"
    );
    assert_eq!(shown(&memory.after(&plan, &done, 0)), nothing());
}

#[test]
fn services_that_wake_late_page() {
    let mut world = two();
    world.tick("Mon 20:00");
    let plan = world.plan("one", on("Tue 08:00"));
    let told = Memory::default().after(&plan, &[Ended::Done, Ended::Left], 15);
    assert_eq!(told[0].notice.severity, Severity::Page);
    assert_eq!(
        told[0].notice.title,
        "1 of 2 changes are late, 1 of them to wake"
    );
}

#[test]
fn a_run_that_looked_at_one_service_says_nothing_of_the_others() {
    let plan = two().plan("one", on("Mon 20:00"));
    let mut memory = Memory::default();
    memory.after(&plan, &[Ended::Done, Ended::Left], 15);
    let alone = Aftermath {
        plan: &plan,
        ended: &[Ended::Done, Ended::Done],
        left_takes: SignedDuration::ZERO,
        share_percent: 80,
        whole: false,
        now: on("Mon 20:01"),
    };
    assert_eq!(shown(&memory.told(&alone)), nothing());
}
