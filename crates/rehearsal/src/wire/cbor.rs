//! CBOR, as far as Smithy's RPC v2 needs it: JSON's values, and instants.
//!
//! Sources: <https://www.rfc-editor.org/rfc/rfc8949>,
//! <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>.

use serde_json::{Map, Number, Value, json};

/// How deep values may lie in each other in a request.
const DEEPEST: usize = 32;

/// The tag of seconds since 1970.
const EPOCH: u8 = 0xC1;

/// What ends something of indefinite length.
const BREAK: u8 = 0xFF;

/// Writes a value. JSON has no instants: a number whose member's name ends in `Timestamp` is one.
pub(super) fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(0xF6),
        Value::Bool(false) => out.push(0xF4),
        Value::Bool(true) => out.push(0xF5),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_text(out, text),
        Value::Array(items) => {
            head(out, 4, items.len() as u64);
            items.iter().for_each(|item| write(out, item));
        }
        Value::Object(members) => {
            head(out, 5, members.len() as u64);
            for (name, value) in members {
                write_text(out, name);
                match value.as_f64().filter(|_| name.ends_with("Timestamp")) {
                    Some(seconds) => {
                        out.push(EPOCH);
                        write_float(out, seconds);
                    }
                    None => write(out, value),
                }
            }
        }
    }
}

fn write_number(out: &mut Vec<u8>, number: &Number) {
    match (number.as_u64(), number.as_i64()) {
        (Some(positive), _) => head(out, 0, positive),
        (None, Some(negative)) => head(out, 1, (-1 - negative).unsigned_abs()),
        (None, None) => write_float(out, number.as_f64().unwrap_or_default()),
    }
}

fn write_float(out: &mut Vec<u8>, value: f64) {
    out.push(0xFB);
    out.extend(value.to_be_bytes());
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    head(out, 3, text.len() as u64);
    out.extend(text.as_bytes());
}

/// A major type and its argument, in as few bytes as it takes.
fn head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    let (info, width) = match argument {
        0..24 => (bytes[7], 0),
        24..0x100 => (24, 1),
        0x100..0x1_0000 => (25, 2),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 8),
    };
    out.push(major | info);
    out.extend(bytes.iter().skip(8 - width));
}

