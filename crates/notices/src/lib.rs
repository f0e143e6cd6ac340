//! The wire form of a Caretaker notice on the event bus. Every function writes it with [`encode`];
//! the pager reads it with [`decode`].
//!
//! The detail is JSON with `"version": 1`. A reader ignores fields that it does not know, so a
//! field can be added without a new version; one cannot be removed or change its meaning.

mod decode;
mod encode;

pub use decode::{DecodeError, decode};
pub use encode::encode;

/// The `source` of every event of ours.
pub const SOURCE: &str = "caretaker";

/// The `detail-type` of a notice.
pub const DETAIL_TYPE: &str = "Caretaker Notice";

const VERSION: u64 = 1;
