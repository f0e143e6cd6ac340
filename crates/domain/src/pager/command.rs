//! Whether a command that came with a notice may be put before a tired person to paste.

/// Longer ones are not read before they are run.
const LONGEST: usize = 300;

/// Whether the command is one of ours and a shell takes every sign of it as it stands.
///
/// A command may hold a name that somebody else chose. Nothing in it may start a second command,
/// expand, redirect, mention or link; what is left is enough for the AWS CLI and `make`. Braces,
/// which JSON needs, expand everywhere but between single quotes, so they may stand only there.
pub(super) fn may_be_pasted(command: &str) -> bool {
    let ours = command.starts_with("aws ") || command.starts_with("make ");
    ours && command.len() <= LONGEST
        && braces_are_quoted(command)
        && command.chars().all(|c| is_plain(c) || "{}".contains(c))
        && !command.contains("://")
        && !command.contains("www.")
}

/// Whether every brace is between single quotes. What is outside them must have no double quote,
/// in which a single one would begin nothing.
fn braces_are_quoted(command: &str) -> bool {
    if !command.contains(['{', '}']) {
        return true;
    }
    let pieces: Vec<&str> = command.split('\'').collect();
    let closed = pieces.len() % 2 == 1;
    let outside = pieces.into_iter().step_by(2);
    closed
        && outside
            .into_iter()
            .all(|piece| !piece.contains(['{', '}', '"']))
}

fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || " -_.,:/=+'\"[]".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_of_the_aws_cli_may_be_pasted() {
        assert!(may_be_pasted(
            "aws ecs describe-services --cluster prod --services checkout --query 'services[0].events'"
        ));
        assert!(may_be_pasted("make status SERVICE=prod/checkout"));
    }

    #[test]
    fn a_command_that_does_more_than_it_shows_is_withheld() {
        for command in [
            "aws ecs list-services; curl evil.example",
            "aws ecs list-services $(reboot)",
            "aws ecs list-services `reboot`",
            "aws ecs list-services | sh",
            "aws ecs list-services > ~/.ssh/authorized_keys",
            "aws ecs list-services & reboot",
            "aws ecs list-services\nreboot",
            "aws s3 cp s3://bucket/key .",
            "aws ecs list-services --cluster \u{202E}drawkcab",
            "rm -r target",
            "",
        ] {
            assert!(!may_be_pasted(command), "{command:?}");
        }
    }

    #[test]
    fn json_may_be_pasted_between_single_quotes_only() {
        let ask = "aws lambda invoke --payload";
        assert!(may_be_pasted(&format!(
            "{ask} '{{\"action\":\"restore\",\"allow\":\"3.00\"}}' /dev/stdout"
        )));
        for payload in [
            "{a,b}",
            "\"{a,b}\"",
            "\"'{a,b}'\"",
            "'{a}' {b,c}",
            "'{\"budget\":\"it's\"}'",
            "'{a,b}",
        ] {
            let command = format!("{ask} {payload}");
            assert!(!may_be_pasted(&command), "{command}");
        }
    }

    #[test]
    fn a_command_too_long_to_read_is_withheld() {
        assert!(!may_be_pasted(&format!("aws {}", "x".repeat(LONGEST))));
    }
}
