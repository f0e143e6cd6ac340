//! The services, the ledger's record of their rests, and the runs of `off-hours`: the model of that
//! function's own tests.

#[path = "../../off_hours/made.rs"]
pub(crate) mod made;
#[path = "../../off_hours/run.rs"]
pub(crate) mod run;
#[path = "../../off_hours/shown.rs"]
pub(crate) mod shown;
#[path = "../../off_hours/world.rs"]
pub(crate) mod world;
