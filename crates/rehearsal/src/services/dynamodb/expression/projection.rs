//! ProjectionExpression, and the parts of an item that an update touched.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html>.

use std::collections::{BTreeMap, BTreeSet};

use super::parser::Parser;
use super::path::{Path, Step};
use super::substitutes::Substitutes;
use crate::call::ApiError;
use crate::services::dynamodb::attribute::{Attribute, Item};

/// Reads a projection.
pub(crate) fn parse(text: &str, substitutes: &mut Substitutes) -> Result<Vec<Path>, ApiError> {
    let mut parser = Parser::new("ProjectionExpression", text, substitutes)?;
    let mut paths: Vec<Path> = Vec::new();
    loop {
        let path = parser.path()?;
        for earlier in &paths {
            parser.check_clash(earlier, &path)?;
        }
        paths.push(path);
        if !parser.take(",") {
            break;
        }
    }
    parser.end()?;
    Ok(paths)
}

/// What of the item stands at these paths, in its place; a list loses the elements left out.
pub(crate) fn project(item: &Item, paths: &[&Path]) -> Item {
    let mut wanted: BTreeMap<&str, Vec<&[Step]>> = BTreeMap::new();
    for path in paths {
        wanted.entry(&path.attribute).or_default().push(&path.steps);
    }
    wanted
        .into_iter()
        .filter_map(|(name, rests)| Some((name.to_owned(), part(item.get(name)?, &rests)?)))
        .collect()
}

/// The part of a value at these ways into it, if anything is there.
fn part(value: &Attribute, ways: &[&[Step]]) -> Option<Attribute> {
    if ways.iter().any(|way| way.is_empty()) {
        return Some(value.clone());
    }
    let firsts: BTreeSet<&Step> = ways.iter().filter_map(|way| way.first()).collect();
    let inner = |step: &Step, value| {
        let rests: Vec<&[Step]> = ways
            .iter()
            .filter_map(|way| way.split_first())
            .filter(|(first, _)| *first == step)
            .map(|(_, rest)| rest)
            .collect();
        part(value, &rests)
    };
    match value {
        Attribute::M(members) => {
            let found: Item = firsts
                .into_iter()
                .filter_map(|step| match step {
                    Step::Name(name) => Some((name.clone(), inner(step, members.get(name)?)?)),
                    Step::Index(_) => None,
                })
                .collect();
            (!found.is_empty()).then_some(Attribute::M(found))
        }
        Attribute::L(items) => {
            let found: Vec<Attribute> = firsts
                .into_iter()
                .filter_map(|step| match step {
                    Step::Index(index) => inner(step, items.get(*index)?),
                    Step::Name(_) => None,
                })
                .collect();
            (!found.is_empty()).then_some(Attribute::L(found))
        }
        _ => None,
    }
}
