//! What of the free tier is used.

use aws_sdk_freetier::types::FreeTierUsage;
use domain::budget::free_tier::FreeTierUse;
use domain::budget::money::from_api;
use rust_decimal::Decimal;

use super::Seen;
use crate::Aws;

/// `GetFreeTierUsage` returns at most 1,000 in a page.
/// Source: `maxResults` in botocore's `freetier/2023-09-07/service-2.json`.
const PAGE: i32 = 1000;

/// Looks at the use of the free tier; without an answer there is none.
pub(super) async fn look(aws: &Aws, seen: &mut Seen) {
    match all(aws).await {
        Ok(uses) => seen.observed.free_tier = Some(uses),
        Err(failure) => seen
            .unknown
            .push(("the free tier".to_owned(), failure.into())),
    }
}

async fn all(aws: &Aws) -> Result<Vec<FreeTierUse>, edge::Failure> {
    let call = aws.free_tier.get_free_tier_usage().max_results(PAGE);
    let mut pages = call.into_paginator().items().send();
    let mut uses = Vec::new();
    while let Some(usage) = pages.next().await {
        let usage = usage.map_err(edge::Failure::call("GetFreeTierUsage"))?;
        uses.push(used(usage));
    }
    Ok(uses)
}

fn used(usage: FreeTierUsage) -> FreeTierUse {
    FreeTierUse {
        actual: amount(usage.actual_usage_amount),
        forecast: amount(usage.forecasted_usage_amount),
        limit: amount(usage.limit),
        service: usage.service,
        usage_type: usage.usage_type,
        unit: usage.unit,
    }
}

/// The SDK has zero for what AWS leaves out, so zero says nothing. A double's shortest text gives it
/// back exactly.
fn amount(amount: f64) -> Option<Decimal> {
    let amount = from_api(&amount.to_string()).ok()?;
    (!amount.is_zero()).then_some(amount)
}
