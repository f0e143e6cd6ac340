//! The name of a budget.

use std::fmt;

/// The most characters a name may have.
/// Source: `BudgetName` in botocore's `budgets/2016-10-20/service-2.json`.
const LONGEST: usize = 100;

/// The name of a budget of this account; unique in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BudgetName(String);

/// A text that AWS Budgets would not take as a name, or that the parameter with the names cannot
/// hold: a comma in a name would make two of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no name of a budget that can be watched: 1 to 100 characters, none of them \":\", \
     \"\\\" or a comma, which separates names"
)]
pub struct NameError {
    /// The text.
    pub text: String,
}

impl BudgetName {
    /// Reads a name as a person wrote it into a parameter or a command; spaces around it mean
    /// nothing.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = text.trim();
        let allowed = |c: char| !matches!(c, ':' | '\\' | ',') && !c.is_control();
        if name.is_empty() || name.chars().count() > LONGEST || !name.chars().all(allowed) {
            return Err(NameError {
                text: text.to_owned(),
            });
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The ARN of the budget of this name; budgets have no Region.
    /// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgetservice.html>.
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:budgets::{account}:budget/{self}")
    }
}

impl fmt::Display for BudgetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
