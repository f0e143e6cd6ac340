//! The command line.

use lexopt::prelude::*;

/// What a person reads who asks for help or mistypes.
pub(crate) const USAGE: &str = "\
usage: rehearsal serve [--port 4577]

  serve   answers as an AWS account on loopback until it is interrupted; point any SDK, boto3
          or the AWS CLI at it with AWS_ENDPOINT_URL. --port 0 takes any free port.";

/// What to do.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// Print the usage.
    Help,
    /// Serve an account.
    Serve(Serving),
}

/// How to serve an account.
#[derive(Debug, PartialEq)]
pub(crate) struct Serving {
    /// The port on loopback.
    pub(crate) port: u16,
}

/// Reads the command line.
pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Command, lexopt::Error> {
    match arguments.next()? {
        Some(Value(verb)) if verb == "serve" => serving(arguments).map(Command::Serve),
        Some(Value(verb)) if verb == "help" => Ok(Command::Help),
        Some(Short('h') | Long("help")) => Ok(Command::Help),
        Some(other) => Err(other.unexpected()),
        None => Err("say what to do".into()),
    }
}

fn serving(mut arguments: lexopt::Parser) -> Result<Serving, lexopt::Error> {
    let mut serving = Serving { port: 4577 };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("port") => serving.port = arguments.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(serving)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Command, String> {
        parse(lexopt::Parser::from_args(words)).map_err(|error| error.to_string())
    }

    #[test]
    fn serve_takes_the_documented_port_unless_told_otherwise() {
        assert_eq!(
            parsed(&["serve"]),
            Ok(Command::Serve(Serving { port: 4577 }))
        );
        assert_eq!(
            parsed(&["serve", "--port", "0"]),
            Ok(Command::Serve(Serving { port: 0 }))
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
