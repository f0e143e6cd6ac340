//! How a budget warns and stops.

use domain::budget::counted::{Counted, Kind as Costs};
use domain::budget::{Reason, Verdict, What};
use domain::hold::{Hold, Holder};
use domain::notice::Severity;
use domain::resting::Kind;
use jiff::SignedDuration;

use crate::made::{Thing, on, service, usd};
use crate::world::{World, announced, becomes, decided, notice, world};

fn shop() -> [Thing; 4] {
    [
        service("prod/api").tagged("stop").desired(3),
        service("prod/batch").tagged("stop/10").desired(1),
        service("prod/login")
            .tagged("keep")
            .desired(2)
            .hour(Some("0.001")),
        service("prod/other").desired(1).hour(Some("0.001")),
    ]
}

fn counts(world: &World) -> [u32; 4] {
    ["prod/api", "prod/batch", "prod/login", "prod/other"].map(|name| world.count(name))
}

#[test]
fn at_eighty_percent_people_are_warned_once_and_nothing_stops() {
    let mut world = world(shop());
    world.tick("11-19 10:00");
    world.reports("8.10");
    let plan = world.tick("11-19 11:00");
    assert_eq!(announced(&plan), ["budget-warned"]);
    assert_eq!(notice(&plan, "budget-warned").severity, Severity::Digest);
    assert_eq!(decided(&plan).reason, Reason::Warned);
    world.reports("8.40");
    assert_eq!(announced(&world.tick("11-19 12:00")), [""; 0]);
    assert_eq!(counts(&world), [3, 1, 2, 1]);
}

#[test]
fn at_the_limit_everything_tagged_stop_goes_to_rest_and_nothing_else() {
    let mut world = world(shop());
    world.tick("11-19 10:00");
    world.reports("10.10");
    let plan = world.tick("11-19 11:00");
    assert_eq!(becomes(&plan), ["prod/batch held", "prod/api held"]);
    assert_eq!(announced(&plan), ["budget-stopped"]);
    assert_eq!(notice(&plan, "budget-stopped").severity, Severity::Page);
    assert_eq!(counts(&world), [0, 0, 2, 1]);
    assert_eq!(world.why("prod/api"), "the budget dev is spent");
    world.tick("11-19 12:00");
    assert!(world.is_stopped("dev"));
    let quiet = world.tick("11-19 13:00");
    assert_eq!((quiet.records.len(), quiet.changes.len()), (0, 0));
    assert_eq!(announced(&quiet), [""; 0]);
}

#[test]
fn a_decision_that_is_taken_twice_is_nothing_new() {
    let mut world = world(shop());
    world.reports("10.10");
    world.tick("11-19 11:00");
    world.tick("11-19 11:00");
    let again = world.tick("11-19 11:00");
    assert_eq!(
        (again.records, again.changes, again.announcements),
        Default::default()
    );
}

#[test]
fn times_a_billion_pages_and_stops_nothing_and_says_so_once_per_digit() {
    let mut world = world(shop());
    world.tick("11-19 10:00");
    world.reports("2000000000");
    let plan = world.tick("11-19 11:00");
    assert_eq!(decided(&plan).reason, Reason::NotBelieved);
    assert_eq!(announced(&plan), ["budget-implausible"]);
    assert_eq!(notice(&plan, "budget-implausible").severity, Severity::Page);
    assert_eq!(counts(&world), [3, 1, 2, 1]);
    world.reports("3000000000");
    assert_eq!(announced(&world.tick("11-19 12:00")), [""; 0]);
    world.reports("1.10");
    assert_eq!(
        announced(&world.tick("11-19 13:00")),
        ["budget-implausible over"]
    );
}

