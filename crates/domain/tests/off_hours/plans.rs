//! Whole plans, as a reader of the journal would see them.

use domain::hold::Holder;
use domain::resting::Kind;

use crate::made::{group, service};
use crate::shown;
use crate::world::{World, world};

/// A team's account on a Monday evening, with a service of every shape.
fn account() -> World {
    world([
        service("prod/agent").by_day().desired(2).kind(Kind::Daemon),
        service("prod/api").by_day().desired(3).scaled(2, 10),
        service("prod/blue")
            .by_day()
            .desired(2)
            .kind(Kind::CodeDeploy),
        service("prod/db").by_day().wave("1").floor("1").desired(2),
        service("prod/front")
            .by_day()
            .desired(2)
            .deploying_since("Mon 19:55"),
        service("prod/jobs").by_day().scaled(0, 5).desired(0),
        service("prod/login").hours("always").desired(2),
        service("prod/report")
            .by_day()
            .desired(1)
            .overridden("up until 2026-11-23 22:00"),
        service("prod/typo").hours("Mon-Fri 8-20").desired(1),
        service("prod/untagged").desired(1),
    ])
    .with_group(group("fleet", 2, 6).by_day())
}

#[test]
fn a_monday_evening() {
    insta::assert_snapshot!(shown::plan(&account().tick("Mon 20:00").plan));
}

#[test]
fn a_tuesday_morning_in_which_the_budget_holds_one_service() {
    let mut world = account();
    world.ticks(["Mon 20:00", "Mon 20:05"]);
    world.place("prod/jobs", Holder::Budget);
    world.set_count("prod/db", 3);
    insta::assert_snapshot!(shown::plan(&world.tick("Tue 08:00").plan));
}

#[test]
fn the_tick_after_a_morning_whose_first_wave_stays_down() {
    let mut world = account();
    world.ticks(["Mon 20:00", "Mon 20:05"]);
    world.thing("prod/db").stuck_at = Some(1);
    world.tick("Tue 08:00");
    insta::assert_snapshot!(shown::plan(&world.tick("Tue 08:20").plan));
}
