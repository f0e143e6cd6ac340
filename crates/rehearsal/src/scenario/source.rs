//! Where a scenario's stack comes from: the scenario itself, or a file that it names.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use super::Unreadable;
use crate::stack::Stack;

/// What stands under `stack:`.
#[derive(Debug)]
pub(super) enum Source {
    /// A stack, written out.
    Here(Stack),
    /// The path of a stack's file, relative to the scenario's.
    File(PathBuf),
}

impl Source {
    /// The stack; a path is relative to `folder`.
    pub(super) fn stack(from: Spanned<Self>, folder: &Path) -> Result<Stack, Unreadable> {
        match from.value {
            Self::Here(stack) => Ok(stack),
            Self::File(path) => {
                Stack::load(&folder.join(path)).map_err(|cause| Unreadable::NamedStack {
                    line: from.referenced.line(),
                    cause,
                })
            }
        }
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(SourceVisitor)
    }
}

struct SourceVisitor;

impl<'de> Visitor<'de> for SourceVisitor {
    type Value = Source;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a stack, or the path of a stack's file")
    }

    fn visit_str<E: Error>(self, path: &str) -> Result<Source, E> {
        Ok(Source::File(path.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Source, A::Error> {
        Stack::deserialize(MapAccessDeserializer::new(map)).map(Source::Here)
    }
}
