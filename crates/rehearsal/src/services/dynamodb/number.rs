//! DynamoDB's numbers: decimals of up to 38 significant digits, from 1E-130 to 9.9…E+125.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number>.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, Zero};

use super::refusal::invalid;
use crate::call::ApiError;

const SIGNIFICANT_DIGITS: u64 = 38;
const LARGEST_MAGNITUDE: i64 = 125;
const SMALLEST_MAGNITUDE: i64 = -130;

const TOO_LARGE: &str =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
const TOO_SMALL: &str =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";
const TOO_PRECISE: &str = "Attempting to store more than 38 significant digits in a Number";

/// A number without leading or trailing zeros, so that equal numbers are equal values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Number(BigDecimal);

impl Number {
    /// Reads a number as it comes over the wire.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        if text.is_empty() {
            return Err(invalid(
                "The parameter cannot be converted to a numeric value",
            ));
        }
        // The library also takes `1_000` and the like; DynamoDB takes digits, a point, a sign and
        // an exponent.
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        let parsed = BigDecimal::from_str(text).ok().filter(|_| plain);
        let value = parsed.ok_or_else(|| {
            invalid(format!(
                "The parameter cannot be converted to a numeric value: {text}"
            ))
        })?;
        Self::within_limits(value, TOO_PRECISE)
    }

    /// The sum.
    pub(crate) fn plus(&self, other: &Self) -> Result<Self, ApiError> {
        Self::within_limits(&self.0 + &other.0, TOO_LARGE)
    }

    /// The difference.
    pub(crate) fn minus(&self, other: &Self) -> Result<Self, ApiError> {
        Self::within_limits(&self.0 - &other.0, TOO_LARGE)
    }

    /// About one byte for two significant digits and one more.
    ///
    /// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>.
    pub(crate) fn size(&self) -> usize {
        usize::try_from(self.0.digits().div_ceil(2)).unwrap_or(usize::MAX) + 1
    }

    /// The number as whole seconds, where it is a sensible number of seconds.
    pub(crate) fn seconds(&self) -> Option<i64> {
        bigdecimal::ToPrimitive::to_i64(&self.0)
    }

    /// A sum that needs more than 38 digits is refused as an overflow, a parameter by its digits:
    /// so AWS answers.
    fn within_limits(value: BigDecimal, too_precise: &str) -> Result<Self, ApiError> {
        if value.is_zero() {
            return Ok(Self(BigDecimal::zero()));
        }
        let value = value.normalized();
        let digits = value.digits();
        let magnitude = i64::try_from(digits)
            .unwrap_or(i64::MAX)
            .saturating_sub(1)
            .saturating_sub(value.fractional_digit_count());
        if magnitude > LARGEST_MAGNITUDE {
            Err(invalid(TOO_LARGE))
        } else if magnitude < SMALLEST_MAGNITUDE {
            Err(invalid(TOO_SMALL))
        } else if digits > SIGNIFICANT_DIGITS {
            Err(invalid(too_precise))
        } else {
            Ok(Self(value))
        }
    }
}

impl From<usize> for Number {
    fn from(count: usize) -> Self {
        Self(BigDecimal::from(u64::try_from(count).unwrap_or(u64::MAX)).normalized())
    }
}

impl fmt::Display for Number {
    /// Without an exponent, as DynamoDB returns numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn the_same_number_written_differently_is_the_same_number() {
        for (written, plain) in [
            ("1.0", "1"),
            ("0001.23", "1.23"),
            ("+3", "3"),
            (".5", "0.5"),
            ("1e3", "1000"),
            ("-17.4E2", "-1740"),
            ("100", "100"),
            ("-0", "0"),
            ("0e1000", "0"),
        ] {
            assert_eq!(number(written), number(plain));
            assert_eq!(number(written).to_string(), plain);
        }
    }

    #[test]
    fn thirty_eight_digits_are_kept_and_a_thirty_ninth_is_refused() {
        let digits = "3.1415926535897932384626433832795028841";
        assert_eq!(number(digits).to_string(), digits);
        let error = Number::parse(&format!("{digits}9")).unwrap_err();
        assert_eq!(error.message, TOO_PRECISE);
    }

    #[test]
    fn magnitudes_end_where_dynamodb_ends_them() {
        assert!(Number::parse("9.99e125").is_ok());
        assert!(Number::parse("-1e-130").is_ok());
        assert_eq!(Number::parse("1e126").unwrap_err().message, TOO_LARGE);
        assert_eq!(Number::parse("1e-131").unwrap_err().message, TOO_SMALL);
    }

    #[test]
    fn a_sum_that_would_lose_digits_is_refused() {
        let sum = number("1e50").plus(&number("1")).unwrap_err();
        assert_eq!(sum.message, TOO_LARGE);
        let exact = number("10000000000000000000000").plus(&number("1"));
        assert_eq!(exact.unwrap().to_string(), "10000000000000000000001");
    }

    #[test]
    fn what_is_no_number_is_named() {
        for text in [
            "dog", "NaN", "Infinity", " 1", "1 ", "1_000", "1e", "--1", "0x1",
        ] {
            let error = Number::parse(text).unwrap_err();
            assert!(error.message.ends_with(text), "{text}: {}", error.message);
        }
    }

    proptest! {
        /// What DynamoDB returns can be written back and is the same number.
        #[test]
        fn numbers_survive_the_wire(mantissa in -(10_i128.pow(37))..10_i128.pow(37), exponent in -90_i32..88) {
            let number = number(&format!("{mantissa}e{exponent}"));
            prop_assert_eq!(Number::parse(&number.to_string()).unwrap(), number);
        }

        /// Order is the order of numbers, not of texts.
        #[test]
        fn numbers_sort_as_numbers(a in any::<i64>(), b in any::<i64>()) {
            prop_assert_eq!(number(&a.to_string()).cmp(&number(&b.to_string())), a.cmp(&b));
        }
    }
}
