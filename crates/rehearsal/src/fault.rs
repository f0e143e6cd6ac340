//! What can go wrong with a call, by script.

use crate::call::{ApiError, Call};

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Refused by a token bucket: nothing happened.
    Throttle,
    /// A 5xx: nothing happened.
    ServerError,
    /// Refused by IAM: nothing happened.
    AccessDenied,
    /// No answer, and nothing happened.
    TimeoutBefore,
    /// No answer, though it happened.
    TimeoutAfter,
    /// The connection is reset before anything happened.
    Reset,
    /// The caller dies before the call has its effect.
    CrashBefore,
    /// The caller dies after the call had its effect.
    CrashAfter,
}

/// Which calls a fault strikes.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What happens to them.
    pub fault: Fault,
    /// The IAM action, such as `ecs:UpdateService`; none strikes any.
    pub action: Option<String>,
    /// The caller; none strikes any.
    pub caller: Option<String>,
    /// A text that the input must contain, such as a service's name.
    pub mentions: Option<String>,
    /// How many matching calls are let through first.
    pub skip: usize,
    /// How many are struck after that.
    pub times: usize,
}

impl Rule {
    /// Strikes every call; narrow it with the other fields.
    pub fn always(fault: Fault) -> Self {
        Self {
            fault,
            action: None,
            caller: None,
            mentions: None,
            skip: 0,
            times: usize::MAX,
        }
    }

    fn concerns(&self, call: &Call) -> bool {
        self.action
            .as_deref()
            .is_none_or(|action| action == call.action())
            && self
                .caller
                .as_deref()
                .is_none_or(|caller| caller == call.caller)
            && self
                .mentions
                .as_deref()
                .is_none_or(|text| call.input.to_string().contains(text))
    }
}

/// The rules in force; the first that concerns a call and is not spent decides.
#[derive(Debug, Default)]
pub struct Faults(Vec<Rule>);

impl Faults {
    /// Adds a rule behind those that are there.
    pub fn add(&mut self, rule: Rule) {
        self.0.push(rule);
    }

    /// Ends every rule.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that strikes this call, if one does; counts the call.
    pub fn strike(&mut self, call: &Call) -> Option<Fault> {
        for rule in &mut self.0 {
            if rule.times == 0 || !rule.concerns(call) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.times -= 1;
            return Some(rule.fault);
        }
        None
    }
}

impl Fault {
    /// The refusal that the caller sees, for the faults that answer at all.
    pub fn refusal(self, call: &Call) -> Option<ApiError> {
        match self {
            Self::Throttle => Some(ApiError::client("ThrottlingException", "Rate exceeded")),
            Self::ServerError => Some(ApiError::server("ServerException", "Service Unavailable")),
            Self::AccessDenied => Some(ApiError::client(
                "AccessDeniedException",
                format!(
                    "User: {} is not authorized to perform: {}",
                    call.caller,
                    call.action()
                ),
            )),
            Self::TimeoutBefore
            | Self::TimeoutAfter
            | Self::Reset
            | Self::CrashBefore
            | Self::CrashAfter => None,
        }
    }
}
