//! A thousand instances at once.

use std::time::{Duration, Instant};

use crate::made::{at, warning};
use crate::world::{signs, world};

/// Without optimisation and beside other tests; deployed it is some twenty times as fast.
const ENOUGH: Duration = Duration::from_secs(3);

#[test]
fn a_thousand_warnings_in_thirty_clusters_are_decided_about_in_no_time() {
    let mut world = world();
    for number in 0..1_000 {
        world.machine(number, &format!("cluster-{}", number % 30));
    }
    world.until(at(0));
    let signs = signs((0..1_000).map(|number| (at(0), warning(number))));
    let began = Instant::now();
    let plan = world.plan(&signs);
    let took = began.elapsed();
    let calls: usize = plan.drain.iter().map(|call| call.members.len()).sum();
    assert_eq!(
        (calls, plan.records.len(), plan.counted.len()),
        (1_000, 1_000, 1_000)
    );
    // Thirty clusters of 33 or 34 are four calls each.
    assert_eq!(plan.drain.len(), 120);
    assert_eq!(
        plan.looks.len(),
        2,
        "one for the last rung and one for the end"
    );
    assert_eq!(
        world.calls.tasks + world.calls.states + world.calls.located,
        0
    );
    assert!(took < ENOUGH, "{took:?}");
}
