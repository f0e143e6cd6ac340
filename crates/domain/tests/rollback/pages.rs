//! Every kind of page about a deployment, as people read them.

use std::collections::BTreeMap;

use domain::notice::{Kind, Notice};
use domain::pager::{Delivered, Letterhead, Page, compose};
use domain::resting::Kind as Controller;
use domain::rollback::{AlarmState, DefinitionStatus, Event, ImageRef};
use domain::tag::Tagged;
use jiff::tz::TimeZone;

use crate::made::{
    ACCOUNT, ALARM, REGION, WEB, definition, deployment, mins, repository, says, stopped,
};
use crate::world::{World, world};

fn page(notice: &Notice) -> Page {
    let delivered = Delivered {
        notice: notice.clone(),
        account: ACCOUNT.to_owned(),
        region: REGION.to_owned(),
    };
    let letterhead = Letterhead {
        stack: "caretaker".to_owned(),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
    };
    compose(&delivered, &letterhead, notice.at)
}

/// A service whose images are tagged with commits, with one that proved good.
fn shop() -> World {
    let mut world = world();
    world.serves(WEB);
    for (number, commit) in [(5, "0b1c2d3"), (6, "3f2a9c1")] {
        let arn = world.defines(WEB, number);
        world.pushes(WEB, commit, number);
        let image = ImageRef::parse(&format!("{}:{commit}", repository("web")));
        let definition = world.definitions.get_mut(&arn).unwrap();
        definition.containers.get_mut("app").unwrap().image = image;
    }
    world.released(WEB, 5);
    world
}

fn fails(world: &mut World) {
    let bad = world.breaks(WEB, 6);
    let task = stopped(
        &bad,
        "ServiceSchedulerInitiated",
        "Task failed ELB health checks",
        world.now - mins(4),
    );
    world.at(WEB).stopped.push(task);
    world.failed(WEB, &bad);
}

type Story = (&'static str, fn(&mut World));

const STORIES: [Story; 8] = [
    ("deployment-rolled-back", |world| {
        let of = world.definitions.get_mut(&definition("web", 5)).unwrap();
        of.status = DefinitionStatus::Inactive;
        fails(world);
    }),
    ("deployment-rolled-back-by-ecs", |world| {
        world.at(WEB).of.breaker.rollback = true;
        world.breaks(WEB, 6);
        world.ecs_rolls_back(WEB);
        world.passes(mins(2));
        world.completes(WEB);
        world.passes(mins(2));
    }),
    ("deployment-failed", |world| {
        world.at(WEB).of.mode = Tagged::Absent;
        fails(world);
    }),
    ("rollback-not-proved", |world| {
        fails(world);
        world.now += mins(3);
        world.completes(WEB);
        world.at(WEB).of.running = 1;
        world.alarm(WEB, ALARM, AlarmState::Alarm);
        world.passes(mins(20));
    }),
    ("release-unprotected", |world| {
        world.alarm(WEB, ALARM, AlarmState::Alarm);
        world.now += mins(3);
        let new = world.deploys(WEB, 6);
        world.hears([says(WEB, &new, Event::InProgress)]);
    }),
    ("rollback-frozen", |world| {
        for number in [7, 8, 9] {
            let bad = world.breaks(WEB, number);
            world.failed(WEB, &bad);
            world.completes(WEB);
            world.passes(mins(20));
        }
    }),
    ("deployment-superseded", |world| {
        world.at(WEB).of.mode = Tagged::Absent;
        fails(world);
        let new = world.deploys(WEB, 7);
        world.hears([says(WEB, &new, Event::InProgress)]);
    }),
    ("rollback-tag-malformed", |world| {
        let tags = [("caretaker:rollback".to_owned(), "on".to_owned())].into();
        world.at(WEB).of.mode = domain::rollback::mode(&tags);
        world.sweeps();
    }),
];

fn one_of_each() -> BTreeMap<&'static str, Notice> {
    let mut notices = BTreeMap::new();
    for (name, story) in STORIES {
        let mut world = shop();
        story(&mut world);
        let mut of = world.notices.iter();
        let of = of.find(|notice| notice.kind.name() == name);
        let of = of.unwrap_or_else(|| panic!("{name}: only {:?}", world.kinds()));
        notices.insert(name, of.clone());
    }
    notices
}

fn shown(notice: &Notice) -> String {
    let page = page(notice);
    format!(
        "subject: {}\nsms: {}\n\n{}",
        page.subject, page.sms, page.email
    )
}

#[test]
fn every_kind_of_page_about_a_deployment_can_be_read_at_three_in_the_morning() {
    let notices = one_of_each();
    let about_deployments = Kind::DeploymentRolledBack..=Kind::RollbackTagMalformed;
    let kinds = Kind::ALL
        .iter()
        .filter(|kind| about_deployments.contains(kind));
    let mut all: Vec<&str> = kinds.map(|kind| kind.name()).collect();
    all.sort_unstable();
    assert_eq!(notices.keys().copied().collect::<Vec<_>>(), all);
    for (name, notice) in notices {
        insta::assert_snapshot!(name, shown(&notice));
    }
}

