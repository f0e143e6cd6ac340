//! Reading and writing the attributes of an item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use rust_decimal::Decimal;

/// The attributes of an item or of a map within it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// An item that this version cannot read: it is left as it is, and said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{item}: {field} is missing or not {expected}")]
pub struct Unreadable {
    /// The item's sort key.
    pub item: String,
    /// The attribute, with its path.
    pub field: String,
    /// What it should be.
    pub expected: &'static str,
}

/// Reads attributes and knows where it is, for the error.
pub(crate) struct Fields<'a> {
    item: &'a Item,
    path: String,
}

impl<'a> Fields<'a> {
    /// The attributes of a whole item.
    pub(crate) fn of(item: &'a Item) -> Self {
        Self {
            item,
            path: String::new(),
        }
    }

    /// The map of this name.
    pub(crate) fn map(&self, name: &str) -> Result<Self, Unreadable> {
        self.optional_map(name)?
            .ok_or_else(|| self.unreadable(name, "a map"))
    }

    /// The map of this name, if it is there.
    pub(crate) fn optional_map(&self, name: &str) -> Result<Option<Self>, Unreadable> {
        self.optional(name, "a map", |value| {
            let item = value.as_m().ok()?;
            Some(Self {
                item,
                path: format!("{}{name}.", self.path),
            })
        })
    }

    /// The names of the maps in this map, with the maps.
    pub(crate) fn maps(&self) -> impl Iterator<Item = Result<(&'a str, Self), Unreadable>> + '_ {
        self.item
            .keys()
            .map(|name| Ok((name.as_str(), self.map(name)?)))
    }

    /// The maps whose names begin like this, with the rest of their names.
    pub(crate) fn maps_named(
        &self,
        begin: &'static str,
    ) -> impl Iterator<Item = Result<(&'a str, Self), Unreadable>> + '_ {
        let names = self.item.keys();
        let named = names.filter_map(move |name| Some((name, name.strip_prefix(begin)?)));
        named.map(|(name, rest)| Ok((rest, self.map(name)?)))
    }

    /// The names of the whole numbers in this map, with the numbers.
    pub(crate) fn numbers<T: std::str::FromStr>(
        &self,
    ) -> impl Iterator<Item = Result<(&'a str, T), Unreadable>> + '_ {
        self.item
            .keys()
            .map(|name| Ok((name.as_str(), self.number(name)?)))
    }

    /// The names of the strings in this map, with the strings.
    pub(crate) fn strings(
        &self,
    ) -> impl Iterator<Item = Result<(&'a str, String), Unreadable>> + '_ {
        self.item
            .keys()
            .map(|name| Ok((name.as_str(), self.text(name)?)))
    }

    /// A string.
    pub(crate) fn text(&self, name: &str) -> Result<String, Unreadable> {
        self.optional_text(name)?
            .ok_or_else(|| self.unreadable(name, "a string"))
    }

    /// A string, if it is there.
    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<String>, Unreadable> {
        self.optional(name, "a string", |value| value.as_s().ok().cloned())
    }

    /// A whole number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, Unreadable> {
        self.optional(name, "a whole number", |value| {
            value.as_n().ok()?.parse().ok()
        })?
        .ok_or_else(|| self.unreadable(name, "a whole number"))
    }

    /// An amount of money: text, so that no digit is lost.
    pub(crate) fn decimal(&self, name: &str) -> Result<Decimal, Unreadable> {
        self.optional_decimal(name)?
            .ok_or_else(|| self.unreadable(name, "an amount"))
    }

    /// An amount of money, if it is there.
    pub(crate) fn optional_decimal(&self, name: &str) -> Result<Option<Decimal>, Unreadable> {
        self.optional(name, "an amount", |value| value.as_s().ok()?.parse().ok())
    }

    /// A list of strings.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Unreadable> {
        self.optional_texts(name)?
            .ok_or_else(|| self.unreadable(name, "a list of strings"))
    }

    /// A list of strings, if it is there.
    pub(crate) fn optional_texts(&self, name: &str) -> Result<Option<Vec<String>>, Unreadable> {
        self.optional(name, "a list of strings", |value| {
            let texts = value.as_l().ok()?.iter();
            texts.map(|text| text.as_s().ok().cloned()).collect()
        })
    }

    /// A list of maps.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<Self>, Unreadable> {
        let maps = self.optional(name, "a list of maps", |value| {
            let maps = value.as_l().ok()?.iter().enumerate();
            let map = |(place, map): (usize, &'a AttributeValue)| {
                Some(Self {
                    item: map.as_m().ok()?,
                    path: format!("{}{name}[{place}].", self.path),
                })
            };
            maps.map(map).collect()
        });
        maps?.ok_or_else(|| self.unreadable(name, "a list of maps"))
    }

    /// A list of maps, each of them read.
    pub(crate) fn each<T, L: FromIterator<T>>(
        &self,
        name: &str,
        read: impl Fn(&Self) -> Result<T, Unreadable>,
    ) -> Result<L, Unreadable> {
        self.list(name)?.iter().map(read).collect()
    }

    /// A string in a type that cannot be wrong.
    pub(crate) fn parsed<T, E>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
        expected: &'static str,
    ) -> Result<T, Unreadable> {
        self.optional_parsed(name, parse, expected)?
            .ok_or_else(|| self.unreadable(name, expected))
    }

