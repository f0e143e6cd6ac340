//! The stages of a deployment that moves traffic.

/// A stage, in the order in which they follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nothing has begun.
    PreScaleUp,
    /// The new tasks start.
    ScaleUp,
    /// They run.
    PostScaleUp,
    /// Test traffic moves.
    TestTrafficShift,
    /// It has moved.
    PostTestTrafficShift,
    /// Production traffic is about to move. Only hooks know this stage.
    PreProductionTrafficShift,
    /// It moves.
    ProductionTrafficShift,
    /// It has moved.
    PostProductionTrafficShift,
    /// Both revisions run.
    BakeTime,
    /// The old tasks stop.
    CleanUp,
}

const STAGES: [Stage; 10] = [
    Stage::PreScaleUp,
    Stage::ScaleUp,
    Stage::PostScaleUp,
    Stage::TestTrafficShift,
    Stage::PostTestTrafficShift,
    Stage::PreProductionTrafficShift,
    Stage::ProductionTrafficShift,
    Stage::PostProductionTrafficShift,
    Stage::BakeTime,
    Stage::CleanUp,
];

impl Stage {
    /// `lifecycleStage`, which has no PRE_PRODUCTION_TRAFFIC_SHIFT in the API's model: what it shows
    /// instead is a choice.
    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::PreProductionTrafficShift => Self::PostTestTrafficShift.of_hook(),
            other => other.of_hook(),
        }
    }

    /// As hooks name it.
    pub(super) fn of_hook(self) -> &'static str {
        match self {
            Self::PreScaleUp => "PRE_SCALE_UP",
            Self::ScaleUp => "SCALE_UP",
            Self::PostScaleUp => "POST_SCALE_UP",
            Self::TestTrafficShift => "TEST_TRAFFIC_SHIFT",
            Self::PostTestTrafficShift => "POST_TEST_TRAFFIC_SHIFT",
            Self::PreProductionTrafficShift => "PRE_PRODUCTION_TRAFFIC_SHIFT",
            Self::ProductionTrafficShift => "PRODUCTION_TRAFFIC_SHIFT",
            Self::PostProductionTrafficShift => "POST_PRODUCTION_TRAFFIC_SHIFT",
            Self::BakeTime => "BAKE_TIME",
            Self::CleanUp => "CLEAN_UP",
        }
    }

    pub(super) fn next(self) -> Option<Self> {
        STAGES.into_iter().find(|stage| *stage > self)
    }
}
