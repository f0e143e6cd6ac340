//! Lambda: starts the real function binaries, hands them events, takes their answers.
//!
//! A function's binary is started unchanged; what makes it a Lambda function is its environment
//! and the Runtime API on loopback.

pub mod deliveries;
pub mod environment;
mod runtime_api;
mod variables;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Semaphore, broadcast, mpsc};

use crate::account::Account;
use environment::{Environment, Surroundings};

/// A function as it is deployed.
#[derive(Clone, Debug)]
pub struct Function {
    /// What it is called here, which is also how the account knows it as a caller.
    pub name: String,
    /// What it is called in the account.
    pub deployed_as: String,
    /// The executable; Lambda calls it `bootstrap`.
    pub binary: PathBuf,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// Memory in MB.
    pub memory: u32,
    /// Its own environment variables.
    pub variables: BTreeMap<String, String>,
    /// How many invocations may run at once; none is the account's own limit of 1,000
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html>).
    pub reserved_concurrency: Option<usize>,
}

/// One event for one function.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// The function's name.
    pub function: String,
    /// The event.
    pub event: Value,
    /// Its request id, which a retry keeps; none gets a fresh one.
    pub request_id: Option<String>,
}

/// How an invocation ended, and what it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// How it ended.
    pub ended: Ended,
    /// Whether a process had to be started for it.
    pub cold_start: bool,
    /// How long it took by the wall's clock, the start included.
    pub wall: Duration,
}

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// With this answer.
    Ok(Value),
    /// The function reported an error.
    Failed {
        /// Its short, stable name.
        error_type: String,
        /// In words.
        message: String,
    },
    /// The function took longer than its timeout and was killed.
    TimedOut,
    /// The process ended or was killed by a fault.
    Crashed(String),
    /// As many invocations as the function may have were running already.
    Throttled,
}

impl Ended {
    /// Whether the event was taken care of.
    pub fn is_ok(&self) -> bool {
        matches!(self, Self::Ok(_))
    }
}

/// A line that a function wrote to its log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    /// The function that wrote it.
    pub function: String,
    /// The line.
    pub text: String,
}

/// Why an invocation could not even begin.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// Nothing of that name is deployed.
    #[error("there is no function {0}")]
    NoSuchFunction(String),
    /// Its process could not be started.
    #[error("{function} could not be started from {}", .binary.display())]
    NotStarted {
        /// The function.
        function: String,
        /// Where its binary should be.
        binary: PathBuf,
        /// The system's reason.
        #[source]
        cause: std::io::Error,
    },
}

/// The account's functions and their warm execution environments.
#[derive(Debug)]
pub struct Lambda {
    surroundings: Surroundings,
    functions: BTreeMap<String, Deployed>,
}

#[derive(Debug)]
struct Deployed {
    function: Function,
    running: Semaphore,
    warm: Mutex<Vec<Environment>>,
}

impl Lambda {
    /// Functions that reach `account` at `endpoint`. Whoever `crashes` names is killed; `log`
    /// receives what they write.
    pub fn new(
        account: Arc<Account>,
        endpoint: String,
        crashes: broadcast::Sender<String>,
        log: mpsc::UnboundedSender<LogLine>,
    ) -> Self {
        Self {
            surroundings: Surroundings {
                account,
                endpoint,
                crashes,
                log,
            },
            functions: BTreeMap::new(),
        }
    }

    /// Deploys a function; nothing is started before its first event.
    pub fn deploy(&mut self, function: Function) {
        let deployed = Deployed {
            running: Semaphore::new(function.reserved_concurrency.unwrap_or(1000)),
            warm: Mutex::new(Vec::new()),
            function,
        };
        self.functions
            .insert(deployed.function.name.clone(), deployed);
    }

    /// Invokes a function and waits for its end.
    pub async fn invoke(&self, invocation: &Invocation) -> Result<Outcome, Unavailable> {
        let deployed = self
            .functions
            .get(&invocation.function)
            .ok_or_else(|| Unavailable::NoSuchFunction(invocation.function.clone()))?;
        let began = tokio::time::Instant::now();
        let Ok(_running) = deployed.running.try_acquire() else {
            return Ok(Outcome {
                ended: Ended::Throttled,
                cold_start: false,
                wall: began.elapsed(),
            });
        };
        let warm = deployed.warm().pop();
        let cold_start = warm.is_none();
        let mut environment = match warm {
            Some(environment) => environment,
            None => Environment::start(&deployed.function, &self.surroundings).await?,
        };
        let ended = environment.invoke(invocation).await;
        match ended {
            // A killed or dead process serves nobody again: the next event starts a new one.
            Ended::TimedOut | Ended::Crashed(_) => environment.end().await,
            _ => deployed.warm().push(environment),
        }
        Ok(Outcome {
            ended,
            cold_start,
            wall: began.elapsed(),
        })
    }

    /// Ends every process and waits until it is gone.
    pub async fn end(self) {
        for deployed in self.functions.into_values() {
            let warm = deployed
                .warm
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner);
            for environment in warm {
                environment.end().await;
            }
        }
    }
}

impl Deployed {
    fn warm(&self) -> std::sync::MutexGuard<'_, Vec<Environment>> {
        self.warm.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
