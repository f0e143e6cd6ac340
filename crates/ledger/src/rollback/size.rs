//! How large an item is, by the rules of DynamoDB.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::fields::Item;

/// What an item may have: 400 KB.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
pub(super) const MOST: usize = 400 * 1024;

/// The bytes of an item, or a few more: a number is counted by its text.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>.
pub(super) fn of_item(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + of_value(value))
        .sum()
}

/// The bytes of a value. A list or a map has 3, and one more for each of what it holds.
pub(super) fn of_value(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len() + 1,
        AttributeValue::L(values) => 3 + values.iter().map(|one| 1 + of_value(one)).sum::<usize>(),
        AttributeValue::M(item) => 3 + item.len() + of_item(item),
        // Truth values; the ledger writes nothing else.
        _ => 1,
    }
}