    /// The same, if it is there.
    pub(crate) fn optional_parsed<T, E>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
        expected: &'static str,
    ) -> Result<Option<T>, Unreadable> {
        self.optional(name, expected, |value| parse(value.as_s().ok()?).ok())
    }

    /// A truth value.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Unreadable> {
        self.optional(name, "true or false", |value| value.as_bool().ok().copied())?
            .ok_or_else(|| self.unreadable(name, "true or false"))
    }

    /// A truth value; false if it is not there.
    pub(crate) fn is(&self, name: &str) -> Result<bool, Unreadable> {
        let flag = self.optional(name, "true or false", |value| value.as_bool().ok().copied());
        flag.map(|flag| flag.unwrap_or(false))
    }

    /// An instant.
    pub(crate) fn instant(&self, name: &str) -> Result<Timestamp, Unreadable> {
        self.optional_instant(name)?
            .ok_or_else(|| self.unreadable(name, "an instant"))
    }

    /// An instant, if it is there.
    pub(crate) fn optional_instant(&self, name: &str) -> Result<Option<Timestamp>, Unreadable> {
        self.optional(name, "an instant", |value| value.as_s().ok()?.parse().ok())
    }

    /// The error that an attribute is not what it should be.
    pub(crate) fn unreadable(&self, name: &str, expected: &'static str) -> Unreadable {
        Unreadable {
            item: String::new(),
            field: format!("{}{name}", self.path),
            expected,
        }
    }

    fn optional<T>(
        &self,
        name: &str,
        expected: &'static str,
        read: impl FnOnce(&'a AttributeValue) -> Option<T>,
    ) -> Result<Option<T>, Unreadable> {
        match self.item.get(name) {
            None => Ok(None),
            Some(value) => read(value)
                .map(Some)
                .ok_or_else(|| self.unreadable(name, expected)),
        }
    }
}

/// Builds an item; what is not there is left out.
#[derive(Default)]
pub(crate) struct Draft(Item);

impl Draft {
    pub(crate) fn text(self, name: &str, text: impl Into<String>) -> Self {
        self.with(name, AttributeValue::S(text.into()))
    }

    pub(crate) fn number(self, name: &str, number: impl ToString) -> Self {
        self.with(name, AttributeValue::N(number.to_string()))
    }

    pub(crate) fn flag(self, name: &str, flag: bool) -> Self {
        self.with(name, AttributeValue::Bool(flag))
    }

    pub(crate) fn instant(self, name: &str, at: Timestamp) -> Self {
        self.text(name, at.to_string())
    }

    pub(crate) fn map(self, name: &str, map: Self) -> Self {
        self.with(name, AttributeValue::M(map.0))
    }

    pub(crate) fn list(self, name: &str, lines: &[String]) -> Self {
        let items = lines.iter().cloned().map(AttributeValue::S).collect();
        self.with(name, AttributeValue::L(items))
    }

    pub(crate) fn decimal(self, name: &str, amount: Decimal) -> Self {
        self.text(name, amount.to_string())
    }

    pub(crate) fn maps(self, name: &str, maps: impl Iterator<Item = Self>) -> Self {
        let maps = maps.map(|map| AttributeValue::M(map.0));
        self.with(name, AttributeValue::L(maps.collect()))
    }

    /// With what `add` adds, if there is something to add.
    pub(crate) fn some<T>(self, value: Option<T>, add: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => add(self, value),
            None => self,
        }
    }

    pub(crate) fn item(self) -> Item {
        self.0
    }

    pub(crate) fn as_item(&self) -> &Item {
        &self.0
    }

    fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }
}

/// The key of an item.
pub(crate) fn key(partition: &str, place: &str) -> Item {
    HashMap::from([
        ("pk".to_owned(), text(partition)),
        ("sk".to_owned(), text(place)),
    ])
}

/// A string, as an attribute.
pub(crate) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// The error with the item that it is about.
pub(crate) fn named(partition: &str, fields: &Fields<'_>, error: Unreadable) -> Unreadable {
    Unreadable {
        item: format!("{partition}#{}", fields.text("sk").unwrap_or_default()),
        ..error
    }
}
