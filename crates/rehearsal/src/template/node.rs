//! YAML as CloudFormation writes it: the short forms of its functions become the long ones.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};
use serde_saphyr::Tagged;

/// A node of a template in which `!Ref Topic` reads `{"Ref": "Topic"}` and `!Sub` `{"Fn::Sub": ...}`.
#[derive(Debug, PartialEq)]
pub(super) struct Node(pub(super) Value);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Tagged(Untagged(value), tag) = Tagged::deserialize(from)?;
        Ok(Self(match tag.as_deref().and_then(long_form) {
            Some(function) => json!({ function: value }),
            None => value,
        }))
    }
}

fn long_form(tag: &str) -> Option<String> {
    match tag.strip_prefix('!')? {
        plain @ ("Ref" | "Condition") => Some(plain.to_owned()),
        function => Some(format!("Fn::{function}")),
    }
}

struct Untagged(Value);

impl<'de> Deserialize<'de> for Untagged {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyNode).map(Self)
    }
}

struct AnyNode;

impl<'de> Visitor<'de> for AnyNode {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a node of a template")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(truth.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Node(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((name, Node(value))) = entries.next_entry()? {
            map.insert(name, value);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Value {
        serde_saphyr::from_str::<Node>(yaml).unwrap().0
    }

    #[test]
    fn short_forms_become_long_ones_at_any_depth() {
        assert_eq!(
            read("{a: !Ref T, b: [!GetAtt T.Arn, !Sub 'x-${T}'], c: !Not [!Condition Q]}"),
            json!({
                "a": {"Ref": "T"},
                "b": [{"Fn::GetAtt": "T.Arn"}, {"Fn::Sub": "x-${T}"}],
                "c": {"Fn::Not": [{"Condition": "Q"}]},
            })
        );
    }

    #[test]
    fn plain_values_keep_their_types() {
        assert_eq!(
            read("{a: 1, b: '1', c: true, d: ~, e: 2012-10-17, f: 1.5}"),
            json!({"a": 1, "b": "1", "c": true, "d": null, "e": "2012-10-17", "f": 1.5})
        );
    }
}
