//! How long tasks take, as a stack file says it.

use super::{ServiceSpec, TaskSpec};
use crate::services::ecs::Pace;

/// When a new target has passed its one health check, if nothing is said: the default interval,
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>.
const TARGET_CHECK_SECONDS: u32 = 30;

impl ServiceSpec {
    /// A service behind a load balancer is DEACTIVATING for the deregistration delay; one of which only
    /// the whole is known, for half of it.
    pub(super) fn pace(&self) -> Pace {
        let usual = Pace::default();
        let usual_stop = usual.deregistration_seconds + usual.exit_seconds;
        let stop = self.stop_seconds.unwrap_or(usual_stop);
        let half = stop / 2;
        let exit_seconds = self.exit_seconds.unwrap_or(stop - half);
        let target_check = self.deregistration_delay.map(|_| TARGET_CHECK_SECONDS);
        let unsaid = self.stop_timeout.is_none() && self.exit_seconds.is_none();
        Pace {
            start_seconds: self.start_seconds.unwrap_or(usual.start_seconds),
            pull_seconds: self.pull_seconds,
            health_seconds: self.health_check_seconds.or(target_check),
            deregistration_seconds: self.deregistration_delay.unwrap_or(half),
            exit_seconds,
            // A long `stop-seconds` alone is no kill.
            stop_timeout: match unsaid {
                true => usual.stop_timeout.max(exit_seconds),
                false => self.stop_timeout.unwrap_or(usual.stop_timeout),
            },
        }
    }
}

impl TaskSpec {
    /// No target waits for a standalone task.
    pub(super) fn pace(&self) -> Pace {
        let usual = Pace::default();
        Pace {
            deregistration_seconds: 0,
            exit_seconds: self.exit_seconds.unwrap_or(usual.exit_seconds),
            stop_timeout: self.stop_timeout.unwrap_or(usual.stop_timeout),
            ..usual
        }
    }
}
