//! UpdateExpression, read.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html>.

use super::parser::Parser;
use super::path::{Clash, Path};
use super::substitutes::Substitutes;
use crate::call::ApiError;
use crate::services::dynamodb::attribute::Attribute;

/// What an update does; no two actions touch the same place.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Update {
    pub(crate) set: Vec<(Path, Operand)>,
    pub(crate) remove: Vec<Path>,
    pub(crate) add: Vec<(Path, Attribute)>,
    pub(crate) delete: Vec<(Path, Attribute)>,
}

/// What an attribute is set to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    At(Path),
    Value(Attribute),
    IfNotExists(Path, Box<Operand>),
    ListAppend(Box<Operand>, Box<Operand>),
    Plus(Box<Operand>, Box<Operand>),
    Minus(Box<Operand>, Box<Operand>),
}

/// Reads an update.
pub(crate) fn parse(text: &str, substitutes: &mut Substitutes) -> Result<Update, ApiError> {
    let mut parser = Parser::new("UpdateExpression", text, substitutes)?;
    let update = parser.update()?;
    parser.end()?;
    parser.check_clashes(&update)?;
    Ok(update)
}

impl Update {
    /// Every path that it touches.
    pub(crate) fn paths(&self) -> Vec<&Path> {
        let set = self.set.iter().map(|(path, _)| path);
        let add = self.add.iter().map(|(path, _)| path);
        let delete = self.delete.iter().map(|(path, _)| path);
        set.chain(&self.remove).chain(add).chain(delete).collect()
    }
}

impl Parser<'_> {
    fn update(&mut self) -> Result<Update, ApiError> {
        let mut update = Update::default();
        loop {
            if self.keyword("SET") {
                self.once("SET", update.set.is_empty())?;
                update.set = self.comma_separated(Self::assignment)?;
            } else if self.keyword("REMOVE") {
                self.once("REMOVE", update.remove.is_empty())?;
                update.remove = self.comma_separated(Self::path)?;
            } else if self.keyword("ADD") {
                self.once("ADD", update.add.is_empty())?;
                update.add = self.comma_separated(|parser| {
                    parser.path_and_value("ADD", &["N", "SS", "NS", "BS"])
                })?;
            } else if self.keyword("DELETE") {
                self.once("DELETE", update.delete.is_empty())?;
                update.delete = self.comma_separated(|parser| {
                    parser.path_and_value("DELETE", &["SS", "NS", "BS"])
                })?;
            } else if update == Update::default() {
                return Err(self.unexpected());
            } else {
                return Ok(update);
            }
        }
    }

    fn once(&self, section: &str, first: bool) -> Result<(), ApiError> {
        if first {
            return Ok(());
        }
        Err(self.refuse(format!(
            "The \"{section}\" section can only be used once in an update expression;"
        )))
    }

    fn comma_separated<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Result<T, ApiError>,
    ) -> Result<Vec<T>, ApiError> {
        let mut all = vec![one(self)?];
        while self.take(",") {
            all.push(one(self)?);
        }
        Ok(all)
    }

    fn assignment(&mut self) -> Result<(Path, Operand), ApiError> {
        let path = self.path()?;
        self.expect("=")?;
        let first = self.set_operand()?;
        let value = if self.take("+") {
            Operand::Plus(Box::new(first), Box::new(self.set_operand()?))
        } else if self.take("-") {
            Operand::Minus(Box::new(first), Box::new(self.set_operand()?))
        } else {
            first
        };
        if let Operand::Plus(first, second) | Operand::Minus(first, second) = &value {
            let operator = if matches!(value, Operand::Plus(..)) {
                "+"
            } else {
                "-"
            };
            self.check_operands(operator, &[first, second], "N")?;
        }
        Ok((path, value))
    }

    fn set_operand(&mut self) -> Result<Operand, ApiError> {
        if let Some(name) = self.function() {
            return self.set_function(&name);
        }
        Ok(match self.value()? {
            Some(value) => Operand::Value(value),
            None => Operand::At(self.path()?),
        })
    }

    fn set_function(&mut self, name: &str) -> Result<Operand, ApiError> {
        match name {
            "if_not_exists" | "list_append" => {}
            "attribute_exists"
            | "attribute_not_exists"
            | "attribute_type"
            | "begins_with"
            | "contains"
            | "size" => {
                return Err(self.refuse(format!(
                    "The function is not allowed in an update expression; function: {name}"
                )));
            }
            _ => return Err(self.refuse(format!("Invalid function name; function: {name}"))),
        }
        let mut operands = self.comma_separated(Self::set_operand)?;
        self.expect(")")?;
        let found = operands.len();
        let (second, first) = (operands.pop(), operands.pop());
        match (first, second) {
            (Some(first), Some(second)) if found == 2 => match (name, first) {
                ("list_append", first) => {
                    self.check_operands(name, &[&first, &second], "L")?;
                    Ok(Operand::ListAppend(Box::new(first), Box::new(second)))
                }
                (_, Operand::At(path)) => Ok(Operand::IfNotExists(path, Box::new(second))),
                _ => Err(self.refuse(format!(
                    "Operator or function requires a document path; operator or function: {name}"
                ))),
            },
            _ => Err(self.wrong_count(name, found)),
        }
    }

    fn path_and_value(
        &mut self,
        section: &str,
        allowed: &[&str],
    ) -> Result<(Path, Attribute), ApiError> {
        let path = self.path()?;
        let Some(value) = self.value()? else {
            return Err(self.unexpected());
        };
        if allowed.contains(&value.type_name()) {
            return Ok((path, value));
        }
        Err(self.refuse(format!(
            "Incorrect operand type for operator or function; operator: {section}, operand type: {}, typeset: ALLOWED_FOR_{section}_OPERAND",
            long_name(&value)
        )))
    }

    fn check_operands(
        &self,
        operator: &str,
        operands: &[&Operand],
        allowed: &str,
    ) -> Result<(), ApiError> {
        for operand in operands {
            if let Operand::Value(value) = operand
                && value.type_name() != allowed
            {
                return Err(self.wrong_type(operator, value.type_name()));
            }
        }
        Ok(())
    }

    fn check_clashes(&self, update: &Update) -> Result<(), ApiError> {
        let paths = update.paths();
        for (at, path) in paths.iter().enumerate() {
            for earlier in &paths[..at] {
                self.check_clash(earlier, path)?;
            }
        }
        Ok(())
    }

    /// Refuses two paths that cannot stand in one expression.
    pub(super) fn check_clash(&self, one: &Path, two: &Path) -> Result<(), ApiError> {
        let clash = match one.clash(two) {
            None => return Ok(()),
            Some(Clash::Overlap) => "overlap",
            Some(Clash::Conflict) => "conflict",
        };
        Err(self.refuse(format!(
            "Two document paths {clash} with each other; must remove or rewrite one of these paths; path one: {one}, path two: {two}"
        )))
    }
}

/// ADD and DELETE spell data types out.
fn long_name(value: &Attribute) -> &'static str {
    match value.type_name() {
        "S" => "STRING",
        "N" => "NUMBER",
        "B" => "BINARY",
        "BOOL" => "BOOLEAN",
        "L" => "LIST",
        "M" => "MAP",
        other => other,
    }
}
