//! A deed in words, for the timeline.

use std::fmt;

use super::{FARGATE, FargateSpot, PoolCapacity, Rebalance, SpotInterruption};
use crate::scenario::counted;

/// `3 Spot instances of workers`.
fn instances(
    count: Option<usize>,
    named: &[String],
    group: Option<&String>,
    pool: Option<&String>,
) -> String {
    let mut text = match (count, named) {
        (Some(count), _) => counted(count, "Spot instance"),
        (None, []) => "every Spot instance".to_owned(),
        (None, named) => named.join(", "),
    };
    for whose in [group, pool].into_iter().flatten() {
        text.push_str(" of ");
        text.push_str(whose);
    }
    text
}

impl fmt::Display for SpotInterruption {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (group, pool) = (self.group.as_ref(), self.pool.as_ref());
        let what = instances(self.count, &self.instances, group, pool);
        match self.fis {
            true => write!(out, "FIS interrupts {what}")?,
            false => write!(out, "EC2 takes {what}")?,
        }
        write!(out, ": {}", self.action.name())?;
        if let Some(minutes) = self.rebalance_before {
            let minutes = counted(minutes as usize, "minute");
            write!(out, ", recommended {minutes} ahead")?;
        }
        match (self.warning, self.lead) {
            (false, _) => out.write_str(", without a warning"),
            (true, Some(seconds)) => write!(out, ", {seconds} s after the warning"),
            (true, None) => Ok(()),
        }
    }
}

impl fmt::Display for Rebalance {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (group, pool) = (self.group.as_ref(), self.pool.as_ref());
        let what = instances(self.count, &self.instances, group, pool);
        write!(out, "EC2 recommends to replace {what}")
    }
}

impl fmt::Display for FargateSpot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks = counted(self.count, "Spot task");
        write!(out, "Fargate takes {tasks} of {}", self.service)
    }
}

impl fmt::Display for PoolCapacity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.pool.as_str() {
            FARGATE => "Fargate Spot",
            "all" => "every Spot pool",
            pool => pool,
        };
        match self.available {
            true => write!(out, "{what} has capacity again"),
            false => write!(out, "{what} has no capacity any more"),
        }
    }
}
