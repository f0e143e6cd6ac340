//! What the template tells the function, read once and fully typed.

use std::collections::BTreeSet;

use domain::budget::{BudgetName, Policy};
use domain::hours::zone::Zone;
use edge::{Place, Reach};
use jiff::SignedDuration;
use rust_decimal::Decimal;
use shell::environment::{Invalid, Lookup, account, parsed, text};

/// The settings of `budget-guard`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The account whose budgets are watched.
    pub account: String,
    /// The Region of the services.
    pub region: String,
    /// The ledger, the bus, and our share of the token buckets.
    pub place: Place,
    /// The clusters that the permissions reach.
    pub reach: Reach,
    /// The budgets that are watched.
    pub budgets: BTreeSet<BudgetName>,
    /// The rules of the decision.
    pub policy: Policy,
    /// The time zone of a moment that names none.
    pub default_zone: Zone,
    /// Show what would be done and write nothing.
    pub dry_run: bool,
    /// How long a journal entry is kept.
    pub journal: SignedDuration,
}

impl Settings {
    /// Reads the environment; what is missing or unusable is named.
    pub fn from_env(var: &Lookup<'_>) -> Result<Self, Invalid> {
        let grace: u32 = parsed(var, "GRACE_MINUTES")?;
        let journal: u32 = parsed(var, "JOURNAL_DAYS")?;
        Ok(Self {
            account: account(var)?,
            region: text(var, "AWS_REGION")?,
            place: Place {
                ledger_table: text(var, "LEDGER_TABLE")?,
                event_bus: text(var, "EVENT_BUS")?,
                bucket_share_percent: share(var)?,
            },
            reach: parsed(var, "CLUSTERS")?,
            budgets: budgets(var)?,
            policy: Policy {
                warn_percent: percent(var, "WARN_PERCENT")?,
                stop_percent: percent(var, "STOP_PERCENT")?,
                grace: SignedDuration::from_mins(i64::from(grace)),
                put_down_again: parsed(var, "PUT_DOWN_AGAIN")?,
                topics: topics(var)?,
                function: text(var, "AWS_LAMBDA_FUNCTION_NAME")?,
            },
            default_zone: default_zone(var)?,
            dry_run: parsed(var, "DRY_RUN")?,
            journal: SignedDuration::from_hours(24 * i64::from(journal)),
        })
    }
}

fn share(var: &Lookup<'_>) -> Result<u32, Invalid> {
    const NAME: &str = "BUCKET_SHARE_PERCENT";
    match parsed(var, NAME)? {
        share @ 1..=100 => Ok(share),
        share => Err(Invalid::new(NAME, format!("is {share}: expected 1 to 100"))),
    }
}

/// Names between commas.
fn budgets(var: &Lookup<'_>) -> Result<BTreeSet<BudgetName>, Invalid> {
    const NAME: &str = "BUDGET_NAMES";
    let list = text(var, NAME)?;
    let names = list.split(',').map(BudgetName::parse);
    names
        .collect::<Result<_, _>>()
        .map_err(|error| Invalid::new(NAME, format!("is \"{list}\": {error}")))
}

/// ARNs between commas; the template always sets the variable, and an empty one means that no
/// message counts, so that the hourly look alone is left.
fn topics(var: &Lookup<'_>) -> Result<Vec<String>, Invalid> {
    const NAME: &str = "BUDGET_TOPICS";
    let list = var(NAME).ok_or_else(|| Invalid::new(NAME, "is not set"))?;
    let arns = list.split(',').map(str::trim).filter(|arn| !arn.is_empty());
    let read = |arn: &str| match arn.split(':').nth(2) {
        Some("sns") if arn.starts_with("arn:") => Ok(arn.to_owned()),
        _ => Err(Invalid::new(NAME, format!("\"{arn}\" is no topic's ARN"))),
    };
    arns.map(read).collect()
}

/// Hundredths of the limit. AWS allows thresholds above the limit itself.
fn percent(var: &Lookup<'_>, name: &'static str) -> Result<Decimal, Invalid> {
    let percent: Decimal = parsed(var, name)?;
    if Decimal::ZERO < percent && percent <= Decimal::ONE_THOUSAND {
        return Ok(percent);
    }
    let problem = format!("is {percent}: expected more than 0, up to 1000");
    Err(Invalid::new(name, problem))
}

