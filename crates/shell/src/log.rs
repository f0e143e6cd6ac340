//! The log: what a function says on stdout, which Lambda puts into its log group.

use std::str::FromStr;

use tracing_subscriber::filter::LevelFilter;

use crate::environment::Lookup;

/// Sends what is traced to stdout, from the level and in the form that Lambda's variables name.
///
/// The runtime's own subscriber would do the same and also read filter expressions, with an engine
/// for regular expressions that nobody here asks for (docs/decisions/0011-built-for-size.md).
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html>.
pub fn to_stdout(lookup: &Lookup<'_>) {
    let lines = tracing_subscriber::fmt()
        .with_max_level(level(lookup))
        .with_target(false)
        .without_time();
    match lookup("AWS_LAMBDA_LOG_FORMAT").as_deref() {
        Some("JSON") => lines.json().init(),
        _ => lines.init(),
    }
}

/// The level from which on something is said. Lambda's `FATAL` is above all of ours: an error is
/// said even then.
fn level(lookup: &Lookup<'_>) -> LevelFilter {
    match lookup("AWS_LAMBDA_LOG_LEVEL").as_deref() {
        Some("FATAL") => LevelFilter::ERROR,
        Some(name) => LevelFilter::from_str(name).unwrap_or(LevelFilter::INFO),
        None => LevelFilter::INFO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_that_lambda_can_name_is_known_and_without_one_it_is_info() {
        let named = |name: &'static str| level(&move |_| Some(name.to_owned()));
        let known = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].map(named);
        let expected = [
            LevelFilter::TRACE,
            LevelFilter::DEBUG,
            LevelFilter::INFO,
            LevelFilter::WARN,
            LevelFilter::ERROR,
            LevelFilter::ERROR,
        ];
        assert_eq!(known, expected);
        assert_eq!(level(&|_| None), LevelFilter::INFO);
        assert_eq!(named("LOUD"), LevelFilter::INFO);
    }
}
