//! The names of deployments, definitions and revisions, where a mix-up would roll the wrong thing
//! back.

use std::fmt;

use crate::arn::{ArnError, ecs_resource};

/// The id of a deployment, such as `ecs-svc/1234567890123456789`: what an event, the list of a
/// service's deployments and a task's `startedBy` have in common. Two deployments of one task
/// definition differ in nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeploymentId(String);

impl DeploymentId {
    /// Reads an id.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        let number = text.strip_prefix("ecs-svc/").unwrap_or_default();
        if !number.is_empty() && number.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Ok(Self(text.to_owned()));
        }
        Err(ArnError {
            text: text.to_owned(),
            expected: "the id of a deployment",
        })
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The ARN of one revision of a task definition, `…:task-definition/FAMILY:NUMBER`. A family
/// without a number means its newest revision, which is never what is meant here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefinitionArn(String);

impl DefinitionArn {
    /// Reads an ARN that names a revision.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        let named = ecs_resource(text, "task-definition/").and_then(|name| name.split_once(':'));
        match named {
            Some((family, number))
                if !family.is_empty() && number.parse::<u32>().is_ok_and(|number| number > 0) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(ArnError {
                text: text.to_owned(),
                expected: "the ARN of a revision of a task definition",
            }),
        }
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DefinitionArn {
    /// For people: `FAMILY:NUMBER`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.rsplit('/').next().unwrap_or_default())
    }
}

/// The ARN of a service revision: what a deployment brought, with its load balancers and the
/// digests of its images. Nothing from before 2024-10-25 has one.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html>.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionArn(String);

impl RevisionArn {
    /// Reads an ARN.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        three_names(text, "service-revision/", "the ARN of a service revision").map(Self)
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The ARN of a service deployment: one attempt to bring a service revision, which outlives the
/// deployment that it made and says how it ended.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html>.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptArn(String);

impl AttemptArn {
    /// Reads an ARN.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        let expected = "the ARN of a service deployment";
        three_names(text, "service-deployment/", expected).map(Self)
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An ARN that ends in `KIND/CLUSTER/SERVICE/ID`.
fn three_names(text: &str, kind: &str, expected: &'static str) -> Result<String, ArnError> {
    let names = ecs_resource(text, kind).map(|names| names.split('/').collect::<Vec<_>>());
    match names {
        Some(names) if names.len() == 3 && names.iter().all(|name| !name.is_empty()) => {
            Ok(text.to_owned())
        }
        _ => Err(ArnError {
            text: text.to_owned(),
            expected,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_without_a_number_is_no_definition() {
        let head = "arn:aws:ecs:eu-central-1:123456789012:task-definition";
        let arn = DefinitionArn::parse(&format!("{head}/web:7")).unwrap();
        assert_eq!(arn.to_string(), "web:7");
        for wrong in ["web", "web:", "web:0", ":7", "web:latest", "web:7:8"] {
            assert!(DefinitionArn::parse(&format!("{head}/{wrong}")).is_err());
        }
    }

    #[test]
    fn names_are_read_in_every_partition_and_nothing_else_is() {
        for partition in ["aws", "aws-cn", "aws-us-gov"] {
            let head = format!("arn:{partition}:ecs:eu-central-1:123456789012");
            let of = |kind: &str| format!("{head}:{kind}/shop/web/4711");
            assert!(RevisionArn::parse(&of("service-revision")).is_ok());
            assert!(AttemptArn::parse(&of("service-deployment")).is_ok());
            assert!(RevisionArn::parse(&of("service-deployment")).is_err());
            assert!(DefinitionArn::parse(&format!("{head}:task-definition/web:1")).is_ok());
        }
        assert!(AttemptArn::parse("arn:aws:ecs:r:a:service-deployment/shop/web").is_err());
    }

    #[test]
    fn an_id_is_a_word_and_no_option_and_no_path() {
        assert!(DeploymentId::parse("ecs-svc/1234567890123456789").is_ok());
        for wrong in ["", "ecs-svc/", "--force", "ecs-svc/../x", "ecs-svc/1 2"] {
            assert!(DeploymentId::parse(wrong).is_err(), "{wrong}");
        }
    }
}
