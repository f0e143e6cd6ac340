//! Which instances and which pools a deed means.

use crate::services::autoscaling::{Group, Instance, Phase, Purchase};
use crate::services::ec2::Pool;
use crate::world::World;

/// Instances as a script writes them.
pub(super) struct Targets<'a> {
    pub(super) group: Option<&'a str>,
    pub(super) count: Option<usize>,
    pub(super) instances: &'a [String],
    pub(super) pool: Option<&'a str>,
}

impl Targets<'_> {
    /// Spot instances in service that EC2 has not announced to take, by group and then the oldest
    /// first; none if there are not as many as are meant.
    pub(super) fn find(&self, world: &World) -> Option<Vec<String>> {
        let groups = world.autoscaling.groups.values();
        let groups = groups.filter(|group| self.group.is_none_or(|name| name == group.name));
        let instances = groups.flat_map(|group| &group.instances);
        let mut found: Vec<String> = instances
            .filter(|one| self.means(one) && !world.ec2.doomed.contains(&one.id))
            .map(|one| one.id.clone())
            .collect();
        let wanted = self.count.unwrap_or(match self.instances.len() {
            0 => found.len(),
            named => named,
        });
        if found.len() < wanted || wanted == 0 {
            return None;
        }
        found.truncate(wanted);
        Some(found)
    }

    fn means(&self, one: &Instance) -> bool {
        one.purchase == Purchase::Spot
            && matches!(one.phase, Phase::InService { .. })
            && !one.gone
            && (self.instances.is_empty() || self.instances.contains(&one.id))
            && self
                .pool
                .is_none_or(|pool| pool == format!("{}/{}", one.instance_type, one.zone))
    }
}

/// The pools that a script means.
pub(super) fn pools(world: &World, written: &str) -> Vec<Pool> {
    if let Ok(pool) = written.parse() {
        return vec![pool];
    }
    let groups = world.autoscaling.groups.values();
    let all = groups.flat_map(of_group);
    all.filter(|pool| written == "all" || pool.instance_type == written)
        .collect()
}

fn of_group(group: &Group) -> Vec<Pool> {
    let types = group.mix().map_or_else(Vec::new, |mix| match mix.types {
        types if types.is_empty() => vec![group.instance_type.clone()],
        types => types,
    });
    let of_type = |instance_type: &String| {
        let zones = group.zones.iter();
        let pools = zones.map(|zone| Pool {
            instance_type: instance_type.clone(),
            zone: zone.clone(),
        });
        pools.collect::<Vec<_>>()
    };
    types.iter().flat_map(of_type).collect()
}
