//! Where the functions' binaries are, and whether they are the right ones.

use std::path::{Path, PathBuf};

/// The variable that only a build for the rehearsal reads; its name stands in the binary.
const CLOCK: &[u8] = b"CARETAKER_REHEARSAL_TIMEOUT_MS";

/// Why a function's binary cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It is not there.
    #[error("{} cannot be read; `make binaries` builds it", .0.display())]
    Missing(PathBuf, #[source] std::io::Error),
    /// It reads the wall's clock.
    #[error("{} follows the wall's clock; build it with the feature `rehearsal-clock` (`make binaries`)", .0.display())]
    WallClock(PathBuf),
}

/// The folder of this program, where Cargo also puts the functions.
pub fn beside_this_one() -> std::io::Result<PathBuf> {
    let this = std::env::current_exe()?;
    Ok(this.parent().unwrap_or(&this).to_owned())
}

/// Refuses a binary that would not follow a stepped clock: it would see the wall's date in the
/// middle of the scenario's night.
pub fn check_clock(binary: &Path) -> Result<(), Unfit> {
    let bytes = std::fs::read(binary).map_err(|cause| Unfit::Missing(binary.to_owned(), cause))?;
    let follows = bytes.windows(CLOCK.len()).any(|window| window == CLOCK);
    match follows {
        true => Ok(()),
        false => Err(Unfit::WallClock(binary.to_owned())),
    }
}
