//! What is known of a budget, line by line, for whoever is told of it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::holds::wants;
use super::moment::Moment;
use super::money::usd;
use super::name::BudgetName;
use super::observed::{Observed, Service, Watched};
use super::period::Period;
use super::residual::some_of;
use super::selection::{Candidate, in_order};
use super::state::Stop;
use super::tags::Intent;
use super::tally::Tally;
use super::verdict::Verdict;
use crate::concern::Concern;
use crate::notice::{Fact, Kind, Severity, fact};

/// How many of the dearest services are named.
const DEAREST: usize = 3;

/// One budget, what was decided about it, and the world around it.
pub(super) struct View<'a> {
    pub(super) name: &'a BudgetName,
    pub(super) watched: &'a Watched,
    pub(super) tally: &'a Option<Tally>,
    pub(super) verdict: &'a Verdict,
    pub(super) observed: &'a Observed,
    pub(super) moment: Moment<'a>,
}

impl View<'_> {
    /// A concern about this budget, to be completed.
    pub(super) fn concern(&self, kind: Kind, severity: Severity, title: String) -> Concern {
        Concern {
            severity,
            title,
            ..Concern::about(self.name.arn(self.moment.account), kind, self.moment.now)
        }
    }

    /// Spend, limit, time, rate, what costs most, and what goes on after a stop.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        match &self.watched.sight {
            Ok(reading) => facts.push(fact("Spent", reading.shown())),
            Err(_) => facts.extend(self.last_seen()),
        }
        let allowed = self.tally.as_ref().and_then(|tally| tally.allowed.as_ref());
        if let Some(allowed) = allowed {
            let up_to = usd(allowed.up_to);
            facts.push(fact("Allowed", format!("up to {up_to}, by {}", allowed.by)));
        }
        if let Ok(reading) = &self.watched.sight
            && let Some(forecast) = reading.forecast
        {
            facts.push(fact("Forecast by AWS", usd(forecast)));
        }
        let alerts = self.alerts();
        if !alerts.is_empty() {
            facts.push(fact("In ALARM at AWS", some_of(&alerts)));
        }
        if let Some(period) = self.period() {
            facts.push(fact("Period", shown(period, self.moment.now)));
        }
        if let Some(sample) = self.observed.meter.newest() {
            let rate = match sample.at < self.moment.now {
                true => format!("{} at {}", sample.rate.shown(), sample.at),
                false => sample.rate.shown(),
            };
            facts.push(fact("Rate by our meter", rate));
        }
        let dearest = self.dearest();
        if !dearest.is_empty() {
            facts.push(fact("Costs most", some_of(&dearest)));
        }
        if let Some(period) = self.period() {
            let residual = self.observed.residual();
            let residual = residual.shown(period, self.moment.now);
            facts.push(fact("Goes on after a stop", residual));
        }
        facts
    }

    /// The last reading that could be believed.
    pub(super) fn last_seen(&self) -> Option<Fact> {
        let last = self.tally.as_ref()?.last()?;
        let value = format!("{}, first seen at {}", usd(last.spend), last.at);
        Some(fact("Last believed", value))
    }

    pub(super) fn period(&self) -> Option<Period> {
        let reading = self.watched.sight.as_ref().ok();
        let reading = reading.map(|reading| reading.period);
        reading.or_else(|| self.tally.as_ref().map(|tally| tally.period))
    }

    /// What is not known, and might be taken for granted.
    pub(super) fn unknown(&self) -> Option<String> {
        let unpriced = self.observed.meter.newest();
        let unpriced = unpriced.map_or(&[][..], |sample| &sample.unpriced[..]);
        let billing = "What was spent since the last data, which come 8 to 12 hours late";
        Some(match unpriced {
            [] => billing.to_owned(),
            some => format!("{billing}; the price of {}", some_of(some)),
        })
    }

    /// Those of the services that this stop wants down, in the order in which they go.
    pub(super) fn down(&self, stop: &Stop, those: impl Fn(&Service) -> bool) -> Vec<String> {
        let services = self.observed.services.iter();
        let wanted = services.filter(|(arn, service)| wants(stop, arn, service) && those(service));
        let candidates = wanted.map(|(arn, service)| Candidate {
            service: arn.clone(),
            rank: match service.intent {
                Intent::Stop { rank } => rank,
                _ => super::tags::DEFAULT_RANK,
            },
            rate: service.rate(arn),
        });
        let ordered = in_order(candidates.collect());
        ordered.iter().map(|one| one.service.to_string()).collect()
    }

    /// Services that are tagged `stop` and cannot be put to rest by their count.
    pub(super) fn spared(&self) -> Vec<String> {
        let services = self.observed.services.iter();
        let spared = services.filter(|(_, service)| {
            matches!(service.intent, Intent::Stop { .. }) && !service.controllable()
        });
        spared
            .map(|(arn, service)| format!("{arn} ({:?})", service.kind))
            .collect()
    }

    /// The notifications that AWS has in ALARM.
    fn alerts(&self) -> Vec<String> {
        let rungs = self.watched.sight.iter().flat_map(|reading| &reading.rungs);
        let alarmed = rungs.filter(|rung| rung.in_alarm);
        alarmed
            .map(|rung| rung.threshold.shown(rung.alert))
            .collect()
    }

    fn dearest(&self) -> Vec<String> {
        let services = self.observed.services.iter();
        let rates = services.map(|(arn, service)| (arn, service.rate(arn)));
        let mut rates: Vec<_> = rates.filter(|(_, rate)| !rate.upper.is_zero()).collect();
        rates.sort_by_key(|(_, rate)| std::cmp::Reverse(rate.upper));
        let dearest = rates.into_iter().take(DEAREST);
        dearest
            .map(|(arn, rate)| format!("{arn} at {}", rate.shown()))
            .collect()
    }
}

/// `2026-11-01 to 2026-12-01 UTC, 11.5 days left`.
fn shown(period: Period, now: Timestamp) -> String {
    let day = |instant: Timestamp| instant.to_zoned(TimeZone::UTC).date();
    let left = super::meter::hours(period.left(now)) / rust_decimal::Decimal::from(24);
    format!(
        "{} to {} UTC, {left:.1} days left",
        day(period.start),
        day(period.end)
    )
}
