//! Alarms that are tied to a service: by their tag, or because ECS watches them while it deploys.

use jiff::Timestamp;

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Its state. One that was set by hand to try something out cannot be told from any other.
    pub state: AlarmState,
    /// When it came into that state.
    pub changed_at: Timestamp,
    /// Whether another alarm suppresses its actions: then it says nothing.
    pub suppressed: bool,
}

impl Alarm {
    /// Whether it says that something is wrong.
    pub fn is_red(&self) -> bool {
        self.state == AlarmState::Alarm && !self.suppressed
    }
}

/// The state of an alarm.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlarmState {
    /// Nothing is wrong.
    Ok,
    /// Something is.
    Alarm,
    /// It cannot say.
    InsufficientData,
    /// Something that AWS did not have when this was written.
    Unknown(String),
}

impl AlarmState {
    /// The state of that name.
    pub fn from_name(name: &str) -> Self {
        match name {
            "OK" => Self::Ok,
            "ALARM" => Self::Alarm,
            "INSUFFICIENT_DATA" => Self::InsufficientData,
            other => Self::Unknown(other.to_owned()),
        }
    }
}
