//! The use of what is free up to a point.

use rust_decimal::Decimal;

/// Free-tier use is told from so many hundredths of what is free.
pub const FREE_TIER_PERCENT: Decimal = Decimal::from_parts(85, 0, 0, false, 0);

/// The use of something that is free up to a point. AWS may leave any field out.
/// Source: `FreeTierUsage` in botocore's `freetier/2023-09-07/service-2.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FreeTierUse {
    /// `service`.
    pub service: Option<String>,
    /// `usageType`.
    pub usage_type: Option<String>,
    /// `actualUsageAmount`.
    pub actual: Option<Decimal>,
    /// `forecastedUsageAmount`.
    pub forecast: Option<Decimal>,
    /// `limit`.
    pub limit: Option<Decimal>,
    /// `unit`.
    pub unit: Option<String>,
}

impl FreeTierUse {
    /// The hundredths of what is free that are used, or will be by the forecast; none if AWS does
    /// not say enough.
    pub fn percent(&self) -> Option<Decimal> {
        let limit = self.limit.filter(|limit| *limit > Decimal::ZERO)?;
        let used = self.actual?;
        used.saturating_mul(Decimal::ONE_HUNDRED).checked_div(limit)
    }

    /// Whether it is nearly used up.
    pub fn is_nearly_used(&self) -> bool {
        self.percent()
            .is_some_and(|percent| percent >= FREE_TIER_PERCENT)
    }

    /// `AmazonEC2, EU-BoxUsage:t3.micro`.
    pub fn named(&self) -> String {
        let parts = [&self.service, &self.usage_type];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        if parts.is_empty() {
            return "something that AWS does not name".to_owned();
        }
        parts.join(", ")
    }
}
