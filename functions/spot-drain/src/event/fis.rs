//! What AWS Fault Injection Service says of experiments.
//! Source: <https://docs.aws.amazon.com/fis/latest/userguide/monitoring-eventbridge.html>.

use domain::drain::{ExperimentSeen, ExperimentState, Says};
use serde::Deserialize;
use serde_json::Value;
use shell::json::BadField;

use super::{Heard, bad, part};

/// An experiment changed its state.
pub(super) const EXPERIMENT: &str = "FIS Experiment State Change";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Changed {
    experiment_id: String,
    experiment_template_id: String,
    new_state: State,
    /// Without it an experiment that ended is taken for one that took something.
    #[serde(default)]
    old_state: State,
}

#[derive(Debug, Default, Deserialize)]
struct State {
    status: String,
}

/// Which templates' experiments come is the rule's to say.
pub(super) fn experiment(detail: Value) -> Result<Heard, BadField> {
    let changed: Changed = part("detail", detail)?;
    for (field, text) in [
        ("detail.experiment-id", &changed.experiment_id),
        (
            "detail.experiment-template-id",
            &changed.experiment_template_id,
        ),
    ] {
        if text.is_empty() {
            return Err(bad(field, "is empty"));
        }
    }
    let (new, old) = (&changed.new_state.status, &changed.old_state.status);
    let Some(state) = ExperimentState::from_names(new, old) else {
        return Ok(Heard::NotForUs("a-state-that-is-not-known"));
    };
    Ok(Says::Experiment(ExperimentSeen {
        id: changed.experiment_id,
        template: changed.experiment_template_id,
        state,
    })
    .into())
}
