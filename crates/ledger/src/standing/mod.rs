//! Everything that stands: rests, orders, tallies of budgets, announced concerns.

mod closing;
pub(crate) mod orders;
mod rests;
pub(crate) mod told;

use std::collections::BTreeMap;

use domain::announcement::Told;
use domain::arn::{GroupArn, ServiceArn};
use domain::budget::BudgetName;
use domain::budget::tally::Tally;
use domain::order::Order;
use domain::rest::{GroupRest, ServiceRest};

use self::closing::CLOSING;
use crate::fields::{Fields, Item, Unreadable};
use crate::{Ledger, LedgerError, rest, tally};

pub use self::closing::Closing;

/// The partition of everything that stands.
pub(crate) const PARTITION: &str = "standing";

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

impl Ledger {
    /// Reads everything that stands, consistently.
    pub async fn standing(&self) -> Result<Standing, LedgerError> {
        let mut standing = Standing::default();
        self.read(PARTITION, |item| standing.add(item)).await?;
        Ok(standing)
    }
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
                self.orders.insert(service()?, orders::read(fields)?);
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
                    .insert((arn.to_owned(), kind.to_owned()), told::read(fields)?);
            }
            "suite" if key == CLOSING => self.closing = true,
            _ => return Err(fields.unreadable("sk", "a kind of item that this version knows")),
        }
        Ok(())
    }
}
