//! What holds for any account, whatever happens to it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use domain::arn::ServiceArn;
use domain::hold::Holder;
use domain::off_hours::{Intent, Plan};
use domain::rest::ServiceRest;
use domain::resting::{Action, Errand, Reason, Subject};
use domain::tag::Tags;
use jiff::Timestamp;
use proptest::prelude::*;

use crate::any::{Inside, NAMES, Outside, any_inside, any_outside, any_world, later};
use crate::made::on;
use crate::run::policy;
use crate::world::World;

/// A history without anybody's interference, and one with it.
type Quiet = Vec<(i64, Inside)>;
pub(crate) type Restless = Vec<(i64, Result<Inside, (usize, Outside)>)>;

fn quiet() -> impl Strategy<Value = Quiet> {
    proptest::collection::vec((1..400_i64, any_inside()), 0..30)
}

pub(crate) fn restless() -> impl Strategy<Value = Restless> {
    let outside = (0..NAMES.len(), any_outside());
    let one = prop_oneof![3 => any_inside().prop_map(Ok), 2 => outside.prop_map(Err)];
    proptest::collection::vec((1..400_i64, one), 0..30)
}

/// Lets the history happen; after each thing, `check` looks at the world before and after it.
pub(crate) fn live_through(
    world: &mut World,
    history: &Restless,
    mut check: impl FnMut(&World, &World, Option<&Plan>) -> Result<(), TestCaseError>,
) -> Result<Timestamp, TestCaseError> {
    let mut now = on("Mon 00:00");
    for (minutes, thing) in history {
        now = later(now, *minutes);
        let before = world.clone();
        let run = match thing {
            Ok(inside) => world.inside(inside, now),
            Err((which, outside)) => {
                world.outside(*which, outside, now);
                None
            }
        };
        check(&before, world, run.as_ref().map(|run| &run.plan))?;
    }
    Ok(now)
}

fn undisturbed(history: Quiet) -> Restless {
    let things = history.into_iter();
    things
        .map(|(minutes, inside)| (minutes, Ok(inside)))
        .collect()
}

/// Count and bounds of every service, and the minimum of the group.
fn capacities(world: &World) -> Vec<String> {
    let services =
        NAMES.map(|name| format!("{name} {} {:?}", world.count(name), world.target(name)));
    let group = format!("fleet {}", world.min_of("fleet"));
    services.into_iter().chain([group]).collect()
}

/// Who has no record: whatever it has is its own.
fn without_record(world: &World) -> Vec<bool> {
    let services = NAMES.map(|name| world.rest(name).is_none());
    let group = world.ledger.groups.is_empty();
    services.into_iter().chain([group]).collect()
}

fn written_to(action: &Action) -> Option<&ServiceArn> {
    match action {
        Action::RecordService { service, .. }
        | Action::RegisterScalableTarget { service, .. }
        | Action::UpdateService { service, .. }
        | Action::Order { service, .. } => Some(service),
        _ => None,
    }
}

/// A call and what it changes, whatever to.
fn named(call: &Action) -> String {
    match call {
        Action::RegisterScalableTarget { service, .. } => format!("the target of {service}"),
        Action::UpdateService { service, .. } => format!("the count of {service}"),
        Action::UpdateAutoScalingGroup { group, .. } => format!("the minimum of {group}"),
        other => format!("{other:?}"),
    }
}

fn intent(world: &World, arn: &ServiceArn) -> Intent {
    Intent::of(&world.services[arn].tags, &Tags::new(), &policy())
}

/// The count that an errand sets, and the record under which it does.
fn set_under(errand: &Errand) -> Option<(u32, &ServiceRest)> {
    let set = errand.actions.iter().find_map(|action| match action {
        Action::UpdateService { desired, .. } => Some(*desired),
        _ => None,
    });
    let rest = errand.actions.iter().find_map(|action| match action {
        Action::RecordService { rest, .. } => Some(&**rest),
        _ => None,
    });
    Some((set?, rest?))
}

/// What a count may be set to: at rest, from the floor up to what was saved; awake, up to what is
/// there, where somebody raised it.
fn allowed(world: &World, errand: &Errand, rest: &ServiceRest) -> RangeInclusive<u32> {
    let Subject::Service(arn) = &errand.subject else {
        panic!("only services have a count");
    };
    let live = world.services[arn].live.as_ref().unwrap();
    let (min, max) = live.bounds.map_or((0, u32::MAX), |b| (b.min, b.max));
    let by_night = rest
        .holds
        .iter()
        .all(|(holder, _)| holder == Holder::OffHours);
    let floor = if by_night {
        intent(world, arn).floor
    } else {
        0
    };
    let lowest = floor.min(rest.saved.desired).min(max);
    match errand.reason {
        Reason::Wakes => lowest..=rest.saved.desired.max(live.desired).max(min),
        _ => lowest..=rest.saved.desired,
    }
}

/// A run in the middle of its plan.
struct Midway {
    errands: Vec<Errand>,
}

impl Midway {
    fn of(plan: Plan) -> Self {
        let mut errands = plan.errands;
        errands.reverse();
        errands
            .iter_mut()
            .for_each(|errand| errand.actions.reverse());
        Self { errands }
    }

