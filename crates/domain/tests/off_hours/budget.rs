//! A budget that places and lifts its hold in the same world in which the night and people do:
//! whatever crashes, everything wakes with what it had.

use domain::announcement::{ConcernKey, Told};
use domain::budget::{Becomes, Change, Changeable, errands};
use domain::capacity::Suspended;
use domain::hold::Holder;
use domain::notice::Kind;
use domain::rest::Claim;
use domain::resting::{Errand, Reason};

use crate::made::{RUNNING, bounds, on, service};
use crate::run::TIMEOUT;
use crate::shown;
use crate::world::{World, arn, hold, world};

/// What a run of the budget guard does to `prod/api`.
fn errand(world: &World, what: Becomes, at: &str) -> Errand {
    errand_of(world, "prod/api", what, at)
}

fn errand_of(world: &World, name: &str, what: Becomes, at: &str) -> Errand {
    let change = Change {
        service: arn(name),
        what,
    };
    let claim = Claim {
        run: format!("budget at {at}"),
        until: on(at) + TIMEOUT,
    };
    let mut errands = errands(&[change], &world.changeable(), &claim, on(at));
    assert_eq!(errands.len(), 1);
    errands.remove(0)
}

/// A run that crashes after so many steps; the errand that it had.
fn run(world: &mut World, what: Becomes, at: &str, steps: usize) -> Errand {
    run_of(world, "prod/api", what, at, steps)
}

fn run_of(world: &mut World, name: &str, what: Becomes, at: &str, steps: usize) -> Errand {
    world.tasks_start();
    let errand = errand_of(world, name, what, at);
    for action in errand.actions.iter().take(steps) {
        if !world.step(action) {
            break;
        }
    }
    errand
}

fn stop(world: &mut World, at: &str) -> Errand {
    stop_of(world, "prod/api", at)
}

fn stop_of(world: &mut World, name: &str, at: &str) -> Errand {
    run_of(world, name, held(), at, usize::MAX)
}

fn lift(world: &mut World, at: &str) -> Errand {
    run(world, Becomes::Lifted, at, usize::MAX)
}

fn held() -> Becomes {
    Becomes::Held(hold("budget-guard"))
}

fn put_down_again() -> Becomes {
    Becomes::PutDownAgain(hold("budget-guard"))
}

fn awake() -> World {
    world([service("prod/api").by_day().desired(3).scaled(2, 10)])
}

fn asleep() -> World {
    let mut world = awake();
    world.ticks(["Mon 20:00", "Mon 20:05"]);
    world
}

fn has_what_it_had(world: &World) {
    assert_eq!(world.count("prod/api"), 3);
    assert_eq!(world.target("prod/api"), Some(bounds(2, 10, RUNNING)));
    assert_eq!(world.rest("prod/api"), None);
}

#[test]
fn a_service_that_nothing_holds_goes_to_rest_and_is_woken_by_the_night_s_tick_once_it_is_lifted() {
    let mut world = awake();
    let down = stop(&mut world, "Mon 12:00");
    assert_eq!(down.reason, Reason::GoesToRest);
    let steps = [
        "resting intended",
        "target 0-10 suspended",
        "count 0",
        "resting settled",
    ];
    assert_eq!(shown::steps(&down), steps);
    assert_eq!(world.tick("Mon 12:05").reason("prod/api"), Reason::AtRest);
    let up = lift(&mut world, "Mon 13:00");
    assert_eq!(up.reason, Reason::HoldsChange);
    assert_eq!(shown::steps(&up), ["resting settled"]);
    assert_eq!(
        (world.count("prod/api"), world.holders("prod/api").len()),
        (0, 0),
        "the budget wakes nothing by itself"
    );
    assert_eq!(world.tick("Mon 13:05").reason("prod/api"), Reason::Wakes);
    world.tick("Mon 13:10");
    has_what_it_had(&world);
}

#[test]
fn a_service_without_hours_of_its_own_is_woken_too() {
    let mut world = world([service("prod/api").desired(3).scaled(2, 10)]);
    stop(&mut world, "Mon 12:00");
    lift(&mut world, "Mon 13:00");
    world.ticks(["Mon 13:05", "Mon 13:10"]);
    has_what_it_had(&world);
}

#[test]
fn at_night_only_the_record_says_that_the_budget_holds_it_too() {
    let mut world = asleep();
    let joined = stop(&mut world, "Mon 22:00");
    assert_eq!(joined.reason, Reason::HoldsChange);
    assert_eq!(shown::steps(&joined), ["resting settled"]);
    assert_eq!(world.holders("prod/api"), ["off-hours", "budget"]);
    world.ticks(["Mon 22:05", "Tue 08:00", "Tue 08:05"]);
    assert_eq!(
        (world.count("prod/api"), world.holders("prod/api")),
        (0, vec!["budget"]),
        "what a budget holds stays down in the morning"
    );
    lift(&mut world, "Tue 09:00");
    world.ticks(["Tue 09:05", "Tue 09:10"]);
    has_what_it_had(&world);
}

