//! The command line.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lexopt::prelude::*;

/// What a person reads who asks for help or mistypes.
pub(crate) const USAGE: &str = "\
usage: rehearsal serve [--port 4577] [--stack FILE] [--parameter NAME=VALUE]... [--unthrottled]
       rehearsal invoke --function NAME --event FILE [--endpoint URL] [--binary PATH]
                        [--stack FILE] [--before FILE]... [--parameter NAME=VALUE]...
       rehearsal rehearse SCENARIO [--stack FILE] [--report FILE] [--binaries FOLDER]
       rehearsal operations

  serve   answers as an AWS account on loopback until it is interrupted; point any SDK, boto3
          or the AWS CLI at it with AWS_ENDPOINT_URL. --port 0 takes any free port. The account
          holds the template's table and topics, and the stack. --unthrottled takes its token
          buckets away, for measuring callers rather than ECS's limits.
  invoke  starts a function's release build as Lambda would, delivers the event and prints the
          answer as JSON. Without --endpoint the function finds a small stack of its own, or
          the one that --stack names. --before delivers another event first.
  rehearse  runs a scenario with the real functions, tells it as it happens, writes a report,
          and ends with 0 only if every expectation held. --stack has it happen to another stack
          than its own.
  operations  prints the API operations that are modelled, by service, as JSON.

All read ./template.yaml, or the one that --template names. --parameter gives a parameter of the
template another value than its default; a scenario has its own.";

/// What to do.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// Print the usage.
    Help,
    /// Serve an account.
    Serve(Serving),
    /// Deliver one event.
    Invoke(Invoking),
    /// Run a scenario.
    Rehearse(Rehearsing),
    /// Print the modelled operations.
    Operations,
}

/// How to serve an account.
#[derive(Debug, PartialEq)]
pub(crate) struct Serving {
    /// The port on loopback.
    pub(crate) port: u16,
    /// The stack's file.
    pub(crate) stack: Option<PathBuf>,
    /// The template; none is `template.yaml` if that exists.
    pub(crate) template: Option<PathBuf>,
    /// Parameters of the template that differ from their defaults.
    pub(crate) parameters: BTreeMap<String, String>,
    /// Whether no call is ever throttled.
    pub(crate) unthrottled: bool,
}

/// Which event for which function.
#[derive(Debug, PartialEq)]
pub(crate) struct Invoking {
    /// The function's name.
    pub(crate) function: String,
    /// The event's file.
    pub(crate) event: PathBuf,
    /// The files of the events that the function is to have answered before.
    pub(crate) before: Vec<PathBuf>,
    /// The file of the stack that it finds; none is a small one.
    pub(crate) stack: Option<PathBuf>,
    /// An account that is served elsewhere.
    pub(crate) endpoint: Option<String>,
    /// The function's binary; none is its release build.
    pub(crate) binary: Option<PathBuf>,
    /// The template.
    pub(crate) template: PathBuf,
    /// Parameters of the template that differ from their defaults.
    pub(crate) parameters: BTreeMap<String, String>,
}

/// Which scenario.
#[derive(Debug, PartialEq)]
pub(crate) struct Rehearsing {
    /// The scenario's file.
    pub(crate) scenario: PathBuf,
    /// The file of the stack to which it happens; none is the scenario's own.
    pub(crate) stack: Option<PathBuf>,
    /// Where the report goes; none is `target/rehearsal/<scenario>.html`.
    pub(crate) report: Option<PathBuf>,
    /// Where the functions' binaries are; none is beside this program.
    pub(crate) binaries: Option<PathBuf>,
    /// The template.
    pub(crate) template: PathBuf,
    /// Whether the environment asks for no colour.
    pub(crate) no_color: bool,
}

/// The template of this repository.
pub(crate) const TEMPLATE: &str = "template.yaml";

/// Reads the command line.
pub(crate) fn parse(
    mut arguments: lexopt::Parser,
    no_color: bool,
) -> Result<Command, lexopt::Error> {
    match arguments.next()? {
        Some(Value(verb)) if verb == "serve" => serving(arguments).map(Command::Serve),
        Some(Value(verb)) if verb == "invoke" => invoking(arguments).map(Command::Invoke),
        Some(Value(verb)) if verb == "rehearse" => {
            rehearsing(arguments, no_color).map(Command::Rehearse)
        }
        Some(Value(verb)) if verb == "operations" => Ok(Command::Operations),
        Some(Value(verb)) if verb == "help" => Ok(Command::Help),
        Some(Short('h') | Long("help")) => Ok(Command::Help),
        Some(other) => Err(other.unexpected()),
        None => Err("say what to do".into()),
    }
}

fn serving(mut arguments: lexopt::Parser) -> Result<Serving, lexopt::Error> {
    let mut serving = Serving {
        port: 4577,
        stack: None,
        template: None,
        parameters: BTreeMap::new(),
        unthrottled: false,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("port") => serving.port = arguments.value()?.parse()?,
            Long("stack") => serving.stack = Some(arguments.value()?.into()),
            Long("template") => serving.template = Some(arguments.value()?.into()),
            Long("parameter") => {
                let given = parameter(&arguments.value()?.string()?)?;
                serving.parameters.extend([given]);
            }
            Long("unthrottled") => serving.unthrottled = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(serving)
}

/// `NAME=VALUE`; the value may be empty or hold another `=`.
fn parameter(text: &str) -> Result<(String, String), lexopt::Error> {
    match text.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err(format!("--parameter {text}: write NAME=VALUE").into()),
    }
}

