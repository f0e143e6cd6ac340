//! `rehearsal serve`: an account on loopback until a signal ends it.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use rehearsal::server::Server;
use rehearsal::{Account, Clock};
use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::Serving;

/// Serves until SIGINT or SIGTERM.
pub(crate) async fn run(serving: Serving) -> Result<ExitCode, Box<dyn Error>> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let account = Arc::new(Account::new(Clock::Wall));
    let server = Server::start(account, serving.port).await?;
    // The one line on stdout, which a script may wait for.
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on {}", server.url())?;
    stdout.flush()?;
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    Ok(ExitCode::SUCCESS)
}
