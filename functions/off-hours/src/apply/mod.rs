//! Does what was decided. Everything that the function writes goes through one gate, which a dry run
//! does not open.

mod announce;
mod perform;

use std::time::Duration;

use domain::announcement::Announcement;
use domain::off_hours::{Ended, Plan};
use domain::resting::{Action, Errand};
use futures_util::StreamExt;
use jiff::SignedDuration;
use ledger::{Entry, LedgerError};
use tokio::time::Instant;

use crate::{Aws, Failure, Invocation, Settings};
use perform::perform;

/// How many errands are under way at once: enough to hide the way to the Region's endpoint, few
/// enough to be stopped.
const AT_ONCE: usize = 8;

/// What is kept of the invocation's time for the notices, the journal and the report.
const RESERVE: SignedDuration = SignedDuration::from_secs(20);

/// How an errand ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// Every step was taken.
    Done,
    /// Dry run: no step was taken.
    Shown,
    /// Another run was first; it does what is to be done.
    Overtaken,
    /// There was no time; the next tick goes on.
    Left,
    /// A step failed, and those after it were not taken.
    Failed(Failure),
}

impl Ending {
    /// What people should know of it.
    pub(crate) fn told(&self) -> Ended {
        match self {
            Self::Done => Ended::Done,
            Self::Left => Ended::Left,
            Self::Failed(failure) => failure.refusal().map_or(Ended::Otherwise, Ended::Refused),
            Self::Shown | Self::Overtaken => Ended::Otherwise,
        }
    }
}

/// When no errand is begun any more. To be asked when the invocation begins, because looking at
/// the world takes of its time too.
pub(crate) fn stop(invocation: &Invocation) -> Instant {
    let time = invocation.deadline.duration_since(invocation.now) - RESERVE;
    // Negative when an invocation has less time than the reserve: then nothing is begun.
    Instant::now() + Duration::try_from(time).unwrap_or(Duration::ZERO)
}

/// The one gate in front of every write: of records, capacity, notices, the journal and the mark that
/// the suite is closing. A dry run answers `shown` and writes nothing.
async fn write<T>(settings: &Settings, shown: T, writing: impl Future<Output = T>) -> T {
    if settings.dry_run {
        return shown;
    }
    writing.await
}

/// Takes every errand until `stop`, most urgent first, and returns how each ended, in the plan's
/// order.
pub(crate) async fn apply(
    aws: &Aws,
    settings: &Settings,
    plan: &Plan,
    stop: Instant,
) -> Vec<Ending> {
    let endings = futures_util::stream::iter(&plan.errands).map(async |errand| {
        let ending = write(settings, Ending::Shown, take(aws, errand, stop)).await;
        log(errand, &ending);
        ending
    });
    endings.buffered(AT_ONCE).collect().await
}

/// Puts notices on the bus and remembers them.
pub(crate) async fn announce(
    aws: &Aws,
    settings: &Settings,
    announcements: &[Announcement],
) -> Result<(), Failure> {
    let writing = announce::announce(aws, settings, announcements);
    write(settings, Ok(()), writing).await
}

/// Writes a journal entry.
pub(crate) async fn journal(
    aws: &Aws,
    settings: &Settings,
    entry: &Entry,
) -> Result<(), LedgerError> {
    write(settings, Ok(()), aws.ledger.journal(entry)).await
}

/// Marks that the suite is about to be deleted, or that it is not after all.
pub(crate) async fn close_suite(
    aws: &Aws,
    settings: &Settings,
    closing: bool,
) -> Result<(), LedgerError> {
    write(settings, Ok(()), aws.ledger.close_suite(closing)).await
}

async fn take(aws: &Aws, errand: &Errand, stop: Instant) -> Ending {
    // An errand is begun only if it can be ended: its claim is no use to a run that was killed. So
    // it waits for its turn with ECS before it writes anything.
    let updates = errand
        .actions
        .iter()
        .any(|action| matches!(action, Action::UpdateService { .. }));
    let begins = if updates {
        aws.pace.service_modify.take_before(stop).await
    } else {
        Instant::now() < stop
    };
    if !begins {
        return Ending::Left;
    }
    for action in &errand.actions {
        match perform(aws, action).await {
            Ok(()) => {}
            Err(Failure::Ledger(LedgerError::Overtaken)) => return Ending::Overtaken,
            Err(failure) => return Ending::Failed(failure),
        }
    }
    Ending::Done
}

fn log(errand: &Errand, ending: &Ending) {
    let subject = errand.subject.to_string();
    let reason = errand.reason.name();
    match ending {
        Ending::Failed(failure) => {
            let cause = shell::failure::chain(failure);
            tracing::error!(subject, reason, cause, "not applied");
        }
        ending => tracing::info!(subject, reason, actions = ?errand.actions, ?ending, "applied"),
    }
}

#[cfg(test)]
mod tests {
    use domain::resting::{Reason, Subject};

    use super::perform::tests::{record_service, service, update_service};
    use super::*;
    use crate::script::Script;
    use crate::settings::tests::settings;

    fn errand(actions: Vec<Action>) -> Errand {
        Errand {
            subject: Subject::Service(service()),
            reason: Reason::GoesToRest,
            actions,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_steps_after_one_that_failed_are_not_taken() {
        for (refusal, overtaken) in [
            ("ConditionalCheckFailedException", true),
            ("AccessDeniedException", false),
        ] {
            let script = Script::default().refuse("PutItem", refusal);
            let errand = errand(vec![record_service(None), update_service()]);
            let stop = Instant::now() + Duration::from_secs(60);
            let ending = take(&script.aws(&settings()), &errand, stop).await;
            assert_eq!(matches!(ending, Ending::Overtaken), overtaken, "{ending:?}");
            assert_eq!(
                matches!(ending, Ending::Failed(_)),
                !overtaken,
                "{ending:?}"
            );
            assert_eq!(script.called(), ["PutItem"]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_errand_that_would_wait_for_the_bucket_beyond_the_end_is_left() {
        let script = Script::default();
        let aws = script.aws(&settings());
        // Our share of a burst of 50 is 40; the next 40 take ten seconds.
        for _ in 0..80 {
            aws.pace.service_modify.take().await;
        }
        let errand = errand(vec![record_service(None), update_service()]);
        let ending = take(&aws, &errand, Instant::now() + Duration::from_millis(200)).await;
        assert!(matches!(ending, Ending::Left), "{ending:?}");
        assert_eq!(script.called(), Vec::<String>::new());
    }
}
