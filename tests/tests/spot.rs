//! `spot-drain` from end to end: events on the bus, the queue, the function, and ECS that drains.

use contracts::Fleet;
use jiff::SignedDuration;

const BEGIN: &str = "2026-11-19T12:00:00Z";

const STACK: &str = "
clusters:
  - name: shop
    services:
      - { name: web, desired: 12, launch: 'provider:hosts', minimum-healthy-percent: 50, maximum-percent: 200 }
groups:
  - name: hosts
    cluster: shop
    provider: hosts
    managed-draining: false
    managed-scaling: false
    max: 12
    desired: 6
    tasks-per-instance: 4
    mixed-instances: { types: [m6i.large], on-demand-base: 0, on-demand-percentage: 0 }
";

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn every_instance_that_goes_is_draining_within_seconds_and_empty_before_it_is_gone() {
    let fleet = Fleet::new(BEGIN, STACK);
    fleet.pass(seconds(300)).await;
    let doomed = fleet.instances("hosts")[..2].to_vec();
    fleet.take_back(&doomed);
    fleet.pass(seconds(5)).await;
    for instance in &doomed {
        assert_eq!(fleet.status("shop", instance).as_deref(), Some("DRAINING"));
    }
    fleet.pass(seconds(3600)).await;
    println!("{:#?}", fleet.writes());
    println!("{:#?} rounds {}", fleet.notices(), fleet.rounds());
    panic!("look");
}