/// Reads one value, and nothing behind it; nothing is a structure without members.
pub(super) fn read(bytes: &[u8]) -> Result<Value, String> {
    if bytes.is_empty() {
        return Ok(json!({}));
    }
    let mut reader = Reader { rest: bytes };
    let value = reader.value(0)?;
    match reader.rest.is_empty() {
        true => Ok(value),
        false => Err("something follows the value".to_owned()),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err("values lie too deep in each other".to_owned());
        }
        let first = self.byte()?;
        let (major, info) = (first >> 5, first & 0x1F);
        match major {
            0 => Ok(json!(self.argument(info)?)),
            1 => {
                let argument = i64::try_from(self.argument(info)?);
                let argument = argument.map_err(|_| "a number is too small".to_owned())?;
                Ok(json!(-1 - argument))
            }
            3 => self.text(info).map(Value::String),
            4 => self.items(info, depth),
            5 => self.members(info, depth),
            // What a tag says of the value is known from the member's name.
            6 => {
                self.argument(info)?;
                self.value(depth + 1)
            }
            7 => self.simple(info),
            _ => Err("bytes are not expected".to_owned()),
        }
    }

    fn simple(&mut self, info: u8) -> Result<Value, String> {
        match info {
            20 => Ok(json!(false)),
            21 => Ok(json!(true)),
            22 | 23 => Ok(Value::Null),
            26 => Ok(json!(f32::from_be_bytes(self.array()?))),
            27 => Ok(json!(f64::from_be_bytes(self.array()?))),
            other => Err(format!("the simple value {other} is not known")),
        }
    }

    fn items(&mut self, info: u8, depth: usize) -> Result<Value, String> {
        let mut items = Vec::new();
        let mut left = self.length(info)?;
        while self.goes_on(&mut left)? {
            items.push(self.value(depth + 1)?);
        }
        Ok(Value::Array(items))
    }

    fn members(&mut self, info: u8, depth: usize) -> Result<Value, String> {
        let mut members = Map::new();
        let mut left = self.length(info)?;
        while self.goes_on(&mut left)? {
            let Value::String(name) = self.value(depth + 1)? else {
                return Err("a member's name is no text".to_owned());
            };
            members.insert(name, self.value(depth + 1)?);
        }
        Ok(Value::Object(members))
    }

    fn text(&mut self, info: u8) -> Result<String, String> {
        let Some(length) = self.length(info)? else {
            let mut whole = String::new();
            while self.goes_on(&mut None)? {
                let first = self.byte()?;
                whole.push_str(&self.text(first & 0x1F)?);
            }
            return Ok(whole);
        };
        let length = usize::try_from(length).map_err(|_| ended())?;
        let text = self.take(length)?;
        let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
        Ok(text.to_owned())
    }

    /// How many there are; none if that shows at the end.
    fn length(&mut self, info: u8) -> Result<Option<u64>, String> {
        match info {
            31 => Ok(None),
            info => self.argument(info).map(Some),
        }
    }

    /// Whether there is one more.
    fn goes_on(&mut self, left: &mut Option<u64>) -> Result<bool, String> {
        match left {
            Some(0) => Ok(false),
            Some(left) => {
                *left -= 1;
                Ok(true)
            }
            None if self.rest.first() == Some(&BREAK) => {
                self.byte()?;
                Ok(false)
            }
            None => Ok(true),
        }
    }

    fn argument(&mut self, info: u8) -> Result<u64, String> {
        match info {
            0..24 => Ok(u64::from(info)),
            24 => Ok(u64::from(self.byte()?)),
            25 => Ok(u64::from(u16::from_be_bytes(self.array()?))),
            26 => Ok(u64::from(u32::from_be_bytes(self.array()?))),
            27 => Ok(u64::from_be_bytes(self.array()?)),
            _ => Err("a length is not known".to_owned()),
        }
    }

    fn byte(&mut self) -> Result<u8, String> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        self.take(N)?.try_into().map_err(|_| ended())
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(ended)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn ended() -> String {
    "the value breaks off".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &Value) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, value);
        out
    }

    #[test]
    fn what_is_written_reads_as_it_was() {
        let value = json!({
            "AlarmNames": ["a", "b"], "None": null, "On": true, "Off": false, "Threshold": 5.5,
            "Small": 23, "More": 24, "Many": 1000, "Most": 100_000, "Huge": 10_000_000_000_u64,
            "Below": -1, "FarBelow": -1000, "Text": "ä", "Empty": {}, "Long": "x".repeat(300),
        });
        assert_eq!(read(&written(&value)), Ok(value));
    }

    #[test]
    fn bytes_are_those_of_the_standard() {
        assert_eq!(written(&json!({"a": 1})), [0xA1, 0x61, b'a', 0x01]);
        assert_eq!(written(&json!(-500)), [0x39, 0x01, 0xF3]);
        assert_eq!(written(&json!(1.5))[..2], [0xFB, 0x3F]);
    }

    #[test]
    fn an_instant_has_a_tag_and_is_a_float() {
        let bytes = written(&json!({"StateUpdatedTimestamp": 1}));
        let name = bytes.len() - 10;
        assert_eq!(bytes[name..name + 2], [0xC1, 0xFB]);
        assert_eq!(read(&bytes), Ok(json!({"StateUpdatedTimestamp": 1.0})));
    }

    #[test]
    fn what_has_no_length_ends_with_a_break() {
        // As SDKs write structures: {_ "MaxRecords": 5, "AlarmNames": [_ "a"]}.
        let mut bytes = vec![0xBF, 0x6A];
        bytes.extend(b"MaxRecords");
        bytes.extend([0x05, 0x6A]);
        bytes.extend(b"AlarmNames");
        bytes.extend([0x9F, 0x7F, 0x61, b'a', 0xFF, 0xFF, 0xFF]);
        assert_eq!(
            read(&bytes),
            Ok(json!({"MaxRecords": 5, "AlarmNames": ["a"]}))
        );
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for bytes in [
            &[0xA1][..],
            &[0x62, b'a'],
            &[0x01, 0x01],
            &[0xA1, 0x01, 0x01],
            &[0x41, 0x00],
            &[0x1F],
            &[0xFB, 0x00],
            &[0x9B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        ] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
        assert!(read(&[0x81; 100]).is_err());
        assert_eq!(read(&[]), Ok(json!({})));
    }
}
