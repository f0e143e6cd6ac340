//! What is done about services that something raised while they were stopped.

use jiff::SignedDuration;

use super::holds::wants;
use super::moment::Moment;
use super::observed::Service;
use super::room::{left, taken_again};
use super::state::{Again, Stop, Treatment};
use super::step::Case;
use crate::arn::ServiceArn;

/// A deployment that raised a service while it was stopped is waited for so long: to put a service
/// down in the middle of a deployment, over and over, helps nobody. The same as the template's
/// default for the night.
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(60);

impl Again {
    /// Whether it was decided to put the service down and nobody has done so since: the run died,
    /// or could not. That is done without being counted once more.
    pub(super) fn is_due(&self, service: &Service) -> bool {
        let done = service.put_down.is_some_and(|done| done >= self.at);
        self.treatment == Treatment::PutDown && service.raised() && !done
    }
}

impl Case<'_> {
    /// What becomes of every service that something raised. If there are more of them than a tally
    /// can name, those that stayed down are forgotten, and the rest is the business of the next run.
    pub(super) fn treat_raised(&self, stop: &mut Stop) {
        let services = &self.observed.services;
        stop.again.retain(|arn, again| {
            let service = services.get(arn);
            service.is_none_or(|service| waits_or_went_down(again, service))
        });
        let raised = services
            .iter()
            .filter(|(arn, service)| wants(stop, arn, service) && service.raised());
        let raised: Vec<(&ServiceArn, Again)> = raised
            .map(|(arn, service)| (arn, self.treated(service, stop.again.get(arn))))
            .collect();
        let new = raised
            .iter()
            .filter(|(arn, _)| !stop.again.contains_key(*arn));
        if new.map(|(arn, _)| taken_again(arn)).sum::<usize>() > left(&stop.again) {
            let up = |arn: &ServiceArn| services.get(arn).is_some_and(Service::raised);
            stop.again.retain(|arn, _| up(arn));
        }
        let mut left = left(&stop.again);
        for (arn, again) in raised {
            if !stop.again.contains_key(arn) {
                let Some(room) = left.checked_sub(taken_again(arn)) else {
                    continue;
                };
                left = room;
            }
            stop.again.insert(arn.clone(), again);
        }
    }

    /// What becomes of a service that is raised, given what was decided about it last.
    fn treated(&self, service: &Service, last: Option<&Again>) -> Again {
        let Moment { policy, now, .. } = self.moment;
        let times = last.map_or(0, |last| last.times);
        let done = |treatment: Treatment| last.filter(|last| last.treatment == treatment);
        if let Some(due) = last.filter(|last| last.is_due(service)) {
            return *due;
        }
        let again = |times, treatment| Again {
            times,
            treatment,
            at: now,
        };
        if times >= policy.put_down_again {
            let left_alone = done(Treatment::LeftAlone).copied();
            return left_alone.unwrap_or_else(|| again(times, Treatment::LeftAlone));
        }
        let waited = done(Treatment::Waited).copied();
        let waited = waited.unwrap_or_else(|| again(times, Treatment::Waited));
        if service.deploying && now.duration_since(waited.at) < PATIENCE {
            return waited;
        }
        again(times.saturating_add(1), Treatment::PutDown)
    }
}

/// Whether there is something to remember; a service that went down by itself while its deployment
/// was waited for is as it was when it was last put down.
fn waits_or_went_down(again: &mut Again, service: &Service) -> bool {
    if again.treatment == Treatment::Waited && !service.raised() {
        again.treatment = Treatment::PutDown;
        again.at = service.put_down.unwrap_or(again.at);
    }
    again.times > 0 || again.treatment != Treatment::PutDown
}
