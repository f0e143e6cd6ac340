//! Everything that stands: rests, orders, tallies of budgets, announced concerns.

use std::collections::BTreeMap;

use domain::announcement::Told;
use domain::arn::{GroupArn, ServiceArn};
use domain::budget::BudgetName;
use domain::budget::tally::Tally;
use domain::order::{Order, Ordered};
use domain::rest::{GroupRest, ServiceRest};

use crate::fields::{Draft, Fields, Item, Unreadable};
use crate::{rest, tally};

/// The partition of everything that stands.
pub(crate) const PARTITION: &str = "standing";

/// The sort key of the mark that the suite is about to be deleted.
pub(crate) const CLOSING: &str = "suite#closing";

/// How an order says that a service is to be awake, and that it is to rest.
const AWAKE: &str = "awake";
const REST: &str = "rest";

/// Everything that stands, as it was read at the start of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// The rests of services.
    pub services: BTreeMap<ServiceArn, ServiceRest>,
    /// The rests of Auto Scaling groups.
    pub groups: BTreeMap<GroupArn, GroupRest>,
    /// What people ordered.
    pub orders: BTreeMap<ServiceArn, Order>,
    /// The tallies of budgets.
    pub budgets: BTreeMap<BudgetName, Tally>,
    /// What was announced, by the concern's ARN and kind.
    pub announced: BTreeMap<(String, String), Told>,
    /// The suite is about to be deleted.
    pub closing: bool,
    /// What this version cannot read. Whatever it is about must be left alone.
    pub unreadable: Vec<Unreadable>,
}

impl Standing {
    /// Adds one item.
    pub(crate) fn add(&mut self, item: &Item) {
        let fields = Fields::of(item);
        let key = fields.text("sk").unwrap_or_default();
        if let Err(unreadable) = self.place(&key, &fields) {
            self.unreadable.push(Unreadable {
                item: key,
                ..unreadable
            });
        }
    }

    fn place(&mut self, key: &str, fields: &Fields<'_>) -> Result<(), Unreadable> {
        let (kind, rest_of_key) = key.split_once('#').unwrap_or((key, ""));
        let service = || {
            ServiceArn::parse(rest_of_key)
                .map_err(|_| fields.unreadable("sk", "the ARN of a service"))
        };
        match kind {
            "service" => {
                self.services.insert(service()?, rest::read(fields)?);
            }
            "group" => {
                let group = GroupArn::parse(rest_of_key)
                    .map_err(|_| fields.unreadable("sk", "the ARN of a group"))?;
                self.groups.insert(group, rest::read(fields)?);
            }
            "order" => {
                self.orders.insert(service()?, read_order(fields)?);
            }
            "budget" => {
                let name = BudgetName::parse(rest_of_key)
                    .map_err(|_| fields.unreadable("sk", "the name of a budget"))?;
                self.budgets.insert(name, tally::read(fields)?);
            }
            "concern" => {
                let (kind, arn) = rest_of_key
                    .split_once('#')
                    .ok_or_else(|| fields.unreadable("sk", "a kind and an ARN"))?;
                self.announced
                    .insert((arn.to_owned(), kind.to_owned()), read_told(fields)?);
            }
            "suite" if key == CLOSING => self.closing = true,
            _ => return Err(fields.unreadable("sk", "a kind of item that this version knows")),
        }
        Ok(())
    }
}

/// Writes an order, without its key.
pub(crate) fn write_order(order: &Order) -> Draft {
    let to = match order.to {
        Ordered::Awake { .. } => AWAKE,
        Ordered::Rest { .. } => REST,
    };
    Draft::default()
        .text("to", to)
        .some(order.until(), |draft, until| draft.instant("until", until))
        .text("by", &order.by)
        .text("why", &order.why)
        .instant("since", order.since)
}

fn read_order(fields: &Fields<'_>) -> Result<Order, Unreadable> {
    // The first version knew only orders to be awake, and did not say so.
    let to = match fields.optional_text("to")?.as_deref() {
        Some(AWAKE) | None => Ordered::Awake {
            until: fields.instant("until")?,
        },
        Some(REST) => Ordered::Rest {
            until: fields.optional_instant("until")?,
        },
        Some(_) => return Err(fields.unreadable("to", "\"awake\" or \"rest\"")),
    };
    Ok(Order {
        to,
        by: fields.text("by")?,
        why: fields.text("why")?,
        since: fields.instant("since")?,
    })
}

/// Writes what was announced, without its key.
pub(crate) fn write_told(told: &Told) -> Draft {
    Draft::default()
        .text("text", &told.text)
        .instant("since", told.since)
}

fn read_told(fields: &Fields<'_>) -> Result<Told, Unreadable> {
    Ok(Told {
        text: fields.text("text")?,
        since: fields.instant("since")?,
    })
}
