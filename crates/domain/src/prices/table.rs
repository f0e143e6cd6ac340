//! A table as it stands in the repository: lines of cells between tabs, the first of them the names
//! of the columns; lines that begin with `#` say where the numbers come from.

use rust_decimal::Decimal;

/// A table, read where it is asked: a run asks for a handful of prices, and most ask for none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table(pub(super) &'static str);

impl Table {
    /// The names of the columns.
    pub(super) fn columns(self) -> impl Iterator<Item = &'static str> {
        self.lines().next().unwrap_or_default().split('\t')
    }

    /// The lines below the names, whole.
    pub(super) fn rows(self) -> impl Iterator<Item = &'static str> {
        self.lines().skip(1)
    }

    /// The line that begins with these cells.
    pub(super) fn row(self, key: &[&str]) -> Option<&'static str> {
        self.rows().find(|row| {
            let mut cells = row.split('\t');
            key.iter().all(|cell| cells.next() == Some(cell))
        })
    }

    /// The price in the line that begins with these cells and in the column of this name, if it is
    /// known.
    pub(super) fn price(self, key: &[&str], column: &str) -> Option<Decimal> {
        let place = self.columns().position(|name| name == column)?;
        price(self.row(key)?.split('\t').nth(place)?)
    }

    fn lines(self) -> impl Iterator<Item = &'static str> {
        self.0.lines().filter(|line| !line.starts_with('#'))
    }
}

/// A cell as a price in USD; `-` is a price that is not known.
pub(super) fn price(cell: &str) -> Option<Decimal> {
    cell.parse().ok()
}
