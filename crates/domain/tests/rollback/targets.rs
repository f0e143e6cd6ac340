//! What comes back: the last release that proved good and can come back as it was.

use std::collections::BTreeSet;

use domain::rollback::{
    Attempt, Balancer, Cause, DefinitionStatus, Event, How, Image, ImageRef, Known, Needed, Reason,
    Refusal, Release, Revision, Same, Status, Withheld,
};
use jiff::SignedDuration;

use crate::made::{
    GROUP, WEB, attempt, by_digest, by_tag, definition, digest, mins, repository, revision_arn,
    says,
};
use crate::world::{Of, World, shop, world};

/// Why nothing could come back, each candidate with what is wrong with it.
fn refused(world: &World) -> Vec<Refusal> {
    match world.reason(WEB) {
        Reason::Leaves(_, Withheld::NoTarget { refused }) => {
            refused.iter().map(|refused| refused.why.clone()).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// A release fails, and what is done about it.
fn fails(world: &mut World, number: u32) {
    let bad = world.breaks(WEB, number);
    world.failed(WEB, &bad);
}

fn how(world: &World) -> &How {
    &world.acts.last().unwrap().0.how
}

#[test]
fn two_bad_releases_in_a_row_end_on_the_last_good_one() {
    let mut world = shop();
    fails(&mut world, 6);
    // The second one comes before the first was rolled back to its end.
    fails(&mut world, 7);
    assert_eq!(world.runs(WEB), 5);
    world.completes(WEB);
    world.passes(mins(20));
    assert_eq!(world.good(WEB), ["web:5"]);
    let bad: Vec<String> = world
        .record(WEB)
        .bad
        .iter()
        .map(|bad| bad.release.definition.to_string())
        .collect();
    assert_eq!(bad, ["web:6", "web:7"]);
}

#[test]
fn a_bad_release_that_people_left_is_not_gone_back_to() {
    let mut world = shop();
    world.at(WEB).of.mode = domain::tag::Tagged::Absent;
    fails(&mut world, 6);
    world.at(WEB).of.mode = domain::tag::Tagged::Says(domain::rollback::Mode::Auto);
    fails(&mut world, 7);
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn the_order_in_which_releases_proved_counts_and_not_their_numbers() {
    let mut world = world();
    world.serves(WEB);
    for number in [3, 5, 3] {
        world.released(WEB, number);
    }
    assert_eq!(world.good(WEB), ["web:5", "web:3"]);
    fails(&mut world, 6);
    assert_eq!(world.runs(WEB), 3);
}

#[test]
fn a_moved_tag_under_the_same_definition_brings_the_good_bytes_back_by_their_digest() {
    let mut world = shop();
    let good = digest(5);
    world.pushes(WEB, "v5", 50);
    fails(&mut world, 5);
    assert_eq!(*world.reason(WEB), Reason::RollsBack(Cause::Failed));
    let How::Copy { pins, .. } = how(&world) else {
        panic!("{:?}", how(&world));
    };
    assert_eq!(*pins, [("app".to_owned(), good.clone())]);
    world.completes(WEB);
    world.passes(mins(1));
    assert_eq!(*world.reason(WEB), Reason::Proved);
    let running = &world.at(WEB).running[0].digests["app"];
    assert_eq!(*running, good, "the bytes that were good");
    world.passes(mins(20));
    assert_eq!(world.record(WEB).bad.len(), 1);
    let bad = &world.record(WEB).bad[0].release;
    assert_eq!(bad.digests["app"], digest(50));
}

#[test]
fn a_tag_that_was_moved_since_is_pinned_to_what_ran() {
    let mut world = shop();
    world.pushes(WEB, "v5", 50);
    fails(&mut world, 6);
    let How::Copy { pins, .. } = how(&world) else {
        panic!("{:?}", how(&world));
    };
    assert_eq!(*pins, [("app".to_owned(), digest(5))]);
}

#[test]
fn what_proved_good_stays_good_when_something_else_fails_with_the_same_bytes() {
    let mut world = shop();
    world.at(WEB).of.breaker.rollback = true;
    // The same is deployed again, fails, and ECS goes back to what ran before.
    let again = world.breaks(WEB, 5);
    world.ecs_rolls_back(WEB);
    world.failed(WEB, &again);
    world.now += mins(2);
    world.completes(WEB);
    world.passes(mins(2));
    assert!(world.record(WEB).bad.is_empty());
    world.at(WEB).of.breaker.rollback = false;
    fails(&mut world, 6);
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn the_same_definition_with_the_same_bytes_is_what_failed() {
    let mut world = shop();
    fails(&mut world, 5);
    assert!(refused(&world).contains(&Refusal::TheSame));
    assert!(world.acts.is_empty());
}

#[test]
fn the_same_definition_of_which_nobody_knows_the_bytes_is_what_failed() {
    let mut world = shop();
    world.images.clear();
    fails(&mut world, 5);
    assert!(refused(&world).contains(&Refusal::TheSame));
}

#[test]
fn the_bytes_of_two_releases_are_compared_as_far_as_both_are_known() {
    let release = |number: u64, digests: &[(&str, u32)]| Release {
        definition: definition("web", 5),
        revision: (number > 0).then(|| revision_arn(WEB, number)),
        digests: digests
            .iter()
            .map(|(container, number)| ((*container).to_owned(), digest(*number)))
            .collect(),
    };
    let other = Release {
        definition: definition("api", 5),
        ..release(0, &[("app", 1)])
    };
    let one = release(0, &[("app", 1), ("sidecar", 2)]);
    for (with, same) in [
        (release(0, &[("app", 1), ("sidecar", 2)]), Same::Yes),
        (release(0, &[("app", 1)]), Same::Yes),
        (release(0, &[("app", 3)]), Same::No),
        (release(0, &[("app", 1), ("sidecar", 3)]), Same::No),
        (release(0, &[]), Same::Unknown),
        (release(0, &[("agent", 9)]), Same::Unknown),
        (other, Same::No),
    ] {
        assert_eq!((one.same(&with), with.same(&one)), (same, same));
    }
    assert_eq!(release(7, &[]).same(&release(7, &[("app", 1)])), Same::Yes);
}

#[test]
fn releases_of_another_family_come_back_too() {
    let mut world = shop();
    let arn = definition("web-next", 1);
    world.definitions.insert(
        arn.clone(),
        crate::world::defined(&format!("{}:v6", repository("web"))),
    );
    world.pushes(WEB, "v6", 6);
    let bad = world.begins(WEB, &arn);
    world.hears([says(WEB, &bad, Event::InProgress)]);
    world.passes(mins(4));
    world.fails(WEB);
    world.failed(WEB, &bad);
    assert_eq!(world.primary(WEB).definition, definition("web", 5));
}

#[test]
fn the_first_release_ever_has_nothing_to_go_back_to_and_stays() {
    let mut world = world();
    world.serves(WEB);
    fails(&mut world, 1);
    assert_eq!(refused(&world), []);
    assert_eq!(world.kinds(), ["deployment-failed"]);
    assert!(world.acts.is_empty());
}

// What is checked before.

#[test]
fn a_deregistered_definition_comes_back_as_an_exact_copy() {
    for status in [
        DefinitionStatus::Inactive,
        DefinitionStatus::DeleteInProgress,
    ] {
        let mut world = shop();
        world
            .definitions
            .get_mut(&definition("web", 5))
            .unwrap()
            .status = status;
        fails(&mut world, 6);
        let How::Copy { pins, mark } = how(&world) else {
            panic!("{:?}", how(&world));
        };
        assert!(pins.is_empty(), "nothing is changed in it");
        let id = world.acts.last().unwrap().0.expects.clone();
        assert_eq!(mark.as_str(), format!("web:5 after {id}"));
        world.completes(WEB);
        world.passes(mins(1));
        assert_eq!(*world.reason(WEB), Reason::Proved);
        let page = world.notices.last().unwrap();
        assert!(page.done.as_ref().unwrap().contains("copy of web:5"));
    }
}

#[test]
fn one_that_was_just_deregistered_is_not_tried_though_ecs_may_still_let_it_through() {
    // For up to ten minutes ECS may; the world refuses it at once, and a copy always works.
    let mut world = shop();
    world
        .definitions
        .get_mut(&definition("web", 5))
        .unwrap()
        .status = DefinitionStatus::Inactive;
    fails(&mut world, 6);
    assert!(matches!(how(&world), How::Copy { .. }));
}

#[test]
fn a_definition_that_is_gone_gives_way_to_the_good_one_before_it() {
    let mut world = shop();
    world.released(WEB, 6);
    world.definitions.remove(&definition("web", 6));
    fails(&mut world, 7);
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn an_image_that_a_lifecycle_policy_deleted_gives_way_to_the_good_one_before_it() {
    let mut world = shop();
    world.released(WEB, 6);
    world.images.remove(&by_tag("web", "v6"));
    let mut half = world.clone();
    fails(&mut half, 7);
    assert!(
        matches!(how(&half), How::Copy { .. }),
        "it is there by its digest"
    );
    world.images.remove(&by_digest("web", &digest(6)));
    fails(&mut world, 7);
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn a_pinned_image_is_looked_up_by_its_digest_whatever_its_tag_says() {
    let mut world = shop();
    let pinned = format!("{}:v5@{}", repository("web"), digest(5).as_str());
    let app = |world: &mut World| {
        let definition = world.definitions.get_mut(&definition("web", 5)).unwrap();
        definition.containers.get_mut("app").unwrap().image = ImageRef::parse(&pinned);
    };
    app(&mut world);
    world.pushes(WEB, "v5", 50);
    fails(&mut world, 6);
    assert_eq!(*how(&world), How::Update);
}

#[test]
fn a_tag_that_looks_like_a_commit_counts_as_movable() {
    let mut world = shop();
    let tagged = format!("{}:3f2a9c1", repository("web"));
    let definition = world.definitions.get_mut(&definition("web", 5)).unwrap();
    definition.containers.get_mut("app").unwrap().image = ImageRef::parse(&tagged);
    world.pushes(WEB, "3f2a9c1", 50);
    fails(&mut world, 6);
    assert!(matches!(how(&world), How::Copy { .. }));
}

#[test]
fn the_digest_of_an_index_and_that_of_its_platform_are_one_image() {
    let mut world = shop();
    let index = Image {
        digest: digest(500),
        platforms: BTreeSet::from([digest(5), digest(501)]),
    };
    world.images.insert(by_tag("web", "v5"), index.clone());
    world.images.insert(by_digest("web", &digest(500)), index);
    fails(&mut world, 6);
    assert_eq!(*how(&world), How::Update, "the tag still leads to what ran");
    world.completes(WEB);
    world.passes(mins(1));
    assert_eq!(
        *world.reason(WEB),
        Reason::Proved,
        "and what runs is what was recorded"
    );
}

#[test]
fn a_container_without_a_digest_is_taken_and_said_not_to_be_checked() {
    let mut world = shop();
    let definition = world.definitions.get_mut(&definition("web", 5)).unwrap();
    let mut agent = definition.containers["app"].clone();
    agent.image = ImageRef::parse("public.ecr.aws/agent/agent:1");
    agent.ports.clear();
    definition.containers.insert("agent".to_owned(), agent);
    fails(&mut world, 6);
    assert_eq!(world.runs(WEB), 5);
    let page = world.notices.last().unwrap();
    assert!(
        page.unknown.as_ref().unwrap().contains("agent"),
        "{page:#?}"
    );
}

#[test]
fn a_secret_or_a_role_that_was_removed_gives_way_to_the_good_one_before_it() {
    for needed in [
        Needed::Secret("arn:aws:secretsmanager:eu-central-1:123456789012:secret:db".to_owned()),
        Needed::Role("arn:aws:iam::123456789012:role/web".to_owned()),
    ] {
        let mut world = shop();
        let arn = world.defines(WEB, 6);
        world.definitions.get_mut(&arn).unwrap().needs = vec![needed.clone()];
        world.released(WEB, 6);
        world.needed.insert(needed, false);
        fails(&mut world, 7);
        assert_eq!(world.runs(WEB), 5);
    }
}

#[test]
fn what_cannot_be_read_refuses_nothing_and_is_said() {
    for of in [Of::Images, Of::Needed, Of::TargetGroups] {
        let mut world = world();
        world.serves(WEB);
        world.balanced(WEB);
        let arn = world.defines(WEB, 5);
        let secret = Needed::Secret("arn:aws:ssm:eu-central-1:123456789012:parameter/x".to_owned());
        world.definitions.get_mut(&arn).unwrap().needs = vec![secret];
        world.released(WEB, 5);
        world.unreadable.insert(of);
        fails(&mut world, 6);
        assert_eq!(world.runs(WEB), 5, "{of:?}");
        let page = world.notices.last().unwrap();
        assert!(
            page.unknown.as_ref().unwrap().contains("AccessDenied"),
            "{of:?}"
        );
    }
}

#[test]
fn a_target_group_with_other_ports_leaves_nothing_to_go_back_to() {
    let mut world = world();
    world.serves(WEB);
    world.balanced(WEB);
    world.released(WEB, 5);
    world.target_groups.get_mut(GROUP).unwrap().ports.health = "9090".to_owned();
    fails(&mut world, 6);
    assert!(refused(&world).contains(&Refusal::PortsChanged(GROUP.to_owned())));
    world.target_groups.remove(GROUP);
    world.passes(mins(1));
    assert!(refused(&world).contains(&Refusal::TargetGroupGone(GROUP.to_owned())));
}

#[test]
fn each_of_several_target_groups_needs_its_container_and_its_port() {
    let mut world = world();
    world.serves(WEB);
    world.balanced(WEB);
    world.released(WEB, 5);
    let group = world.target_groups[GROUP].clone();
    world.target_groups.insert("another".to_owned(), group);
    world.at(WEB).of.balancers.push(Balancer {
        target_group: "another".to_owned(),
        container: "app".to_owned(),
        port: 9090,
    });
    fails(&mut world, 6);
    let container = "app".to_owned();
    assert!(refused(&world).contains(&Refusal::NotBalanced {
        container,
        port: 9090
    }));
}

#[test]
fn a_release_from_before_a_migration_does_not_come_back() {
    let mut world = shop();
    let arn = world.defines(WEB, 6);
    world.definitions.get_mut(&arn).unwrap().migration = Some("orders v2".to_owned());
    // It is complete, and a correction comes before it has proved.
    world.deploys(WEB, 6);
    world.now += mins(1);
    let id = world.completes(WEB);
    world.hears([says(WEB, &id, Event::Completed)]);
    world.passes(mins(2));
    // ECS remembers the release with the migration as successful, and that comes back.
    let bad = world.breaks(WEB, 7);
    let mut gone = world.clone();
    world.failed(WEB, &bad);
    assert_eq!(world.runs(WEB), 6);
    gone.definitions.remove(&definition("web", 6));
    gone.failed(WEB, &bad);
    let older = Refusal::BeforeMigration("orders v2".to_owned());
    assert_eq!(refused(&gone), [older, Refusal::DefinitionGone]);
}

// What ECS remembers, where the ledger has nothing.

/// An attempt at the definition of that number, and what is different about it.
type Tried = (u32, fn(&mut Attempt));

/// A service whose record was lost; ECS remembers these attempts, the first one the oldest.
fn history(attempts: &[Tried]) -> World {
    let mut world = world();
    world.serves(WEB);
    for (number, change) in attempts {
        let arn = world.defines(WEB, *number);
        let revision = revision_arn(WEB, u64::from(*number) + 1000);
        let brings = Revision {
            definition: arn,
            images: Vec::new(),
            created_at: world.now,
        };
        world.revisions.insert(revision.clone(), brings);
        let mut one = attempt(WEB, u64::from(*number) + 1000, world.now);
        one.status = Status::Successful;
        one.finished_at = Some(world.now + mins(2));
        one.target = Some(revision);
        one.requested = Some(2);
        change(&mut one);
        world.at(WEB).attempts.push(one);
        world.now += mins(60);
    }
    world
}

#[test]
fn where_the_ledger_has_nothing_the_attempt_that_was_successful_last_comes_back() {
    let mut world = history(&[(3, |_| {}), (4, |_| {}), (5, |_| {})]);
    fails(&mut world, 6);
    assert_eq!(world.runs(WEB), 5);
    let known = world.acts[0].0.target.known;
    assert!(matches!(known, Known::Successful(_)));
}

#[test]
fn by_when_an_attempt_was_over_and_wherever_in_the_pages_it_is() {
    let mut attempts: Vec<Tried> = vec![(3, |_| {})];
    attempts.extend(
        (10..160).map(|number| (number, (|a| a.status = Status::Stopped) as fn(&mut Attempt))),
    );
    let mut world = history(&attempts);
    fails(&mut world, 200);
    assert_eq!(world.runs(WEB), 3);
}

#[test]
fn what_a_rollback_of_ecs_brought_back_is_good_and_what_it_took_away_is_not() {
    let mut world = history(&[
        (3, |_| {}),
        (4, |attempt| {
            attempt.status = Status::RollbackSuccessful;
            attempt.rolled_back_to = Some(revision_arn(WEB, 1003));
        }),
    ]);
    fails(&mut world, 6);
    assert_eq!(world.runs(WEB), 3);
}

#[test]
fn an_attempt_without_tasks_and_one_of_early_success_prove_nothing() {
    let mut world = history(&[
        (3, |attempt| attempt.requested = Some(0)),
        (4, |attempt| attempt.early = true),
    ]);
    fails(&mut world, 6);
    assert_eq!(refused(&world), [Refusal::Early, Refusal::NoTasks]);
}

#[test]
fn a_history_that_cannot_be_read_or_is_empty_is_told_apart() {
    let mut world = world();
    world.serves(WEB);
    world.unreadable.insert(Of::Attempts);
    fails(&mut world, 6);
    assert!(matches!(
        world.reason(WEB),
        Reason::Leaves(
            _,
            Withheld::Unseen {
                what: "what ran before",
                ..
            }
        )
    ));
    world.unreadable.clear();
    world.passes(mins(1));
    assert_eq!(refused(&world), []);
}

#[test]
fn the_ledger_outlives_the_ninety_days_of_ecs() {
    let mut world = shop();
    world.now += SignedDuration::from_hours(24 * 200);
    world.at(WEB).attempts.clear();
    world.revisions.clear();
    fails(&mut world, 6);
    assert_eq!(world.runs(WEB), 5);
}
