//! Errands: the steps for one service or group, each taken only if the one before succeeded.

use std::time::Duration;

use domain::resting::{Action, Ended, Errand};
use jiff::{SignedDuration, Timestamp};
use ledger::LedgerError;
use tokio::time::Instant;

use crate::perform::perform;
use crate::{Edge, Failure};

/// How many errands are under way at once: enough to hide the way to the Region's endpoint, few
/// enough to be stopped.
pub(crate) const AT_ONCE: usize = 8;

/// What is kept of an invocation's time for the notices, the journal and the report.
const RESERVE: SignedDuration = SignedDuration::from_secs(20);

/// How an errand ended.
#[derive(Debug)]
pub enum Ending {
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
    /// The stable name for reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Shown => "dry-run",
            Self::Overtaken => "overtaken",
            Self::Left => "left",
            Self::Failed(_) => "failed",
        }
    }

    /// What failed, with its causes, if it failed.
    pub fn why(&self) -> Option<String> {
        match self {
            Self::Failed(failure) => Some(shell::failure::chain(failure)),
            Self::Done | Self::Shown | Self::Overtaken | Self::Left => None,
        }
    }

    /// The same for the decision what people should know of it.
    pub fn told(&self) -> Ended {
        match self {
            Self::Done => Ended::Done,
            Self::Left => Ended::Left,
            Self::Failed(failure) => failure.refusal().map_or(Ended::Otherwise, Ended::Refused),
            Self::Shown | Self::Overtaken => Ended::Otherwise,
        }
    }
}

/// When no errand is begun any more, in an invocation that began at `now` and must end at
/// `deadline`. To be asked when it begins, because looking at the world takes of its time too.
pub fn stop(now: Timestamp, deadline: Timestamp) -> Instant {
    let time = deadline.duration_since(now) - RESERVE;
    // Negative when an invocation has less time than the reserve: then nothing is begun.
    Instant::now() + Duration::try_from(time).unwrap_or(Duration::ZERO)
}

/// Takes the steps of an errand, if it can be begun before `stop`.
pub(crate) async fn take(edge: &Edge, errand: &Errand, stop: Instant) -> Ending {
    // An errand is begun only if it can be ended: its claim is no use to a run that was killed. So
    // it waits for its turn with ECS before it writes anything.
    let updates = errand
        .actions
        .iter()
        .any(|action| matches!(action, Action::UpdateService { .. }));
    let begins = if updates {
        edge.pace.service_modify.take_before(stop).await
    } else {
        Instant::now() < stop
    };
    if !begins {
        return Ending::Left;
    }
    for (taken, action) in errand.actions.iter().enumerate() {
        match perform(edge, action).await {
            Ok(()) => {}
            Err(Failure::Ledger(LedgerError::Overtaken)) => return Ending::Overtaken,
            Err(failure) => {
                let taken = errand.actions.get(..taken).unwrap_or_default();
                release(edge, taken, &failure).await;
                return Ending::Failed(failure);
            }
        }
    }
    Ending::Done
}

/// Gives up the claim of an errand that a failed call ended, so that whoever comes next need not
/// wait for the end of this invocation. A call without an answer may still be under way: then the
/// claim stays. If it cannot be given up, it ends by itself.
async fn release(edge: &Edge, taken: &[Action], failure: &Failure) {
    if !failure.is_answered() {
        return;
    }
    let Some(release) = taken.iter().rev().find_map(Action::release) else {
        return;
    };
    if let Err(error) = perform(edge, &release).await {
        let cause = shell::failure::chain(&error);
        tracing::warn!(cause, "claim not given up");
    }
}

/// Says in the log how an errand ended.
pub(crate) fn log(errand: &Errand, ending: &Ending) {
    let subject = errand.subject.to_string();
    let reason = errand.reason.name();
    match ending {
        Ending::Failed(failure) => {
            let cause = shell::failure::chain(failure);
            tracing::error!(subject, reason, cause, "not applied");
        }
        ending => tracing::info!(subject, reason, changes = ?errand.changes(), ?ending, "applied"),
    }
}

#[cfg(test)]
mod tests {
    use domain::resting::{Reason, Subject};
    use serde_json::json;

    use super::*;
    use crate::perform::tests::{record_service, service, update_service};
    use crate::script::Script;

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
            let ending = take(&script.edge(), &errand, stop).await;
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
    async fn an_errand_that_aws_refuses_gives_up_its_claim_and_one_without_an_answer_keeps_it() {
        let errand = || errand(vec![record_service(None), update_service()]);
        let stop = Instant::now() + Duration::from_secs(60);
        let refused = Script::default()
            .answer("PutItem", json!({}))
            .refuse("UpdateService", "AccessDeniedException")
            .answer("PutItem", json!({}));
        take(&refused.edge(), &errand(), stop).await;
        assert_eq!(refused.called(), ["PutItem", "UpdateService", "PutItem"]);
        let [intent, released] = refused.inputs("PutItem").try_into().unwrap();
        assert_ne!(intent["Item"]["claim"], json!(null));
        assert_eq!(released["Item"]["claim"], json!(null));
        assert_eq!(released["Item"]["saved"], intent["Item"]["saved"]);
        let replaces = &released["ExpressionAttributeValues"][":replaces"];
        assert_eq!(*replaces, intent["Item"]["version"]);

        let mut silent = Script::default().answer("PutItem", json!({}));
        // More than the SDK makes attempts.
        for _attempt in 0..9 {
            silent = silent.silence("UpdateService");
        }
        take(&silent.edge(), &errand(), stop).await;
        assert_eq!(silent.inputs("PutItem").len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_that_cannot_be_given_up_changes_nothing_about_the_failure() {
        let script = Script::default()
            .answer("PutItem", json!({}))
            .refuse("UpdateService", "AccessDeniedException")
            .refuse("PutItem", "ConditionalCheckFailedException");
        let errand = errand(vec![record_service(None), update_service()]);
        let stop = Instant::now() + Duration::from_secs(60);
        let ending = take(&script.edge(), &errand, stop).await;
        let Ending::Failed(failure) = ending else {
            panic!("{ending:?}");
        };
        assert_eq!(failure.refusal().unwrap().call, "UpdateService");
    }

    #[tokio::test(start_paused = true)]
    async fn an_errand_that_would_wait_for_the_bucket_beyond_the_end_is_left() {
        let script = Script::default();
        let edge = script.edge();
        // Our share of a burst of 50 is 40; the next 40 take ten seconds.
        for _ in 0..80 {
            edge.pace.service_modify.take().await;
        }
        let errand = errand(vec![record_service(None), update_service()]);
        let ending = take(&edge, &errand, Instant::now() + Duration::from_millis(200)).await;
        assert!(matches!(ending, Ending::Left), "{ending:?}");
        assert_eq!(script.called(), Vec::<String>::new());
    }
}
