//! Reading what people and AWS send: what cannot be used names its field.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// A field that is missing or cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct BadField {
    /// The field, with its path.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Reads JSON into a type.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, BadField> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.into_inner().to_string();
        BadField {
            field: field(&path, &problem),
            problem,
        }
    })
}

/// What a direct invocation asks for: its `action`, and everything else.
pub fn action(event: Value) -> Result<(String, Value), BadField> {
    let bad = |problem: &str| BadField {
        field: "action".to_owned(),
        problem: problem.to_owned(),
    };
    let Value::Object(mut fields) = event else {
        return Err(bad("is missing: the event is no object"));
    };
    match fields.remove("action") {
        Some(Value::String(action)) => Ok((action, Value::Object(fields))),
        Some(_) => Err(bad("is no text")),
        None => Err(bad("is missing")),
    }
}

/// A field that is missing or unknown is named by the problem and not by the path, which ends where
/// it should be.
fn field(path: &str, problem: &str) -> String {
    let named = ["missing field `", "unknown field `"]
        .iter()
        .find_map(|start| problem.strip_prefix(start)?.split('`').next());
    match (path, named) {
        (".", Some(name)) => name.to_owned(),
        (".", None) => "event".to_owned(),
        (path, Some(name)) if path != name && !path.ends_with(&format!(".{name}")) => {
            format!("{path}.{name}")
        }
        (path, _) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only how it is read matters")]
    struct Outer {
        service: String,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only how it is read matters")]
    struct Inner {
        count: u32,
    }

    fn bad(value: Value) -> String {
        read::<Outer>(value).unwrap_err().field
    }

    #[test]
    fn the_field_is_named_whatever_is_wrong_with_it() {
        assert_eq!(bad(json!({ "service": 1 })), "service");
        assert_eq!(bad(json!({})), "service");
        assert_eq!(bad(json!({ "service": "a", "servce": "b" })), "servce");
        assert_eq!(bad(json!({ "service": "a", "inner": {} })), "inner.count");
        assert_eq!(
            bad(json!({ "service": "a", "inner": { "count": "b" } })),
            "inner.count"
        );
        assert_eq!(bad(json!("a")), "event");
    }

    #[test]
    fn an_action_is_taken_out_of_the_event() {
        let (name, rest) = action(json!({ "action": "rest", "by": "ana" })).unwrap();
        assert_eq!((name.as_str(), rest), ("rest", json!({ "by": "ana" })));
        for (event, problem) in [
            (json!({ "by": "ana" }), "action: is missing"),
            (json!({ "action": 1 }), "action: is no text"),
            (json!([]), "action: is missing: the event is no object"),
        ] {
            assert_eq!(action(event).unwrap_err().to_string(), problem);
        }
    }
}
