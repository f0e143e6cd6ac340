//! What the template tells the function, read once and fully typed.

use std::collections::BTreeSet;

use domain::drain::{Fallback, Policy, SurgePolicy};
use edge::{Place, Reach};
use jiff::SignedDuration;
use shell::environment::{Invalid, Lookup, account, parsed, text};

/// The settings of `spot-drain`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The account of the instances.
    pub account: String,
    /// The Region of the instances.
    pub region: String,
    /// The ledger, the bus, and our share of the token buckets.
    pub place: Place,
    /// The clusters that the permissions reach.
    pub reach: Reach,
    /// The URL of the intake queue, to which a look is sent.
    pub queue: String,
    /// The name of the rule that ticks every minute.
    pub minute_rule: String,
    /// Whether instances of clusters without the tag `caretaker:drain` are drained too.
    pub untagged: bool,
    /// The rules of the decision.
    pub policy: Policy,
    /// Show what would be done and write nothing.
    pub dry_run: bool,
    /// How long a journal entry is kept.
    pub journal: SignedDuration,
}

impl Settings {
    /// Reads the environment; what is missing or unusable is named.
    pub fn from_env(var: &Lookup<'_>) -> Result<Self, Invalid> {
        let journal: u32 = parsed(var, "JOURNAL_DAYS")?;
        Ok(Self {
            account: account(var)?,
            region: text(var, "AWS_REGION")?,
            place: Place {
                ledger_table: text(var, "LEDGER_TABLE")?,
                event_bus: text(var, "EVENT_BUS")?,
                bucket_share_percent: percent(var, "BUCKET_SHARE_PERCENT")?,
            },
            reach: parsed(var, "CLUSTERS")?,
            queue: text(var, "QUEUE_URL")?,
            minute_rule: text(var, "MINUTE_RULE")?,
            untagged: parsed(var, "DRAIN_UNTAGGED")?,
            policy: policy(var)?,
            dry_run: parsed(var, "DRY_RUN")?,
            journal: SignedDuration::from_hours(24 * i64::from(journal)),
        })
    }
}

/// What the template leaves to people; the rest is the decision's own.
fn policy(var: &Lookup<'_>) -> Result<Policy, Invalid> {
    let fallback: bool = parsed(var, "FALLBACK_TO_ON_DEMAND")?;
    let cap_percent = percent(var, "FALLBACK_CAP_PERCENT")?;
    Ok(Policy {
        ladder: SignedDuration::from_secs(i64::from(ladder(var)?)),
        rebalance: parsed(var, "DRAIN_ON_REBALANCE")?,
        surge: SurgePolicy {
            share_percent: percent(var, "SURGE_PERCENT")?,
            ..SurgePolicy::default()
        },
        fallback: fallback.then_some(Fallback { cap_percent }),
        hooks: hooks(var)?,
        function: text(var, "AWS_LAMBDA_FUNCTION_NAME")?,
        ..Policy::default()
    })
}

fn percent(var: &Lookup<'_>, name: &'static str) -> Result<u32, Invalid> {
    match parsed(var, name)? {
        share @ 1..=100 => Ok(share),
        share => Err(Invalid::new(name, format!("is {share}: expected 1 to 100"))),
    }
}

/// How long before the deadline tasks are stopped: within the two minutes that there are, with time
/// left for a SIGTERM.
fn ladder(var: &Lookup<'_>) -> Result<u32, Invalid> {
    const NAME: &str = "STOP_TASKS_BEFORE_SECONDS";
    match parsed(var, NAME)? {
        seconds @ 10..=110 => Ok(seconds),
        seconds => Err(Invalid::new(
            NAME,
            format!("is {seconds}: expected 10 to 110"),
        )),
    }
}

