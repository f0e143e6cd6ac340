//! Every kind of page about a drain, and the plan of one surge, as people read them.

use std::collections::BTreeMap;

use domain::drain::{Fallback, Says, Standalone};
use domain::notice::{Kind, Notice};
use domain::pager::{Delivered, Letterhead, Page, compose};
use domain::tag::Tagged;
use jiff::tz::TimeZone;

use crate::made::{ACCOUNT, GROUP, REGION, at, cluster, evicted, hook, id, secs, state, warning};
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

fn shop() -> World {
    let mut world = world();
    for number in 1..=10 {
        world.machine(number, "prod");
    }
    world.serves("prod/api", None).replaced = None;
    world.runs("prod/api", 1);
    world.runs("prod/api", 2);
    world.runs_alone("family:report", 1);
    world.until(at(0));
    world
}

type Story = (&'static str, fn(&mut World));

const STORIES: [Story; 8] = [
    ("drain-stuck", |world| {
        world.hears([hook(1)]);
        world.until(at(16 * 60));
    }),
    ("spot-surge", |world| {
        world.policy.fallback = Some(Fallback { cap_percent: 50 });
        world.hears((1..=4).map(warning));
    }),
    ("spot-task-not-replaced", |world| {
        world.at(1).taken = Some(at(120));
        world.hears([warning(1)]);
        world.until(at(121));
        world.hears([state(1, "terminated")]);
        world.until(at(900));
    }),
    ("standalone-task-left", |world| {
        world
            .services
            .values_mut()
            .for_each(|s| s.replaced = Some(1));
        world.at(1).taken = Some(at(120));
        world.hears([warning(1)]);
        world.until(at(121));
        world.hears([state(1, "terminated")]);
        world.until(at(300));
    }),
    ("interrupted-without-warning", |world| {
        world
            .services
            .values_mut()
            .for_each(|s| s.replaced = Some(1));
        world.at(2).taken = Some(at(0));
        world.hears([state(2, "terminated"), evicted(&[2])]);
        world.until(at(300));
    }),
    ("not-drainable", |world| {
        world.surveys = true;
        let serving = world.serves("prod/shop", None);
        (serving.service.balanced, serving.service.desired) = (true, 1);
        world.serves("prod/pay", None).service.maximum = 100;
        let pay = world.services.get_mut(&crate::made::service("prod/pay"));
        pay.unwrap().service.desired = 2;
        world.hears([Says::Sweep]);
    }),
    ("hook-waits", |world| {
        world.denied.insert(cluster("prod"));
        world.at(1).indexed = false;
        world.hears([hook(1)]);
        world.until(at(20 * 60));
    }),
    ("drain-tag-malformed", |world| {
        let tags = [("caretaker:drain".to_owned(), "of".to_owned())].into();
        world.cluster("prod").drain = domain::drain::drain(&tags);
        world.hears([warning(3)]);
    }),
];

fn one_of_each() -> BTreeMap<&'static str, Notice> {
    let mut notices = BTreeMap::new();
    for (name, story) in STORIES {
        let mut world = shop();
        story(&mut world);
        let of = world
            .notices
            .iter()
            .find(|notice| notice.kind.name() == name);
        let of = of.unwrap_or_else(|| panic!("{name}: only {:?}", world.told()));
        notices.insert(name, of.clone());
    }
    notices
}

#[test]
fn every_kind_of_page_about_a_drain_can_be_read_at_three_in_the_morning() {
    let notices = one_of_each();
    let about_drains = Kind::DrainStuck..=Kind::DrainTagMalformed;
    let kinds = Kind::ALL.iter().filter(|kind| about_drains.contains(kind));
    let mut all: Vec<&str> = kinds.map(|kind| kind.name()).collect();
    all.sort_unstable();
    assert_eq!(notices.keys().copied().collect::<Vec<_>>(), all);
    for (name, notice) in notices {
        let page = page(&notice);
        insta::assert_snapshot!(
            name,
            format!(
                "subject: {}\nsms: {}\n\n{}",
                page.subject, page.sms, page.email
            )
        );
    }
}

