//! What is remembered of an instance by its id.

use super::case::{Case, Step};
use super::fold::{Folded, NOTICE};
use super::observed::{Mark, Place, Source};
use super::plan::IndexWrite;
use super::scope::{self, Found};
use super::seen::{ContainerInstanceSeen, Status};

/// Where ECS says that it is. What its event leaves out is as it was, or as ECS answered.
fn told(seen: &ContainerInstanceSeen, found: &Found) -> Place {
    let told = scope::place_of(seen);
    let Found::At(places) = found else {
        return told;
    };
    let known = places.iter().find(|place| place.arn == told.arn);
    let provider = known.and_then(|place| place.provider.clone());
    let pool = known.and_then(|place| place.pool.clone());
    Place {
        provider: told.provider.clone().or(provider),
        pool: told.pool.clone().or(pool),
        ..told
    }
}

impl Case<'_> {
    /// What is remembered of the instance by its id.
    pub(super) fn index(&self, folded: &Folded<'_>, found: &Found, step: &mut Step) {
        let instance = self.id;
        for (at, seen) in &folded.seen {
            step.index.push(if seen.status.is_in() {
                IndexWrite::Seen {
                    instance: instance.clone(),
                    place: told(seen, found),
                }
            } else {
                IndexWrite::Gone {
                    instance: instance.clone(),
                    arn: seen.arn.clone(),
                    version: seen.version,
                }
            });
            let stale = match self.observed.marks.get(instance) {
                Some(Mark::Done { at: done }) => at > done,
                Some(Mark::Doomed { at: warned }) => *at >= *warned + NOTICE,
                None => false,
            };
            if stale && seen.status == Status::Active && step.drain.is_none() {
                step.index.push(IndexWrite::Unmarked {
                    instance: instance.clone(),
                });
            }
        }
        // What ECS answered is news to the index.
        if let Found::At(places) = found {
            let asked = places.iter().filter(|place| place.source == Source::Asked);
            let inside = asked.filter(|place| place.status.is_in());
            step.index.extend(inside.map(|place| IndexWrite::Seen {
                instance: instance.clone(),
                place: place.clone(),
            }));
        }
    }
}
