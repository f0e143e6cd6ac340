//! Operands that are numbers or networks.

use std::net::IpAddr;

use serde_json::Value;

use super::PatternError;
use super::operator::{Network, Range, millionths};
use super::parse::bad;

/// The range that a list such as `[">", 0, "<=", 5]` stands for.
pub(super) fn range(operand: &Value) -> Result<Range, PatternError> {
    let Value::Array(terms) = operand else {
        return bad("Value of numeric must be an array.");
    };
    let bounds = terms
        .chunks(2)
        .map(|pair| bounded(&pair[0], pair.get(1)))
        .collect::<Result<Vec<_>, _>>()?;
    match bounds.as_slice() {
        [] => bad("Invalid member in numeric match: ]"),
        [range] => Ok(*range),
        [
            Range {
                least: Some(least),
                most: None,
            },
            Range {
                least: None,
                most: Some(most),
            },
        ] => {
            if most < least {
                return bad("Bottom must be less than top");
            }
            Ok(Range {
                least: Some(*least),
                most: Some(*most),
            })
        }
        _ => bad("Too many elements in numeric expression"),
    }
}

/// A sign and a number; an open bound is the next millionth.
fn bounded(sign: &Value, bound: Option<&Value>) -> Result<Range, PatternError> {
    let Some(sign) = sign.as_str() else {
        return bad(format!("Invalid member in numeric match: {sign}"));
    };
    let Some(Value::Number(bound)) = bound else {
        let sign = if sign == "=" { "equals" } else { sign };
        return bad(format!("Value of {sign} must be numeric"));
    };
    let Some(bound) = millionths(bound) else {
        return bad("Value must be between -5.0E9 and 5.0E9, inclusive");
    };
    let (least, most) = match sign {
        "=" => (Some(bound), Some(bound)),
        ">=" => (Some(bound), None),
        ">" => (Some(bound + 1), None),
        "<=" => (None, Some(bound)),
        "<" => (None, Some(bound - 1)),
        _ => return bad(format!("Unrecognized numeric range operator: {sign}")),
    };
    Ok(Range { least, most })
}

/// The network that a text such as `10.0.0.0/24` stands for.
pub(super) fn network(operand: &Value) -> Result<Network, PatternError> {
    let Some((address, prefix)) = operand.as_str().and_then(|text| text.split_once('/')) else {
        return bad("Malformed CIDR, one '/' required");
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return bad(format!("Nonstandard IP address: {address}"));
    };
    let widest = if address.is_ipv4() { 32 } else { 128 };
    match prefix.parse() {
        Ok(prefix) if prefix <= widest => Ok(Network { address, prefix }),
        Ok(_) => bad("Malformed CIDR, mask bits must not exceed the address"),
        Err(_) => bad("Malformed CIDR, mask bits must be an integer"),
    }
}
