//! Reading settings: every value is stated in the template, and a bad one is named.

use std::str::FromStr;

/// Finds an environment variable by name. A parameter everywhere, so that no test touches the
/// process's environment.
pub type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// A variable that is missing or cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {problem}")]
pub struct Invalid {
    /// The variable's name.
    pub variable: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Invalid {
    /// A variable with a value that cannot be used.
    pub fn new(variable: &str, problem: impl Into<String>) -> Self {
        Self {
            variable: variable.to_owned(),
            problem: problem.into(),
        }
    }
}

/// The text of a variable that must be there and not empty.
pub fn text(lookup: &Lookup<'_>, variable: &str) -> Result<String, Invalid> {
    lookup(variable)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Invalid::new(variable, "is not set"))
}

/// A variable parsed into a type that says what is wrong with it.
pub fn parsed<T>(lookup: &Lookup<'_>, variable: &str) -> Result<T, Invalid>
where
    T: FromStr<Err: std::fmt::Display>,
{
    let text = text(lookup, variable)?;
    text.parse()
        .map_err(|error| Invalid::new(variable, format!("is \"{text}\": {error}")))
}

/// The account that the function runs in: the 12 digits of `ACCOUNT_ID`.
pub fn account(lookup: &Lookup<'_>) -> Result<String, Invalid> {
    let account = text(lookup, "ACCOUNT_ID")?;
    if account.len() == 12 && account.bytes().all(|digit| digit.is_ascii_digit()) {
        return Ok(account);
    }
    let problem = format!("is \"{account}\": expected 12 digits");
    Err(Invalid::new("ACCOUNT_ID", problem))
}

/// The process's environment, for `main` alone.
#[allow(clippy::disallowed_methods, reason = "this is the one place")]
pub fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let error = text(&|_| None, "LEDGER_TABLE").unwrap_err();
        assert_eq!(error.to_string(), "LEDGER_TABLE is not set");
    }

    #[test]
    fn an_unusable_value_is_quoted_with_the_reason() {
        let error = parsed::<bool>(&|_| Some("yes".into()), "DRY_RUN").unwrap_err();
        assert_eq!(
            error.to_string(),
            "DRY_RUN is \"yes\": provided string was not `true` or `false`"
        );
    }
}
