//! The tables hold what they promise.

use std::collections::BTreeSet;

use jiff::civil::date;
use rust_decimal::Decimal;

use super::fargate::FARGATE;
use super::residual::RESIDUAL;
use super::table::{Table, price};
use super::*;

const TABLES: [(Table, usize); 3] = [(FARGATE, 3), (INSTANCES, 1), (RESIDUAL, 2)];

fn usd(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn cells(row: &str) -> Vec<&str> {
    row.split('\t').collect()
}

#[test]
fn every_line_has_a_cell_for_every_column() {
    for (table, _) in TABLES {
        let columns = table.columns().count();
        assert!(table.rows().count() > 5);
        for row in table.rows() {
            assert_eq!(cells(row).len(), columns, "{row}");
        }
    }
}

#[test]
fn lines_and_regions_are_sorted_and_none_comes_twice() {
    for (table, key) in TABLES {
        let keys: Vec<_> = table.rows().map(|row| cells(row)[..key].to_vec()).collect();
        assert!(keys.is_sorted_by(|one, next| one < next));
    }
    let regions: Vec<_> = INSTANCES.columns().skip(1).collect();
    assert!(regions.is_sorted_by(|one, next| one < next));
}

#[test]
fn every_cell_is_a_price_in_a_sane_range_or_says_that_it_is_unknown() {
    let sane = |table: Table, places: &[usize], least: &str, most: &str| {
        for row in table.rows() {
            let cells = cells(row);
            for cell in places.iter().map(|place| cells[*place]) {
                let fits =
                    price(cell).is_some_and(|price| (usd(least)..=usd(most)).contains(&price));
                assert!(fits || cell == "-", "{cell} in {row}");
            }
        }
    };
    sane(FARGATE, &[3], "0.03", "0.1");
    sane(FARGATE, &[4], "0.003", "0.011");
    sane(FARGATE, &[5], "0", "0.05");
    sane(FARGATE, &[6], "0.0001", "0.0003");
    sane(RESIDUAL, &[2], "0.005", "0.2");
    let regions: Vec<usize> = (1..INSTANCES.columns().count()).collect();
    sane(INSTANCES, &regions, "0.002", "25");
}

#[test]
fn every_line_names_a_source_that_the_table_explains_and_a_month_that_was() {
    for table in [FARGATE, RESIDUAL] {
        for row in table.rows() {
            let cells = cells(row);
            let [.., as_of, source] = cells[..] else {
                panic!("{row}")
            };
            assert!(table.0.contains(&format!("# {source}:")), "{source}");
            let (year, month) = as_of.split_once('-').unwrap();
            let since = date(year.parse().unwrap(), month.parse().unwrap(), 1);
            assert!(
                (date(2021, 1, 1)..date(2026, 12, 1)).contains(&since),
                "{row}"
            );
        }
    }
    assert!(INSTANCES.0.contains("# As of 2026-07-05.\n# Source: "));
}

#[test]
fn fargate_is_cheaper_on_arm_wherever_both_are_known() {
    let mut known = 0;
    for row in FARGATE.rows() {
        let [region, "linux", "arm", ..] = cells(row)[..] else {
            continue;
        };
        for column in ["vcpu", "gib"] {
            let on = |processor| {
                FARGATE
                    .price(&[region, "linux", processor], column)
                    .unwrap()
            };
            assert!(on("arm") < on("x86"), "{column} in {region}");
        }
        known += 1;
    }
    assert!(known >= 5);
}

/// Twice the size costs twice as much, in every family and Region; a slipped digit would show.
#[test]
fn an_instance_of_twice_the_size_costs_twice_as_much() {
    let mut compared = 0;
    for region in INSTANCES.columns().skip(1) {
        let families: BTreeSet<_> = INSTANCES
            .rows()
            .filter_map(|row| row.split('.').next())
            .collect();
        for family in families {
            let of = |size: &str| instance_hour(region, &format!("{family}.{size}"));
            for (one, two) in [
                ("large", "xlarge"),
                ("xlarge", "2xlarge"),
                ("2xlarge", "4xlarge"),
            ] {
                let (Some(one), Some(two)) = (of(one), of(two)) else {
                    continue;
                };
                let off = (two / one - Decimal::TWO).abs();
                assert!(off < usd("0.02"), "{family} {one} {two} in {region}");
                compared += 1;
            }
        }
    }
    assert!(compared > 1000);
}

#[test]
fn the_common_families_are_known_where_many_are() {
    for region in ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"] {
        for instance_type in [
            "t3.medium",
            "t3a.medium",
            "t4g.medium",
            "m5.large",
            "m6i.large",
            "m6g.large",
            "m7i.large",
            "m7g.large",
            "c5.large",
            "c6i.large",
            "c6g.large",
            "c7g.large",
            "r5.large",
            "r6i.large",
            "r6g.large",
        ] {
            assert!(
                instance_hour(region, instance_type).is_some(),
                "{instance_type} in {region}"
            );
        }
    }
    assert_eq!(instance_hour("us-east-1", "m6i.large"), Some(usd("0.096")));
    assert_eq!(
        instance_hour("eu-central-1", "t4g.small"),
        Some(usd("0.0192"))
    );
}

#[test]
fn what_is_in_no_table_is_unknown() {
    assert_eq!(instance_hour("us-east-1", "m6i"), None);
    assert_eq!(instance_hour("us-east-1", "type"), None);
    assert_eq!(instance_hour("mars-north-1", "m6i.large"), None);
    assert_eq!(instance_hour("type", "m6i.large"), None);
    assert_eq!(load_balancer_hour("mars-north-1"), None);
    assert_eq!(nat_gateway_hour("mars-north-1"), None);
    assert_eq!(ebs_gib_month("us-east-1", "tape"), None);
}

#[test]
fn what_still_costs_is_known_where_it_was_read() {
    assert_eq!(load_balancer_hour("us-east-1"), Some(usd("0.0225")));
    assert_eq!(load_balancer_hour("eu-central-1"), Some(usd("0.027")));
    assert_eq!(nat_gateway_hour("eu-central-1"), Some(usd("0.052")));
    assert_eq!(nat_gateway_hour("us-east-1"), Some(usd("0.045")));
    assert_eq!(public_ipv4_hour(), Some(usd("0.005")));
    assert_eq!(ebs_gib_month("us-east-1", "gp3"), Some(usd("0.08")));
}
