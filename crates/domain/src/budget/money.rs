//! Amounts of money as AWS writes them: decimal strings, never a float.

use rust_decimal::{Decimal, RoundingStrategy};

/// A text that is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no amount; for example \"10.00\"")]
pub struct AmountError {
    /// The text.
    pub text: String,
}

/// An amount as a letter to people quotes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// How much.
    pub value: Decimal,
    /// Its currency or unit as written, `USD` for a `$`; none if none is written.
    pub unit: Option<String>,
}

/// Reads an amount as the API of AWS Budgets writes it: digits with at most one point among them,
/// a sign, an exponent. It may have any length: more than 28 digits behind the point are rounded,
/// and what exceeds the type becomes its largest (or smallest) value, which no plausibility check
/// lets pass.
///
/// The documented pattern, `([0-9]*\.)?[0-9]+`, has neither sign nor exponent; a credit can make
/// an amount negative, and a decimal type of the sender can write `0E-10`.
/// Source: `NumericValue` in botocore's `budgets/2016-10-20/service-2.json`.
pub fn from_api(text: &str) -> Result<Decimal, AmountError> {
    decimal(text.trim()).ok_or_else(|| AmountError {
        text: text.to_owned(),
    })
}

/// Reads an amount out of prose: `$1,234.56`, `12`, `-$3.10`, `€5.00`, `40 GB`, `> $8.00`. None
/// if it cannot be told what is meant, as in `1.234,56`.
pub fn from_prose(text: &str) -> Option<Quoted> {
    let text = text.trim_start_matches(['>', '<', '=', ' ']).trim();
    let first = text.find(|c: char| c.is_ascii_digit() || c == '.')?;
    let (before, rest) = text.split_at(first);
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
        .unwrap_or(rest.len());
    let (number, after) = rest.split_at(end);
    let value = decimal(&without_commas(number)?)?;
    let negative = before.contains(['-', '\u{2212}', '(']);
    let is_sign = |c: char| " -+()\u{2212}".contains(c);
    let (before, after) = (before.trim_matches(is_sign), after.trim_matches(is_sign));
    let unit = match (before, after) {
        ("$" | "US$", "" | "USD") => Some("USD".to_owned()),
        ("€", "") => Some("EUR".to_owned()),
        ("", "") => None,
        _ if before.contains([',', '.']) => return None,
        (unit, "") | ("", unit) if unit.chars().count() <= 20 => Some(unit.to_owned()),
        _ => return None,
    };
    let value = if negative { -value } else { value };
    Some(Quoted { value, unit })
}

/// `10.40 USD`: money for people, in cents.
pub fn usd(value: Decimal) -> String {
    format!("{:.2} USD", rounded(value, 2))
}

/// `0.0494 USD per hour`: a rate for people.
pub fn usd_per_hour(value: Decimal) -> String {
    format!("{:.4} USD per hour", rounded(value, 4))
}

fn rounded(value: Decimal, digits: u32) -> Decimal {
    value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
}

/// The number without the commas that part its thousands; none if they part anything else.
fn without_commas(number: &str) -> Option<String> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains(',') {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(',');
    if grouped && (first.is_empty() || first.len() > 3 || groups.any(|group| group.len() != 3)) {
        return None;
    }
    Some(number.replace(',', ""))
}

fn decimal(text: &str) -> Option<Decimal> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    let zeros = (digits.len() - significant.len()) as i64;
    let point = whole.len() as i64 + i64::from(exponent) - zeros;
    let value = placed(significant, point);
    Some(if negative { -value } else { value })
}

/// 0.`digits` × 10^`point`, rounded or saturated to what the type holds.
fn placed(digits: &str, point: i64) -> Decimal {
    // The largest value has 29 digits before the point, the smallest 27 zeros behind it.
    if digits.is_empty() || point < -28 {
        return Decimal::ZERO;
    }
    let Ok(places) = usize::try_from(point.min(30)) else {
        let zeros = "0".repeat(point.unsigned_abs() as usize);
        return read(&format!("0.{zeros}{}", cut(digits)));
    };
    if places > 29 {
        return Decimal::MAX;
    }
    let (whole, fraction) = digits.split_at(places.min(digits.len()));
    read(&format!("{whole:0<places$}.{}", cut(fraction)))
}

/// More digits than decide how the last one that is kept is rounded.
fn cut(digits: &str) -> &str {
    &digits[..digits.len().min(60)]
}

/// Digits that are well formed; they can only be too many.
fn read(digits: &str) -> Decimal {
    let digits = digits.trim_end_matches('.');
    digits.parse().unwrap_or(Decimal::MAX)
}
