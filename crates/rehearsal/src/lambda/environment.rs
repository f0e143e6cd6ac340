//! An execution environment: one process of a function's binary, started as Lambda starts it.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{broadcast, mpsc};
use tokio::time::timeout;

use super::runtime_api::{Reported, RuntimeApi, Said, Work};
use super::variables::variables;
use super::{Ended, Function, Invocation, LogLine, Unavailable};
use crate::account::Account;
use crate::services::events::uuid;

/// What every execution environment is connected to.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The account, for its clock and its ids.
    pub account: Arc<Account>,
    /// Where the functions reach AWS.
    pub endpoint: String,
    /// Names the callers that a fault kills.
    pub crashes: broadcast::Sender<String>,
    /// Where log lines go.
    pub log: mpsc::UnboundedSender<LogLine>,
}

/// A running process of a function.
#[derive(Debug)]
pub struct Environment {
    function: Function,
    surroundings: Surroundings,
    api: RuntimeApi,
    process: Child,
}

impl Environment {
    /// Starts a process.
    pub async fn start(
        function: &Function,
        surroundings: &Surroundings,
    ) -> Result<Self, Unavailable> {
        let not_started = |cause| Unavailable::NotStarted {
            function: function.name.clone(),
            binary: function.binary.clone(),
            cause,
        };
        let api = RuntimeApi::start().await.map_err(not_started)?;
        let variables = variables(function, surroundings, &api.authority());
        let mut process = Command::new(&function.binary)
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(not_started)?;
        for stream in [
            process.stdout.take().map(boxed),
            process.stderr.take().map(boxed),
        ]
        .into_iter()
        .flatten()
        {
            tokio::spawn(log(stream, function.name.clone(), surroundings.log.clone()));
        }
        Ok(Self {
            function: function.clone(),
            surroundings: surroundings.clone(),
            api,
            process,
        })
    }

    /// Hands over an event and waits for the end of the invocation.
    pub async fn invoke(&mut self, invocation: &Invocation) -> Ended {
        let work = self.work(invocation);
        let request_id = work.request_id.clone();
        let mut crashes = self.surroundings.crashes.subscribe();
        tokio::select! {
            said = timeout(self.function.timeout, self.api.exchange(work)) => match said {
                Ok(said) => ended(said, &request_id),
                Err(_) => Ended::TimedOut,
            },
            status = self.process.wait() => Ended::Crashed(match status {
                Ok(status) => format!("Runtime exited: {status}"),
                Err(error) => error.to_string(),
            }),
            () = named(&mut crashes, &self.function.name) => {
                Ended::Crashed("killed by a fault".to_owned())
            }
        }
    }

    /// Ends the process and waits until it is gone.
    pub async fn end(mut self) {
        // It may be gone already; either way nothing is left to do.
        self.process.kill().await.unwrap_or_default();
    }

    fn work(&self, invocation: &Invocation) -> Work {
        let account = &self.surroundings.account;
        let mut state = account.state();
        let fresh = uuid(&state.world.id());
        let identity = &state.world.identity;
        Work {
            request_id: invocation.request_id.clone().unwrap_or(fresh),
            deadline: deadline(state.world.now, self.function.timeout),
            function_arn: format!(
                "arn:aws:lambda:{}:{}:function:{}",
                identity.region, identity.account_id, self.function.deployed_as
            ),
            event: invocation.event.clone(),
        }
    }
}

/// A function built for the rehearsal reads "now" off its deadline: the account's time, whatever
/// the wall's clock says.
fn deadline(now: Timestamp, timeout: Duration) -> Timestamp {
    let timeout = SignedDuration::try_from(timeout).unwrap_or_default();
    now.saturating_add(timeout).unwrap_or(now)
}

fn ended(said: Option<Said>, expected: &str) -> Ended {
    let failed = |Reported {
                      error_type,
                      message,
                  }| Ended::Failed {
        error_type,
        message,
    };
    match said {
        Some(Said::Response { request_id, body }) if request_id == expected => Ended::Ok(body),
        Some(Said::Error { request_id, error }) if request_id == expected => failed(error),
        Some(Said::InitError(error)) => failed(error),
        Some(other) => Ended::Crashed(format!("it answered another invocation: {other:?}")),
        None => Ended::Crashed("the Runtime API ended".to_owned()),
    }
}

/// Resolves when `crashes` names `caller`.
async fn named(crashes: &mut broadcast::Receiver<String>, caller: &str) {
    loop {
        match crashes.recv().await {
            Ok(name) if name == caller => return,
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

fn boxed(stream: impl AsyncRead + Send + Unpin + 'static) -> Box<dyn AsyncRead + Send + Unpin> {
    Box::new(stream)
}

async fn log(
    stream: Box<dyn AsyncRead + Send + Unpin>,
    function: String,
    log: mpsc::UnboundedSender<LogLine>,
) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(text)) = lines.next_line().await {
        let line = LogLine {
            function: function.clone(),
            text,
        };
        if log.send(line).is_err() {
            return;
        }
    }
}
