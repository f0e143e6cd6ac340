//! What all expressions are read with.

use super::path::{Path, Step};
use super::substitutes::Substitutes;
use super::token::{Kind, Token, tokens};
use crate::call::ApiError;
use crate::services::dynamodb::attribute::Attribute;
use crate::services::dynamodb::refusal::invalid;

/// The longest expression, in bytes.
///
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
const LONGEST: usize = 4096;

/// Words that are no attribute names in expressions.
///
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html>.
const RESERVED_WORDS: &str = include_str!("reserved_words.txt");

/// Reads one expression from left to right.
pub(super) struct Parser<'a> {
    /// The expression's name in the request, such as `ConditionExpression`.
    member: &'static str,
    text: &'a str,
    tokens: Vec<Token>,
    next: usize,
    substitutes: &'a mut Substitutes,
}

impl<'a> Parser<'a> {
    pub(super) fn new(
        member: &'static str,
        text: &'a str,
        substitutes: &'a mut Substitutes,
    ) -> Result<Self, ApiError> {
        let mut parser = Self {
            member,
            text,
            tokens: Vec::new(),
            next: 0,
            substitutes,
        };
        if text.len() > LONGEST {
            return Err(parser.refuse(format!(
                "Expression size has exceeded the maximum allowed size; expression size: {}",
                text.len()
            )));
        }
        parser.tokens = tokens(text).map_err(|at| {
            let rest = &text[at..];
            let token = rest.chars().next().map(String::from).unwrap_or_default();
            parser.refuse(format!(
                "Syntax error; token: \"{token}\", near: \"{}\"",
                rest.chars().take(10).collect::<String>()
            ))
        })?;
        if parser.tokens.is_empty() {
            return Err(parser.refuse("The expression can not be empty;"));
        }
        Ok(parser)
    }

    /// Refuses the expression.
    pub(super) fn refuse(&self, problem: impl AsRef<str>) -> ApiError {
        invalid(format!("Invalid {}: {}", self.member, problem.as_ref()))
    }

    /// Refuses the next token, with its neighbours.
    pub(super) fn unexpected(&self) -> ApiError {
        let token = self.tokens.get(self.next);
        let from = self.next.saturating_sub(1);
        let to = (self.next + 1).min(self.tokens.len().saturating_sub(1));
        let near = match (self.tokens.get(from), self.tokens.get(to)) {
            (Some(first), Some(last)) => &self.text[first.start..last.end],
            _ => "",
        };
        let token = token.map_or("<EOF>", |token| &self.text[token.start..token.end]);
        self.refuse(format!(
            "Syntax error; token: \"{token}\", near: \"{near}\""
        ))
    }

    /// Refuses what follows a complete expression.
    pub(super) fn end(&self) -> Result<(), ApiError> {
        match self.tokens.get(self.next) {
            Some(_) => Err(self.unexpected()),
            None => Ok(()),
        }
    }

    /// Takes the symbol if it is next.
    pub(super) fn take(&mut self, symbol: &str) -> bool {
        let found = self.sees(0, symbol);
        self.next += usize::from(found);
        found
    }

    /// Takes the symbol or refuses what is there instead.
    pub(super) fn expect(&mut self, symbol: &str) -> Result<(), ApiError> {
        if self.take(symbol) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    /// Takes the keyword, in any case of letters, if it is next.
    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        let found =
            matches!(self.peek(0), Some(Kind::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.next += usize::from(found);
        found
    }

    /// Takes a function's name and its opening parenthesis, if they are next.
    pub(super) fn function(&mut self) -> Option<String> {
        let Some(Kind::Word(name)) = self.peek(0).cloned() else {
            return None;
        };
        if !self.sees(1, "(") {
            return None;
        }
        self.next += 2;
        Some(name)
    }

    /// Whether the next two tokens open two parentheses that also close together.
    pub(super) fn doubly_parenthesised(&self) -> bool {
        let outer = self.closing(self.next);
        let inner = self.closing(self.next + 1);
        matches!((outer, inner), (Some(outer), Some(inner)) if outer == inner + 1)
    }

    /// Takes a `:value`, if one is next.
    pub(super) fn value(&mut self) -> Result<Option<Attribute>, ApiError> {
        let Some(Kind::Value(placeholder)) = self.peek(0).cloned() else {
            return Ok(None);
        };
        self.next += 1;
        let value = self.substitutes.value(&placeholder).ok_or_else(|| {
            self.refuse(format!(
                "An expression attribute value used in expression is not defined; attribute value: {placeholder}"
            ))
        })?;
        Ok(Some(value))
    }

    /// Takes a document path.
    pub(super) fn path(&mut self) -> Result<Path, ApiError> {
        let attribute = self.attribute()?;
        let mut steps = Vec::new();
        loop {
            if self.take(".") {
                steps.push(Step::Name(self.attribute()?));
            } else if self.take("[") {
                steps.push(Step::Index(self.index()?));
                self.expect("]")?;
            } else {
                return Ok(Path { attribute, steps });
            }
        }
    }

    fn attribute(&mut self) -> Result<String, ApiError> {
        match self.peek(0).cloned() {
            Some(Kind::Word(word)) => {
                if RESERVED_WORDS
                    .lines()
                    .any(|reserved| reserved.eq_ignore_ascii_case(&word))
                {
                    return Err(self.refuse(format!(
                        "Attribute name is a reserved keyword; reserved keyword: {word}"
                    )));
                }
                self.next += 1;
                Ok(word)
            }
            Some(Kind::Name(placeholder)) => {
                self.next += 1;
                self.substitutes.name(&placeholder).ok_or_else(|| {
                    self.refuse(format!(
                        "An expression attribute name used in the document path is not defined; attribute name: {placeholder}"
                    ))
                })
            }
            _ => Err(self.unexpected()),
        }
    }

    fn index(&mut self) -> Result<usize, ApiError> {
        let Some(Kind::Digits(digits)) = self.peek(0) else {
            return Err(self.unexpected());
        };
        let index = digits.parse().map_err(|_| {
            self.refuse(format!(
                "List index is not within the allowable range; index: [{digits}]"
            ))
        })?;
        self.next += 1;
        Ok(index)
    }

    fn peek(&self, ahead: usize) -> Option<&Kind> {
        self.tokens.get(self.next + ahead).map(|token| &token.kind)
    }

    fn sees(&self, ahead: usize, symbol: &str) -> bool {
        matches!(self.peek(ahead), Some(Kind::Symbol(found)) if *found == symbol)
    }

    /// Where the parenthesis that opens at `open` closes.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                Kind::Symbol("(") => depth += 1,
                Kind::Symbol(")") => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return (at > open).then_some(at);
            }
        }
        None
    }
}
