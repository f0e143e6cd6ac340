//! The decision, in the order in which it is made.

use domain::rollback::{Cause, Reason};

use crate::made::{WEB, mins};
use crate::world::shop;

#[test]
fn what_was_complete_and_quiet_for_its_window_has_proved_good() {
    let world = shop();
    assert_eq!(world.good(WEB), ["web:5"]);
    assert!(!world.ticking, "nothing is left to look at");
    assert!(world.notices.is_empty() && world.acts.is_empty());
}

#[test]
fn a_release_that_failed_where_nothing_rolls_back_is_rolled_back_and_proved() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    assert_eq!(*world.reason(WEB), Reason::RollsBack(Cause::Failed));
    assert_eq!(world.runs(WEB), 5);
    world.passes(mins(2));
    world.completes(WEB);
    world.passes(mins(1));
    assert_eq!(*world.reason(WEB), Reason::Proved);
    world.passes(mins(20));
    assert_eq!(world.good(WEB), ["web:5"]);
    assert_eq!(world.kinds(), ["deployment-rolled-back", "deployment-rolled-back"]);
    assert_eq!(world.effects().len(), 1);
    assert!(!world.ticking);
}
