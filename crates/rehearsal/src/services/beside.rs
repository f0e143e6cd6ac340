//! What stands beside the services and costs whether they run or not. It has no API of its own
//! here: the tagging API reports it, which is how a function can count it.
//!
//! ARNs: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html>.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::world::World;

/// What stands beside the services.
#[derive(Debug, Default)]
pub struct Beside {
    /// Tags by ARN.
    resources: BTreeMap<String, BTreeMap<String, String>>,
}

/// Some resources of a kind, as a stack file describes them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BesideSpec {
    /// What they are.
    pub kind: Kind,
    /// How many there are.
    #[serde(default = "one")]
    pub count: u32,
    /// The tags of each. Without any, the tagging API does not know of them, as at AWS.
    pub tags: BTreeMap<String, String>,
}

fn one() -> u32 {
    1
}

/// What a resource is: a type of the tagging API, without its service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// `elasticloadbalancing:loadbalancer`, an Application Load Balancer.
    Loadbalancer,
    /// `ec2:natgateway`.
    Natgateway,
    /// `ec2:volume`.
    Volume,
    /// `ec2:elastic-ip`.
    ElasticIp,
    /// `ec2:instance`, one that belongs to no Auto Scaling group.
    Instance,
}

impl Kind {
    /// Service and resource of the `number`th one; an id has 17 digits.
    fn arn(self, number: u32, digits: &str) -> (&'static str, String) {
        let id = digits.get(..17).unwrap_or(digits);
        match self {
            Self::Loadbalancer => {
                let id = digits.get(..16).unwrap_or(digits);
                (
                    "elasticloadbalancing",
                    format!("loadbalancer/app/beside-{number}/{id}"),
                )
            }
            Self::Natgateway => ("ec2", format!("natgateway/nat-{id}")),
            Self::Volume => ("ec2", format!("volume/vol-{id}")),
            Self::ElasticIp => ("ec2", format!("elastic-ip/eipalloc-{id}")),
            Self::Instance => ("ec2", format!("instance/i-{id}")),
        }
    }
}

impl BesideSpec {
    /// Puts the resources into the world.
    pub fn build(&self, world: &mut World) {
        for number in 1..=self.count {
            let digits = world.id();
            let (service, resource) = self.kind.arn(number, &digits);
            let identity = &world.identity;
            let arn = format!(
                "arn:aws:{service}:{}:{}:{resource}",
                identity.region, identity.account_id
            );
            world.beside.resources.insert(arn, self.tags.clone());
        }
    }
}

impl Beside {
    /// What the tagging API reports: "all the tagged or previously tagged resources",
    /// <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>.
    pub fn tagged_resources(&self) -> impl Iterator<Item = (String, BTreeMap<String, String>)> {
        let tagged = self.resources.iter().filter(|(_, tags)| !tags.is_empty());
        tagged.map(|(arn, tags)| (arn.clone(), tags.clone()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testbed::Testbed;

    fn found(bed: &Testbed, kinds: Value) -> Vec<String> {
        let input = json!({"ResourceTypeFilters": kinds});
        let reply = bed.call("ResourceGroupsTaggingAPI_20170126", "GetResources", input);
        let reply = reply.unwrap();
        let found = reply["ResourceTagMappingList"].as_array().unwrap();
        found
            .iter()
            .map(|one| one["ResourceARN"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn what_costs_beside_the_services_can_be_counted_by_its_type() {
        let tags = json!({"team": "shop"});
        let bed = Testbed::with(json!({"beside": [
            {"kind": "loadbalancer", "tags": tags},
            {"kind": "natgateway", "count": 2, "tags": tags},
            {"kind": "volume", "count": 3, "tags": tags},
            {"kind": "elastic-ip", "tags": tags},
            {"kind": "instance", "tags": tags},
            {"kind": "instance", "count": 4, "tags": {}},
        ]}));
        for (kind, count) in [
            ("elasticloadbalancing:loadbalancer", 1),
            ("ec2:natgateway", 2),
            ("ec2:volume", 3),
            ("ec2:elastic-ip", 1),
            ("ec2:instance", 1),
            ("ec2", 7),
            ("ecs", 0),
        ] {
            assert_eq!(found(&bed, json!([kind])).len(), count, "{kind}");
        }
        let balancer = &found(&bed, json!(["elasticloadbalancing"]))[0];
        let start =
            "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/beside-1/";
        assert!(balancer.starts_with(start), "{balancer}");
    }
}
