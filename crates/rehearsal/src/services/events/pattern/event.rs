//! An event as a list of named leaves.

use serde_json::Value;

/// A leaf of the event.
#[derive(Debug)]
pub(super) struct Field<'a> {
    /// The names from the root, joined by dots; arrays add nothing to it.
    pub(super) path: String,
    /// The leaf's value: a string, a number, a boolean or null.
    pub(super) value: &'a Value,
    /// Which elements of which arrays it lies in.
    pub(super) place: Place,
}

/// For every array of objects on the way: which array, which element.
#[derive(Clone, Debug, Default)]
pub(super) struct Place(Vec<(usize, usize)>);

impl Place {
    /// Two fields agree unless they lie in different elements of the same array.
    ///
    /// Source: "JSON Array Matching" in <https://github.com/aws/event-ruler/blob/main/README.md>.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        self.0.iter().all(|(array, element)| {
            other
                .0
                .iter()
                .all(|(theirs, at)| theirs != array || at == element)
        })
    }
}

/// Every leaf of the event.
pub(super) fn fields(event: &Value) -> Vec<Field<'_>> {
    let mut flattened = Flattened::default();
    flattened.add(String::new(), event, &Place::default());
    flattened.fields
}

#[derive(Default)]
struct Flattened<'a> {
    fields: Vec<Field<'a>>,
    arrays: usize,
}

impl<'a> Flattened<'a> {
    fn add(&mut self, path: String, value: &'a Value, place: &Place) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let longer = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}.{name}")
                    };
                    self.add(longer, value, place);
                }
            }
            Value::Array(items) => {
                let array = self.arrays;
                self.arrays += 1;
                for (element, item) in items.iter().enumerate() {
                    let mut inside = place.clone();
                    if item.is_object() {
                        inside.0.push((array, element));
                    }
                    self.add(path.clone(), item, &inside);
                }
            }
            leaf => self.fields.push(Field {
                path,
                value: leaf,
                place: place.clone(),
            }),
        }
    }
}
