//! `spot-drain` dies at every call of a surge's rounds, before and after its effect, and its calls
//! fail; what the queue delivers again, and the next minute, make it good before the instances go.

use contracts::Fleet;
use jiff::SignedDuration;
use rehearsal::fault::Fault;

const BEGIN: &str = "2026-11-19T12:00:00Z";
const DAY: &str = "2026-11-19";

const STACK: &str = "
clusters:
  - name: shop
    services:
      - { name: web, desired: 6, launch: 'provider:hosts', minimum-healthy-percent: 50, maximum-percent: 200, exit-seconds: 5 }
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
    hooks: [{ name: caretaker-drain, heartbeat-timeout: 300 }]
";

/// What becomes of an instance that EC2 warned of.
const INTERRUPTED: &str = "interrupted";

/// How long EC2 leaves after its warning.
const NOTICE: SignedDuration = SignedDuration::from_secs(120);

/// A fleet, one of whose instances a person drains, and of which two are taken back.
async fn begun() -> (Fleet, String) {
    let fleet = Fleet::new(BEGIN, STACK);
    fleet.pass(SignedDuration::from_mins(5)).await;
    let theirs = fleet.instances("hosts")[5].clone();
    fleet.set("shop", &theirs, "DRAINING");
    fleet.pass(SignedDuration::from_secs(30)).await;
    fleet.take_back(&fleet.instances("hosts")[..2]);
    (fleet, theirs)
}

/// Two instances go while something fails, and in the end everything is as it should be.
async fn a_surge(what: &str, strike: impl Fn(&Fleet)) {
    let (fleet, theirs) = begun().await;
    strike(&fleet);
    fleet.settle().await;
    let gone = fleet.interrupted();
    assert_eq!(gone.len(), 2);
    let drained = gone.iter().all(|one| one.drained_within(NOTICE));
    assert!(drained, "{what}: {gone:?}");
    let status = fleet.status("shop", &theirs);
    assert_eq!(
        status.as_deref(),
        Some("DRAINING"),
        "{what}: a person did that"
    );
    let let_go = fleet.let_go();
    for one in &gone {
        let theirs = let_go.iter().filter(|it| it.instance == one.instance);
        let how: Vec<_> = theirs.map(|it| (it.result, it.timed_out)).collect();
        assert_eq!(how, [("CONTINUE", false)], "{what}: {}", one.instance);
    }
    assert_eq!(fleet.open(), Vec::<String>::new(), "{what}");
    assert_eq!(fleet.given_up(), 0, "{what}");
    let expected = gone
        .iter()
        .map(|one| (one.instance.clone(), INTERRUPTED.to_owned()));
    let mut expected: Vec<_> = expected.collect();
    expected.sort();
    assert_eq!(fleet.outcomes(DAY), expected, "{what}");
}

/// How many calls the rounds of a surge make until nothing is open.
async fn calls() -> usize {
    let (fleet, _) = begun().await;
    let before = fleet.call_count();
    fleet.settle().await;
    let calls = fleet.calls_since(before);
    calls
        .values()
        .map(|(answered, refused, _)| answered + refused)
        .sum()
}

/// A test takes one of the two halves of the calls, so that none takes long.
#[derive(Clone, Copy)]
enum Half {
    Early,
    Late,
}

/// One surge for each call of a half of them.
async fn strike(fault: Fault, times: usize, half: Half) {
    let calls = calls().await;
    assert!(calls > 100, "a surge is more than {calls} calls");
    let half = match half {
        Half::Early => 0..calls / 2,
        Half::Late => calls / 2..calls,
    };
    for skip in half {
        let what = format!("{fault:?} at call {skip} of {calls}");
        a_surge(&what, |fleet| fleet.strike(fault, None, (skip, times))).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_an_early_call_loses_nothing() {
    strike(Fault::CrashBefore, 1, Half::Early).await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_a_late_call_loses_nothing() {
    strike(Fault::CrashBefore, 1, Half::Late).await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_an_early_call_loses_nothing() {
    strike(Fault::CrashAfter, 1, Half::Early).await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_a_late_call_loses_nothing() {
    strike(Fault::CrashAfter, 1, Half::Late).await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_an_early_call_loses_nothing() {
    strike(Fault::TimeoutBefore, 1, Half::Early).await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_a_late_call_loses_nothing() {
    strike(Fault::TimeoutBefore, 1, Half::Late).await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_an_early_call_that_had_its_effect_loses_nothing() {
    strike(Fault::TimeoutAfter, 1, Half::Early).await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_a_late_call_that_had_its_effect_loses_nothing() {
    strike(Fault::TimeoutAfter, 1, Half::Late).await;
}

#[tokio::test(start_paused = true)]
async fn an_early_call_that_is_throttled_is_tried_again() {
    strike(Fault::Throttle, 1, Half::Early).await;
}

#[tokio::test(start_paused = true)]
async fn a_late_call_that_is_throttled_is_tried_again() {
    strike(Fault::Throttle, 1, Half::Late).await;
}

#[tokio::test(start_paused = true)]
async fn a_5xx_of_an_early_call_and_of_its_retries_loses_nothing() {
    strike(Fault::ServerError, 4, Half::Early).await;
}

#[tokio::test(start_paused = true)]
async fn a_5xx_of_a_late_call_and_of_its_retries_loses_nothing() {
    strike(Fault::ServerError, 4, Half::Late).await;
}

#[tokio::test(start_paused = true)]
async fn without_a_ledger_every_instance_that_goes_is_drained_all_the_same() {
    let (fleet, theirs) = begun().await;
    for action in [
        "BatchGetItem",
        "GetItem",
        "Query",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactWriteItems",
    ] {
        let action = format!("dynamodb:{action}");
        fleet.strike(Fault::ServerError, Some(&action), (0, usize::MAX));
    }
    fleet.pass(NOTICE).await;
    let gone = fleet.interrupted();
    let soon = SignedDuration::from_secs(30);
    assert!(gone.iter().all(|one| one.drained_within(soon)), "{gone:?}");
    assert!(fleet.open().is_empty(), "nothing could be written down");
    fleet.mend();
    fleet.settle().await;
    assert_eq!(fleet.outcomes(DAY).len(), 2);
    assert_eq!(fleet.status("shop", &theirs).as_deref(), Some("DRAINING"));
    assert_eq!(fleet.given_up(), 0);
}
