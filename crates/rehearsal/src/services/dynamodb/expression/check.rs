//! What DynamoDB refuses in a condition before it looks at any item.
//!
//! Only values of the request are checked; an attribute of the wrong type makes a condition false.

use super::condition::Operand;
use super::holds::order;
use super::parser::Parser;
use crate::call::ApiError;
use crate::services::dynamodb::json;

impl Operand {
    /// Its data type, where the request says it.
    pub(super) fn type_name(&self) -> Option<&'static str> {
        match self {
            Self::At(_) => None,
            Self::Value(value) => Some(value.type_name()),
            Self::Size(_) => Some("N"),
        }
    }
}

impl Parser<'_> {
    pub(super) fn check_types(
        &self,
        operator: &str,
        operands: &[&Operand],
        allowed: &[&str],
    ) -> Result<(), ApiError> {
        match operands
            .iter()
            .filter_map(|operand| operand.type_name())
            .find(|name| !allowed.contains(name))
        {
            Some(name) => Err(self.wrong_type(operator, name)),
            None => Ok(()),
        }
    }

    pub(super) fn check_distinct(
        &self,
        operator: &str,
        first: &Operand,
        second: &Operand,
    ) -> Result<(), ApiError> {
        match (first, second) {
            (Operand::At(path), Operand::At(other)) if path == other => Err(self.refuse(format!(
                "The first operand must be distinct from the remaining operands for this operator or function; operator: {operator}, first operand: {path}"
            ))),
            _ => Ok(()),
        }
    }

    pub(super) fn check_bounds(&self, low: &Operand, high: &Operand) -> Result<(), ApiError> {
        self.check_types("BETWEEN", &[low, high], &["S", "N", "B"])?;
        let (Operand::Value(low), Operand::Value(high)) = (low, high) else {
            return Ok(());
        };
        let problem = match order(low, high) {
            None => "requires same data type for lower and upper bounds",
            Some(std::cmp::Ordering::Greater) => {
                "requires upper bound to be greater than or equal to lower bound"
            }
            Some(_) => return Ok(()),
        };
        let shown = |value| {
            let text = json::write(value).to_string();
            format!("AttributeValue: {}", text.replace('"', ""))
        };
        Err(self.refuse(format!(
            "The BETWEEN operator {problem}; lower bound operand: {}, upper bound operand: {}",
            shown(low),
            shown(high)
        )))
    }

    pub(super) fn wrong_type(&self, operator: &str, type_name: &str) -> ApiError {
        self.refuse(format!(
            "Incorrect operand type for operator or function; operator or function: {operator}, operand type: {type_name}"
        ))
    }

    pub(super) fn wrong_count(&self, operator: &str, found: usize) -> ApiError {
        self.refuse(format!(
            "Incorrect number of operands for operator or function; operator or function: {operator}, number of operands: {found}"
        ))
    }

    pub(super) fn misused(&self, function: &str) -> ApiError {
        self.refuse(format!(
            "The function is not allowed to be used this way in an expression; function: {function}"
        ))
    }
}
