//! What the rest of a service saved: its tasks, where they run on Fargate.

use domain::arn::ServiceArn;
use domain::off_hours::Observed;
use domain::off_hours::savings::{Rested, Saving, TAIL_OF_TASKS as TAIL, Unpriced, hours, saving};
use domain::resting::{Live, Sight, Subject};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::region_of;
use super::shown::Saved;
use edge::sizes::Shapes;

/// A service whose rest has ended.
pub(super) struct Woken<'a> {
    pub(super) arn: &'a ServiceArn,
    pub(super) live: &'a Live,
    /// How many tasks fewer it had.
    pub(super) tasks: u32,
    /// For how long.
    pub(super) off: SignedDuration,
}

/// The service, if it had fewer tasks. A count that somebody raised at rest is taken to have been
/// so all the time: better too little than too much.
pub(super) fn woken<'a>(
    arn: &'a ServiceArn,
    observed: &'a Observed,
    now: Timestamp,
) -> Option<Woken<'a>> {
    let service = observed.services.get(arn)?;
    let Sight::Live(live) = &service.sight else {
        return None;
    };
    let rest = service.rest.as_ref()?;
    let stayed = live.desired.max(rest.written.desired);
    let tasks = rest.saved.desired.saturating_sub(stayed);
    let off = now.duration_since(rest.settled?);
    (tasks > 0).then_some(Woken {
        arn,
        live,
        tasks,
        off,
    })
}

impl Woken<'_> {
    /// The task definition whose size its price follows from. Tasks on instances cost nothing by
    /// themselves.
    pub(super) fn sized(&self) -> Option<&str> {
        let on_fargate = self.live.fargate_spot_percent.is_some();
        on_fargate.then_some(self.live.task_definition.as_str())
    }

    pub(super) fn saved(&self, shapes: &Shapes, spot_percent_off: Option<u32>) -> Saved {
        Saved {
            subject: Subject::Service(self.arn.clone()),
            hours: Some(Decimal::from(self.tasks).saturating_mul(hours(self.off, TAIL))),
            saving: match self.rested(shapes, spot_percent_off) {
                Ok(rested) => saving(&rested, self.off, TAIL),
                Err(why) => Saving::Unknown { why },
            },
        }
    }

    fn rested(&self, shapes: &Shapes, spot_percent_off: Option<u32>) -> Result<Rested, Unpriced> {
        let live = self.live;
        let spot_percent = live.fargate_spot_percent.ok_or(Unpriced::OnInstances)?;
        let size = shapes.get(&live.task_definition);
        let shape = size
            .ok_or(Unpriced::SizeNotKnown)?
            .ok_or(Unpriced::NoSize)?;
        Ok(Rested::Fargate {
            region: region_of(self.arn.as_str()),
            shape,
            tasks: self.tasks,
            spot_percent,
            spot_percent_off,
        })
    }
}