#[test]
fn what_is_told_of_a_deployment_can_be_pasted() {
    let mut notices: Vec<Notice> = one_of_each().into_values().collect();
    let mut world = shop();
    world.at(WEB).of.kind = Controller::CodeDeploy;
    world.failed(WEB, &deployment(9));
    notices.extend(world.notices);
    for notice in notices {
        let command = notice.next.command.as_deref();
        if let Some(command) = command {
            let email = page(&notice).email;
            assert!(email.contains(command), "withheld: {command}");
        }
    }
}

#[test]
fn what_a_rollback_is_told_with_when_it_has_proved_and_when_a_newer_release_has() {
    let mut world = shop();
    fails(&mut world);
    world.now += mins(3);
    world.completes(WEB);
    world.passes(mins(20));
    let proved = world.notices.last().unwrap().clone();
    insta::assert_snapshot!("proved", shown(&proved));
    world.released(WEB, 7);
    let over = world.notices.last().unwrap();
    assert!(over.resolved && over.kind == Kind::DeploymentRolledBack);
    insta::assert_snapshot!("newer", shown(over));
}

#[test]
fn a_page_names_what_failed_what_comes_back_and_what_brings_it_back() {
    let page = shown(&one_of_each()["deployment-rolled-back"]);
    for said in [
        "web:6",
        "commit 3f2a9c1",
        "sha256:000000000000",
        "exit codes: app 1",
        "Task failed ELB health checks",
        "commit 0b1c2d3",
        "The next deployment of the same template brings the failed release back",
        "docs/runbook-deployments",
    ] {
        assert!(page.contains(said), "{said} is missing: {page}");
    }
}

#[test]
fn at_most_five_reasons_are_told_each_once_and_the_newest_first() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    for number in 0..9 {
        for _ in 0..3 {
            let at = world.now - mins(number);
            let task = stopped(&bad, "TaskFailedToStart", &format!("reason {number}"), at);
            world.at(WEB).stopped.push(task);
        }
    }
    world.failed(WEB, &bad);
    let facts = &world.notices.last().unwrap().facts;
    let told = facts.iter().filter(|fact| fact.label == "A task ended");
    let told: Vec<&str> = told.map(|fact| fact.value.as_str()).collect();
    assert_eq!(told.len(), 5);
    assert!(
        told[0].contains("reason 0") && !told[1].contains("reason 0"),
        "{told:?}"
    );
}

#[test]
fn a_reason_that_anybody_wrote_does_not_bite() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    let reason = format!(
        "<@here> [click](http://evil.example) \u{202e}\n\n{}",
        "x".repeat(5_000)
    );
    let task = stopped(&bad, "TaskFailedToStart", &reason, world.now);
    world.at(WEB).stopped.push(task);
    world.failed(WEB, &bad);
    let page = shown(world.notices.last().unwrap());
    assert!(
        !page.contains('\u{202e}') && !page.contains("<@here>"),
        "{page}"
    );
    assert!(page.len() < 8_000);
}

#[test]
fn every_reason_for_leaving_a_release_alone_is_a_sentence() {
    use domain::rollback::{Refusal, Refused, Withheld};
    let service = || vec![crate::made::service(WEB)];
    let (what, why) = ("it", "denied".to_owned());
    let target = "web:5".to_owned();
    let each = [
        Withheld::NotEcs(Controller::CodeDeploy),
        Withheld::NotEcs(Controller::External),
        Withheld::OwnRollback,
        Withheld::Tried,
        Withheld::Busy,
        Withheld::AtRest,
        Withheld::Environment { what: why.clone() },
        Withheld::Shared { with: service() },
        Withheld::SharedAlarm {
            alarm: ALARM.to_owned(),
            with: service(),
        },
        Withheld::StackBusy {
            stack: "shop".to_owned(),
        },
        Withheld::Tagged,
        Withheld::Migration {
            what: "orders v2".to_owned(),
        },
        Withheld::Frozen {
            by: Some("ana".to_owned()),
            why: why.clone(),
            until: None,
        },
        Withheld::Frozen {
            by: None,
            why: why.clone(),
            until: Some(crate::made::noon()),
        },
        Withheld::Unseen { what, why },
        Withheld::Ambiguous,
        Withheld::EcsWouldGoBackToBad,
        Withheld::NoTarget {
            refused: Vec::new(),
        },
        Withheld::NoTarget {
            refused: vec![Refused {
                target,
                why: Refusal::Bad,
            }],
        },
    ];
    let lines: Vec<String> = each
        .iter()
        .map(|one| format!("{}: {one}", one.name()))
        .collect();
    insta::assert_snapshot!("withheld", lines.join("\n"));
}
