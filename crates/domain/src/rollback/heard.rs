//! Which services a round is about.

use std::collections::{BTreeMap, BTreeSet};

use super::observed::Observed;
use super::order::What;
use super::record::Record;
use super::sign::{Says, Sign};
use crate::arn::ServiceArn;

/// So many parts there are of all services; one is looked at in each sweep.
pub const SLICES: u8 = 3;

/// The part that a service belongs to, for ever: FNV-1a of its ARN.
pub fn slice(service: &ServiceArn) -> u8 {
    let hash = service
        .as_str()
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
    u8::try_from(hash % u32::from(SLICES)).unwrap_or(0)
}

/// The services whose records have to be read because of what was heard.
pub fn named(signs: &[Sign]) -> BTreeSet<ServiceArn> {
    let named = signs.iter().filter_map(|sign| of(&sign.says));
    named.cloned().collect()
}

/// Whether every open record has to be read: for the minute, for a sweep, and to find out whose an
/// alarm is that names no service.
pub fn needs_all_open(signs: &[Sign]) -> bool {
    signs.iter().any(|sign| match &sign.says {
        Says::Minute | Says::Sweep { .. } => true,
        Says::Alarm { service, .. } => service.is_none(),
        Says::Deployment { .. } | Says::Action { .. } | Says::Troubled { .. } | Says::Order(_) => {
            false
        }
    })
}

/// The service that a message is about, if it names one.
fn of(says: &Says) -> Option<&ServiceArn> {
    match says {
        Says::Deployment { service, .. }
        | Says::Action { service, .. }
        | Says::Troubled { service, .. } => Some(service),
        Says::Alarm { service, .. } => service.as_ref(),
        Says::Order(order) => match &order.what {
            What::Rollback { service, .. } => Some(service),
            What::Freeze { service, .. } | What::Thaw { service } => service.as_ref(),
        },
        Says::Minute | Says::Sweep { .. } => None,
    }
}

/// What was heard of each service, with every service that is looked at anyway.
pub(super) fn heard(observed: &Observed) -> BTreeMap<&ServiceArn, Vec<&Sign>> {
    let mut heard: BTreeMap<&ServiceArn, Vec<&Sign>> = BTreeMap::new();
    let signs = &observed.signs;
    let rounds = |sign: &Sign| matches!(sign.says, Says::Minute | Says::Sweep { .. });
    if signs.iter().any(rounds) {
        let open = observed
            .records
            .iter()
            .filter(|(_, record)| record.is_open());
        for arn in open.map(|(arn, _)| arn).chain(&observed.swept) {
            heard.entry(arn).or_default();
        }
    }
    for sign in signs {
        if let Some(arn) = of(&sign.says) {
            heard.entry(arn).or_default().push(sign);
        } else if let Says::Alarm { alarm, .. } = &sign.says {
            let tied = |record: &Record| {
                let watch = record.watch.as_ref();
                watch.is_some_and(|watch| watch.tied.contains(alarm))
            };
            let tied = observed.records.iter().filter(|(_, record)| tied(record));
            for (arn, _) in tied {
                heard.entry(arn).or_default().push(sign);
            }
        }
    }
    heard
}
