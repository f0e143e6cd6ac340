//! What a script does to the figures: data come, are wrong, fail to come.

use super::budget::{Illness, Reading};
use super::meter::{Meter, MeterSpec};
use super::{Amount, alerts};
use crate::world::World;

/// New data come for a budget: it shows them, and sends what is due for them. Nothing means that
/// it shows no figures at all. Whether there is such a budget.
pub fn report(world: &mut World, budget: &str, reading: Option<Reading>) -> bool {
    let Some(known) = world.budgets.budgets.get_mut(budget) else {
        return false;
    };
    known.reading = reading;
    alerts::judge(world, budget);
    true
}

/// A budget is UNHEALTHY from now on, or healthy again. Whether there is such a budget.
pub fn set_health(world: &mut World, budget: &str, ill: Option<Illness>) -> bool {
    let now = world.now;
    let known = world.budgets.budgets.get_mut(budget);
    known
        .map(|known| known.ill = ill.map(|why| (why, now)))
        .is_some()
}

/// From now on the budget's figures follow what runs. A meter outlives its budget: one that is
/// created anew under the name is metered too.
pub fn set_meter(world: &mut World, budget: &str, spec: MeterSpec) {
    let meter = Meter::new(spec, world.now);
    world.budgets.meters.insert(budget.to_owned(), meter);
}

/// From now on a meter's data are wrong by this factor; 1 is right. Whether there is such a meter.
pub fn set_factor(world: &mut World, budget: &str, factor: Amount) -> bool {
    let meter = world.budgets.meters.get_mut(budget);
    meter.map(|meter| meter.spec.factor = factor).is_some()
}
