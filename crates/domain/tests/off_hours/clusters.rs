//! What people are told of the tags of a cluster: once, whatever the number of its services.

use domain::notice::{Notice, Severity};
use domain::off_hours::{Carrier, Extent, HOURS, Intent, OVERRIDE, WAVE};

use crate::made::{on, service};
use crate::run::{Run, policy};
use crate::world::{World, arn, world};

const CLUSTER: &str = "arn:aws:ecs:eu-central-1:123456789012:cluster/prod";
const DAY: &str = "Mon-Fri 08:00-20:00";

/// Three services of a cluster; two have no hours of their own.
fn prod() -> World {
    let mut world = world([
        service("prod/api").desired(3),
        service("prod/web").desired(2),
        service("prod/own").by_day().desired(1),
    ]);
    world.tag_cluster("prod", HOURS, DAY);
    world
}

/// The same since a typo.
fn misspelt() -> World {
    let mut world = prod();
    world.tag_cluster("prod", HOURS, "Mon-Fri 8-20");
    world
}

fn notice(run: &Run) -> &Notice {
    &run.plan.announcements[0].notice
}

fn fact<'a>(notice: &'a Notice, label: &str) -> &'a str {
    let fact = notice.facts.iter().find(|fact| fact.label == label);
    &fact.unwrap().value
}

#[test]
fn a_typo_in_a_cluster_s_hours_is_told_once_about_the_cluster_with_the_count_of_its_services() {
    let mut world = misspelt();
    let run = world.tick("Mon 12:00");
    assert_eq!(run.announced(), ["malformed-tag"]);
    let notice = notice(&run);
    assert_eq!(notice.resource, CLUSTER);
    assert_eq!(
        (notice.cluster.as_deref(), notice.service.as_deref()),
        (Some("prod"), None)
    );
    let title = "cluster prod: the tag caretaker:hours cannot be read";
    assert_eq!(notice.title, title);
    assert_eq!(
        fact(notice, "Services without such a tag of their own"),
        "2"
    );
    assert_eq!(fact(notice, "Of these kept at rest by it"), "0");
    assert_eq!(notice.severity, Severity::Digest);
    assert_eq!(world.tick("Mon 12:05").announced(), [""; 0]);
}

#[test]
fn a_typo_of_a_cluster_that_keeps_services_at_rest_is_a_page_that_counts_them() {
    let mut world = prod();
    world.tag("prod/web", OVERRIDE, "up until 2026-11-24 12:00");
    world.tick("Mon 20:00");
    world.tag_cluster("prod", HOURS, "Mon-Fri 8-20");
    let run = world.tick("Mon 21:00");
    let notice = notice(&run);
    assert_eq!(
        fact(notice, "Services without such a tag of their own"),
        "2"
    );
    assert_eq!(fact(notice, "Of these kept at rest by it"), "1");
    assert_eq!(notice.severity, Severity::Page);
    let done = notice.done.as_deref().unwrap();
    assert!(done.contains("1 of them stay at rest"), "{done}");
}

#[test]
fn a_service_that_was_woken_already_is_not_kept_at_rest_by_a_typo() {
    let mut world = prod();
    world.thing("prod/api").stuck_at = Some(1);
    world.ticks(["Mon 20:00", "Tue 08:00"]);
    assert!(world.rest("prod/api").unwrap().handed_back());
    world.tag_cluster("prod", HOURS, "Mon-Fri 8-20");
    let run = world.tick("Tue 08:01");
    assert_eq!(fact(notice(&run), "Of these kept at rest by it"), "0");
    assert_eq!(notice(&run).severity, Severity::Digest);
}

#[test]
fn a_past_override_of_a_cluster_is_told_once_in_the_words_of_its_tag() {
    let mut world = prod();
    world.tag_cluster("prod", OVERRIDE, "up until 2026-11-23 12:00");
    let run = world.tick("Mon 12:00");
    assert_eq!(run.announced(), ["override-ignored"]);
    let notice = notice(&run);
    assert_eq!(notice.resource, CLUSTER);
    let tag = "caretaker:override = up until 2026-11-23 12:00";
    assert_eq!(fact(notice, "Tag"), tag);
    assert_eq!(
        fact(notice, "Services without such a tag of their own"),
        "3"
    );
    assert_eq!(world.tick("Mon 12:05").announced(), [""; 0]);
}

