//! An expression's text as tokens.

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A bare word: an attribute's name, a keyword or a function.
    Word(String),
    /// `#name`, from ExpressionAttributeNames.
    Name(String),
    /// `:value`, from ExpressionAttributeValues.
    Value(String),
    /// Digits, as in `[0]`.
    Digits(String),
    /// A comparator, an operator or punctuation.
    Symbol(&'static str),
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Two-character symbols come first: `<=` is not `<` and `=`.
const SYMBOLS: [&str; 14] = [
    "<>", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",", ".", "+", "-",
];

/// Splits `text`; the error is the place of a character that starts no token.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, usize> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        if first.is_ascii_whitespace() {
            start += 1;
            continue;
        }
        let (kind, length) = token(&text[start..], first).ok_or(start)?;
        found.push(Token {
            kind,
            start,
            end: start + length,
        });
        start += length;
    }
    Ok(found)
}

fn token(text: &str, first: char) -> Option<(Kind, usize)> {
    if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| text.starts_with(symbol)) {
        return Some((Kind::Symbol(symbol), symbol.len()));
    }
    let mark = usize::from(matches!(first, '#' | ':'));
    let word: String = text[mark..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    if word.is_empty() {
        return None;
    }
    let length = mark + word.len();
    let kind = match first {
        '#' => Kind::Name(text[..length].to_owned()),
        ':' => Kind::Value(text[..length].to_owned()),
        '0'..='9' if word.bytes().all(|byte| byte.is_ascii_digit()) => Kind::Digits(word),
        '0'..='9' => return None,
        _ => Kind::Word(word),
    };
    Some((kind, length))
}