#[test]
fn a_runaway_of_two_hundred_tasks_in_twelve_hours_is_stopped() {
    let mut world = world(shop());
    world.hourly("11-18 00:00", "11-19 00:00");
    world.redeploy("prod/api", 200);
    world.hourly("11-19 00:00", "11-19 12:00");
    world.reports("21");
    let plan = world.tick("11-19 12:00");
    assert_eq!(decided(&plan).verdict, Verdict::Over { whole: true });
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_limit_raised_after_the_message_and_before_the_decision_stops_nothing() {
    let mut world = world(shop());
    world.reports("10.10");
    world.budget("dev").limit = usd("20");
    world.tick("11-19 11:00");
    assert_eq!(counts(&world), [3, 1, 2, 1]);
}

#[test]
fn a_limit_lowered_below_the_spend_without_a_message_is_found_by_the_hour() {
    let mut world = world(shop());
    world.reports("6");
    world.tick("11-19 10:00");
    world.edits("5", "11-19 10:30");
    let plan = world.tick("11-19 11:00");
    assert_eq!(decided(&plan).reason, Reason::Blind);
    assert_eq!(announced(&plan), ["budget-limit-changed"]);
    assert_eq!(counts(&world), [3, 1, 2, 1]);
    world.reports("6.10");
    world.tick("11-19 20:00");
    assert_eq!(counts(&world), [0, 0, 2, 1]);
}

#[test]
fn a_crash_after_any_step_is_made_good_by_the_next_run() {
    for steps in 0..8 {
        let mut world = world(shop());
        world.tick("11-19 10:00");
        world.reports("10.10");
        world.run(on("11-19 11:00"), steps);
        world.ticks(["11-19 12:00", "11-19 13:00"]);
        assert_eq!(counts(&world), [0, 0, 2, 1], "after {steps} steps");
        assert!(world.is_stopped("dev"), "after {steps} steps");
        assert!(
            !world.announced.is_empty(),
            "nobody was told after {steps} steps"
        );
        world.restore(Some("3"), "11-19 14:00");
        assert_eq!(counts(&world), [3, 1, 2, 1], "after {steps} steps");
    }
}

#[test]
fn a_stop_that_has_begun_is_ended_even_if_nothing_can_be_read_meanwhile() {
    let mut world = world(shop());
    world.reports("10.10");
    world.run(on("11-19 11:00"), 3);
    world.budget("dev").blind = Some(domain::budget::blind::Blind::Missing);
    world.tick("11-19 12:00");
    assert_eq!(counts(&world), [0, 0, 2, 1]);
}

#[test]
fn what_had_no_tasks_before_has_none_afterwards() {
    let mut world = world([service("prod/jobs").tagged("stop")]);
    world.reports("10.10");
    world.tick("11-19 11:00");
    assert!(world.held("prod/jobs"));
    world.restore(Some("3"), "11-19 12:00");
    assert_eq!(
        (world.count("prod/jobs"), world.held("prod/jobs")),
        (0, false)
    );
}

#[test]
fn daemons_and_what_others_control_are_named_and_left_alone() {
    let mut world = world([
        service("prod/agent")
            .tagged("stop")
            .desired(2)
            .kind(Kind::Daemon),
        service("prod/blue")
            .tagged("stop")
            .desired(2)
            .kind(Kind::CodeDeploy),
        service("prod/ext")
            .tagged("stop")
            .desired(2)
            .kind(Kind::External),
    ]);
    world.reports("10.10");
    let plan = world.ticks(["11-19 11:00"]);
    assert_eq!(becomes(&plan), [""; 0]);
    let facts = &notice(&plan, "budget-stopped").facts;
    let runs_on = facts.iter().find(|fact| fact.label == "Runs on").unwrap();
    assert!(
        runs_on.value.contains("prod/agent (Daemon)"),
        "{}",
        runs_on.value
    );
    assert_eq!(world.count("prod/agent"), 2);
}

#[test]
fn a_service_that_is_draining_is_left_alone() {
    let mut world = world(shop());
    world.thing("prod/api").active = false;
    world.reports("10.10");
    let plan = world.tick("11-19 11:00");
    assert_eq!(becomes(&plan), ["prod/batch held"]);
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_warning_stands_while_services_are_stopped_and_is_not_given_again() {
    let mut world = world(shop());
    world.reports("8.10");
    world.tick("11-19 10:00");
    world.reports("10.10");
    assert_eq!(announced(&world.tick("11-19 11:00")), ["budget-stopped"]);
    assert_eq!(announced(&world.tick("11-19 12:00")), [""; 0]);
}

#[test]
fn two_hundred_and_fifty_services_in_three_clusters_all_stop_and_all_come_back() {
    let names = |at: usize| format!("{}/s{at}", ["one", "two", "three"][at % 3]);
    let mut world = world((0..250).map(|at| service(&names(at)).tagged("stop").desired(1)));
    world.reports("10.10");
    assert_eq!(world.tick("11-19 11:00").changes.len(), 250);
    world.tick("11-19 12:00");
    assert!(world.is_stopped("dev"));
    world.restore(Some("3"), "11-19 13:00");
    assert!((0..250).all(|at| world.count(&names(at)) == 1));
}

#[test]
fn a_service_that_is_tagged_while_everything_is_stopped_goes_down_too() {
    let mut world = world(shop());
    world.reports("10.10");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    let thing = world.thing("prod/other").clone().tagged("stop");
    *world.thing("prod/other") = thing;
    world.tick("11-19 13:00");
    assert_eq!(world.count("prod/other"), 0);
}

#[test]
fn a_service_whose_tag_says_keep_now_comes_back() {
    let mut world = world(shop());
    world.reports("10.10");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    let thing = world.thing("prod/api").clone().tagged("keep");
    *world.thing("prod/api") = thing;
    assert_eq!(becomes(&world.tick("11-19 13:00")), ["prod/api lifted"]);
    assert_eq!(counts(&world), [3, 0, 2, 1]);
}

#[test]
fn a_service_whose_tag_cannot_be_read_stays_as_it_is() {
    let mut world = world(shop());
    world.reports("10.10");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    for name in ["prod/api", "prod/other"] {
        let thing = world.thing(name).clone().tagged("stopp");
        *world.thing(name) = thing;
    }
    let plan = world.tick("11-19 13:00");
    assert_eq!(becomes(&plan), [""; 0]);
    assert_eq!(
        announced(&plan),
        ["budget-tag-malformed", "budget-tag-malformed"]
    );
    assert_eq!(counts(&world), [0, 0, 2, 1]);
}

#[test]
fn the_night_s_hold_and_the_budget_s_are_two() {
    let mut world = world(shop());
    let night = Hold {
        by: "off-hours".to_owned(),
        why: "outside its hours".to_owned(),
        since: on("11-18 20:00"),
        until: None,
    };
    let thing = world.thing("prod/api");
    thing.holds = thing.holds.clone().with(Holder::OffHours, night);
    (thing.saved, thing.desired) = (Some(3), 0);
    world.reports("10.10");
    world.tick("11-19 11:00");
    world.restore(Some("3"), "11-19 12:00");
    assert!(!world.held("prod/api"));
    assert_eq!(world.count("prod/api"), 0, "the night holds it still");
}

#[test]
fn what_is_redeployed_while_stopped_is_put_down_again_so_often_and_then_paged() {
    let mut world = world(shop());
    world.reports("10.10");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    for at in ["11-19 13:00", "11-19 14:00", "11-19 15:00"] {
        world.redeploy("prod/api", 3);
        let plan = world.tick(at);
        assert_eq!(becomes(&plan), ["prod/api put down again"]);
        assert_eq!(announced(&plan)[0], "budget-raised-while-stopped");
        assert_eq!(world.count("prod/api"), 0);
    }
    world.redeploy("prod/api", 3);
    let plan = world.tick("11-19 16:00");
    assert_eq!(becomes(&plan), [""; 0]);
    let given_up = notice(&plan, "budget-raised-while-stopped");
    assert_eq!(given_up.severity, Severity::Page);
    assert_eq!(world.count("prod/api"), 3);
    assert_eq!(announced(&world.tick("11-19 17:00")), [""; 0]);
}

#[test]
fn a_deployment_in_progress_is_waited_for_and_not_counted() {
    let mut world = world(shop());
    world.reports("10.10");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    world.redeploy("prod/api", 3);
    world.thing("prod/api").deploying = true;
    assert_eq!(becomes(&world.tick("11-19 13:00")), [""; 0]);
    world.thing("prod/api").deploying = false;
    assert_eq!(
        becomes(&world.tick("11-19 14:00")),
        ["prod/api put down again"]
    );
    let stop = world.tally("dev").stop().unwrap().clone();
    let times = stop.again.values().map(|again| again.times);
    assert_eq!(times.collect::<Vec<_>>(), [1]);
}

#[test]
fn before_the_limit_only_so_much_stops_that_the_rest_lasts() {
    let mut world = world([
        service("prod/api")
            .tagged("stop/80")
            .desired(2)
            .hour(Some("0.001")),
        service("prod/batch").tagged("stop/10").desired(2),
    ]);
    world.policy.stop_percent = usd("90");
    world.reports("9.20");
    let plan = world.tick("11-19 11:00");
    assert_eq!(becomes(&plan), ["prod/batch held"]);
    let quiet = world.ticks(["11-19 11:00", "11-19 11:00", "11-19 11:00"]);
    assert_eq!((quiet.records.len(), quiet.changes.len()), (0, 0));
    assert_eq!((world.count("prod/api"), world.count("prod/batch")), (2, 0));
    world.reports("10.01");
    world.tick("11-20 11:00");
    assert_eq!((world.count("prod/api"), world.count("prod/batch")), (0, 0));
}

#[test]
fn before_the_limit_nothing_stops_if_it_lasts_anyway() {
    let mut world = world([service("prod/api")
        .tagged("stop")
        .desired(1)
        .hour(Some("0.0001"))]);
    world.policy.stop_percent = usd("90");
    world.reports("9.20");
    assert_eq!(decided(&world.tick("11-19 11:00")).reason, Reason::Warned);
    assert_eq!(world.count("prod/api"), 1);
}

#[test]
fn a_grace_gives_people_time_and_then_it_stops() {
    let mut world = world(shop());
    world.policy.grace = SignedDuration::from_mins(90);
    world.reports("10.10");
    let plan = world.tick("11-19 11:00");
    assert_eq!(announced(&plan), ["budget-grace"]);
    let until = on("11-19 12:30");
    assert_eq!(decided(&plan).reason, Reason::InGrace { until });
    assert_eq!(announced(&world.tick("11-19 12:00")), [""; 0]);
    assert_eq!(counts(&world), [3, 1, 2, 1]);
    world.tick("11-19 13:00");
    assert_eq!(counts(&world), [0, 0, 2, 1]);
}

#[test]
fn a_grace_ends_if_the_limit_is_raised_and_begins_anew() {
    let mut world = world(shop());
    world.policy.grace = SignedDuration::from_mins(90);
    world.reports("10.10");
    world.tick("11-19 11:00");
    world.budget("dev").limit = usd("20");
    assert!(announced(&world.tick("11-19 12:00")).contains(&"budget-grace over".to_owned()));
    world.budget("dev").limit = usd("10");
    let until = on("11-19 15:30");
    assert_eq!(
        decided(&world.tick("11-19 14:00")).reason,
        Reason::InGrace { until }
    );
}

#[test]
fn a_grace_that_ends_while_nothing_can_be_read_stops_nothing_until_it_can() {
    let mut world = world(shop());
    world.policy.grace = SignedDuration::from_mins(90);
    world.reports("10.10");
    world.tick("11-19 11:00");
    let denied = domain::budget::blind::Blind::Denied {
        call: "budgets:DescribeBudget".to_owned(),
    };
    world.budget("dev").blind = Some(denied);
    world.tick("11-19 13:00");
    assert_eq!(counts(&world), [3, 1, 2, 1]);
    world.budget("dev").blind = None;
    world.tick("11-19 14:00");
    assert_eq!(counts(&world), [0, 0, 2, 1]);
}

#[test]
fn a_veto_has_an_owner_and_an_end() {
    let mut world = world(shop());
    world.tick("11-19 09:00");
    let until = on("11-20 12:00");
    world.asks(What::Veto { until }, "11-19 10:00");
    world.tick("11-19 10:00");
    world.reports("10.10");
    let plan = world.tick("11-19 11:00");
    assert_eq!(decided(&plan).reason, Reason::Vetoed { until });
    let told = notice(&plan, "budget-grace");
    assert!(told.title.starts_with("ana vetoed"), "{}", told.title);
    world.tick("11-20 11:59");
    assert_eq!(counts(&world), [3, 1, 2, 1]);
    world.tick("11-20 12:00");
    assert_eq!(counts(&world), [0, 0, 2, 1]);
}

#[test]
fn that_nothing_can_be_read_for_an_hour_calls_off_neither_a_veto_nor_a_stop() {
    let mut vetoed = world(shop());
    vetoed.tick("11-19 09:00");
    let until = on("11-20 12:00");
    vetoed.asks(What::Veto { until }, "11-19 10:00");
    vetoed.reports("10.10");
    assert_eq!(announced(&vetoed.tick("11-19 10:00")), ["budget-grace"]);
    let mut stopped = world(shop());
    stopped.reports("10.10");
    stopped.ticks(["11-19 09:00", "11-19 10:00"]);
    stopped.budget("dev").limit = usd("20");
    stopped.tick("11-19 10:30");
    for world in [&mut vetoed, &mut stopped] {
        let blind = domain::budget::blind::Blind::Missing;
        world.budget("dev").blind = Some(blind);
        assert_eq!(announced(&world.tick("11-19 11:00")), ["budget-blind"]);
        world.budget("dev").blind = None;
        assert_eq!(announced(&world.tick("11-19 12:00")), ["budget-blind over"]);
    }
}

#[test]
fn a_restore_that_ended_gives_way_to_the_next_grace() {
    let mut world = world(shop());
    world.reports("10.10");
    world.ticks(["11-19 09:00", "11-19 10:00"]);
    world.restore(Some("1"), "11-19 11:00");
    world.policy.grace = SignedDuration::from_hours(5);
    world.reports("11.20");
    world.tick("11-19 12:00");
    assert_eq!(world.state(), "warned");
    assert_eq!(counts(&world), [3, 1, 2, 1]);
    world.tick("11-19 17:00");
    assert_eq!(counts(&world), [0, 0, 2, 1]);
}

#[test]
fn while_the_suite_is_being_deleted_nothing_is_stopped() {
    let mut world = world(shop());
    world.reports("10.10");
    world.closing = true;
    let plan = world.tick("11-19 11:00");
    assert_eq!((plan.records.len(), plan.changes.len()), (0, 0));
    assert_eq!(decided(&plan).reason, Reason::Closing);
}

/// So many services of which the ARNs are as long as AWS lets them be.
fn fleet(count: usize) -> World {
    let (cluster, name) = ("c".repeat(255), "s".repeat(250));
    world((0..count).map(|number| {
        service(&format!("{cluster}/{name}{number:05}"))
            .tagged("stop")
            .desired(1)
    }))
}

fn bytes(arns: impl Iterator<Item = domain::arn::ServiceArn>) -> usize {
    arns.map(|arn| arn.as_str().len()).sum()
}

#[test]
fn a_stop_of_more_services_than_its_record_can_name_is_a_stop_of_everything() {
    for (count, named) in [(300, true), (400, false)] {
        let mut world = fleet(count);
        world.policy.stop_percent = usd("90");
        world.reports("9.20");
        world.tick("11-19 11:00");
        let stop = world.tally("dev").stop().unwrap().clone();
        assert_eq!(stop.picked.is_some(), named, "{count}");
        assert!(world.services.values().all(|one| one.desired == 0));
    }
}

#[test]
fn of_more_services_raised_at_once_than_a_record_can_count_the_rest_is_put_down_by_the_next_run() {
    let mut world = fleet(700);
    world.reports("10.10");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    for thing in world.services.values_mut() {
        thing.desired = 1;
    }
    for at in ["11-19 13:00", "11-19 14:00", "11-19 15:00"] {
        world.tick(at);
        let stop = world.tally("dev").stop().unwrap();
        assert!(bytes(stop.again.keys().cloned()) < 180_000, "{at}");
    }
    let up = world.services.values().filter(|one| one.desired > 0);
    assert_eq!(up.count(), 0);
}

#[test]
fn no_stop_is_announced_before_the_limit_where_it_lasts_anyway_and_one_that_was_is_off() {
    let mut world = world([service("prod/api")
        .tagged("stop")
        .desired(1)
        .hour(Some("0.0001"))]);
    world.policy.stop_percent = usd("90");
    world.policy.grace = SignedDuration::from_mins(90);
    world.reports("9.20");
    assert_eq!(announced(&world.tick("11-19 11:00")), ["budget-warned"]);
    world.redeploy("prod/api", 100);
    assert_eq!(announced(&world.tick("11-19 12:00")), ["budget-grace"]);
    world.redeploy("prod/api", 1);
    assert_eq!(announced(&world.tick("11-19 13:00")), ["budget-grace over"]);
    world.tick("11-19 14:00");
    world.redeploy("prod/api", 100);
    let plan = world.tick("11-19 16:00");
    let until = on("11-19 17:30");
    assert_eq!(
        decided(&plan).reason,
        Reason::InGrace { until },
        "the grace that ended is given anew"
    );
    assert_eq!(world.count("prod/api"), 100);
}

#[test]
fn what_is_never_to_be_put_down_again_is_paged_at_once_and_left() {
    let mut world = world(shop());
    world.policy.put_down_again = 0;
    world.reports("10.10");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    world.redeploy("prod/api", 3);
    let plan = world.tick("11-19 13:00");
    assert_eq!(becomes(&plan), [""; 0]);
    let raised = notice(&plan, "budget-raised-while-stopped");
    assert_eq!(raised.severity, Severity::Page);
    assert_eq!(world.count("prod/api"), 3);
    assert_eq!(announced(&world.tick("11-19 14:00")), [""; 0]);
}

#[test]
fn a_limit_lowered_to_a_fraction_of_what_was_believed_stops() {
    let mut world = world([service("prod/api")
        .tagged("stop")
        .desired(1)
        .hour(Some("0.001"))])
    .with_budget("dev", "100");
    world.reports("60");
    world.hourly("11-18 10:00", "11-19 10:00");
    world.edits("1", "11-19 10:30");
    world.tick("11-19 11:00");
    world.reports("60.10");
    let plan = world.tick("11-19 20:00");
    assert_eq!(decided(&plan).verdict.name(), "over");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_grace_ends_in_a_stop_although_an_edit_hides_what_is_spent() {
    let mut world = world(shop());
    world.policy.grace = SignedDuration::from_mins(90);
    world.tick("11-19 10:00");
    world.reports("10.10");
    assert_eq!(announced(&world.tick("11-19 11:00")), ["budget-grace"]);
    world.edits("10", "11-19 11:30");
    let plan = world.tick("11-19 12:00");
    assert!(matches!(decided(&plan).reason, Reason::InGrace { .. }));
    world.tick("11-19 13:00");
    assert_eq!(counts(&world), [0, 0, 2, 1]);
    assert_eq!(world.tally("dev").last().unwrap().spend, usd("10.10"));
}

#[test]
fn an_edit_that_raises_the_limit_above_what_is_spent_calls_the_stop_off() {
    let mut world = world(shop());
    world.policy.grace = SignedDuration::from_mins(90);
    world.tick("11-19 10:00");
    world.reports("10.10");
    world.tick("11-19 11:00");
    world.edits("20", "11-19 11:30");
    let plan = world.hourly("11-19 12:00", "11-19 20:00");
    assert_eq!(decided(&plan).verdict.name(), "blind");
    assert_eq!(counts(&world), [3, 1, 2, 1]);
}

/// Two days with three tasks, and then a spend that they cannot have caused.
fn doubted() -> World {
    let mut world = world([service("prod/api").tagged("stop").desired(3)]);
    world.hourly("11-17 10:00", "11-18 20:00");
    world.reports("1.50");
    world.hourly("11-18 20:00", "11-19 10:00");
    world.reports("60");
    let plan = world.tick("11-19 10:00");
    assert_eq!(decided(&plan).verdict.name(), "implausible");
    world
}

#[test]
fn a_reading_that_cannot_be_does_not_become_true_by_waiting() {
    let mut world = doubted();
    for (spend, from, to) in [
        ("60", "11-19 11:00", "11-22 11:00"),
        ("59.90", "11-22 11:00", "11-25 11:00"),
        ("61", "11-25 11:00", "11-28 11:00"),
    ] {
        world.reports(spend);
        let plan = world.hourly(from, to);
        assert_eq!(decided(&plan).verdict.name(), "implausible", "{spend}");
        assert_eq!(world.count("prod/api"), 3);
    }
}

#[test]
fn a_reading_that_was_doubted_and_is_corrected_is_judged_as_it_is_now() {
    let mut world = doubted();
    world.hourly("11-19 11:00", "11-22 11:00");
    world.reports("10.50");
    world.tick("11-22 11:00");
    assert_eq!(world.count("prod/api"), 0);
    assert_eq!(world.tally("dev").doubted, None);
}

#[test]
fn before_the_limit_services_stop_whose_instances_go_with_them() {
    let mut world = world([service("prod/api")
        .tagged("stop")
        .desired(9)
        .hour(Some("0"))]);
    world.policy.stop_percent = usd("90");
    world.instances = vec![Counted {
        kind: Costs::Instance,
        name: "c7g.large".to_owned(),
        count: 3,
        hour: Some(usd("0.0723")),
    }];
    world.reports("9.20");
    world.tick("11-19 11:00");
    assert_eq!(world.count("prod/api"), 0, "its three instances go with it");
}

#[test]
fn before_the_limit_no_more_services_on_instances_stop_than_it_takes() {
    let hosted = |name| service(name).desired(2).hour(Some("0"));
    let mut world = world([
        hosted("prod/api").tagged("stop"),
        hosted("prod/batch").tagged("stop/10"),
    ]);
    world.policy.stop_percent = usd("90");
    world.instances = vec![Counted {
        kind: Costs::Instance,
        name: "c7g.large".to_owned(),
        count: 4,
        hour: Some(usd("0.001")),
    }];
    world.reports("9.20");
    world.tick("11-19 11:00");
    assert_eq!(world.count("prod/batch"), 0, "half of the instances go");
    assert_eq!(world.count("prod/api"), 2, "and the rest lasts");
}