#[test]
fn what_is_told_of_a_drain_can_be_pasted() {
    for notice in one_of_each().values() {
        let command = notice.next.command.as_deref();
        if let Some(command) = command {
            let email = page(notice).email;
            assert!(email.contains(command), "withheld: {command}");
        }
    }
}

#[test]
fn what_a_surge_is_resolved_with() {
    let mut world = shop();
    for number in 1..=4 {
        world.at(number).taken = Some(at(120));
    }
    world.hears((1..=4).map(warning));
    world.until(at(130));
    world.fleet().in_service = 10;
    world.until(at(1_200));
    let last = world.notices.iter().rfind(|n| n.kind == Kind::SpotSurge);
    let page = page(last.unwrap());
    insta::assert_snapshot!(format!("subject: {}\n\n{}", page.subject, page.email));
}

#[test]
fn a_base_that_was_raised_for_a_surge_is_told_when_it_is_back() {
    let mut world = shop();
    world.policy.fallback = Some(Fallback { cap_percent: 50 });
    for number in 1..=4 {
        world.at(number).taken = Some(at(120));
    }
    world.hears((1..=4).map(warning));
    world.until(at(130));
    world.fleet().in_service = 10;
    world.until(at(1_200));
    let last = world.notices.iter().rfind(|n| n.kind == Kind::SpotSurge);
    assert_eq!(
        last.unwrap().done.as_deref(),
        Some(
            "Drained every instance that EC2 warned of, and gave ecs-spot its On-Demand base of 0 back"
        )
    );
}

#[test]
fn the_plan_of_a_surge() {
    let mut world = shop();
    for number in 11..=23 {
        world.machine(number, "batch");
    }
    world.cluster("batch").standalone = Tagged::Says(Standalone::Stop);
    world.policy.fallback = Some(Fallback { cap_percent: 20 });
    let group = world.groups.get_mut(GROUP).unwrap();
    group.capacity_rebalance = true;
    let mut says: Vec<Says> = (1..=3).chain(11..=22).map(warning).collect();
    says.push(warning(99));
    let signs = crate::world::signs(says.into_iter().map(|says| (at(0) - secs(2), says)));
    let plan = world.plan(&signs);
    let calls: Vec<String> = plan
        .drain
        .iter()
        .map(|call| {
            let members = call.members.iter().map(|member| member.instance.as_str());
            let members: Vec<&str> = members.map(|id| &id[id.len() - 2..]).collect();
            format!("{} {}", call.cluster.name(), members.join(" "))
        })
        .collect();
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for verdict in &plan.verdicts {
        *verdicts.entry(verdict.reason.name()).or_default() += 1;
    }
    let incidents: Vec<String> = plan
        .incidents
        .iter()
        .map(|write| {
            let incident = write.incident.as_ref().unwrap();
            let (peak, fallback) = (incident.peak, &incident.fallback);
            format!("{}: {peak}, {fallback:?}", write.scope)
        })
        .collect();
    let fallback: Vec<String> = plan
        .fallback
        .iter()
        .map(|step| format!("{} {} -> {}", step.group, step.from, step.to))
        .collect();
    let told: Vec<&str> = plan.announcements.iter().map(|a| a.key.kind).collect();
    let record = plan.records.iter().find(|record| record.instance == id(1));
    insta::assert_snapshot!(format!(
        "drain: {calls:#?}\nlooks: {:#?}, hop {}\nrecords: {}\nticking: {:?}\nindex: {:#?}\n\
         counted: {}\nincidents: {incidents:#?}\nfallback: {fallback:#?}\ntold: {told:#?}\n\
         verdicts: {verdicts:#?}\nthe first record: {:#?}",
        plan.looks
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        plan.hop,
        plan.records.len(),
        plan.ticking,
        plan.index,
        plan.counted.len(),
        record.unwrap().drain,
    ));
}
