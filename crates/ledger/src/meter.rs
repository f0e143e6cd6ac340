//! The samples of the meter, as items.

use domain::budget::counted::Rate;
use domain::budget::meter::Sample;
use jiff::{SignedDuration, Timestamp, Unit};

use crate::fields::{Draft, Fields, Item, Unreadable};

/// The partition of the samples, read whole: with one an hour, a thousand small items.
pub(crate) const PARTITION: &str = "meter";

/// How long a sample is kept: longer than a month, so that a whole monthly period can be looked back
/// at. Of a longer period the beginning is not metered, and counts as unseen.
const KEPT: SignedDuration = SignedDuration::from_hours(40 * 24);

/// The samples that were kept, in any order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// The samples. What had no price is not kept: people are told of what runs now.
    pub samples: Vec<Sample>,
    /// What this version cannot read.
    pub unreadable: Vec<Unreadable>,
}

impl Samples {
    /// Adds one item.
    pub(crate) fn add(&mut self, item: &Item) {
        let fields = Fields::of(item);
        match read(&fields) {
            Ok(sample) => self.samples.push(sample),
            Err(unreadable) => self.unreadable.push(Unreadable {
                item: format!("{PARTITION}#{}", fields.text("sk").unwrap_or_default()),
                ..unreadable
            }),
        }
    }
}

/// The place of a sample: its minute, so that a storm of events leaves no storm of samples.
pub(crate) fn place(sample: &Sample) -> String {
    let minute = jiff::TimestampRound::new()
        .smallest(Unit::Minute)
        .mode(jiff::RoundMode::Trunc);
    sample.at.round(minute).unwrap_or(sample.at).to_string()
}

/// Writes a sample, without its key.
pub(crate) fn write(sample: &Sample) -> Draft {
    let expires = sample.at.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
    Draft::default()
        .instant("at", sample.at)
        .decimal("lower", sample.rate.lower)
        .decimal("upper", sample.rate.upper)
        .number("expires_at", expires.as_second())
}

fn read(fields: &Fields<'_>) -> Result<Sample, Unreadable> {
    Ok(Sample {
        at: fields.instant("at")?,
        rate: Rate {
            lower: fields.decimal("lower")?,
            upper: fields.decimal("upper")?,
        },
        unpriced: Vec::new(),
    })
}