fn invoking(mut arguments: lexopt::Parser) -> Result<Invoking, lexopt::Error> {
    let (mut function, mut event) = (None, None);
    let (mut endpoint, mut binary, mut stack) = (None, None, None);
    let mut before = Vec::new();
    let mut template = PathBuf::from(TEMPLATE);
    let mut parameters = BTreeMap::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("function") => function = Some(arguments.value()?.string()?),
            Long("event") => event = Some(arguments.value()?.into()),
            Long("before") => before.push(arguments.value()?.into()),
            Long("stack") => stack = Some(arguments.value()?.into()),
            Long("endpoint") => endpoint = Some(arguments.value()?.string()?),
            Long("binary") => binary = Some(arguments.value()?.into()),
            Long("parameter") => parameters.extend([parameter(&arguments.value()?.string()?)?]),
            Long("template") => template = arguments.value()?.into(),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Invoking {
        function: function.ok_or("--function is missing")?,
        event: event.ok_or("--event is missing")?,
        before,
        stack: alone(stack, endpoint.as_deref())?,
        // `make invoke` passes the option along whether or not it was given.
        endpoint: endpoint.filter(|url| !url.is_empty()),
        binary,
        template,
        parameters,
    })
}

/// An account that is served elsewhere has its own stack.
fn alone(stack: Option<PathBuf>, endpoint: Option<&str>) -> Result<Option<PathBuf>, lexopt::Error> {
    match (&stack, endpoint) {
        (Some(_), Some(url)) if !url.is_empty() => {
            Err("--stack is for an account of its own, without --endpoint".into())
        }
        _ => Ok(stack),
    }
}

fn rehearsing(mut arguments: lexopt::Parser, no_color: bool) -> Result<Rehearsing, lexopt::Error> {
    let (mut scenario, mut stack) = (None, None);
    let (mut report, mut binaries) = (None, None);
    let mut template = PathBuf::from(TEMPLATE);
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(path) if scenario.is_none() => scenario = Some(path.into()),
            Long("stack") => stack = Some(arguments.value()?.into()),
            Long("report") => report = Some(arguments.value()?.into()),
            Long("binaries") => binaries = Some(arguments.value()?.into()),
            Long("template") => template = arguments.value()?.into(),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Rehearsing {
        scenario: scenario.ok_or("name the scenario's file")?,
        stack,
        report,
        binaries,
        template,
        no_color,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Command, String> {
        parse(lexopt::Parser::from_args(words), false).map_err(|error| error.to_string())
    }

    #[test]
    fn serve_takes_the_documented_port_unless_told_otherwise() {
        let serving = |port| {
            Ok(Command::Serve(Serving {
                port,
                stack: None,
                template: None,
                parameters: BTreeMap::new(),
                unthrottled: false,
            }))
        };
        assert_eq!(parsed(&["serve"]), serving(4577));
        assert_eq!(parsed(&["serve", "--port", "0"]), serving(0));
    }

    #[test]
    fn invoke_needs_a_function_and_an_event() {
        assert_eq!(
            parsed(&["invoke", "--event", "tick.json"]),
            Err("--function is missing".to_owned())
        );
        assert_eq!(
            parsed(&["invoke", "--function", "off-hours"]),
            Err("--event is missing".to_owned())
        );
    }

    #[test]
    fn an_empty_endpoint_is_none() {
        let words = [
            "invoke",
            "--function",
            "f",
            "--event",
            "e",
            "--endpoint",
            "",
        ];
        match parsed(&words) {
            Ok(Command::Invoke(invoking)) => assert_eq!(invoking.endpoint, None),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_stack_is_for_an_account_of_its_own() {
        let words = ["invoke", "--function", "f", "--event", "e", "--stack", "s"];
        match parsed(&words) {
            Ok(Command::Invoke(invoking)) => assert_eq!(invoking.stack, Some("s".into())),
            other => panic!("{other:?}"),
        }
        let elsewhere = [&words[..], &["--endpoint", "http://127.0.0.1:1"]].concat();
        let refused = "--stack is for an account of its own, without --endpoint";
        assert_eq!(parsed(&elsewhere), Err(refused.to_owned()));
    }

    #[test]
    fn parameters_are_names_and_values() {
        let words = ["serve", "--parameter", "A=b=c", "--parameter", "D="];
        match parsed(&words) {
            Ok(Command::Serve(serving)) => {
                let parameters: Vec<_> = serving.parameters.into_iter().collect();
                let expected = [("A", "b=c"), ("D", "")].map(|(n, v)| (n.to_owned(), v.to_owned()));
                assert_eq!(parameters, expected);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(
            parsed(&["serve", "--parameter", "A"]),
            Err("--parameter A: write NAME=VALUE".to_owned())
        );
    }

    #[test]
    fn a_mistyped_option_is_named() {
        assert_eq!(
            parsed(&["serve", "--prot", "1"]),
            Err("invalid option '--prot'".to_owned())
        );
    }
}
