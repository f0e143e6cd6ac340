//! What is remembered of Spot: the records of instances that go, where instances are, losses,
//! surges, looks.

mod calls;
mod drain;
mod exercise;
mod index;
mod parts;
mod reads;
mod remember;
mod surge;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::ClusterArn;
use domain::drain::{
    Counted, Drain, Exercise, Experiment, Incident, InstanceId, Mark, Place, Scope, Size,
};

use crate::fields::{Fields, Item, Unreadable, named};

/// The partition of the records of instances that go.
pub(crate) const DRAINS: &str = "drains";
/// The partition of surges and of fleets.
pub(crate) const SPOT: &str = "spot";
/// The sort key of the last exercise.
pub(crate) const EXERCISE: &str = "exercise";
/// How the sort key of an experiment begins, before a `#` and its id.
pub(crate) const EXPERIMENT: &str = "experiment";
/// How the sort key of the number of tasks on Fargate Spot begins; the ARN of the cluster follows.
pub(crate) const SIZE: &str = "size";
/// The partition in which instances are found by their id.
pub(crate) const INDEX: &str = "spot-index";
/// The partition of looks.
pub(crate) const LOOKS: &str = "looks";

/// The records of instances that go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drains {
    /// The records.
    pub drains: BTreeMap<InstanceId, Drain>,
    /// What this version cannot read. Whatever it is about must be left alone.
    pub unreadable: Vec<Unreadable>,
}

/// What is known of instances.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// The records of those of them that go.
    pub drains: BTreeMap<InstanceId, Drain>,
    /// Where they are, if that is remembered.
    pub places: BTreeMap<InstanceId, Vec<Place>>,
    /// What else is remembered.
    pub marks: BTreeMap<InstanceId, Mark>,
    /// What this version cannot read. Whatever it is about must be left alone.
    pub unreadable: Vec<Unreadable>,
}

/// What is so of fleets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spot {
    /// The surges that are not over.
    pub incidents: Vec<Incident>,
    /// The fleets whose instances were seen to drain without us.
    pub self_draining: BTreeSet<Scope>,
    /// How many tasks of clusters ran on Fargate Spot when they were counted.
    pub sizes: BTreeMap<ClusterArn, Size>,
    /// The last exercise that a person announced.
    pub exercise: Option<Exercise>,
    /// The experiments that were heard of lately, by id.
    pub experiments: BTreeMap<String, Experiment>,
    /// What this version cannot read.
    pub unreadable: Vec<Unreadable>,
}

/// Losses that count for a surge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Losses {
    /// The losses, in any order.
    pub counts: Vec<Counted>,
    /// What this version cannot read.
    pub unreadable: Vec<Unreadable>,
}

impl Drains {
    /// Adds one item.
    pub(crate) fn add(&mut self, item: &Item) {
        let fields = Fields::of(item);
        let read = id(&fields).and_then(|id| Ok((id, drain::read(&fields)?)));
        match read {
            Ok((id, drain)) => {
                self.drains.insert(id, drain);
            }
            Err(error) => self.unreadable.push(named(DRAINS, &fields, error)),
        }
    }
}

impl Known {
    /// Adds one item, of either partition.
    pub(crate) fn add(&mut self, item: &Item) {
        let fields = Fields::of(item);
        match fields.text("pk").as_deref() {
            Ok(DRAINS) => {
                let mut drains = Drains::default();
                drains.add(item);
                self.drains.extend(drains.drains);
                self.unreadable.extend(drains.unreadable);
            }
            _ => self.index(&fields),
        }
    }

    fn index(&mut self, fields: &Fields<'_>) {
        let read = id(fields).and_then(|id| Ok((id, index::read(fields)?)));
        match read {
            Ok((id, (places, mark))) => {
                self.places.insert(id.clone(), places);
                self.marks.extend(mark.map(|mark| (id, mark)));
            }
            Err(error) => self.unreadable.push(named(INDEX, fields, error)),
        }
    }
}

impl Spot {
    /// Adds one item.
    pub(crate) fn add(&mut self, item: &Item) {
        let fields = Fields::of(item);
        if let Err(error) = self.place(&fields) {
            self.unreadable.push(named(SPOT, &fields, error));
        }
    }

    fn place(&mut self, fields: &Fields<'_>) -> Result<(), Unreadable> {
        let key = fields.text("sk")?;
        if key == EXERCISE {
            self.exercise = Some(exercise::read(fields)?);
            return Ok(());
        }
        let (kind, scope) = key.split_once('#').unwrap_or((&key, ""));
        if kind == EXPERIMENT {
            let experiment = exercise::read_experiment(fields, scope)?;
            self.experiments.insert(scope.to_owned(), experiment);
            return Ok(());
        }
        if kind == SIZE {
            let cluster = ClusterArn::parse(scope);
            let cluster = cluster.map_err(|_| fields.unreadable("sk", "the ARN of a cluster"))?;
            self.sizes.insert(cluster, surge::read_size(fields)?);
            return Ok(());
        }
        let scope = Scope::of_key(scope).ok_or_else(|| fields.unreadable("sk", "a scope"))?;
        match kind {
            "surge" => self.incidents.push(surge::read_incident(fields, scope)?),
            "fleet" => {
                self.self_draining.insert(scope);
            }
            _ => return Err(fields.unreadable("sk", "a kind of item that this version knows")),
        }
        Ok(())
    }
}

impl Losses {
    /// Adds one item.
    pub(crate) fn add(&mut self, item: &Item) {
        let fields = Fields::of(item);
        match surge::read_loss(&fields) {
            Ok(loss) => self.counts.push(loss),
            Err(error) => self.unreadable.push(named("losses", &fields, error)),
        }
    }
}

/// The instance that an item is about.
fn id(fields: &Fields<'_>) -> Result<InstanceId, Unreadable> {
    InstanceId::parse(&fields.text("sk")?)
        .map_err(|_| fields.unreadable("sk", "the id of an instance"))
}