#[test]
fn two_malformed_tags_of_a_cluster_are_told_once_together_and_an_override_by_itself() {
    let mut world = misspelt();
    world.tag_cluster("prod", WAVE, "first");
    world.tag_cluster("prod", OVERRIDE, "up till Friday");
    let run = world.tick("Mon 12:00");
    assert_eq!(run.announced(), ["malformed-tag", "override-ignored"]);
    let title = "cluster prod: the tags caretaker:hours and caretaker:wave cannot be read";
    assert_eq!(notice(&run).title, title);
    assert_eq!(
        fact(notice(&run), "Services without such a tag of their own"),
        "3"
    );
}

#[test]
fn a_service_s_own_typo_is_its_own_beside_that_of_its_cluster() {
    let mut world = misspelt();
    world.tag("prod/own", HOURS, "weekdays");
    let run = world.tick("Mon 12:00");
    let about = run.plan.announcements.iter();
    let about: Vec<&str> = about.map(|one| one.key.subject.as_str()).collect();
    assert_eq!(about, [arn("prod/own").as_str(), CLUSTER]);
}

#[test]
fn a_cluster_s_typo_is_over_when_it_is_corrected() {
    let mut world = misspelt();
    world.tick("Mon 12:00");
    world.tag_cluster("prod", HOURS, DAY);
    let run = world.tick("Mon 12:05");
    assert_eq!(run.announced(), ["malformed-tag over"]);
    let title = "cluster prod: no service depends on a tag of it that cannot be read";
    assert_eq!(notice(&run).title, title);
    assert_eq!(notice(&run).since, on("Mon 12:00"));
    assert_eq!(world.tick("Mon 12:10").announced(), [""; 0]);
}

#[test]
fn a_cluster_s_typo_is_over_when_every_service_has_hours_of_its_own() {
    let mut world = misspelt();
    world.tick("Mon 12:00");
    world.tag("prod/api", HOURS, DAY);
    assert_eq!(world.tick("Mon 12:05").announced(), [""; 0]);
    world.tag("prod/web", HOURS, DAY);
    assert_eq!(world.tick("Mon 12:10").announced(), ["malformed-tag over"]);
}

#[test]
fn a_cluster_s_typo_is_over_when_the_cluster_is_gone() {
    let mut world = misspelt();
    world.tick("Mon 12:00");
    world.clusters.clear();
    world.services.clear();
    assert_eq!(world.tick("Mon 12:05").announced(), ["malformed-tag over"]);
}

#[test]
fn services_that_are_gone_depend_on_no_tag_of_their_cluster() {
    let mut world = prod();
    world.tick("Mon 20:00");
    world.tag_cluster("prod", HOURS, "Mon-Fri 8-20");
    world.tick("Mon 20:05");
    world.delete("prod/api");
    world.delete("prod/web");
    assert_eq!(world.tick("Mon 20:10").announced(), ["malformed-tag over"]);
}

#[test]
fn a_run_that_could_not_see_all_of_a_cluster_gives_no_all_clear_about_it() {
    let mut world = misspelt();
    world.tick("Mon 12:00");
    world.unseen.extend(["prod/api", "prod/web"].map(arn));
    assert_eq!(world.tick("Mon 12:05").announced(), [""; 0]);
    world.unseen.clear();
    assert_eq!(world.tick("Mon 12:10").announced(), [""; 0]);
}

#[test]
fn a_run_about_one_service_says_nothing_of_its_cluster() {
    for extent in [Extent::Alone, Extent::Asked, Extent::Remembered] {
        let mut world = misspelt();
        world.extent = extent;
        assert_eq!(world.tick("Mon 12:00").announced(), [""; 0], "{extent:?}");
        world.extent = Extent::Everything;
        world.tick("Mon 12:05");
        world.tag_cluster("prod", HOURS, DAY);
        world.extent = extent;
        assert_eq!(world.tick("Mon 12:10").announced(), [""; 0], "{extent:?}");
    }
}

#[test]
fn what_carries_a_tag_is_known_tag_by_tag() {
    let own = [(HOURS.to_owned(), "9-5".to_owned())].into();
    let cluster = [HOURS, WAVE].map(|key| (key.to_owned(), "x".to_owned()));
    let intent = Intent::of(&own, &cluster.into(), &policy());
    let carriers = intent.problems.iter();
    let carriers: Vec<_> = carriers.map(|one| (one.key, one.carrier)).collect();
    assert_eq!(
        carriers,
        [(HOURS, Carrier::Itself), (WAVE, Carrier::Cluster)]
    );
}
