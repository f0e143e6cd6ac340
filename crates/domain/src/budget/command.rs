//! Commands that a person can paste.

use super::name::BudgetName;

/// The command that asks the function for something. Who pastes it replaces what is in capitals.
pub(super) fn ask(function: &str, fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("\"{name}\":\"{}\"", escaped(value)))
        .collect();
    format!(
        "aws lambda invoke --function-name {function} --cli-binary-format raw-in-base64-out \
         --payload '{{{}}}' /dev/stdout",
        fields.join(",")
    )
}

/// The command that shows what AWS says of a budget.
pub(super) fn describe(account: &str, budget: &BudgetName) -> String {
    format!("aws budgets describe-budget --account-id {account} --budget-name \"{budget}\"")
}

/// As JSON and inside quotes of a shell. What a shell would not take as it stands is withheld by
/// the pager.
fn escaped(text: &str) -> String {
    text.replace('"', "\\\"").replace('\'', "'\\''")
}
