//! Names of AWS things, where a mix-up would hurt.

use std::fmt;

/// A text that is not the ARN that was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not {expected}")]
pub struct ArnError {
    pub(crate) text: String,
    pub(crate) expected: &'static str,
}

/// The ARN of an ECS service in its long form, `arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME`.
///
/// The short form without the cluster is from before 2018; services that still have one cannot be
/// tagged, so they are never ours.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html>.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceArn(String);

impl ServiceArn {
    /// Reads an ARN in the long form.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        let resource = ecs_resource(text, "service/");
        match resource.map(|names| names.split('/').collect::<Vec<_>>()) {
            Some(names) if names.len() == 2 && names.iter().all(|name| !name.is_empty()) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(ArnError {
                text: text.to_owned(),
                expected: "the ARN of an ECS service in the form that names its cluster",
            }),
        }
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The cluster's name.
    pub fn cluster(&self) -> &str {
        self.0.rsplit('/').nth(1).unwrap_or_default()
    }

    /// The service's name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// How Application Auto Scaling names it: `service/CLUSTER/NAME`.
    /// Source: <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>.
    pub fn scalable_resource(&self) -> String {
        format!("service/{}/{}", self.cluster(), self.name())
    }

    /// The ARN of the service of that name in a cluster.
    pub fn within(cluster: &ClusterArn, name: &str) -> Result<Self, ArnError> {
        let head = cluster.0.split(":cluster/").next().unwrap_or_default();
        Self::parse(&format!("{head}:service/{}/{name}", cluster.name()))
    }

    /// The ARN of its cluster.
    pub fn cluster_arn(&self) -> ClusterArn {
        let head = self.0.split(":service/").next().unwrap_or_default();
        ClusterArn(format!("{head}:cluster/{}", self.cluster()))
    }
}

impl fmt::Display for ServiceArn {
    /// For people: `CLUSTER/NAME`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.cluster(), self.name())
    }
}

/// The ARN of an ECS cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterArn(String);

impl ClusterArn {
    /// Reads an ARN.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        match ecs_resource(text, "cluster/") {
            Some(name) if !name.is_empty() && !name.contains('/') => Ok(Self(text.to_owned())),
            _ => Err(ArnError {
                text: text.to_owned(),
                expected: "the ARN of an ECS cluster",
            }),
        }
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The cluster's name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

/// The ARN of an EC2 Auto Scaling group. It carries a UUID, so a group that was deleted and
/// created again under the same name has another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupArn(String);

impl GroupArn {
    /// Reads an ARN.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        let named = text
            .rsplit_once(":autoScalingGroupName/")
            .is_some_and(|(_, name)| !name.is_empty());
        if text.starts_with("arn:") && text.contains(":autoscaling:") && named {
            return Ok(Self(text.to_owned()));
        }
        Err(ArnError {
            text: text.to_owned(),
            expected: "the ARN of an Auto Scaling group",
        })
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The group's name.
    pub fn name(&self) -> &str {
        self.0
            .rsplit_once(":autoScalingGroupName/")
            .map_or("", |(_, name)| name)
    }
}

impl fmt::Display for GroupArn {
    /// For people: the group's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The ARN of a container instance, in the long form `container-instance/CLUSTER/ID` or in the
/// short one from before 2018, `container-instance/ID`, which names no cluster.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html>.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerInstanceArn(String);

impl ContainerInstanceArn {
    /// Reads an ARN in either form.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        if names_one(ecs_resource(text, "container-instance/")) {
            return Ok(Self(text.to_owned()));
        }
        Err(ArnError {
            text: text.to_owned(),
            expected: "the ARN of a container instance",
        })
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id that ECS gave it.
    pub fn id(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

/// The ARN of a task, in the long form `task/CLUSTER/ID` or in the short one from before 2018,
/// `task/ID`, which names no cluster.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html>.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskArn(String);

impl TaskArn {
    /// Reads an ARN in either form.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        if names_one(ecs_resource(text, "task/")) {
            return Ok(Self(text.to_owned()));
        }
        Err(ArnError {
            text: text.to_owned(),
            expected: "the ARN of a task",
        })
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id that ECS gave it.
    pub fn id(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The name of its cluster; a short ARN has none.
    pub fn cluster(&self) -> Option<&str> {
        let names = ecs_resource(&self.0, "task/")?;
        names.split_once('/').map(|(cluster, _)| cluster)
    }
}

/// Whether this is `ID` or `CLUSTER/ID`.
fn names_one(resource: Option<&str>) -> bool {
    resource.is_some_and(|names| {
        let mut names = names.split('/');
        let named = names.by_ref().take(2).all(|name| !name.is_empty());
        named && names.next().is_none()
    })
}

/// What follows `kind` in an ECS ARN.
pub(crate) fn ecs_resource<'a>(text: &'a str, kind: &str) -> Option<&'a str> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, "ecs", _, _, resource] => resource.strip_prefix(kind),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_knows_its_cluster_and_its_name() {
        let arn =
            ServiceArn::parse("arn:aws:ecs:eu-central-1:123456789012:service/prod/api").unwrap();
        assert_eq!((arn.cluster(), arn.name()), ("prod", "api"));
        assert_eq!(arn.scalable_resource(), "service/prod/api");
        assert_eq!(
            arn.cluster_arn().as_str(),
            "arn:aws:ecs:eu-central-1:123456789012:cluster/prod"
        );
        assert_eq!(ServiceArn::within(&arn.cluster_arn(), "api").unwrap(), arn);
    }

    #[test]
    fn the_short_form_is_refused_because_it_cannot_be_tagged() {
        assert!(ServiceArn::parse("arn:aws:ecs:eu-central-1:123456789012:service/api").is_err());
    }

    #[test]
    fn tasks_and_container_instances_have_a_long_and_a_short_form_in_every_partition() {
        for partition in ["aws", "aws-cn", "aws-us-gov"] {
            let head = format!("arn:{partition}:ecs:eu-central-1:123456789012");
            for cluster in ["", "prod/", "we_ird-1/"] {
                let task = TaskArn::parse(&format!("{head}:task/{cluster}0b1c")).unwrap();
                assert_eq!(task.id(), "0b1c");
                let text = format!("{head}:container-instance/{cluster}0b1c");
                let place = ContainerInstanceArn::parse(&text).unwrap();
                assert_eq!((place.id(), place.as_str()), ("0b1c", text.as_str()));
            }
        }
        let head = "arn:aws:ecs:eu-central-1:123456789012";
        for wrong in [
            "task/",
            "task/a/b/c",
            "task//b",
            "service/a/b",
            "task-set/a/b",
        ] {
            assert!(
                TaskArn::parse(&format!("{head}:{wrong}")).is_err(),
                "{wrong}"
            );
        }
        assert!(ContainerInstanceArn::parse(&format!("{head}:task/prod/a")).is_err());
    }

    #[test]
    fn a_group_is_named_by_what_follows_the_uuid() {
        let arn = "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:0b1c:autoScalingGroupName/ecs-prod";
        assert_eq!(GroupArn::parse(arn).unwrap().name(), "ecs-prod");
    }
}
