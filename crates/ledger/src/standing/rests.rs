//! The calls about rests.

use domain::arn::{GroupArn, ServiceArn};
use domain::rest::{GroupRest, ServiceRest, Version};

use crate::{Ledger, LedgerError, rest};

impl Ledger {
    /// Writes a service's record, if the one there has this version (none: if there is none).
    pub async fn record_service(
        &self,
        service: &ServiceArn,
        rest: &ServiceRest,
        replaces: Option<Version>,
    ) -> Result<(), LedgerError> {
        self.record(
            format!("service#{}", service.as_str()),
            rest::write(rest),
            replaces,
        )
        .await
    }

    /// Closes a service's record, if it has this version.
    pub async fn close_service(
        &self,
        service: &ServiceArn,
        version: Version,
    ) -> Result<(), LedgerError> {
        self.close(format!("service#{}", service.as_str()), version)
            .await
    }

    /// Writes a group's record, if the one there has this version (none: if there is none).
    pub async fn record_group(
        &self,
        group: &GroupArn,
        rest: &GroupRest,
        replaces: Option<Version>,
    ) -> Result<(), LedgerError> {
        self.record(
            format!("group#{}", group.as_str()),
            rest::write(rest),
            replaces,
        )
        .await
    }

    /// Closes a group's record, if it has this version.
    pub async fn close_group(&self, group: &GroupArn, version: Version) -> Result<(), LedgerError> {
        self.close(format!("group#{}", group.as_str()), version)
            .await
    }
}
