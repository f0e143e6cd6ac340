//! What the template states for the pager.

use domain::pager::Letterhead;
use jiff::tz::TimeZone;
use shell::environment::{Invalid, Lookup, parsed, text};

/// The settings, read once.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The topic that people are subscribed to: `TOPIC_ARN`.
    pub topic: String,
    /// Who writes, and in whose time: `STACK_NAME` and `TIME_ZONE`.
    pub letterhead: Letterhead,
    /// Whether no notice is published: `DRY_RUN`.
    pub dry_run: bool,
}

impl Settings {
    /// Reads every setting, or names the one that is missing or wrong.
    pub fn from_env(lookup: &Lookup<'_>) -> Result<Self, Invalid> {
        Ok(Self {
            topic: text(lookup, "TOPIC_ARN")?,
            letterhead: Letterhead {
                stack: text(lookup, "STACK_NAME")?,
                zone: zone(&text(lookup, "TIME_ZONE")?)?,
            },
            dry_run: parsed(lookup, "DRY_RUN")?,
        })
    }
}

fn zone(name: &str) -> Result<TimeZone, Invalid> {
    TimeZone::get(name).map_err(|_| {
        Invalid::new(
            "TIME_ZONE",
            format!("is \"{name}\", which is not a zone such as Europe/Berlin"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The template's settings, one of them replaced.
    fn read(variable: &str, value: Option<&str>) -> Result<Settings, Invalid> {
        Settings::from_env(&|name| {
            let stated = match name {
                "TOPIC_ARN" => Some("arn:aws:sns:eu-central-1:111122223333:pages"),
                "STACK_NAME" => Some("ecs-caretaker"),
                "TIME_ZONE" => Some("Europe/Berlin"),
                "DRY_RUN" => Some("false"),
                _ => None,
            };
            let found = if name == variable { value } else { stated };
            found.map(str::to_owned)
        })
    }

    #[test]
    fn the_settings_of_the_template_are_read() {
        let settings = read("DRY_RUN", Some("true")).unwrap();
        assert_eq!(
            settings.topic,
            "arn:aws:sns:eu-central-1:111122223333:pages"
        );
        assert_eq!(settings.letterhead.stack, "ecs-caretaker");
        assert_eq!(settings.letterhead.zone.iana_name(), Some("Europe/Berlin"));
        assert!(settings.dry_run);
    }

    #[test]
    fn a_missing_setting_is_named() {
        for variable in ["TOPIC_ARN", "STACK_NAME", "TIME_ZONE", "DRY_RUN"] {
            for value in [None, Some("")] {
                assert_eq!(read(variable, value).unwrap_err().variable, variable);
            }
        }
    }

    #[test]
    fn a_zone_that_does_not_exist_is_refused() {
        assert_eq!(
            read("TIME_ZONE", Some("Europe/Bonn"))
                .unwrap_err()
                .to_string(),
            "TIME_ZONE is \"Europe/Bonn\", which is not a zone such as Europe/Berlin"
        );
    }

    #[test]
    fn a_dry_run_is_said_in_words() {
        assert_eq!(read("DRY_RUN", Some("1")).unwrap_err().variable, "DRY_RUN");
    }
}
