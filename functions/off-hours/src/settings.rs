//! What the template tells the function, read once and fully typed.

use std::sync::Arc;

use domain::hours::holidays::Holidays;
use domain::hours::zone::Zone;
use domain::off_hours::Policy;
use edge::{Place, Reach};
use jiff::SignedDuration;
use shell::environment::{Invalid, Lookup, parsed, text};

/// The settings of `off-hours`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name of this function, which Lambda gives to the sessions of its role.
    pub function: String,
    /// The ledger, the bus, and our share of the token buckets.
    pub place: Place,
    /// The clusters that the permissions reach.
    pub reach: Reach,
    /// The rules of the decision.
    pub policy: Policy,
    /// What Fargate Spot is taken to be off On-Demand, in hundredths, for what a rest saved; none
    /// where nobody has said.
    pub fargate_spot_percent_off: Option<u32>,
    /// Show what would be done and write nothing.
    pub dry_run: bool,
    /// How long a journal entry is kept.
    pub journal: SignedDuration,
}

impl Settings {
    /// Reads the environment; what is missing or unusable is named.
    pub fn from_env(var: &Lookup<'_>) -> Result<Self, Invalid> {
        let share: u32 = parsed(var, "BUCKET_SHARE_PERCENT")?;
        if !(1..=100).contains(&share) {
            return Err(Invalid::new(
                "BUCKET_SHARE_PERCENT",
                format!("is {share}: expected 1 to 100"),
            ));
        }
        Ok(Self {
            function: text(var, "AWS_LAMBDA_FUNCTION_NAME")?,
            place: Place {
                ledger_table: text(var, "LEDGER_TABLE")?,
                event_bus: text(var, "EVENT_BUS")?,
                bucket_share_percent: share,
            },
            reach: parsed(var, "CLUSTERS")?,
            policy: Policy {
                default_zone: default_zone(var)?,
                holidays: Arc::new(holidays(var)?),
                night_grace: minutes(var, "NIGHT_GRACE_MINUTES")?,
                deployment_patience: minutes(var, "DEPLOYMENT_PATIENCE_MINUTES")?,
                wave_timeout: minutes(var, "WAVE_TIMEOUT_MINUTES")?,
                watches_budgets: parsed(var, "WATCHES_BUDGETS")?,
            },
            fargate_spot_percent_off: spot_percent_off(var)?,
            dry_run: parsed(var, "DRY_RUN")?,
            journal: SignedDuration::from_hours(
                24 * i64::from(parsed::<u32>(var, "JOURNAL_DAYS")?),
            ),
        })
    }
}

fn default_zone(var: &Lookup<'_>) -> Result<Zone, Invalid> {
    let name = text(var, "DEFAULT_TIME_ZONE")?;
    Zone::parse(&name).map_err(|error| Invalid::new("DEFAULT_TIME_ZONE", error.to_string()))
}

/// The holidays; the template always sets the variable, and an empty one means none.
fn holidays(var: &Lookup<'_>) -> Result<Holidays, Invalid> {
    let list = var("HOLIDAYS").ok_or_else(|| Invalid::new("HOLIDAYS", "is not set"))?;
    Holidays::parse(&list).map_err(|error| Invalid::new("HOLIDAYS", error.to_string()))
}

/// The discount of Fargate Spot; the template always sets the variable, and an empty one means that
/// it is not known.
fn spot_percent_off(var: &Lookup<'_>) -> Result<Option<u32>, Invalid> {
    const NAME: &str = "FARGATE_SPOT_DISCOUNT_PERCENT";
    if var(NAME).is_some_and(|text| text.is_empty()) {
        return Ok(None);
    }
    match parsed(var, NAME)? {
        off @ 1..=99 => Ok(Some(off)),
        off => Err(Invalid::new(NAME, format!("is {off}: expected 1 to 99"))),
    }
}

fn minutes(var: &Lookup<'_>, name: &str) -> Result<SignedDuration, Invalid> {
    Ok(SignedDuration::from_mins(i64::from(parsed::<u32>(
        var, name,
    )?)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn variables(name: &str) -> Option<String> {
        let value = match name {
            "AWS_LAMBDA_FUNCTION_NAME" => "caretaker-off-hours",
            "LEDGER_TABLE" => "ledger",
            "EVENT_BUS" => "default",
            "CLUSTERS" => "*",
            "DEFAULT_TIME_ZONE" => "Europe/Berlin",
            "HOLIDAYS" => "",
            "NIGHT_GRACE_MINUTES" | "DEPLOYMENT_PATIENCE_MINUTES" => "60",
            "WAVE_TIMEOUT_MINUTES" => "15",
            "WATCHES_BUDGETS" => "true",
            "BUCKET_SHARE_PERCENT" => "80",
            "FARGATE_SPOT_DISCOUNT_PERCENT" => "",
            "DRY_RUN" => "false",
            "JOURNAL_DAYS" => "90",
            _ => return None,
        };
        Some(value.to_owned())
    }

    /// The settings of these tests.
    pub(crate) fn settings() -> Settings {
        Settings::from_env(&variables).unwrap()
    }

    fn with(changed: &'static str, value: Option<&'static str>) -> String {
        let lookup = |name: &str| {
            if name == changed {
                value.map(str::to_owned)
            } else {
                variables(name)
            }
        };
        Settings::from_env(&lookup).unwrap_err().to_string()
    }

    #[test]
    fn everything_that_the_template_sets_is_read() {
        let settings = Settings::from_env(&variables).unwrap();
        assert_eq!(settings.policy.wave_timeout, SignedDuration::from_mins(15));
        assert_eq!(settings.journal, SignedDuration::from_hours(90 * 24));
    }

    #[test]
    fn a_discount_of_fargate_spot_is_read_where_one_is_given() {
        let given = |text: &'static str| {
            let lookup = move |name: &str| match name {
                "FARGATE_SPOT_DISCOUNT_PERCENT" => Some(text.to_owned()),
                _ => variables(name),
            };
            Settings::from_env(&lookup)
                .unwrap()
                .fargate_spot_percent_off
        };
        assert_eq!((given(""), given("70")), (None, Some(70)));
        let beyond = with("FARGATE_SPOT_DISCOUNT_PERCENT", Some("100"));
        assert!(beyond.contains("expected 1 to 99"), "{beyond}");
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(with("LEDGER_TABLE", None), "LEDGER_TABLE is not set");
        assert_eq!(with("HOLIDAYS", None), "HOLIDAYS is not set");
    }

    #[test]
    fn what_cannot_be_used_is_quoted_with_the_reason() {
        assert!(with("BUCKET_SHARE_PERCENT", Some("0")).contains("expected 1 to 100"));
        assert!(
            with("DEFAULT_TIME_ZONE", Some("Berlin")).starts_with("DEFAULT_TIME_ZONE at column 1")
        );
        assert!(with("DRY_RUN", Some("yes")).starts_with("DRY_RUN is \"yes\""));
    }
}
