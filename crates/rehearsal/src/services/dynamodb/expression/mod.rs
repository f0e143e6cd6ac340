//! DynamoDB's expressions: what they say, and what they do to an item.

mod apply;
mod check;
pub(crate) mod condition;
pub(crate) mod condition_grammar;
mod holds;
pub(crate) mod key_condition;
mod parser;
pub(crate) mod path;
pub(crate) mod projection;
pub(crate) mod substitutes;
mod token;
pub(crate) mod update;
