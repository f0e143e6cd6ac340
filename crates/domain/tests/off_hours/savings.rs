//! What a rest saved, and what nobody can say.

use domain::off_hours::prices::fargate_hour;
use domain::off_hours::savings::{
    Architecture, OperatingSystem, Rested, Saving, Shape, Unpriced, saving, tail_of_instances,
};
use jiff::SignedDuration;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// 1 vCPU and 2 GB on Linux.
const SMALL: Shape = Shape {
    cpu_units: 1024,
    memory_mib: 2048,
    ephemeral_gib: 20,
    architecture: Architecture::X86,
    os: OperatingSystem::Linux,
};

const ARM: Shape = Shape {
    architecture: Architecture::Arm,
    ..SMALL
};

const WINDOWS: Shape = Shape {
    os: OperatingSystem::Windows,
    ..SMALL
};

fn fargate(shape: Shape) -> Rested {
    mixed(shape, 0, None)
}

fn mixed(shape: Shape, spot_percent: u32, spot_hour: Option<&str>) -> Rested {
    Rested::Fargate {
        region: "us-east-1".to_owned(),
        shape,
        spot_percent,
        spot_hour: spot_hour.map(usd),
    }
}

fn usd(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// What `count` save in `off` hours without a tail.
fn saved(rested: &Rested, count: u32, off: i64) -> String {
    match saving(rested, count, hours(off), SignedDuration::ZERO) {
        Saving::Known { usd } => usd.to_string(),
        Saving::Unknown { why } => why.to_string(),
    }
}

#[test]
fn one_vcpu_and_two_gigabytes_cost_almost_five_cents_an_hour() {
    assert_eq!(fargate_hour("us-east-1", &SMALL), Some(usd("0.04937")));
}

/// Awake on five days for 12 hours: 108 of 168 hours a week at rest.
#[test]
fn a_month_of_nights_and_weekends_of_that_task_saves_about_23_dollars() {
    let month = 108 * 52 / 12;
    assert_eq!(saved(&fargate(SMALL), 1, month), "23.10516");
    assert_eq!(saved(&fargate(SMALL), 3, 12), "1.77732");
}

#[test]
fn arm_is_cheaper_and_windows_pays_for_its_licence() {
    assert_eq!(saved(&fargate(ARM), 1, 1), "0.0395");
    assert_eq!(saved(&fargate(WINDOWS), 1, 1), "0.15758");
}

#[test]
fn storage_costs_above_twenty_gigabytes_only() {
    let stored = |ephemeral_gib| {
        fargate(Shape {
            ephemeral_gib,
            ..SMALL
        })
    };
    assert_eq!(saved(&stored(20), 1, 1), "0.04937");
    assert_eq!(saved(&stored(120), 1, 1), "0.06047");
}

#[test]
fn a_task_is_charged_by_its_parts_of_a_vcpu_and_of_a_gigabyte() {
    let quarter = Shape {
        cpu_units: 256,
        memory_mib: 512,
        ..SMALL
    };
    assert_eq!(saved(&fargate(quarter), 1, 10), "0.123425");
}

#[test]
fn the_tail_is_not_saved_and_never_turns_a_saving_into_a_cost() {
    let known = |off, tail| saving(&fargate(SMALL), 1, off, tail);
    let one = Saving::Known {
        usd: usd("0.04937"),
    };
    assert_eq!(known(hours(2), hours(1)), one);
    let nothing = Saving::Known { usd: Decimal::ZERO };
    assert_eq!(known(hours(1), hours(2)), nothing);
}

#[test]
fn a_region_without_a_price_is_unknown() {
    let frankfurt = Rested::Fargate {
        region: "eu-central-1".to_owned(),
        shape: SMALL,
        spot_percent: 0,
        spot_hour: None,
    };
    let why = "no price for such a task on Fargate in eu-central-1";
    assert_eq!(saved(&frankfurt, 1, 1), why);
}

#[test]
fn a_shape_without_a_price_is_unknown() {
    let windows_on_arm = Shape {
        architecture: Architecture::Arm,
        ..WINDOWS
    };
    let stored = Shape {
        ephemeral_gib: 30,
        ..WINDOWS
    };
    assert_eq!(fargate_hour("us-east-1", &windows_on_arm), None);
    assert_eq!(fargate_hour("us-east-1", &stored), None);
}

#[test]
fn tasks_on_spot_are_unknown_unless_their_price_was_looked_up() {
    assert_eq!(
        saved(&mixed(SMALL, 75, None), 4, 1),
        "no price for Fargate Spot"
    );
    // One task at 0.04937 and three at 0.014811.
    assert_eq!(saved(&mixed(SMALL, 75, Some("0.014811")), 4, 1), "0.093803");
}

#[test]
fn a_service_that_is_all_spot_needs_no_other_price() {
    let frankfurt = Rested::Fargate {
        region: "eu-central-1".to_owned(),
        shape: SMALL,
        spot_percent: 100,
        spot_hour: Some(usd("0.02")),
    };
    assert_eq!(saved(&frankfurt, 2, 3), "0.12");
}

#[test]
fn instances_are_unknown_unless_their_price_is_given() {
    let why = Unpriced::Instance;
    let unknown = saving(&Rested::Instances { hour: None }, 2, hours(1), hours(0));
    assert_eq!(unknown, Saving::Unknown { why });
    let given = Rested::Instances {
        hour: Some(usd("0.096")),
    };
    assert_eq!(saved(&given, 2, 10), "1.92");
}

#[test]
fn instances_cost_for_a_quarter_of_an_hour_and_their_halvings_after_their_last_task() {
    let minutes = |instances| tail_of_instances(instances).as_mins();
    assert_eq!([0, 1, 2, 8].map(minutes), [15, 16, 17, 19]);
}

proptest! {
    #[test]
    fn no_rest_however_long_of_however_many_panics_or_costs(
        seconds in any::<i64>(), tail in any::<i64>(), count in any::<u32>(), cpu in any::<u32>(), memory in any::<u32>(), storage in any::<u32>(), spot in any::<u32>(),
    ) {
        let shape = Shape { cpu_units: cpu, memory_mib: memory, ephemeral_gib: storage, ..SMALL };
        let rested = mixed(shape, spot, Some("0.01"));
        let saving = saving(&rested, count, SignedDuration::from_secs(seconds), SignedDuration::from_secs(tail));
        let earned = matches!(saving, Saving::Known { usd } if usd >= Decimal::ZERO);
        prop_assert!(earned);
    }
}
