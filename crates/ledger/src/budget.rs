//! The calls about budgets: their tallies, and the samples of the meter.

use domain::budget::BudgetName;
use domain::budget::meter::Sample;
use domain::budget::tally::Tally;
use domain::rest::Version;

use crate::meter::{PARTITION, Samples, place, write};
use crate::table::{already, sent};
use crate::{Ledger, LedgerError, tally};

impl Ledger {
    /// Writes the tally of a budget, if the one there has this version (none: if there is none).
    pub async fn record_budget(
        &self,
        budget: &BudgetName,
        tally: &Tally,
        replaces: Option<Version>,
    ) -> Result<(), LedgerError> {
        self.record(key(budget), tally::write(tally), replaces)
            .await
    }

    /// Closes the tally of a budget, if it has this version.
    pub async fn close_budget(
        &self,
        budget: &BudgetName,
        version: Version,
    ) -> Result<(), LedgerError> {
        self.close(key(budget), version).await
    }

    /// Writes a sample of the meter. One for a minute is enough: the first stays.
    pub async fn sample(&self, sample: &Sample) -> Result<(), LedgerError> {
        let put = self.put_into(PARTITION, place(sample), write(sample));
        already(sent(put.condition_expression("attribute_not_exists(pk)")).await)
    }

    /// Reads every sample of the meter that is kept.
    pub async fn samples(&self) -> Result<Samples, LedgerError> {
        let mut samples = Samples::default();
        self.read(PARTITION, |item| samples.add(item)).await?;
        Ok(samples)
    }
}

fn key(budget: &BudgetName) -> String {
    format!("budget#{budget}")
}
