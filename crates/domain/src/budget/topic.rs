//! The topic that a budget publishes to: who may publish, and who gets it.

use super::finding::{Finding, PUBLISHER};

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its ARN.
    pub arn: String,
    /// The statements of its policy, or what is wrong with the policy's text.
    pub policy: Result<Vec<Statement>, String>,
    /// Who gets its messages.
    pub subscriptions: Vec<Subscription>,
}

/// A statement of a topic's policy. Where the policy has one text, it is a list of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// Whether it allows; otherwise it denies.
    pub allows: bool,
    /// Its principals without their kind, such as `budgets.amazonaws.com` or `*`.
    pub principals: Vec<String>,
    /// Its actions, such as `SNS:Publish`.
    pub actions: Vec<String>,
    /// Its conditions.
    pub conditions: Vec<Condition>,
}

/// A condition: an operator, a key and its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Such as `StringEquals`.
    pub operator: String,
    /// Such as `aws:SourceAccount`.
    pub key: String,
    /// Any of these.
    pub values: Vec<String>,
}

/// A subscription of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Such as `lambda` or `email`.
    pub protocol: String,
    /// The ARN or the address.
    pub endpoint: String,
    /// Whether its owner has confirmed it.
    pub confirmed: bool,
}

impl Topic {
    pub(super) fn findings(&self, account: &str) -> Vec<Finding> {
        let topic = || self.arn.clone();
        let mut findings = match &self.policy {
            Ok(statements) => policy_findings(statements, account, &self.arn),
            Err(error) => vec![Finding::PolicyUnreadable {
                what: format!("{}: {error}", self.arn),
            }],
        };
        if self.subscriptions.is_empty() {
            findings.push(Finding::NoSubscription { topic: topic() });
        } else if !self.subscriptions.iter().any(Subscription::wakes) {
            findings.push(Finding::WakesNobody { topic: topic() });
        }
        let waiting = self.subscriptions.iter().filter(|s| !s.confirmed);
        findings.extend(waiting.map(|subscription| Finding::Unconfirmed {
            endpoint: subscription.endpoint.clone(),
        }));
        findings
    }
}

fn policy_findings(statements: &[Statement], account: &str, topic: &str) -> Vec<Finding> {
    let topic = || topic.to_owned();
    let publishes = |statement: &&Statement| statement.allows && statement.publishes();
    let anybody = statements.iter().filter(publishes);
    let anybody = anybody.filter(|s| s.names("*") && !s.is_bound());
    let mut findings: Vec<Finding> = anybody
        .map(|_| Finding::Anybody { topic: topic() })
        .collect();
    let budgets: Vec<&Statement> = statements
        .iter()
        .filter(publishes)
        .filter(|statement| statement.names(PUBLISHER))
        .collect();
    let denied = statements.iter().any(|statement| {
        let named = statement.names(PUBLISHER) || statement.names("*");
        !statement.allows && statement.publishes() && named && statement.conditions.is_empty()
    });
    let usable = budgets.iter().any(|statement| statement.lets_in(account));
    if denied || !usable {
        findings.push(Finding::MayNotPublish { topic: topic() });
    }
    // A statement that lets more in is no better for one beside it that lets in less.
    if budgets
        .iter()
        .any(|statement| !statement.binds("aws:sourceaccount"))
    {
        findings.push(Finding::AnyAccount { topic: topic() });
    }
    if budgets
        .iter()
        .any(|statement| !statement.binds("aws:sourcearn"))
    {
        findings.push(Finding::AnySource { topic: topic() });
    }
    findings
}

impl Statement {
    fn names(&self, principal: &str) -> bool {
        self.principals.iter().any(|named| named == principal)
    }

    fn publishes(&self) -> bool {
        let allowed = ["sns:publish", "sns:*", "*"];
        let mut actions = self
            .actions
            .iter()
            .map(|action| action.to_ascii_lowercase());
        actions.any(|action| allowed.contains(&action.as_str()))
    }

    /// Whether it has a condition about this key that not everybody meets.
    fn binds(&self, key: &str) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.any(|condition| condition.is_about(key) && condition.binds())
    }

    /// Whether who may publish is bound by anything: the default policy of a topic names `*` and
    /// binds it to the owner's account.
    fn is_bound(&self) -> bool {
        self.conditions.iter().any(Condition::binds)
    }

    /// Whether its conditions let AWS Budgets in for this account.
    fn lets_in(&self, account: &str) -> bool {
        let arn = format!("arn:aws:budgets::{account}:");
        self.conditions.iter().all(|condition| {
            let mut values = condition.values.iter();
            if condition.is_about("aws:sourceaccount") {
                return values.any(|value| value == account || value == "*");
            }
            if condition.is_about("aws:sourcearn") {
                return values.any(|value| value == "*" || value.starts_with(&arn));
            }
            // What else a condition may ask cannot be told from here.
            true
        })
    }
}

impl Subscription {
    /// Whether a function gets what is published, as the guard does.
    fn wakes(&self) -> bool {
        self.protocol == "lambda"
    }
}

impl Condition {
    /// Whether it keeps anybody out: not where any value will do, nor where it counts only if the
    /// key is there. What it asks beyond that cannot be told from here.
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.
    fn binds(&self) -> bool {
        let anything = |value: &String| value.chars().all(|one| one == '*');
        !self.operator.ends_with("IfExists") && !self.values.iter().any(anything)
    }

    /// Condition keys are the same in upper and lower case.
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>.
    fn is_about(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}
