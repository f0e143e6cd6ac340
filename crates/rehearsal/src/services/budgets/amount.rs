//! Amounts as Budgets has them: decimal text, of any length, and never a float.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, Zero};
use serde::Deserialize;
use serde_json::{Value, json};

/// A decimal number and the text that it came as.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Amount {
    text: String,
    value: BigDecimal,
}

/// What is no decimal number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no amount; write it like \"12.50\"")]
pub struct NoAmount(String);

impl Amount {
    /// Nothing. The form is the one that people see: whole numbers come back as `10.0`.
    pub fn zero() -> Self {
        Self::from(BigDecimal::zero())
    }

    /// The number.
    pub fn value(&self) -> &BigDecimal {
        &self.value
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A limit as it comes back: a whole number as `10.0`.
    pub(super) fn as_limit(&self) -> Self {
        match self.text.contains('.') {
            true => self.clone(),
            false => Self {
                text: format!("{}.0", self.text),
                value: self.value.clone(),
            },
        }
    }
}

impl From<BigDecimal> for Amount {
    fn from(value: BigDecimal) -> Self {
        let text = value.normalized().to_plain_string();
        Self { text, value }.as_limit()
    }
}

/// Digits with at most one point between or before them, and a minus before a credit.
impl FromStr for Amount {
    type Err = NoAmount;

    fn from_str(text: &str) -> Result<Self, NoAmount> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let plain = are_digits(whole) && are_digits(fraction) && !fraction.is_empty();
        let value = BigDecimal::from_str(text)
            .ok()
            .filter(|_| plain && !digits.is_empty())
            .ok_or_else(|| NoAmount(text.to_owned()))?;
        Ok(Self {
            text: text.to_owned(),
            value,
        })
    }
}

impl TryFrom<String> for Amount {
    type Error = NoAmount;

    fn try_from(text: String) -> Result<Self, NoAmount> {
        text.parse()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// An amount of something: `Spend`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spend {
    /// How much.
    pub amount: Amount,
    /// Of what: `USD` for costs.
    pub unit: String,
}

impl Spend {
    /// As the API shows it.
    pub(super) fn show(&self) -> Value {
        json!({"Amount": self.amount.as_str(), "Unit": self.unit})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_stays_as_it_was() {
        let long = "604.4560000000000172803993336856365203857421875";
        for text in [long, "0.938", ".5", "10", "-3.20", "000"] {
            assert_eq!(text.parse::<Amount>().unwrap().as_str(), text);
        }
        assert_eq!("10".parse::<Amount>().unwrap().as_limit().as_str(), "10.0");
        assert_eq!(Amount::zero().as_str(), "0.0");
    }

    #[test]
    fn what_is_no_decimal_number_is_refused() {
        for text in ["", "-", ".", "1.", "1e9", "$1", "1,000", "NaN", "--1"] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }
}
