//! When this function is called again: looks, and the tick of every minute.

use domain::drain::{Plan, Says, needs_ticks};
use jiff::Timestamp;

use super::{Applied, Hand, Step};
use crate::event::{HOPS, Work, look_again};
use crate::observe::Trouble;
use crate::{Failure, Invocation};

/// The longest that SQS holds a message back, in seconds.
/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>.
const LONGEST: i64 = 900;

impl Hand<'_> {
    /// Sends the looks that nobody planned before.
    pub(super) async fn looks(&self, plan: &Plan, invocation: &Invocation, applied: &mut Applied) {
        if plan.hop > HOPS {
            return;
        }
        let step = |at: &&Timestamp| Step {
            what: format!("a look at {at}"),
            about: Vec::new(),
        };
        let call = async |at: &&Timestamp| self.look(**at, plan.hop, invocation.now).await;
        self.take(&plan.looks, 1, step, call, applied).await;
    }

    /// The message comes after the mark that it is planned, so that of many runs one sends it. A run
    /// that dies in between leaves the moment to the tick.
    async fn look(&self, at: Timestamp, hop: u8, now: Timestamp) -> Result<(), Failure> {
        let ledger = &self.aws.edge.ledger;
        if !ledger.plan_look(at, now).await? {
            return Ok(());
        }
        let delay = at.duration_since(now).as_secs().clamp(0, LONGEST);
        let call = self.aws.sqs.send_message().queue_url(&self.settings.queue);
        let call = call.delay_seconds(i32::try_from(delay).unwrap_or_default());
        let body = look_again(now, at, hop).to_string();
        let sent = call.message_body(body).send().await;
        if let Err(error) = sent {
            ledger.forget_look(at).await?;
            return Err(edge::Failure::call("SendMessage")(error).into());
        }
        Ok(())
    }

    /// Switches the tick of every minute on, if it is needed. One that is heard is on.
    pub(super) async fn tick_on(&self, work: &Work, plan: &Plan, applied: &mut Applied) {
        let heard = work.signs.iter().any(|sign| sign.says == Says::Tick);
        if plan.ticking == Some(true) && !heard {
            self.switch("on", self.switch_on(), applied).await;
        }
    }

    /// Switches it off, if nobody needs it any more.
    pub(super) async fn tick_off(&self, plan: &Plan, applied: &mut Applied) {
        if plan.ticking == Some(false) {
            self.switch("off", self.switch_off(), applied).await;
        }
    }

    async fn switch(
        &self,
        to: &str,
        switching: impl Future<Output = Result<(), Failure>>,
        applied: &mut Applied,
    ) {
        match self.gate().write(Ok(()), switching).await {
            Ok(()) => applied.succeeded(format!("tick of every minute {to}")),
            Err(failure) => {
                let what = format!("to switch the tick of every minute {to}");
                applied.failed(Trouble::everywhere(what, failure));
            }
        }
    }

    async fn switch_on(&self) -> Result<(), Failure> {
        let call = self.aws.edge.events.enable_rule();
        let call = call.event_bus_name(&self.settings.place.event_bus);
        let reply = call.name(&self.settings.minute_rule).send().await;
        reply.map_err(edge::Failure::call("EnableRule"))?;
        Ok(())
    }

    /// Between the look that found nothing open and the switch, another run may have opened a record
    /// and found the tick on: so there is one look more.
    async fn switch_off(&self) -> Result<(), Failure> {
        let call = self.aws.edge.events.disable_rule();
        let call = call.event_bus_name(&self.settings.place.event_bus);
        let reply = call.name(&self.settings.minute_rule).send().await;
        reply.map_err(edge::Failure::call("DisableRule"))?;
        let drains = self.aws.edge.ledger.drains().await?;
        match drains.drains.values().any(needs_ticks) {
            true => self.switch_on().await,
            false => Ok(()),
        }
    }
}
