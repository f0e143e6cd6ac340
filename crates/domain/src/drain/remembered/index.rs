//! What is remembered of an instance by its id.

use super::fold::{Folded, NOTICE};
use crate::drain::instance::scope::{self, Found};
use crate::drain::instance::{Case, Step};
use crate::drain::plan::IndexWrite;
use crate::drain::seen::ecs::Status;
use crate::drain::seen::world::{Mark, Source};

impl Case<'_> {
    /// What is remembered of the instance by its id.
    pub(in crate::drain) fn index(&self, folded: &Folded<'_>, found: &Found, step: &mut Step) {
        let instance = self.id;
        let places = match found {
            Found::At(places) => places.as_slice(),
            Found::Nowhere | Found::Unseen(_) => &[],
        };
        for (at, seen) in &folded.seen {
            step.index.push(if seen.status.is_in() {
                let told = scope::place_of(seen);
                let known = places.iter().find(|place| place.arn == told.arn);
                IndexWrite::Seen {
                    instance: instance.clone(),
                    place: match known {
                        Some(known) => scope::with_provider(told, known),
                        None => told,
                    },
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
        let asked = places.iter().filter(|place| place.source == Source::Asked);
        let inside = asked.filter(|place| place.status.is_in());
        step.index.extend(inside.map(|place| IndexWrite::Seen {
            instance: instance.clone(),
            place: place.clone(),
        }));
    }
}
