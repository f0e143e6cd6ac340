//! What costs money by the hour, counted: with a price, or with a bound above what it can cost.

use rust_decimal::Decimal;

/// What one thing without a price is assumed to cost at most.
///
/// These are not AWS's prices but bounds above them, so that what is unpriced can explain a lot
/// and never nothing. The largest Fargate task (16 vCPU, 120 GB) costs about 1.20 USD an hour in
/// us-east-1 by `prices`; Regions, Windows and storage are within the rest.
const UNPRICED_TASK: Decimal = Decimal::from_parts(4, 0, 0, false, 0);

/// Dearer than any instance without accelerators that hosts containers.
const UNPRICED_INSTANCE: Decimal = Decimal::from_parts(40, 0, 0, false, 0);

/// A load balancer, a NAT gateway, an address or a volume: cents, with what passes through them.
const UNPRICED_OTHER: Decimal = Decimal::from_parts(1, 0, 0, false, 0);

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
    /// Something else, or what could not be looked at.
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
