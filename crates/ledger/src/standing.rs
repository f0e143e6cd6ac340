//! Everything that stands: rests, orders, announced concerns.

use std::collections::BTreeMap;

use domain::arn::{GroupArn, ServiceArn};
use domain::off_hours::Told;
use domain::order::Order;
use domain::rest::{GroupRest, ServiceRest};

use crate::fields::{Draft, Fields, Item, Unreadable};
use crate::rest;

/// The partition of everything that stands.
pub(crate) const PARTITION: &str = "standing";

/// The sort key of the mark that the suite is about to be deleted.
pub(crate) const CLOSING: &str = "suite#closing";

/// Everything that stands, as it was read at the start of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// The rests of services.
    pub services: BTreeMap<ServiceArn, ServiceRest>,
    /// The rests of Auto Scaling groups.
    pub groups: BTreeMap<GroupArn, GroupRest>,
    /// What people ordered.
    pub orders: BTreeMap<ServiceArn, Order>,
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
            "concern" => {
                let (kind, arn) = rest_of_key
                    .split_once('#')
                    .ok_or_else(|| fields.unreadable("sk", "a kind and an ARN"))?;
                let told = Told {
                    text: fields.text("text")?,
                    since: fields.instant("since")?,
                };
                self.announced
                    .insert((arn.to_owned(), kind.to_owned()), told);
            }
            "suite" if key == CLOSING => self.closing = true,
            _ => return Err(fields.unreadable("sk", "a kind of item that this version knows")),
        }
        Ok(())
    }
}

/// Writes an order, without its key.
pub(crate) fn write_order(order: &Order) -> Draft {
    Draft::default()
        .instant("until", order.until)
        .text("by", &order.by)
        .text("why", &order.why)
        .instant("since", order.since)
}

fn read_order(fields: &Fields<'_>) -> Result<Order, Unreadable> {
    Ok(Order {
        until: fields.instant("until")?,
        by: fields.text("by")?,
        why: fields.text("why")?,
        since: fields.instant("since")?,
    })
}
