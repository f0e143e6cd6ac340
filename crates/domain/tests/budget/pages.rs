//! What people read of a budget, as the pager writes it.

use std::collections::BTreeMap;

use domain::budget::blind::Blind;
use domain::budget::counted::{Counted, Kind as Costs};
use domain::budget::free_tier::FreeTierUse;
use domain::budget::guard::Guarded;
use domain::notice::{Kind, Notice};
use domain::pager::{Delivered, Letterhead, Page, compose};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::made::{ACCOUNT, TOPIC, service, usd};
use crate::world::{World, world};

fn shop() -> World {
    let mut world = world([
        service("prod/api").tagged("stop").desired(3),
        service("prod/batch")
            .tagged("stop/10")
            .desired(1)
            .hour(None),
        service("prod/login")
            .tagged("keep")
            .desired(2)
            .hour(Some("0.0004")),
    ]);
    world.beside = vec![
        Counted {
            kind: Costs::LoadBalancer,
            name: "load balancers".to_owned(),
            count: 1,
            hour: Some(usd("0.0025")),
        },
        Counted {
            kind: Costs::Volume,
            name: "EBS volumes".to_owned(),
            count: 2,
            hour: None,
        },
    ];
    world.tick("11-19 09:00");
    world
}

fn page(notice: &Notice) -> Page {
    let delivered = Delivered {
        notice: notice.clone(),
        account: ACCOUNT.to_owned(),
        region: "eu-central-1".to_owned(),
    };
    let letterhead = Letterhead {
        stack: "caretaker".to_owned(),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
    };
    compose(&delivered, &letterhead, notice.at)
}

/// One notice of every kind about budgets, as real decisions make them.
fn one_of_each() -> BTreeMap<&'static str, Notice> {
    let stories: [fn(&mut World); 9] = [
        |world| world.reports("8.15"),
        |world| {
            world.policy.grace = SignedDuration::from_mins(30);
            world.reports("10.40");
        },
        |world| world.reports("10.40"),
        |world| world.reports("183965812157.54"),
        |world| {
            world.budget("dev").blind = Some(Blind::Unhealthy {
                reason: "BILLING_VIEW_UNHEALTHY".to_owned(),
            });
        },
        |world| {
            world.budget("dev").limit = usd("2");
            world.beside[0].hour = Some(usd("0.0225"));
        },
        |world| {
            world.reports("10.40");
            world.ticks(["11-19 09:10", "11-19 09:20"]);
            world.redeploy("prod/api", 3);
        },
        |world| {
            world.budget("dev").guarded = Some(Guarded {
                notifications: Vec::new(),
                topics: Vec::new(),
            });
            world.hears(
                TOPIC,
                None,
                "AWS Account 999999999999\n\nBudget Name: prod\n",
            );
        },
        |world| {
            world.free_tier = Some(vec![FreeTierUse {
                service: Some("AWS Lambda".to_owned()),
                usage_type: Some("Global-Request".to_owned()),
                actual: Some(usd("900000")),
                limit: Some(usd("1000000")),
                unit: Some("Requests".to_owned()),
                forecast: None,
            }]);
            let thing = world.thing("prod/login").clone().tagged("keep/5");
            *world.thing("prod/login") = thing;
        },
    ];
    let mut notices = BTreeMap::new();
    for story in stories {
        let mut world = shop();
        story(&mut world);
        for announcement in world.tick("11-19 10:00").announcements {
            let notice = announcement.notice;
            notices.entry(notice.kind.name()).or_insert(notice);
        }
    }
    let lost = without_a_ledger();
    notices.insert(lost.kind.name(), lost);
    notices
}

/// The budget is spent, and that it stops services cannot be written.
fn without_a_ledger() -> Notice {
    let mut world = shop();
    world.reports("10.40");
    let why = "PutItem did not succeed: AccessDeniedException";
    let told = world.tick_without_a_ledger("11-19 10:00", why);
    told.into_iter().next().unwrap().notice
}

#[test]
fn every_kind_of_page_about_a_budget_can_be_read_at_three_in_the_morning() {
    let notices = one_of_each();
    let told: Vec<&str> = notices.keys().copied().collect();
    let about_money = |name: &&str| name.starts_with("budget-") || name.starts_with("free-tier-");
    let mut all: Vec<&str> = Kind::ALL
        .iter()
        .map(|kind| kind.name())
        .filter(about_money)
        .collect();
    all.sort_unstable();
    assert_eq!(told, all);
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
fn what_is_told_of_a_stop_can_be_pasted() {
    for notice in one_of_each().values() {
        let command = notice.next.command.as_deref();
        if let Some(command) = command {
            let email = page(notice).email;
            assert!(email.contains(command), "withheld: {command}");
        }
    }
}
