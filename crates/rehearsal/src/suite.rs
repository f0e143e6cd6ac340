//! The suite, deployed in an account that has a stack: server, functions, log.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc};

use crate::account::Account;
use crate::call::ApiError;
use crate::clock::Clock;
use crate::lambda::{Function, Lambda, LogLine};
use crate::server::Server;
use crate::services::sqs;
use crate::stack::{NotBuilt, Stack};
use crate::template::{self, Template};

/// The suite, running.
#[derive(Debug)]
pub struct Suite {
    /// The account.
    pub account: Arc<Account>,
    /// The account's server on loopback.
    pub server: Server,
    /// The template's functions.
    pub lambda: Lambda,
    /// What the functions write.
    pub log: mpsc::UnboundedReceiver<LogLine>,
}

/// Why the suite or the stack could not be deployed.
#[derive(Debug, thiserror::Error)]
pub enum NotDeployed {
    /// The server could not listen.
    #[error("the account's server could not listen on 127.0.0.1")]
    Server(#[from] std::io::Error),
    /// A part of the template was refused.
    #[error("the template's {what} was refused")]
    Refused {
        /// The part.
        what: String,
        /// The account's reason.
        #[source]
        cause: Box<ApiError>,
    },
    /// A part of the stack was refused.
    #[error(transparent)]
    Stack(#[from] NotBuilt),
}

impl Suite {
    /// Serves `account` on `port`; the functions of `template` are started from `binary` when
    /// their first event comes, and reach AWS at `endpoint` or else at that server.
    pub async fn deploy(
        account: Arc<Account>,
        port: u16,
        endpoint: Option<String>,
        template: &Template,
        binary: impl Fn(&template::Function) -> PathBuf,
    ) -> Result<Self, NotDeployed> {
        let (crashes, _) = broadcast::channel(16);
        let server = Server::start_with(account.clone(), port, crashes.clone()).await?;
        let (lines, log) = mpsc::unbounded_channel();
        let endpoint = endpoint.unwrap_or_else(|| server.url());
        let mut lambda = Lambda::new(account.clone(), endpoint, crashes, lines);
        for function in &template.functions {
            lambda.deploy(Function {
                name: function.name.clone(),
                deployed_as: function.deployed_as.clone(),
                binary: binary(function),
                timeout: function.timeout,
                memory: function.memory,
                variables: function.variables.clone(),
                reserved_concurrency: function.reserved_concurrency,
            });
        }
        Ok(Self {
            account,
            server,
            lambda,
            log,
        })
    }
}

/// An account on `clock` that holds the template's tables, queues, topics and budgets, and the stack. Whoever
/// the template subscribes has confirmed it.
pub fn account(clock: Clock, template: &Template, stack: &Stack) -> Result<Account, NotDeployed> {
    let account = Account::new(clock);
    for table in &template.tables {
        create(&account, "dynamodb", "CreateTable", table.clone())?;
    }
    for queue in &template.queues {
        create(&account, "sqs", "CreateQueue", queue.clone())?;
    }
    feed(&account, template)?;
    for topic in &template.topics {
        create(&account, "sns", "CreateTopic", json!({"Name": topic}))?;
    }
    for policy in &template.policies {
        create(&account, "sns", "SetTopicAttributes", policy.clone())?;
    }
    for subscription in &template.subscriptions {
        create(&account, "sns", "Subscribe", subscription.clone())?;
        let endpoint = subscription["Endpoint"].as_str().unwrap_or_default();
        account.state().world.sns.confirm(endpoint);
    }
    for budget in &template.budgets {
        create(&account, "budgets", "CreateBudget", budget.clone())?;
    }
    stack.build(&mut account.state().world)?;
    Ok(account)
}

/// Maps queues to the functions that they feed.
fn feed(account: &Account, template: &Template) -> Result<(), NotDeployed> {
    for function in &template.functions {
        for source in &function.queues {
            let mapping = sqs::Mapping {
                queue: source.queue.clone(),
                function: function.arn.clone(),
                batch_size: source.batch_size,
                window: SignedDuration::try_from(source.window).unwrap_or_default(),
                partial: source.partial,
            };
            let world = &mut account.state().world;
            sqs::map(world, mapping, function.timeout).map_err(|cause| NotDeployed::Refused {
                what: format!("event source {} of {}", source.queue, function.name),
                cause: Box::new(cause),
            })?;
        }
    }
    Ok(())
}

/// Creates a part of the template, by hand of CloudFormation.
pub(crate) fn create(
    account: &Account,
    service: &str,
    operation: &str,
    input: Value,
) -> Result<(), NotDeployed> {
    let outcome = account.by_hand("cloudformation", service, operation, input);
    outcome.map(drop).map_err(|cause| NotDeployed::Refused {
        what: format!("{service}:{operation}"),
        cause,
    })
}
