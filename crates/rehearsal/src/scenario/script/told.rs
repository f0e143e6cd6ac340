//! A deed in words, for the timeline.

use std::fmt;

use super::Deed;
use crate::scenario::counted;

impl fmt::Display for Deed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetDesired {
                service,
                desired,
                by,
            } => write!(out, "{by} sets {service} to {desired}"),
            Self::Deploy {
                service,
                desired,
                by,
            } => match desired {
                Some(desired) => write!(out, "{by} deploys {service} with {desired} tasks"),
                None => write!(out, "{by} deploys {service}"),
            },
            Self::Tag {
                resource,
                key,
                value,
                by,
            } => write!(out, "{by} tags {resource} with {key} = {value}"),
            Self::Untag { resource, key, by } => write!(out, "{by} takes {key} off {resource}"),
            Self::Load { service, asks_for } => {
                write!(out, "the load of {service} asks for {asks_for} tasks")
            }
            Self::Fault(rule) => write!(out, "trouble ahead: {rule}"),
            Self::NoFaults => out.write_str("every call works again"),
            Self::Deliveries(mishap) => write!(out, "trouble ahead: {mishap}"),
            Self::Budget(deed) => write!(out, "{deed}"),
            Self::Deployment(deed) => write!(out, "{deed}"),
            Self::Topic(deed) => write!(out, "{deed}"),
            Self::FreeTier(usages) => {
                write!(
                    out,
                    "the Free Tier tells of {}",
                    counted(usages.len(), "offer")
                )
            }
            Self::SpotInterruption(deed) => write!(out, "{deed}"),
            Self::Rebalance(deed) => write!(out, "{deed}"),
            Self::FargateSpot(deed) => write!(out, "{deed}"),
            Self::PoolCapacity(deed) => write!(out, "{deed}"),
            Self::Group(deed) => write!(out, "{deed}"),
            Self::Event {
                source,
                detail_type,
                ..
            } => write!(out, "{source} says: {detail_type}"),
            Self::SlowQueues { seconds: 0 } => out.write_str("queues are read at once again"),
            Self::SlowQueues { seconds } => {
                write!(out, "trouble ahead: queues are read {seconds} s late")
            }
            Self::Invoke {
                function,
                event,
                by,
            } => write!(out, "{by} invokes {function} with {event}"),
        }
    }
}