    /// Takes one step; false if there is none left.
    fn step(&mut self, world: &mut World) -> bool {
        let Some(errand) = self.errands.last_mut() else {
            return false;
        };
        match errand.actions.pop() {
            Some(action) if world.step(&action) => {}
            _ => drop(self.errands.pop()),
        }
        true
    }
}

proptest! {
    /// Whatever crashes, in whatever order the holds come and go: whoever has no record has
    /// exactly what it had at the start, and at the end everybody gets there.
    #[test]
    fn capacity_is_never_lost(mut world in any_world(), history in quiet()) {
        let start = capacities(&world);
        let own = |world: &World| -> Result<(), TestCaseError> {
            let now = capacities(world);
            for ((start, now), own) in start.iter().zip(&now).zip(without_record(world)) {
                prop_assert!(!own || start == now, "{} became {}", start, now);
            }
            Ok(())
        };
        let end = live_through(&mut world, &undisturbed(history), |_, after, _| own(after))?;
        world.closing = true;
        for round in 1..=3 {
            world.run(later(end, 10 * round), usize::MAX);
        }
        prop_assert!(without_record(&world).iter().all(|own| *own));
        prop_assert_eq!(capacities(&world), start);
    }

    /// What was saved stays as it is for as long as something holds the service, or it is not yet
    /// proved to be awake.
    #[test]
    fn what_was_saved_is_never_overwritten_while_held(mut world in any_world(), history in restless()) {
        live_through(&mut world, &history, |before, after, _| {
            for name in NAMES {
                let (Some(old), Some(new)) = (before.rest(name), after.rest(name)) else { continue };
                let same = old.saved.created_at == new.saved.created_at;
                if same && !old.handed_back() {
                    prop_assert_eq!(&old.saved, &new.saved);
                }
            }
            Ok(())
        })?;
    }

    /// But for what nothing holds any more, which is given back what it had.
    #[test]
    fn nothing_untagged_or_malformed_is_ever_written_to(mut world in any_world(), history in restless()) {
        live_through(&mut world, &history, |before, _, plan| {
            let actions = plan.into_iter().flat_map(|plan| &plan.errands).flat_map(|errand| &errand.actions);
            for arn in actions.filter_map(written_to) {
                let intent = intent(before, arn);
                let rest = before.ledger.services.get(arn);
                let let_go = rest.is_some_and(|rest| rest.holds.iter().all(|(_, hold)| hold.until.is_some()));
                prop_assert!(before.closing || !intent.malformed() || let_go, "{}", arn);
                prop_assert!(intent.is_ours() || before.ledger.services.contains_key(arn), "{}", arn);
            }
            Ok(())
        })?;
    }

    /// A count is never set below what the night leaves, nor above what was saved, unless somebody
    /// else raised it.
    #[test]
    fn a_count_is_bounded_by_the_floor_and_by_what_was_saved(mut world in any_world(), history in restless()) {
        live_through(&mut world, &history, |before, _, plan| {
            for errand in plan.into_iter().flat_map(|plan| &plan.errands) {
                let Some((set, rest)) = set_under(errand) else { continue };
                let allowed = allowed(before, errand, rest);
                prop_assert!(allowed.contains(&set), "{} is not in {:?}: {:?}", set, allowed, errand);
            }
            Ok(())
        })?;
    }

    /// Deciding again at the same moment changes nothing that was just changed, and a few rounds
    /// later there is nothing left to do and nothing left to say.
    #[test]
    fn a_plan_that_was_applied_is_settled(mut world in any_world(), history in restless()) {
        let end = live_through(&mut world, &history, |_, _, _| Ok(()))?;
        let now = later(end, 10);
        let mut changed: BTreeMap<Subject, usize> = BTreeMap::new();
        for _ in 0..12 {
            for errand in world.run(now, usize::MAX).plan.errands {
                if !errand.changes().is_empty() {
                    *changed.entry(errand.subject).or_default() += 1;
                }
            }
        }
        prop_assert!(changed.values().all(|times| *times == 1), "{:?}", changed);
        let last = world.run(now, usize::MAX).plan;
        prop_assert_eq!(&last.errands, &[]);
        prop_assert_eq!(&last.announcements, &[]);
    }

    /// Two runs that meet at an edge, the second having looked at any moment of the first, their
    /// steps in any order: one of them changes each service, once.
    #[test]
    fn of_two_runs_that_meet_one_changes_each_service(
        mut world in any_world(),
        history in quiet(),
        head_start in 0..20_usize,
        order in proptest::collection::vec(any::<bool>(), 0..80),
    ) {
        let end = live_through(&mut world, &undisturbed(history), |_, _, _| Ok(()))?;
        let now = later(end, 10);
        world.calls.clear();
        world.tasks_start();
        let mut one = Midway::of(world.plan("one", now));
        for _ in 0..head_start {
            one.step(&mut world);
        }
        let mut two = Midway::of(world.plan("two", now));
        for first in order {
            if first { one.step(&mut world) } else { two.step(&mut world) };
        }
        while one.step(&mut world) || two.step(&mut world) {}
        let mut updates: BTreeMap<String, usize> = BTreeMap::new();
        for call in &world.calls {
            *updates.entry(named(call)).or_default() += 1;
        }
        prop_assert!(updates.values().all(|times| *times == 1), "{:?}", world.calls);
        for name in NAMES {
            let claimed = world.rest(name).and_then(|rest| rest.claim.clone());
            prop_assert_eq!(claimed, None);
        }
    }
}
