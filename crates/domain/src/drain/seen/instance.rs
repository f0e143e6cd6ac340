//! EC2 instances and the pools that they come from.

use std::fmt;

/// A text that is not the id of an EC2 instance that can be drained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" {why}")]
pub struct InstanceIdError {
    text: String,
    why: &'static str,
}

/// The id of an EC2 instance: `i-` and 17 hexadecimal digits, or 8 for one from before 2016.
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId(String);

impl InstanceId {
    /// Reads an id.
    ///
    /// The ids of ECS Anywhere, which begin with `mi-`, are refused: such a machine is nobody's
    /// Spot instance and in no Auto Scaling group.
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html>.
    pub fn parse(text: &str) -> Result<Self, InstanceIdError> {
        let refused = |why| InstanceIdError {
            text: text.to_owned(),
            why,
        };
        if text.starts_with("mi-") {
            return Err(refused(
                "is a machine of ECS Anywhere, which EC2 does not take back",
            ));
        }
        let hex = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
        match text.strip_prefix("i-") {
            Some(digits) if matches!(digits.len(), 8 | 17) && digits.bytes().all(hex) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(refused("is not the id of an EC2 instance")),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A Spot capacity pool: EC2 takes instances back by type and Availability Zone.
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-instances.html>.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pool {
    /// The instance type, such as `m6i.large`.
    pub instance_type: String,
    /// The Availability Zone, such as `eu-central-1a`.
    pub zone: String,
}

impl fmt::Display for Pool {
    /// For people: `m6i.large in eu-central-1a`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.instance_type, self.zone)
    }
}
