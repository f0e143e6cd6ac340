//! Text that anybody may have written, made harmless before it reaches a person.

/// One line of text without anything that a chat, a mail program or a phone would act on: no
/// mention, no link, no markup, no control character, no direction mark.
///
/// What is changed stays readable: `@here` becomes `(at)here`, `<!channel>` becomes `‹!channel›`,
/// `https://example.com` becomes `https[:]//example[.]com`.
pub(super) fn line(text: &str) -> String {
    let visible: Vec<char> = visible(text).chars().collect();
    let mut clean = String::with_capacity(visible.len());
    for (position, &character) in visible.iter().enumerate() {
        let before = clean.chars().next_back();
        let after = &visible[position + 1..];
        match character {
            // Slack reads `<!channel>`, `<@U123>` and `<address|text>` even without a person
            // typing them (https://docs.slack.dev/messaging/formatting-message-text).
            '<' => clean.push('‹'),
            '>' => clean.push('›'),
            '@' => push_apart(&mut clean, before, "(at)"),
            // `[text](address)` is a link in Markdown, `[text] (address)` is not.
            '(' => push_apart(&mut clean, before, "("),
            '`' => clean.push('\''),
            ':' if after.starts_with(&['/', '/']) => clean.push_str("[:]"),
            '.' if looks_like_a_domain(before, after) => clean.push_str("[.]"),
            other => clean.push(other),
        }
    }
    clean
}

fn push_apart(clean: &mut String, before: Option<char>, text: &str) {
    if before == Some(']') {
        clean.push(' ');
    }
    clean.push_str(text);
}

/// Programs make links of bare names such as `example.com`. A dot between a sign and two letters is
/// enough to tell; versions, times and the ends of sentences have no such dot. What stands before
/// a text is not known here, so a dot at its beginning counts too.
fn looks_like_a_domain(before: Option<char>, after: &[char]) -> bool {
    let follows_a_sign = before.is_none_or(|character| !character.is_whitespace());
    let letters = matches!(after, [a, b, ..] if a.is_alphabetic() && b.is_alphabetic());
    follows_a_sign && letters && !is_a_size(after)
}

/// What instance types end with. None of them is a domain at the top, of which no program makes a
/// link: <https://data.iana.org/TLD/tlds-alpha-by-domain.txt>.
const SIZES: [&str; 7] = [
    "nano", "micro", "small", "medium", "large", "xlarge", "metal",
];

/// Whether an instance's size follows, and no more of a name.
fn is_a_size(after: &[char]) -> bool {
    let in_a_name = |character: &&char| character.is_alphanumeric() || "-._".contains(**character);
    let word: String = after.iter().take_while(in_a_name).collect();
    SIZES.contains(&word.as_str())
}

/// The text on one line, without what cannot be seen; any run of white space is one space.
fn visible(text: &str) -> String {
    let shown: String = text
        .chars()
        .filter(|&character| !is_invisible(character))
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Unicode's format characters (general category Cf), among them the direction marks, and the
/// blank-looking fillers: <https://www.unicode.org/reports/tr36/> names what is done with them.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{0600}'..='\u{0605}'
            | '\u{061C}'
            | '\u{06DD}'
            | '\u{070F}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nobody_is_mentioned() {
        assert_eq!(line("@here look"), "(at)here look");
        assert_eq!(
            line("<!channel> and <@U012AB3CD>"),
            "‹!channel› and ‹(at)U012AB3CD›"
        );
        assert_eq!(line("@he\u{200B}re"), "(at)here");
    }

    #[test]
    fn no_link_is_made() {
        assert_eq!(
            line("see https://example.com/x"),
            "see https[:]//example[.]com/x"
        );
        assert_eq!(line("www.example.com"), "www[.]example[.]com");
        assert_eq!(line(".example"), "[.]example");
        assert_eq!(line("m6i.large in a"), "m6i.large in a");
        assert_eq!(line("evil.large.com"), "evil[.]large[.]com");
        assert_eq!(
            line("[log in](https://a.bc)"),
            "[log in] (https[:]//a[.]bc)"
        );
        assert_eq!(
            line("<https://a.bc|the console>"),
            "‹https[:]//a[.]bc|the console›"
        );
        assert_eq!(line("ops@example.com"), "ops(at)example[.]com");
    }

    #[test]
    fn nothing_invisible_stays() {
        assert_eq!(line("a\u{202E}b\u{2066}c\u{FEFF}d\u{E0041}e"), "abcde");
        assert_eq!(
            line("red \u{1b}[31m\r\nnext\u{2028}line\t!"),
            "red [31m next line !"
        );
    }

    #[test]
    fn what_a_tag_or_an_arn_says_stays_as_it_is() {
        for text in [
            "Mon-Fri 08:00-20:00 + Sat 10:00-14:00 Europe/Berlin",
            "arn:aws:ecs:eu-central-1:111122223333:service/prod/checkout",
            "Running tasks: 1 of 4 (25 %), was 3.5 before, e.g. at night.",
            "Grüße aus 東京 😀",
        ] {
            assert_eq!(line(text), text);
        }
    }

    fn names_a_host(word: &str) -> bool {
        word.match_indices('.').any(|(position, _)| {
            let letters = word[position + 1..]
                .chars()
                .take_while(|c| c.is_alphabetic());
            position > 0 && letters.count() > 1
        })
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_harmless(text in any::<String>()) {
            let clean = line(&text);
            for sign in ["@", "<", ">", "`", "://", "](", "\n", "  "] {
                prop_assert!(!clean.contains(sign), "{:?} in {:?}", sign, clean);
            }
            prop_assert!(!clean.chars().any(|c| c.is_control() || is_invisible(c)));
            prop_assert!(!clean.split(' ').any(names_a_host), "{:?}", clean);
        }

        #[test]
        fn dangerous_pieces_in_any_order_are_harmless(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "@", "<", "!here", ">", "](", "[", "]", "(", ":", "/", "//", "www", ".", "com",
                    "http", "\u{200D}", "\u{202E}", "`", "\n", " ",
                ]),
                0..12,
            )
        ) {
            let clean = line(&pieces.concat());
            for sign in ["@", "<", ">", "`", "://", "](", "\n", "\u{202E}"] {
                prop_assert!(!clean.contains(sign), "{:?} in {:?}", sign, clean);
            }
            prop_assert!(!clean.split(' ').any(names_a_host), "{:?}", clean);
        }
    }
}