#[test]
fn the_floor_of_the_night_goes_down_with_the_rest() {
    let mut world = world([service("prod/api").by_day().floor("1").desired(3)]);
    world.ticks(["Mon 20:00", "Mon 20:05"]);
    assert_eq!(world.count("prod/api"), 1);
    let joined = stop(&mut world, "Mon 22:00");
    assert_eq!(joined.reason, Reason::GoesToRest);
    assert_eq!(world.count("prod/api"), 0);
    assert_eq!(world.rest("prod/api").unwrap().saved.desired, 3);
    lift(&mut world, "Mon 23:00");
    world.tick("Mon 23:05");
    assert_eq!(world.count("prod/api"), 1, "the night has it back");
}

#[test]
fn what_somebody_moved_at_night_goes_down_all_the_same() {
    let mut bumped = asleep();
    bumped.set_count("prod/api", 2);
    stop(&mut bumped, "Mon 22:00");
    assert_eq!(bumped.count("prod/api"), 0);
    let mut resumed = asleep();
    resumed.register("prod/api", bounds(0, 10, RUNNING));
    let joined = stop(&mut resumed, "Mon 22:00");
    assert_eq!(
        shown::steps(&joined)[1..2],
        ["target 0-10 suspended"],
        "a target that may scale out again is no rest"
    );
}

/// The night respects a count that somebody changed; a budget that is spent does not.
#[test]
fn what_was_raised_while_stopped_is_put_down_again_and_wakes_with_what_it_had_first() {
    let mut world = awake();
    stop(&mut world, "Mon 12:00");
    world.deploy("prod/api", "Mon 12:30", 8);
    assert_eq!(
        world.tick("Mon 12:35").reason("prod/api"),
        Reason::LeftToTheBudget
    );
    let again = run(&mut world, put_down_again(), "Mon 13:00", usize::MAX);
    assert_eq!(again.reason, Reason::RestsAgain);
    assert_eq!(world.count("prod/api"), 0);
    lift(&mut world, "Mon 14:00");
    world.ticks(["Mon 14:05", "Mon 14:10"]);
    has_what_it_had(&world);
}

#[test]
fn other_words_for_the_hold_change_the_record_alone() {
    let mut world = awake();
    stop(&mut world, "Mon 12:00");
    let other = hold("budget-guard, for two budgets");
    let run = run(&mut world, Becomes::Reworded(other.clone()), "Mon 13:00", 9);
    assert_eq!(shown::steps(&run), ["resting settled"]);
    let holds = &world.rest("prod/api").unwrap().holds;
    assert_eq!(holds.get(Holder::Budget), Some(&other));
}

#[test]
fn a_service_created_anew_under_its_name_saves_its_own_capacity() {
    let mut world = awake();
    stop(&mut world, "Mon 12:00");
    *world.thing("prod/api") = service("prod/api").by_day().desired(5).created("Mon 12:30");
    let down = stop(&mut world, "Mon 13:00");
    assert_eq!(down.reason, Reason::GoesToRest);
    assert_eq!(world.rest("prod/api").unwrap().saved.desired, 5);
}

#[test]
fn a_service_that_was_handed_back_saves_anew() {
    let mut world = asleep();
    world.tick("Tue 08:00");
    world.set_count("prod/api", 6);
    stop(&mut world, "Tue 08:02");
    assert_eq!(world.rest("prod/api").unwrap().saved.desired, 6);
    lift(&mut world, "Tue 09:00");
    world.tick("Tue 09:05");
    assert_eq!(world.count("prod/api"), 6);
}