/// Names between commas; the template always sets the variable, and an empty one means that no hook
/// is ours.
fn hooks(var: &Lookup<'_>) -> Result<BTreeSet<String>, Invalid> {
    const NAME: &str = "HOOK_NAMES";
    let list = var(NAME).ok_or_else(|| Invalid::new(NAME, "is not set"))?;
    let names = list.split(',').map(str::trim);
    let names = names.filter(|name| !name.is_empty());
    Ok(names.map(str::to_owned).collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const NAMES: [&str; 17] = [
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_REGION",
        "ACCOUNT_ID",
        "LEDGER_TABLE",
        "EVENT_BUS",
        "CLUSTERS",
        "QUEUE_URL",
        "MINUTE_RULE",
        "DRAIN_UNTAGGED",
        "DRAIN_ON_REBALANCE",
        "STOP_TASKS_BEFORE_SECONDS",
        "SURGE_PERCENT",
        "HOOK_NAMES",
        "FALLBACK_TO_ON_DEMAND",
        "FALLBACK_CAP_PERCENT",
        "BUCKET_SHARE_PERCENT",
        "JOURNAL_DAYS",
    ];

    fn variables(name: &str) -> Option<String> {
        let value = match name {
            "AWS_LAMBDA_FUNCTION_NAME" => "caretaker-spot-drain",
            "AWS_REGION" => "eu-central-1",
            "ACCOUNT_ID" => "123456789012",
            "LEDGER_TABLE" => "ledger",
            "EVENT_BUS" => "default",
            "CLUSTERS" => "*",
            "QUEUE_URL" => {
                "https://sqs.eu-central-1.amazonaws.com/123456789012/caretaker-SpotIntake"
            }
            "MINUTE_RULE" => "caretaker-SpotMinute",
            "DRAIN_UNTAGGED" | "DRAIN_ON_REBALANCE" => "true",
            "STOP_TASKS_BEFORE_SECONDS" => "45",
            "SURGE_PERCENT" => "20",
            "HOOK_NAMES" => "caretaker-drain",
            "FALLBACK_TO_ON_DEMAND" | "DRY_RUN" => "false",
            "FALLBACK_CAP_PERCENT" => "50",
            "BUCKET_SHARE_PERCENT" => "80",
            "JOURNAL_DAYS" => "90",
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
        assert_eq!(settings.policy.ladder, SignedDuration::from_secs(45));
        assert_eq!(settings.policy.function, "caretaker-spot-drain");
        assert_eq!(settings.policy.fallback, None);
        assert_eq!(settings.journal, SignedDuration::from_hours(90 * 24));
        assert!(settings.untagged && settings.policy.rebalance);
    }

    #[test]
    fn on_demand_takes_the_place_of_spot_only_where_that_is_switched_on() {
        let settings = with("FALLBACK_TO_ON_DEMAND", Some("true")).unwrap();
        assert_eq!(settings.policy.fallback, Some(Fallback { cap_percent: 50 }));
    }

    #[test]
    fn hooks_come_between_commas_and_may_be_none() {
        let hooks = |list| with("HOOK_NAMES", Some(list)).unwrap().policy.hooks;
        let both = BTreeSet::from(["caretaker-drain".to_owned(), "drain".to_owned()]);
        assert_eq!(hooks("drain, caretaker-drain"), both);
        assert_eq!(hooks(""), BTreeSet::new());
    }

    #[test]
    fn every_variable_that_is_missing_is_named() {
        for name in NAMES.into_iter().chain(["DRY_RUN"]) {
            assert_eq!(refused(name, None), format!("{name} is not set"));
        }
    }

    #[test]
    fn what_cannot_be_used_is_quoted_with_the_reason() {
        for (name, value, problem) in [
            ("ACCOUNT_ID", "12", "expected 12 digits"),
            ("BUCKET_SHARE_PERCENT", "0", "expected 1 to 100"),
            ("SURGE_PERCENT", "101", "expected 1 to 100"),
            ("STOP_TASKS_BEFORE_SECONDS", "120", "expected 10 to 110"),
            ("DRAIN_UNTAGGED", "yes", "is \"yes\""),
            ("DRY_RUN", "1", "is \"1\""),
        ] {
            let said = refused(name, Some(value));
            assert!(said.starts_with(name) && said.contains(problem), "{said}");
        }
    }
}
