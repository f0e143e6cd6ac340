//! An item's key: a partition, and in it a place by sort key.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html>.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::attribute::{Attribute, Item};
use super::number::Number;
use super::refusal::{invalid, invalid_parameter};
use crate::call::ApiError;

/// The longest keys, in bytes.
///
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
const LONGEST_PARTITION_KEY: usize = 2048;
const LONGEST_SORT_KEY: usize = 1024;

/// The attributes that make an item's key.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) partition: KeyAttribute,
    pub(crate) sort: Option<KeyAttribute>,
}

/// An attribute of the key.
#[derive(Clone, Debug)]
pub(crate) struct KeyAttribute {
    pub(crate) name: String,
    /// `S`, `N` or `B`.
    pub(crate) type_name: &'static str,
}

/// An item's key. Partitions are ordered by a hash, as a scan meets them, and items in a partition
/// by their sort key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    hash: u64,
    partition: Scalar,
    sort: Option<Scalar>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Scalar {
    S(String),
    N(Number),
    B(Vec<u8>),
}

impl Schema {
    /// The key of a whole item.
    pub(crate) fn key_of(&self, item: &Item) -> Result<Key, ApiError> {
        let scalar = |attribute: &KeyAttribute| {
            let value = item.get(&attribute.name).ok_or_else(|| {
                invalid_parameter(format!("Missing the key {} in the item", attribute.name))
            })?;
            attribute.scalar(value).ok_or_else(|| {
                invalid_parameter(format!(
                    "Type mismatch for key {} expected: {} actual: {}",
                    attribute.name,
                    attribute.type_name,
                    value.type_name()
                ))
            })
        };
        let sort = self.sort.as_ref().map(scalar).transpose()?;
        self.checked(scalar(&self.partition)?, sort)
    }

    /// The key that is given as such: exactly the key's attributes.
    pub(crate) fn key(&self, given: &Item) -> Result<Key, ApiError> {
        let scalar = |attribute: &KeyAttribute| {
            given
                .get(&attribute.name)
                .and_then(|value| attribute.scalar(value))
                .ok_or_else(|| invalid("The provided key element does not match the schema"))
        };
        let partition = scalar(&self.partition)?;
        let sort = self.sort.as_ref().map(scalar).transpose()?;
        if given.len() != self.names().count() {
            return Err(invalid(
                "The provided key element does not match the schema",
            ));
        }
        self.checked(partition, sort)
    }

    /// A partition's own place, before its first item.
    pub(crate) fn partition(&self, value: &Attribute) -> Result<Key, ApiError> {
        let scalar = self.partition.scalar(value).ok_or_else(|| {
            invalid_parameter("Condition parameter type does not match schema type")
        })?;
        self.partition.check(&scalar, LONGEST_PARTITION_KEY)?;
        Ok(Key::new(scalar, None))
    }

    /// The attributes of a key, as in LastEvaluatedKey.
    pub(crate) fn attributes(&self, key: &Key) -> Item {
        let partition = (self.partition.name.clone(), key.partition.clone().into());
        let sort = self.sort.as_ref().zip(key.sort.clone());
        let sort = sort.map(|(attribute, value)| (attribute.name.clone(), value.into()));
        std::iter::once(partition).chain(sort).collect()
    }

    /// The names of the key's attributes.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.partition)
            .chain(&self.sort)
            .map(|attribute| attribute.name.as_str())
    }

    fn checked(&self, partition: Scalar, sort: Option<Scalar>) -> Result<Key, ApiError> {
        self.partition.check(&partition, LONGEST_PARTITION_KEY)?;
        if let (Some(attribute), Some(sort)) = (&self.sort, &sort) {
            attribute.check(sort, LONGEST_SORT_KEY)?;
        }
        Ok(Key::new(partition, sort))
    }
}

impl KeyAttribute {
    fn scalar(&self, value: &Attribute) -> Option<Scalar> {
        if value.type_name() != self.type_name {
            return None;
        }
        match value {
            Attribute::S(text) => Some(Scalar::S(text.clone())),
            Attribute::N(number) => Some(Scalar::N(number.clone())),
            Attribute::B(bytes) => Some(Scalar::B(bytes.clone())),
            _ => None,
        }
    }

    fn check(&self, value: &Scalar, longest: usize) -> Result<(), ApiError> {
        let (kind, length) = match value {
            Scalar::S(text) => ("string", text.len()),
            Scalar::B(bytes) => ("binary", bytes.len()),
            Scalar::N(_) => return Ok(()),
        };
        if length == 0 {
            return Err(invalid(format!(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty {kind} value. Key: {}",
                self.name
            )));
        }
        if length <= longest {
            return Ok(());
        }
        // The missing space is AWS's.
        Err(invalid_parameter(if longest == LONGEST_PARTITION_KEY {
            format!("Size of hashkey has exceeded the maximum size limit of{longest} bytes")
        } else {
            format!(
                "Aggregated size of all range keys has exceeded the size limit of {longest} bytes"
            )
        }))
    }
}

impl Key {
    fn new(partition: Scalar, sort: Option<Scalar>) -> Self {
        let mut hasher = DefaultHasher::new();
        partition.hash(&mut hasher);
        Self {
            hash: hasher.finish(),
            partition,
            sort,
        }
    }

    /// Whether both are in the same partition.
    pub(crate) fn shares_partition(&self, other: &Self) -> bool {
        self.partition == other.partition
    }
}

impl From<Scalar> for Attribute {
    fn from(value: Scalar) -> Self {
        match value {
            Scalar::S(text) => Self::S(text),
            Scalar::N(number) => Self::N(number),
            Scalar::B(bytes) => Self::B(bytes),
        }
    }
}