#[test]
fn what_had_no_tasks_before_has_none_afterwards() {
    let mut world = world([service("prod/api")]);
    stop(&mut world, "Mon 12:00");
    lift(&mut world, "Mon 13:00");
    world.ticks(["Mon 13:05", "Mon 13:10"]);
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn what_another_run_is_changing_is_left_to_it_until_its_claim_ends() {
    let mut world = awake();
    world.crash("Mon 20:00", 1);
    let left = errand(&world, held(), "Mon 20:03");
    assert_eq!(
        (left.reason, left.actions),
        (Reason::ClaimedElsewhere, vec![])
    );
    stop(&mut world, "Mon 20:04");
    assert_eq!(world.count("prod/api"), 0);
    assert_eq!(world.holders("prod/api"), ["off-hours", "budget"]);
}

#[test]
fn a_service_that_could_not_be_looked_at_has_no_errand() {
    let change = Change {
        service: arn("prod/api"),
        what: held(),
    };
    let claim = Claim {
        run: "one".to_owned(),
        until: on("Mon 12:04"),
    };
    let none = Changeable::new();
    assert_eq!(errands(&[change], &none, &claim, on("Mon 12:00")), []);
}

#[test]
fn a_target_that_is_absent_or_partly_suspended_comes_back_as_it_was() {
    let suspended = Suspended {
        scheduled: true,
        ..RUNNING
    };
    let mut world = world([
        service("prod/api").desired(3),
        service("prod/web").desired(3).bounds(2, 10, suspended),
    ]);
    for name in ["prod/api", "prod/web"] {
        let down = stop_of(&mut world, name, "Mon 12:00");
        assert_eq!(world.count(name), 0);
        let moved = shown::steps(&down).contains(&"target 0-10 suspended".to_owned());
        assert_eq!(moved, name == "prod/web", "there is none to move, or it is");
    }
    for name in ["prod/api", "prod/web"] {
        run_of(&mut world, name, Becomes::Lifted, "Mon 13:00", usize::MAX);
    }
    world.ticks(["Mon 13:05", "Mon 13:10"]);
    assert_eq!(
        (world.count("prod/api"), world.target("prod/api")),
        (3, None)
    );
    let target = Some(bounds(2, 10, suspended));
    assert_eq!(
        (world.count("prod/web"), world.target("prod/web")),
        (3, target)
    );
}

/// The bounds go down before the count and come back after it: a minimum above the count would raise
/// it at once.
#[test]
fn the_target_goes_down_before_the_count_and_comes_back_after_it() {
    let mut world = awake();
    let down = shown::steps(&stop(&mut world, "Mon 12:00"));
    assert_eq!(down[1..3], ["target 0-10 suspended", "count 0"]);
    lift(&mut world, "Mon 13:00");
    let up = world.tick("Mon 13:05").steps("prod/api");
    assert_eq!(up[1..3], ["count 3", "target 2-10"]);
}

#[test]
fn a_schedule_that_raises_the_minimum_while_stopped_is_put_down_again() {
    let mut world = awake();
    stop(&mut world, "Mon 12:00");
    world.register("prod/api", bounds(4, 10, RUNNING));
    assert_eq!(world.count("prod/api"), 4, "the minimum raises the count");
    let again = run(&mut world, put_down_again(), "Mon 13:00", usize::MAX);
    assert_eq!(
        shown::steps(&again)[1..3],
        ["target 0-10 suspended", "count 0"]
    );
    lift(&mut world, "Mon 14:00");
    world.ticks(["Mon 14:05", "Mon 14:10"]);
    has_what_it_had(&world);
}

#[test]
fn what_was_restored_fits_into_a_maximum_that_was_lowered_below_its_minimum_meanwhile() {
    let mut world = awake();
    stop(&mut world, "Mon 12:00");
    let live = world.live("prod/api");
    live.bounds = live
        .bounds
        .map(|theirs| bounds(theirs.min, 1, theirs.suspended));
    lift(&mut world, "Mon 13:00");
    world.ticks(["Mon 13:05", "Mon 13:10"]);
    assert_eq!(world.count("prod/api"), 1);
    assert_eq!(world.target("prod/api"), Some(bounds(1, 1, RUNNING)));
}

/// A crash after any step of the stop, of putting down again and of the restore: the next run makes
/// it good, at night and by day.
#[test]
fn a_crash_after_any_step_of_a_stop_or_a_restore_loses_nothing() {
    for begin in [awake as fn() -> World, asleep] {
        for (first, again, last) in steps() {
            let mut world = begin();
            run(&mut world, held(), "Tue 02:00", first);
            world.tick("Tue 02:02");
            stop(&mut world, "Tue 02:10");
            assert_eq!(world.count("prod/api"), 0);
            world.tick("Tue 08:00");
            world.set_count("prod/api", 2);
            run(&mut world, put_down_again(), "Tue 10:00", again);
            world.tick("Tue 10:02");
            run(&mut world, put_down_again(), "Tue 10:10", usize::MAX);
            assert_eq!(world.count("prod/api"), 0);
            run(&mut world, Becomes::Lifted, "Tue 12:00", last);
            world.tick("Tue 12:02");
            if !world.holders("prod/api").is_empty() {
                lift(&mut world, "Tue 12:10");
            }
            world.ticks(["Tue 12:15", "Tue 12:20"]);
            has_what_it_had(&world);
        }
    }
}

fn steps() -> impl Iterator<Item = (usize, usize, usize)> {
    let pairs = (0..=4).flat_map(|first| (0..=4).map(move |again| (first, again)));
    pairs.flat_map(|(first, again)| (0..=1).map(move |last| (first, again, last)))
}

/// A stop that dies before it has set anything and is lifted leaves what there was.
#[test]
fn a_stop_that_crashed_and_is_lifted_at_once_wakes_with_what_it_had() {
    for steps in 0..=4 {
        let mut world = awake();
        run(&mut world, held(), "Mon 12:00", steps);
        if world.rest("prod/api").is_some() {
            lift(&mut world, "Mon 12:10");
        }
        world.ticks(["Mon 12:15", "Mon 12:20"]);
        has_what_it_had(&world);
    }
}

/// What was saved has to be given back, and no tag is needed for that.
#[test]
fn what_nothing_holds_any_more_wakes_even_if_its_hours_cannot_be_read() {
    let mut world = awake();
    stop(&mut world, "Mon 12:00");
    world.tag("prod/api", "caretaker:hours", "Mon-Fri 8-20");
    assert_eq!(
        world.tick("Mon 12:05").reason("prod/api"),
        Reason::MalformedTag,
        "the budget still holds it"
    );
    lift(&mut world, "Mon 21:00");
    let up = world.tick("Mon 21:05");
    assert_eq!(up.reason("prod/api"), Reason::Wakes);
    assert_eq!(world.count("prod/api"), 3);
    let proved = world.tick("Mon 21:10");
    assert_eq!(proved.reason("prod/api"), Reason::ProvedAwake);
    has_what_it_had(&world);
    let left = world.tick("Mon 21:15");
    assert_eq!(left.reason("prod/api"), Reason::MalformedTag);
}

#[test]
fn what_the_night_holds_too_waits_for_its_hours_to_be_corrected() {
    let mut world = asleep();
    stop(&mut world, "Mon 22:00");
    world.tag("prod/api", "caretaker:hours", "Mon-Fri 8-20");
    lift(&mut world, "Mon 23:00");
    world.ticks(["Mon 23:05", "Tue 08:00"]);
    assert_eq!(world.holders("prod/api"), ["off-hours"]);
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn another_tag_that_cannot_be_read_does_not_send_to_the_night_what_the_budget_let_go() {
    let mut world = awake();
    stop(&mut world, "Mon 12:00");
    world.tag("prod/api", "caretaker:floor", "one");
    lift(&mut world, "Mon 21:00");
    world.ticks(["Mon 21:05", "Mon 21:10", "Mon 21:15"]);
    has_what_it_had(&world);
}

/// With its last budget the guard itself is gone, and nobody else lifts what it placed.
#[test]
fn what_a_budget_holds_wakes_when_no_budget_is_watched_any_more() {
    let mut day = awake();
    stop(&mut day, "Mon 12:00");
    day.unguarded = true;
    assert_eq!(day.tick("Mon 13:00").reason("prod/api"), Reason::Wakes);
    day.tick("Mon 13:05");
    has_what_it_had(&day);

    let mut untagged = world([service("prod/api").desired(3).scaled(2, 10)]);
    stop(&mut untagged, "Mon 12:00");
    untagged.unguarded = true;
    untagged.ticks(["Mon 13:00", "Mon 13:05"]);
    has_what_it_had(&untagged);

    let mut mistyped = awake();
    stop(&mut mistyped, "Mon 12:00");
    mistyped.tag("prod/api", "caretaker:hours", "Mon-Fri 8-20");
    mistyped.unguarded = true;
    mistyped.ticks(["Mon 13:00", "Mon 13:05"]);
    has_what_it_had(&mistyped);

    let mut night = asleep();
    stop(&mut night, "Mon 22:00");
    night.unguarded = true;
    night.tick("Mon 22:05");
    assert_eq!(night.holders("prod/api"), ["off-hours"]);
    night.ticks(["Tue 08:00", "Tue 08:05"]);
    has_what_it_had(&night);
}

#[test]
fn what_the_guard_told_is_over_when_no_budget_is_watched_any_more() {
    let mut world = awake();
    stop(&mut world, "Mon 12:00");
    let key = ConcernKey {
        subject: "arn:aws:budgets::123456789012:budget/dev".to_owned(),
        kind: Kind::BudgetStopped.name(),
    };
    let told = Told {
        text: "everything".to_owned(),
        since: on("Mon 12:00"),
    };
    world.ledger.announced.insert(key, told);
    assert_eq!(world.tick("Mon 12:05").announced(), Vec::<String>::new());
    world.unguarded = true;
    let run = world.tick("Mon 13:00");
    assert_eq!(run.announced(), ["budget-stopped over"]);
    let notice = &run.plan.announcements[0].notice;
    assert_eq!(
        notice.title,
        "dev: no budget is watched any more: what was stopped comes back"
    );
    assert_eq!(
        notice.dedupe,
        "123456789012/eu-central-1/budget-stopped/arn:aws:budgets::123456789012:budget/dev"
    );
    assert_eq!(world.tick("Mon 13:05").announced(), Vec::<String>::new());
}
