//! What happens to budgets by itself: periods end, budgets end, data come.

use jiff::Timestamp;

use super::Amount;
use super::budget::{Budget, Past};
use super::script::report;
use crate::journal::What;
use crate::world::World;

/// The next end of a budget or of its period, or the next data.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let budgets = world.budgets.budgets.values();
    let ends = budgets.map(|budget| budget.period.end.min(budget.whole.end));
    let data = world.budgets.meters.values().map(|meter| meter.next);
    ends.chain(data).min()
}

pub(super) fn advance(world: &mut World) {
    end_budgets(world);
    let now = world.now;
    for budget in world.budgets.budgets.values_mut() {
        budget.begin_period(now);
    }
    for name in metered(world) {
        refresh(world, &name);
    }
}

/// "After the end date, AWS deletes the budget and all the associated notifications and
/// subscribers": <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_TimePeriod.html>.
fn end_budgets(world: &mut World) {
    let now = world.now;
    let over = |budget: &&Budget| budget.whole.end <= now;
    let budgets = world.budgets.budgets.values().filter(over);
    let over: Vec<String> = budgets.map(|budget| budget.name.clone()).collect();
    for name in over {
        world.budgets.budgets.remove(&name);
        let said = "the budget's end date has passed: AWS deletes it".to_owned();
        world.happened(name, What::Note(said));
    }
}

impl Budget {
    /// Begins a new period if the last one is over. The figures stay until the next data come: a
    /// choice, AWS does not say when it shows the new period's.
    fn begin_period(&mut self, now: Timestamp) {
        if now < self.period.end {
            return;
        }
        let actual = self.reading.as_ref().map(|reading| reading.actual.clone());
        // A moment before its end, the period still had its own planned limit.
        let last = self
            .period
            .end
            .saturating_sub(jiff::SignedDuration::from_secs(1));
        self.past.push(Past {
            period: self.period,
            limit: self.limit_at(last.unwrap_or(now)).cloned(),
            actual: actual.unwrap_or_else(Amount::zero),
        });
        self.period = self.unit.period(now, self.whole);
    }
}

fn metered(world: &World) -> Vec<String> {
    let meters = world.budgets.meters.iter();
    let due = meters.filter(|(_, meter)| meter.next <= world.now);
    due.map(|(name, _)| name.clone()).collect()
}

/// An unhealthy budget gets no data, one that is not there gets none either.
fn refresh(world: &mut World, name: &str) {
    let now = world.now;
    let Some(meter) = world.budgets.meters.get_mut(name) else {
        return;
    };
    meter.turn();
    let budget = world.budgets.budgets.get(name);
    if let Some(budget) = budget.filter(|budget| budget.ill.is_none()) {
        let reading = meter.reading(budget, &world.happenings, now);
        report(world, name, Some(reading));
    }
}
