//! ConditionExpression, FilterExpression and KeyConditionExpression, read.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>.

use super::condition::{Comparator, Condition, Operand};
use super::parser::Parser;
use super::substitutes::Substitutes;
use crate::call::ApiError;
use crate::services::dynamodb::attribute::{Attribute, TYPES};

/// How many values `IN` compares with.
const MOST_OPTIONS: usize = 100;

/// Reads a condition; `member` is its name in the request.
pub(crate) fn parse(
    member: &'static str,
    text: &str,
    substitutes: &mut Substitutes,
) -> Result<Condition, ApiError> {
    let mut parser = Parser::new(member, text, substitutes)?;
    let condition = parser.any()?;
    parser.end()?;
    Ok(condition)
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Condition, ApiError> {
        let mut conditions = vec![self.all()?];
        while self.keyword("OR") {
            conditions.push(self.all()?);
        }
        Ok(alone_or(conditions, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, ApiError> {
        let mut conditions = vec![self.not()?];
        while self.keyword("AND") {
            conditions.push(self.not()?);
        }
        Ok(alone_or(conditions, Condition::All))
    }

    fn not(&mut self) -> Result<Condition, ApiError> {
        if self.keyword("NOT") {
            return Ok(Condition::Not(Box::new(self.not()?)));
        }
        if self.doubly_parenthesised() {
            return Err(self.refuse("The expression has redundant parentheses;"));
        }
        if self.take("(") {
            let condition = self.any()?;
            self.expect(")")?;
            return Ok(condition);
        }
        match self.function() {
            Some(name) if name == "size" => {
                let size = self.size()?;
                self.comparison(size)
            }
            Some(name) => self.predicate(&name),
            None => {
                let operand = self.path_or_value()?;
                self.comparison(operand)
            }
        }
    }

    /// What follows the first operand of a comparison.
    fn comparison(&mut self, first: Operand) -> Result<Condition, ApiError> {
        if self.keyword("BETWEEN") {
            let low = self.operand()?;
            if !self.keyword("AND") {
                return Err(self.unexpected());
            }
            let high = self.operand()?;
            self.check_bounds(&low, &high)?;
            return Ok(Condition::Between(first, low, high));
        }
        if self.keyword("IN") {
            self.expect("(")?;
            let options = self.operands()?;
            if options.len() > MOST_OPTIONS {
                return Err(self.refuse(format!(
                    "Exceeded the maximum allowed number of operands for the IN operator; number of operands: {}",
                    options.len()
                )));
            }
            return Ok(Condition::In(first, options));
        }
        let Some((symbol, comparator)) = self.comparator() else {
            return Err(match first {
                Operand::Size(_) => self.misused("size"),
                _ => self.unexpected(),
            });
        };
        let second = self.operand()?;
        self.check_distinct(symbol, &first, &second)?;
        if !matches!(comparator, Comparator::Equal | Comparator::NotEqual) {
            self.check_types(symbol, &[&first, &second], &["S", "N", "B"])?;
        }
        Ok(Condition::Compare(first, comparator, second))
    }

    fn comparator(&mut self) -> Option<(&'static str, Comparator)> {
        Comparator::ALL
            .into_iter()
            .find(|(symbol, _)| self.take(symbol))
    }

    fn predicate(&mut self, name: &str) -> Result<Condition, ApiError> {
        let wanted = match name {
            "attribute_exists" | "attribute_not_exists" => 1,
            "attribute_type" | "begins_with" | "contains" => 2,
            "if_not_exists" | "list_append" => {
                return Err(self.refuse(format!(
                    "The function is not allowed in a condition expression; function: {name}"
                )));
            }
            _ => return Err(self.refuse(format!("Invalid function name; function: {name}"))),
        };
        let mut operands = self.operands()?;
        let found = operands.len();
        let (last, first) = (operands.pop(), operands.pop());
        let condition = match (name, first, last) {
            _ if found != wanted => return Err(self.wrong_count(name, found)),
            ("attribute_exists", _, Some(Operand::At(path))) => Condition::Exists(path),
            ("attribute_not_exists", _, Some(Operand::At(path))) => Condition::NotExists(path),
            ("attribute_type", Some(of), Some(Operand::Value(Attribute::S(name)))) => {
                self.has_type(of, name)?
            }
            ("begins_with", Some(text), Some(start)) => {
                self.check_types(name, &[&text, &start], &["S", "B"])?;
                self.check_distinct(name, &text, &start)?;
                Condition::BeginsWith(text, start)
            }
            ("contains", Some(whole), Some(part)) => {
                self.check_distinct(name, &whole, &part)?;
                Condition::Contains(whole, part)
            }
            ("attribute_type", _, Some(other)) => {
                return Err(self.wrong_type(
                    name,
                    other
                        .type_name()
                        .unwrap_or("{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"),
                ));
            }
            _ => {
                return Err(self.refuse(format!(
                    "Operator or function requires a document path; operator or function: {name}"
                )));
            }
        };
        match self.comparator() {
            Some(_) => Err(self.misused(name)),
            None => Ok(condition),
        }
    }

    fn has_type(&self, of: Operand, name: String) -> Result<Condition, ApiError> {
        if TYPES.contains(&name.as_str()) {
            return Ok(Condition::HasType(of, name));
        }
        Err(self.refuse(format!(
            "Invalid attribute type name found; type: {name}, valid types: {{{}}}",
            TYPES.join(",")
        )))
    }

    fn size(&mut self) -> Result<Operand, ApiError> {
        let mut operands = self.operands()?;
        match (operands.pop(), operands.len()) {
            (Some(operand), 0) => {
                self.check_types("size", &[&operand], &["S", "B", "SS", "NS", "BS", "L", "M"])?;
                Ok(Operand::Size(Box::new(operand)))
            }
            (_, others) => Err(self.wrong_count("size", others + 1)),
        }
    }

    /// The rest of a list of operands whose parenthesis is open.
    fn operands(&mut self) -> Result<Vec<Operand>, ApiError> {
        let mut operands = vec![self.operand()?];
        while self.take(",") {
            operands.push(self.operand()?);
        }
        self.expect(")")?;
        Ok(operands)
    }

    fn operand(&mut self) -> Result<Operand, ApiError> {
        match self.function() {
            Some(name) if name == "size" => self.size(),
            Some(name) => Err(self.misused(&name)),
            None => self.path_or_value(),
        }
    }

    fn path_or_value(&mut self) -> Result<Operand, ApiError> {
        Ok(match self.value()? {
            Some(value) => Operand::Value(value),
            None => Operand::At(self.path()?),
        })
    }
}

fn alone_or(mut conditions: Vec<Condition>, combine: fn(Vec<Condition>) -> Condition) -> Condition {
    match conditions.pop() {
        Some(only) if conditions.is_empty() => only,
        last => combine(conditions.into_iter().chain(last).collect()),
    }
}
