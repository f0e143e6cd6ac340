//! Our own meter: what ran, times what it costs, as a lower and an upper bound.
//!
//! It knows nothing of billing, so it can contradict it. It sees tasks, instances and what stands
//! beside them; not requests, not traffic, not other services.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

/// What one thing without a price is assumed to cost at most.
///
/// These are not AWS's prices but bounds above them, so that what is unpriced can explain a lot
/// and never nothing. The largest Fargate task (16 vCPU, 120 GB) costs about 1.20 USD an hour in
/// us-east-1 by `off_hours::prices`; Regions, Windows and storage are within the rest.
const UNPRICED_TASK: Decimal = Decimal::from_parts(4, 0, 0, false, 0);
/// Dearer than any instance without accelerators that hosts containers.
const UNPRICED_INSTANCE: Decimal = Decimal::from_parts(40, 0, 0, false, 0);
/// A load balancer, a NAT gateway, an address or a volume: cents, with what passes through them.
const UNPRICED_OTHER: Decimal = Decimal::from_parts(1, 0, 0, false, 0);

/// How long a sample stands for what ran. They come hourly; two may be lost.
pub const LONGEST_GAP: SignedDuration = SignedDuration::from_hours(3);

/// Something that costs money by the hour, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What it is.
    pub kind: Kind,
    /// In words, such as `c7g.large` or `tasks of prod/api`.
    pub name: String,
    /// How many of it there are.
    pub count: u32,
    /// What one of it costs in an hour, in USD, if that is known.
    pub hour: Option<Decimal>,
}

/// What kind of thing costs money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A task on Fargate.
    Task,
    /// An EC2 instance.
    Instance,
    /// A load balancer.
    LoadBalancer,
    /// A NAT gateway.
    NatGateway,
    /// A public IPv4 address.
    PublicAddress,
    /// An EBS volume.
    Volume,
    /// Something else.
    Other,
}

/// What is spent in an hour, in USD: at least, and at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// At least: what has a price.
    pub lower: Decimal,
    /// At most: what has none costs what is assumed.
    pub upper: Decimal,
}

/// What ran at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When it was counted.
    pub at: Timestamp,
    /// What it cost in an hour.
    pub rate: Rate,
    /// What had no price, in words.
    pub unpriced: Vec<String>,
}

/// What can have been spent between two instants, in USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// At least.
    pub lower: Decimal,
    /// At most, as far as somebody looked.
    pub upper: Decimal,
    /// For how long nobody looked.
    pub unseen: SignedDuration,
}

/// The samples, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    samples: Vec<Sample>,
}

impl Kind {
    /// The name that it has in a line for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Task => "tasks",
            Self::Instance => "instances",
            Self::LoadBalancer => "load balancers",
            Self::NatGateway => "NAT gateways",
            Self::PublicAddress => "public IPv4 addresses",
            Self::Volume => "EBS volumes",
            Self::Other => "other",
        }
    }

    /// What one without a price is assumed to cost in an hour at most.
    pub fn assumed(self) -> Decimal {
        match self {
            Self::Task => UNPRICED_TASK,
            Self::Instance => UNPRICED_INSTANCE,
            _ => UNPRICED_OTHER,
        }
    }
}

impl Counted {
    /// What all of it costs in an hour.
    pub fn rate(&self) -> Rate {
        let count = Decimal::from(self.count);
        let upper = self.hour.unwrap_or_else(|| self.kind.assumed());
        Rate {
            lower: self.hour.unwrap_or_default().saturating_mul(count),
            upper: upper.saturating_mul(count),
        }
    }

    /// `3 × c7g.large`.
    pub fn shown(&self) -> String {
        format!("{} × {}", self.count, self.name)
    }
}

impl Rate {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            lower: self.lower.saturating_add(other.lower),
            upper: self.upper.saturating_add(other.upper),
        }
    }

    /// The rate of everything that was counted.
    pub fn of<'c>(counted: impl IntoIterator<Item = &'c Counted>) -> Self {
        let rates = counted.into_iter().map(Counted::rate);
        rates.fold(Self::default(), Self::plus)
    }

    /// `0.0494 USD per hour`, or `0.0494 to 4.0494 USD per hour`.
    pub fn shown(self) -> String {
        let upper = super::money::usd_per_hour(self.upper);
        if self.lower == self.upper {
            return upper;
        }
        let lower = super::money::usd_per_hour(self.lower);
        format!("{} to {upper}", lower.trim_end_matches(" USD per hour"))
    }
}

impl Sample {
    /// What ran at `at`.
    pub fn of(counted: &[Counted], at: Timestamp) -> Self {
        let unpriced = |thing: &&Counted| thing.hour.is_none() && thing.count > 0;
        Self {
            at,
            rate: Rate::of(counted),
            unpriced: counted
                .iter()
                .filter(unpriced)
                .map(Counted::shown)
                .collect(),
        }
    }
}

impl Meter {
    /// The meter with these samples, in any order.
    pub fn of(mut samples: Vec<Sample>) -> Self {
        samples.sort_by_key(|sample| sample.at);
        Self { samples }
    }

    /// The newest sample.
    pub fn newest(&self) -> Option<&Sample> {
        self.samples.last()
    }

    /// What can have been spent from `from` to `to`. Between two samples at least the lower and
    /// at most the higher rate ran; a sample stands for [`LONGEST_GAP`] where none follows. Time
    /// that nobody looked at adds nothing to either bound and is counted as unseen: whoever asks
    /// has to say what may have run in it.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Bounds {
        let mut bounds = Bounds::default();
        let mut seen = SignedDuration::ZERO;
        for (position, sample) in self.samples.iter().enumerate() {
            let next = self.samples.get(position + 1);
            let close = next.filter(|next| next.at.duration_since(sample.at) <= LONGEST_GAP);
            let stands = sample.at.saturating_add(LONGEST_GAP).unwrap_or(sample.at);
            let until = next.map_or(stands, |next| next.at.min(stands));
            let span = until.min(to).duration_since(sample.at.max(from));
            if span <= SignedDuration::ZERO {
                continue;
            }
            let other = close.map_or(sample.rate, |next| next.rate);
            let hours = hours(span);
            let lower = sample.rate.lower.min(other.lower).saturating_mul(hours);
            let upper = sample.rate.upper.max(other.upper).saturating_mul(hours);
            bounds.lower = bounds.lower.saturating_add(lower);
            bounds.upper = bounds.upper.saturating_add(upper);
            seen += span;
        }
        let whole = to.duration_since(from).max(SignedDuration::ZERO);
        bounds.unseen = (whole - seen).max(SignedDuration::ZERO);
        bounds
    }
}

/// A span in hours, to the second.
pub(super) fn hours(span: SignedDuration) -> Decimal {
    Decimal::from(span.as_secs().max(0)) / Decimal::from(3_600)
}
