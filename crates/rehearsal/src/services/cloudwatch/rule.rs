//! The rules of composite alarms.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>.
//! `AT_LEAST` is not modelled.

use std::fmt;

use super::alarm::State;

/// A rule, and the text that it was written as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    text: String,
    expression: Expression,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Expression {
    Constant(bool),
    /// The alarm of this name or ARN is in this state.
    Is(State, String),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
}

impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Rule {
    /// Reads a rule.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text };
        let expression = reader.either()?;
        match reader.rest.trim().is_empty() {
            true => Ok(Self {
                text: text.to_owned(),
                expression,
            }),
            false => Err(format!(
                "{text:?} is no rule: {:?} is left over",
                reader.rest
            )),
        }
    }

    /// Whether it holds, with these states of alarms.
    pub(super) fn holds(&self, state: impl Fn(&str) -> Option<State>) -> bool {
        self.expression.holds(&state)
    }
}

impl Expression {
    fn holds(&self, state: &impl Fn(&str) -> Option<State>) -> bool {
        match self {
            Self::Constant(value) => *value,
            Self::Is(wanted, alarm) => {
                let name = alarm.rsplit(":alarm:").next().unwrap_or(alarm);
                state(name) == Some(*wanted)
            }
            Self::Not(it) => !it.holds(state),
            Self::And(one, other) => one.holds(state) && other.holds(state),
            Self::Or(one, other) => one.holds(state) || other.holds(state),
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn either(&mut self) -> Result<Expression, String> {
        let mut left = self.both()?;
        while self.takes("OR") {
            left = Expression::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Expression, String> {
        let mut left = self.one()?;
        while self.takes("AND") {
            left = Expression::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Expression, String> {
        if self.takes("NOT") {
            return Ok(Expression::Not(Box::new(self.one()?)));
        }
        if self.takes("TRUE") {
            return Ok(Expression::Constant(true));
        }
        if self.takes("FALSE") {
            return Ok(Expression::Constant(false));
        }
        for state in [State::InsufficientData, State::Alarm, State::Ok] {
            if self.takes(state.name()) {
                return Ok(Expression::Is(state, self.name()?));
            }
        }
        self.needs("(")?;
        let inner = self.either()?;
        self.needs(")")?;
        Ok(inner)
    }

    /// `(name)` or `("name")`.
    fn name(&mut self) -> Result<String, String> {
        self.needs("(")?;
        let (name, rest) = self
            .rest
            .split_once(')')
            .ok_or_else(|| format!("{:?} does not end", self.rest))?;
        self.rest = rest;
        Ok(name.trim().trim_matches('"').to_owned())
    }

    fn takes(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(word);
        rest.map(|rest| self.rest = rest).is_some()
    }

    fn needs(&mut self, word: &str) -> Result<(), String> {
        match self.takes(word) {
            true => Ok(()),
            false => Err(format!("{word} is missing before {:?}", self.rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str) -> bool {
        let rule = Rule::read(text).unwrap();
        rule.holds(|name| match name {
            "red" => Some(State::Alarm),
            "green" => Some(State::Ok),
            _ => None,
        })
    }

    #[test]
    fn rules_are_as_they_read() {
        assert!(holds("ALARM(red)"));
        assert!(holds("ALARM(\"red\") AND OK(green)"));
        assert!(!holds("ALARM(green) OR ALARM(nobody)"));
        assert!(holds("ALARM(green) OR ALARM(nobody) OR TRUE"));
        assert!(holds("NOT (ALARM(green) OR FALSE)"));
        assert!(holds("ALARM(red) OR ALARM(green) AND ALARM(green)"));
        assert!(holds(
            "ALARM(arn:aws:cloudwatch:eu-central-1:123456789012:alarm:red)"
        ));
        assert!(!holds("INSUFFICIENT_DATA(red)"));
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "",
            "ALARM",
            "ALARM(a",
            "ALARM(a) ALARM(b)",
            "(ALARM(a)",
            "XOR(a)",
        ] {
            assert!(Rule::read(text).is_err(), "{text}");
        }
    }
}
