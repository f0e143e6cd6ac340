//! `rehearsal serve`: an account on loopback until a signal ends it.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use rehearsal::server::Server;
use rehearsal::stack::Stack;
use rehearsal::template::Template;
use rehearsal::{Clock, suite};
use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::{Serving, TEMPLATE};
use crate::deployment;

/// Serves until SIGINT or SIGTERM.
pub(crate) async fn run(serving: Serving) -> Result<ExitCode, Box<dyn Error>> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let stack = serving.stack.as_deref().map(Stack::load).transpose()?;
    let account = suite::account(
        Clock::Wall,
        &template(serving.template.as_deref(), serving.parameters)?,
        &stack.unwrap_or_default(),
    )?;
    if serving.unthrottled {
        account.state().buckets = None;
    }
    let server = Server::start(Arc::new(account), serving.port).await?;
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

/// An account without the suite's table and topics is of use too: a missing template is none.
fn template(
    path: Option<&Path>,
    parameters: BTreeMap<String, String>,
) -> Result<Template, Box<dyn Error>> {
    let here = Path::new(TEMPLATE);
    match path.or(here.exists().then_some(here)) {
        Some(path) => Ok(Template::load(path, &deployment(parameters))?),
        None => Ok(Template::default()),
    }
}
