//! What ConditionExpression, FilterExpression and KeyConditionExpression say.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>.

use super::path::Path;
use crate::services::dynamodb::attribute::Attribute;

/// A condition on one item.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Operand, Comparator, Operand),
    Between(Operand, Operand, Operand),
    In(Operand, Vec<Operand>),
    Exists(Path),
    NotExists(Path),
    HasType(Operand, String),
    BeginsWith(Operand, Operand),
    Contains(Operand, Operand),
}

/// What is compared.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    At(Path),
    Value(Attribute),
    Size(Box<Operand>),
}

/// The comparators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparator {
    /// Each with its symbol.
    pub(super) const ALL: [(&'static str, Self); 6] = [
        ("=", Self::Equal),
        ("<>", Self::NotEqual),
        ("<", Self::Less),
        ("<=", Self::LessOrEqual),
        (">", Self::Greater),
        (">=", Self::GreaterOrEqual),
    ];
}

impl Condition {
    /// Whether the attribute or something in it takes part.
    pub(crate) fn mentions(&self, attribute: &str) -> bool {
        let operands: Vec<&Operand> = match self {
            Self::All(conditions) | Self::Any(conditions) => {
                return conditions.iter().any(|inner| inner.mentions(attribute));
            }
            Self::Not(inner) => return inner.mentions(attribute),
            Self::Exists(path) | Self::NotExists(path) => return path.attribute == attribute,
            Self::HasType(operand, _) => vec![operand],
            Self::Compare(first, _, second)
            | Self::BeginsWith(first, second)
            | Self::Contains(first, second) => vec![first, second],
            Self::Between(value, low, high) => vec![value, low, high],
            Self::In(value, options) => std::iter::once(value).chain(options).collect(),
        };
        operands
            .into_iter()
            .any(|operand| operand.mentions(attribute))
    }
}

impl Operand {
    fn mentions(&self, attribute: &str) -> bool {
        match self {
            Self::At(path) => path.attribute == attribute,
            Self::Size(operand) => operand.mentions(attribute),
            Self::Value(_) => false,
        }
    }
}
