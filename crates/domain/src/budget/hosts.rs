//! What the instances cost on which services run: it goes with the last of their tasks.

use rust_decimal::Decimal;

use super::counted::Rate;
use super::observed::{Observed, Service};
use crate::arn::ServiceArn;

/// The instances that go away with their last task, and the tasks on them.
pub(super) struct Hosts {
    rate: Rate,
    tasks: Decimal,
}

impl Hosts {
    /// Of everything that was looked at.
    pub(super) fn of(observed: &Observed) -> Self {
        let hosted = observed.services.values().filter(|one| is_hosted(one));
        let tasks = hosted
            .map(|service| u64::from(service.tasks()))
            .sum::<u64>();
        Self {
            rate: Rate::of(&observed.instances),
            tasks: Decimal::from(tasks),
        }
    }

    /// What a service costs with its part of the instances, by its tasks: which of them run where is
    /// not looked at.
    pub(super) fn rate_with(&self, arn: &ServiceArn, service: &Service) -> Rate {
        let own = service.rate(arn);
        if !is_hosted(service) {
            return own;
        }
        let tasks = Decimal::from(service.tasks());
        let part = |rate: Decimal| {
            let part = rate.saturating_mul(tasks).checked_div(self.tasks);
            part.unwrap_or_default()
        };
        own.plus(Rate {
            lower: part(self.rate.lower),
            upper: part(self.rate.upper),
        })
    }
}

/// Whether its tasks may run on instances, so that they cost nothing by themselves.
fn is_hosted(service: &Service) -> bool {
    service.hour.is_some_and(|hour| hour.is_zero())
}
