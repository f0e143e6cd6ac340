//! Instances that are taken on purpose are no surge: a person says so, or an experiment of AWS Fault
//! Injection Service.

use domain::drain::{Exercise, Experiment, ExperimentSeen, ExperimentState, LONGEST, Reason, Says};
use jiff::{SignedDuration, Timestamp};

use crate::made::{at, cluster, evicted, service, warning};
use crate::surges::{fleet, is_surge, warned};
use crate::world::World;

const ID: &str = "EXPaBCD1efg2HIJkL3";

fn experiment(new: &str, old: &str) -> Says {
    Says::Experiment(ExperimentSeen {
        id: ID.to_owned(),
        template: "EXTa1b2c3de5f6g7h".to_owned(),
        state: ExperimentState::from_names(new, old).unwrap(),
    })
}

fn mins(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// What is remembered of the experiment.
fn known(world: &World) -> &Experiment {
    &world.experiments[ID]
}

/// A person's exercise from now on.
fn announced(world: &World, minutes: i64) -> Option<Exercise> {
    Some(Exercise {
        since: world.now,
        until: world.now + mins(minutes),
        by: "ana".to_owned(),
        why: "the first of the month".to_owned(),
    })
}

#[test]
fn what_an_experiment_takes_pages_nobody_and_what_ec2_takes_afterwards_does() {
    let mut world = fleet(20, 16);
    world.hears([experiment("running", "initiating")]);
    warned(&mut world, 1..=8);
    assert!(!is_surge(&world));
    assert!(world.counts.values().all(|counted| counted.by_fis));
    // They are drained and written down as any other.
    assert!(world.drains.values().all(|drain| drain.heard.by_fis));
    assert_eq!((world.drains.len(), world.calls.set), (8, 1));
    world.until(at(120));
    world.hears([experiment("completed", "running")]);
    world.until(at(120) + mins(20));
    assert!(!is_surge(&world));
    assert!(!world.told().contains(&("spot-surge", true)));
    warned(&mut world, 9..=16);
    assert!(is_surge(&world));
}

#[test]
fn an_exercise_of_a_person_covers_its_time_and_no_other() {
    for (minutes, surge) in [(0, false), (59, false), (60, true)] {
        let mut world = fleet(20, 8);
        world.exercise = announced(&world, 60);
        world.until(at(0) + mins(minutes));
        warned(&mut world, 1..=8);
        assert_eq!(is_surge(&world), surge, "{minutes}");
    }
    // A surge from before stays one.
    let mut world = fleet(20, 8);
    warned(&mut world, 1..=8);
    world.until(at(30));
    world.exercise = announced(&world, 60);
    world.hears([Says::Tick]);
    assert!(is_surge(&world));
}

#[test]
fn words_that_are_doubled_or_out_of_order_come_to_the_same() {
    let words = [
        (0, experiment("initiating", "pending")),
        (5, experiment("running", "initiating")),
        (300, experiment("stopping", "running")),
        (310, experiment("stopped", "stopping")),
    ];
    for order in orders(words.len()) {
        let mut world = fleet(20, 1);
        world.until(at(400));
        for place in order.iter().chain(&order) {
            let (when, says) = &words[*place];
            world.hears_of([(at(*when), says.clone())], usize::MAX);
        }
        let (since, until) = (known(&world).since, known(&world).until);
        assert_eq!((since, until), (at(0), at(310) + mins(20)), "{order:?}");
    }
}

/// Every order of so many.
fn orders(many: usize) -> Vec<Vec<usize>> {
    let Some(last) = many.checked_sub(1) else {
        return vec![Vec::new()];
    };
    let shorter = orders(last);
    let longer = shorter.iter().flat_map(|order| {
        (0..=order.len()).map(move |place| {
            let mut order = order.clone();
            order.insert(place, last);
            order
        })
    });
    longer.collect()
}

#[test]
fn a_word_that_says_nothing_new_writes_nothing() {
    let mut world = fleet(20, 1);
    let reasons = |world: &mut World, new: &str, old: &str| -> (usize, Reason) {
        let plan = world.hears([experiment(new, old)]);
        let [verdict] = plan.verdicts.try_into().unwrap();
        assert_eq!(verdict.about, ID);
        (plan.experiments.len(), verdict.reason)
    };
    let running = |world: &mut World| reasons(world, "running", "initiating");
    let completed = |world: &mut World| reasons(world, "completed", "running");
    assert_eq!(running(&mut world), (1, Reason::ExperimentBegins));
    assert_eq!(running(&mut world), (0, Reason::AlreadyRecorded));
    assert_eq!(completed(&mut world), (1, Reason::ExperimentEnds));
    assert_eq!(completed(&mut world), (0, Reason::AlreadyRecorded));
    // It does not open again.
    world.until(at(60));
    assert_eq!(running(&mut world), (0, Reason::AlreadyRecorded));
    assert_eq!(known(&world).until, at(0) + mins(20));
}

#[test]
fn an_experiment_whose_end_is_never_heard_of_ends_after_four_hours() {
    let mut world = fleet(20, 1);
    world.hears([experiment("running", "initiating")]);
    assert_eq!(known(&world).until, at(0) + LONGEST);
    assert_eq!(LONGEST, SignedDuration::from_hours(4));
}

#[test]
fn one_that_failed_before_it_began_takes_nothing() {
    let mut world = fleet(20, 8);
    world.hears([experiment("initiating", "pending")]);
    world.until(at(3));
    world.hears([experiment("failed", "initiating")]);
    warned(&mut world, 1..=8);
    assert!(is_surge(&world));
}

#[test]
fn of_one_whose_beginning_was_lost_only_what_follows_its_end_is_taken_for_its_doing() {
    let mut world = fleet(20, 16);
    warned(&mut world, 1..=8);
    assert!(is_surge(&world));
    world.until(at(120));
    world.hears([experiment("completed", "running")]);
    assert!(is_surge(&world), "nobody knows that it was no surge");
    let mut world = fleet(20, 16);
    world.hears([experiment("completed", "running")]);
    world.until(at(0) + mins(13));
    warned(&mut world, 1..=8);
    assert!(!is_surge(&world));
}

#[test]
fn a_beginning_that_is_heard_of_after_the_warnings_ends_the_surge_that_was_none() {
    let mut world = fleet(20, 8);
    world.until(at(5));
    warned(&mut world, 1..=8);
    assert!(is_surge(&world));
    world.until(at(30));
    let began = (at(0), experiment("running", "initiating"));
    world.hears_of([began], usize::MAX);
    world.calms_down();
    let mut told = world.told();
    told.retain(|(kind, _)| *kind == "spot-surge");
    assert_eq!(told, [("spot-surge", false), ("spot-surge", true)]);
    assert!(world.outcomes.iter().all(|outcome| outcome.by_fis));
}

#[test]
fn an_experiment_and_its_warnings_in_one_batch_are_one_exercise() {
    let mut world = fleet(20, 8);
    let warnings = (1..=8).map(warning);
    let batch: Vec<Says> = warnings
        .chain([experiment("running", "initiating")])
        .collect();
    world.hears(batch);
    assert!(!is_surge(&world));
    assert!(world.told().is_empty());
}

#[test]
fn an_experiment_does_not_shorten_what_a_person_announced() {
    let mut world = fleet(20, 8);
    world.exercise = announced(&world, 120);
    world.hears([experiment("running", "initiating")]);
    world.hears([experiment("stopped", "stopping")]);
    world.until(at(0) + mins(90));
    warned(&mut world, 1..=8);
    assert!(!is_surge(&world));
}

fn no_place(number: u32, provider: Option<&str>) -> Says {
    Says::PlacementFailed {
        cluster: cluster("prod"),
        service: service(&format!("prod/web-{number}")),
        reason: "RESOURCE:CPU".to_owned(),
        provider: provider.map(str::to_owned),
    }
}

#[test]
fn places_that_an_experiment_leaves_no_room_for_are_its_doing_and_those_of_fargate_are_not() {
    let mut world = fleet(20, 8);
    world.hears([experiment("running", "initiating")]);
    warned(&mut world, 1..=8);
    world.until(at(20));
    let failed: Vec<Says> = (0..9)
        .map(|number| no_place(number, Some("spot")))
        .collect();
    world.hears(failed);
    assert!(!is_surge(&world));
    assert_eq!(world.counts.len(), 17);
    let failed = (0..10).map(|number| no_place(100 + number, Some("FARGATE_SPOT")));
    let failed: Vec<Says> = failed.collect();
    world.hears(failed);
    assert!(is_surge(&world), "FIS takes nothing of Fargate Spot");
}

#[test]
fn an_eviction_by_fis_is_one_at_any_time() {
    let mut world = fleet(20, 4);
    let Says::Evicted { instances, .. } = evicted(&[1, 2, 3, 4]) else {
        panic!("no eviction");
    };
    world.hears([Says::Evicted {
        instances,
        by_fis: true,
    }]);
    assert!(!is_surge(&world));
}

#[test]
fn every_state_of_an_experiment_is_known_and_no_other() {
    use ExperimentState::{NeverBegan, Over, UnderWay};
    for (new, old, expected) in [
        ("pending", "", Some(UnderWay)),
        ("initiating", "pending", Some(UnderWay)),
        ("running", "initiating", Some(UnderWay)),
        ("stopping", "running", Some(UnderWay)),
        ("completed", "running", Some(Over)),
        ("stopped", "stopping", Some(Over)),
        ("failed", "running", Some(Over)),
        ("cancelled", "running", Some(Over)),
        ("completed", "", Some(Over)),
        ("failed", "initiating", Some(NeverBegan)),
        ("cancelled", "pending", Some(NeverBegan)),
        ("stopped", "initiating", Some(NeverBegan)),
        ("paused", "running", None),
        ("Running", "initiating", None),
    ] {
        let read = ExperimentState::from_names(new, old);
        assert_eq!(read, expected, "{old} to {new}");
    }
}

#[test]
fn a_word_from_the_future_is_of_now() {
    let mut world = fleet(20, 1);
    let running = experiment("running", "initiating");
    let later: Timestamp = at(30);
    world.hears_of([(later, running)], usize::MAX);
    assert_eq!(known(&world).since, at(0));
}
