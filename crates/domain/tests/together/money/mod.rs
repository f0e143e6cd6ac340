//! The budgets and what is remembered of them: the model of the budget guard's own tests.

#[path = "../../budget/made.rs"]
pub(crate) mod made;
#[path = "../../budget/world.rs"]
pub(crate) mod world;