fn default_zone(var: &Lookup<'_>) -> Result<Zone, Invalid> {
    let name = text(var, "DEFAULT_TIME_ZONE")?;
    Zone::parse(&name).map_err(|error| Invalid::new("DEFAULT_TIME_ZONE", error.to_string()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn variables(name: &str) -> Option<String> {
        let value = match name {
            "AWS_LAMBDA_FUNCTION_NAME" => "caretaker-budget-guard",
            "AWS_REGION" => "eu-central-1",
            "ACCOUNT_ID" => "123456789012",
            "LEDGER_TABLE" => "ledger",
            "EVENT_BUS" => "default",
            "CLUSTERS" => "*",
            "BUDGET_NAMES" => "monthly",
            "BUDGET_TOPICS" => "arn:aws:sns:eu-central-1:123456789012:caretaker-BudgetWarn",
            "WARN_PERCENT" => "80",
            "STOP_PERCENT" => "100",
            "GRACE_MINUTES" => "0",
            "PUT_DOWN_AGAIN" => "3",
            "BUCKET_SHARE_PERCENT" => "80",
            "JOURNAL_DAYS" => "90",
            "DRY_RUN" => "false",
            "DEFAULT_TIME_ZONE" => "Europe/Berlin",
            _ => return None,
        };
        Some(value.to_owned())
    }

    /// The settings of these tests.
    pub(crate) fn settings() -> Settings {
        Settings::from_env(&variables).unwrap()
    }

    fn with(changed: &str, value: Option<&str>) -> Result<Settings, Invalid> {
        let lookup = |name: &str| match name == changed {
            true => value.map(str::to_owned),
            false => variables(name),
        };
        Settings::from_env(&lookup)
    }

    fn refused(changed: &str, value: Option<&str>) -> String {
        with(changed, value).unwrap_err().to_string()
    }

    #[test]
    fn everything_that_the_template_sets_is_read() {
        let settings = settings();
        assert_eq!(settings.policy.warn_percent, Decimal::from(80));
        assert_eq!(settings.journal, SignedDuration::from_hours(90 * 24));
        assert_eq!(settings.policy.function, "caretaker-budget-guard");
    }

    #[test]
    fn names_and_topics_come_between_commas() {
        let names = with("BUDGET_NAMES", Some("team a's, monthly"))
            .unwrap()
            .budgets;
        let names: Vec<&str> = names.iter().map(BudgetName::as_str).collect();
        assert_eq!(names, ["monthly", "team a's"]);
        let topics = "arn:aws:sns:us-east-1:123456789012:a, arn:aws:sns:us-east-1:123456789012:b";
        let topics = with("BUDGET_TOPICS", Some(topics)).unwrap().policy.topics;
        assert_eq!(topics.len(), 2);
        assert_eq!(
            with("BUDGET_TOPICS", Some("")).unwrap().policy.topics.len(),
            0
        );
    }

    #[test]
    fn every_variable_that_is_missing_is_named() {
        for name in [
            "AWS_LAMBDA_FUNCTION_NAME",
            "AWS_REGION",
            "ACCOUNT_ID",
            "LEDGER_TABLE",
            "EVENT_BUS",
            "CLUSTERS",
            "BUDGET_NAMES",
            "BUDGET_TOPICS",
            "WARN_PERCENT",
            "STOP_PERCENT",
            "GRACE_MINUTES",
            "PUT_DOWN_AGAIN",
            "BUCKET_SHARE_PERCENT",
            "JOURNAL_DAYS",
            "DRY_RUN",
            "DEFAULT_TIME_ZONE",
        ] {
            assert_eq!(refused(name, None), format!("{name} is not set"));
        }
    }

    #[test]
    fn what_cannot_be_used_is_quoted_with_the_reason() {
        for (name, value, problem) in [
            ("ACCOUNT_ID", "12", "expected 12 digits"),
            ("BUCKET_SHARE_PERCENT", "0", "expected 1 to 100"),
            ("BUDGET_NAMES", "monthly,,", "is no name of a budget"),
            ("BUDGET_TOPICS", "caretaker-Budget", "is no topic's ARN"),
            ("WARN_PERCENT", "0", "expected more than 0, up to 1000"),
            ("STOP_PERCENT", "all", "is \"all\""),
            ("PUT_DOWN_AGAIN", "256", "is \"256\""),
            ("DRY_RUN", "yes", "is \"yes\""),
        ] {
            let said = refused(name, Some(value));
            assert!(said.starts_with(name) && said.contains(problem), "{said}");
        }
    }
}
