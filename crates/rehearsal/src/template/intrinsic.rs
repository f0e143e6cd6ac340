//! CloudFormation's functions, as far as a template of this suite uses them.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Unusable, physical};
use crate::world::Identity;

/// What names in a template stand for.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    /// Which account and Region.
    pub(super) identity: &'a Identity,
    /// The stack's name.
    pub(super) stack: &'a str,
    /// Values of the parameters.
    pub(super) parameters: BTreeMap<String, Value>,
    /// The template's `Conditions`.
    pub(super) conditions: &'a Map<String, Value>,
    /// The template's `Resources`.
    pub(super) resources: &'a Map<String, Value>,
}

impl Scope<'_> {
    /// The value with every function in it worked out. `AWS::NoValue` takes its member away.
    pub(super) fn resolve(&self, value: &Value) -> Result<Value, Unusable> {
        match value {
            Value::Object(members) => match single(members) {
                Some(("Ref", name)) => self.reference(text(name)?),
                Some(("Fn::GetAtt", path)) => self.attribute(path),
                Some(("Fn::Sub", form)) => self.substitute(form),
                Some(("Fn::If", branches)) => self.choose(branches),
                Some(("Fn::Join", parts)) => self.join(parts),
                Some((name, _)) if name.starts_with("Fn::") => {
                    Err(Unusable::Function(name.to_owned()))
                }
                _ => self.members(members).map(Value::Object),
            },
            Value::Array(items) => {
                let items: Result<Vec<Value>, _> =
                    items.iter().map(|item| self.resolve(item)).collect();
                Ok(items?.into_iter().filter(|item| !item.is_null()).collect())
            }
            plain => Ok(plain.clone()),
        }
    }

    fn members(&self, members: &Map<String, Value>) -> Result<Map<String, Value>, Unusable> {
        let mut resolved = Map::new();
        for (name, value) in members {
            let value = self.resolve(value)?;
            if !value.is_null() {
                resolved.insert(name.clone(), value);
            }
        }
        Ok(resolved)
    }

    /// Whether a condition of the template holds.
    pub(super) fn holds(&self, condition: &str) -> Result<bool, Unusable> {
        match self.conditions.get(condition) {
            Some(expression) => self.truth(expression),
            None => Err(Unusable::Name(condition.to_owned())),
        }
    }

    fn truth(&self, expression: &Value) -> Result<bool, Unusable> {
        let unreadable = || Unusable::Form(expression.to_string());
        let (function, operand) = expression
            .as_object()
            .and_then(single)
            .ok_or_else(unreadable)?;
        if function == "Condition" {
            return self.holds(text(operand)?);
        }
        let operands = operand.as_array().ok_or_else(unreadable)?;
        match (function, operands.as_slice()) {
            ("Fn::Equals", [left, right]) => {
                Ok(plain(&self.resolve(left)?) == plain(&self.resolve(right)?))
            }
            ("Fn::Not", [inner]) => Ok(!self.truth(inner)?),
            ("Fn::And", all) => all
                .iter()
                .try_fold(true, |so_far, one| Ok(so_far & self.truth(one)?)),
            ("Fn::Or", any) => any
                .iter()
                .try_fold(false, |so_far, one| Ok(so_far | self.truth(one)?)),
            _ => Err(unreadable()),
        }
    }

    fn reference(&self, name: &str) -> Result<Value, Unusable> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        let pseudo = match name {
            "AWS::NoValue" => return Ok(Value::Null),
            "AWS::Region" => &self.identity.region,
            "AWS::AccountId" => &self.identity.account_id,
            "AWS::Partition" => "aws",
            "AWS::URLSuffix" => "amazonaws.com",
            "AWS::StackName" => self.stack,
            _ => return physical::reference(self, name).map(Value::String),
        };
        Ok(pseudo.into())
    }

    fn attribute(&self, path: &Value) -> Result<Value, Unusable> {
        let (name, attribute) = match path {
            Value::String(path) => path.split_once('.'),
            Value::Array(path) => match path.as_slice() {
                [Value::String(name), Value::String(attribute)] => {
                    Some((name.as_str(), attribute.as_str()))
                }
                _ => None,
            },
            _ => None,
        }
        .ok_or_else(|| Unusable::Form(path.to_string()))?;
        physical::attribute(self, name, attribute).map(Value::String)
    }

    fn substitute(&self, form: &Value) -> Result<Value, Unusable> {
        let (pattern, own) = match form {
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(pattern), Value::Object(own)] => {
                    (pattern.as_str(), self.members(own)?)
                }
                _ => return Err(Unusable::Form(form.to_string())),
            },
            pattern => (text(pattern)?, Map::new()),
        };
        let mut out = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after
                .split_once('}')
                .ok_or_else(|| Unusable::Form(pattern.to_owned()))?;
            out.push_str(before);
            out.push_str(&self.named(name, &own)?);
            rest = tail;
        }
        out.push_str(rest);
        Ok(out.into())
    }

    /// What stands between `${` and `}`: an own name, `!literal`, a reference, or `Name.Attribute`.
    fn named(&self, name: &str, own: &Map<String, Value>) -> Result<String, Unusable> {
        if let Some(literal) = name.strip_prefix('!') {
            return Ok(format!("${{{literal}}}"));
        }
        if let Some(value) = own.get(name) {
            return Ok(plain(value));
        }
        match name.split_once('.') {
            Some((resource, attribute)) => physical::attribute(self, resource, attribute),
            None => Ok(plain(&self.reference(name)?)),
        }
    }

    fn choose(&self, branches: &Value) -> Result<Value, Unusable> {
        match branches.as_array().map(Vec::as_slice) {
            Some([Value::String(condition), then, otherwise]) => {
                self.resolve(if self.holds(condition)? {
                    then
                } else {
                    otherwise
                })
            }
            _ => Err(Unusable::Form(branches.to_string())),
        }
    }

    fn join(&self, parts: &Value) -> Result<Value, Unusable> {
        match parts.as_array().map(Vec::as_slice) {
            Some([Value::String(between), items]) => match self.resolve(items)? {
                Value::Array(items) => {
                    let items: Vec<String> = items.iter().map(plain).collect();
                    Ok(items.join(between).into())
                }
                single => Ok(single),
            },
            _ => Err(Unusable::Form(parts.to_string())),
        }
    }
}

/// A scalar as CloudFormation writes it into a string.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn single(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut members = members.iter();
    match (members.next(), members.next()) {
        (Some((name, value)), None) => Some((name, value)),
        _ => None,
    }
}

fn text(value: &Value) -> Result<&str, Unusable> {
    value
        .as_str()
        .ok_or_else(|| Unusable::Form(value.to_string()))
}
