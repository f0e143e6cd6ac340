//! A house to test in: a simulated account with a stack, and the functions beside it, in one
//! process on a clock that jumps over every wait.

pub mod fleet;
pub mod house;
pub mod treasury;
pub mod turns;

pub use fleet::Fleet;
pub use house::House;
pub use treasury::Treasury;
