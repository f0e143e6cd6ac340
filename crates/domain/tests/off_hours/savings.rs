//! What a rest saved, and what nobody can say.

use domain::instances::Instances;
use domain::off_hours::savings::{
    Rested, Saving, TAIL_OF_TASKS, Unpriced, hours, saving, tail_of_instances,
};
use domain::prices::{
    Architecture, OperatingSystem, Shape, fargate_hour, fargate_spot_hour, instance_hour,
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

fn fargate(shape: Shape, tasks: u32) -> Rested {
    mixed(shape, tasks, 0, None)
}

fn mixed(shape: Shape, tasks: u32, spot_percent: u32, spot_percent_off: Option<u32>) -> Rested {
    Rested::Fargate {
        region: "us-east-1".to_owned(),
        shape,
        tasks,
        spot_percent,
        spot_percent_off,
    }
}

fn instances(before: &[(&str, u32)], stayed: &[(&str, u32)]) -> Rested {
    let all = |types: &[(&str, u32)]| types.iter().copied().collect::<Instances>();
    Rested::Instances {
        region: "us-east-1".to_owned(),
        before: all(before),
        stayed: all(stayed),
        spot: false,
    }
}

fn usd(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn lasting(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// What is saved in `off` hours without a tail.
fn saved(rested: &Rested, off: i64) -> String {
    match saving(rested, lasting(off), SignedDuration::ZERO) {
        Saving::Known { usd, .. } => usd.to_string(),
        Saving::Unknown { why } => why.to_string(),
    }
}

fn known(saving: &Saving) -> Option<Decimal> {
    match saving {
        Saving::Known { usd, .. } => Some(*usd),
        Saving::Unknown { .. } => None,
    }
}

#[test]
fn one_vcpu_and_two_gigabytes_cost_almost_five_cents_an_hour() {
    assert_eq!(fargate_hour("us-east-1", &SMALL), Some(usd("0.04937")));
    assert_eq!(fargate_hour("eu-central-1", &SMALL), Some(usd("0.05678")));
}

/// Awake on five days for 12 hours: 108 of 168 hours a week at rest.
#[test]
fn a_month_of_nights_and_weekends_of_that_task_saves_about_23_dollars() {
    let month = 108 * 52 / 12;
    assert_eq!(saved(&fargate(SMALL, 1), month), "23.10516");
    assert_eq!(saved(&fargate(SMALL, 3), 12), "1.77732");
}

#[test]
fn arm_is_cheaper_and_windows_pays_for_its_licence() {
    assert_eq!(saved(&fargate(ARM, 1), 1), "0.0395");
    assert_eq!(saved(&fargate(WINDOWS, 1), 1), "0.15758");
}

#[test]
fn storage_costs_above_twenty_gigabytes_only() {
    let stored = |ephemeral_gib| {
        let shape = Shape {
            ephemeral_gib,
            ..SMALL
        };
        fargate(shape, 1)
    };
    assert_eq!(saved(&stored(20), 1), "0.04937");
    assert_eq!(saved(&stored(120), 1), "0.06047");
}

#[test]
fn a_task_is_charged_by_its_parts_of_a_vcpu_and_of_a_gigabyte() {
    let quarter = Shape {
        cpu_units: 256,
        memory_mib: 512,
        ..SMALL
    };
    assert_eq!(saved(&fargate(quarter, 1), 10), "0.123425");
}

#[test]
fn the_tail_is_not_saved_and_never_turns_a_saving_into_a_cost() {
    let known = |off, tail| known(&saving(&fargate(SMALL, 1), off, tail));
    assert_eq!(known(lasting(2), lasting(1)), Some(usd("0.04937")));
    assert_eq!(known(lasting(1), lasting(2)), Some(Decimal::ZERO));
    assert_eq!(hours(lasting(1), lasting(2)), Decimal::ZERO);
}

#[test]
fn a_region_without_a_price_is_unknown() {
    for spot_percent in [0, 50, 100] {
        let mars = Rested::Fargate {
            region: "mars-north-1".to_owned(),
            shape: SMALL,
            tasks: 1,
            spot_percent,
            spot_percent_off: Some(70),
        };
        let why = "no price for such a task on Fargate in mars-north-1";
        assert_eq!(saved(&mars, 1), why);
    }
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
    assert_eq!(fargate_spot_hour("us-east-1", &stored, Some(70)), None);
}

#[test]
fn tasks_on_spot_are_unknown_unless_somebody_said_what_it_is_off_and_then_an_estimate() {
    let unsaid = mixed(SMALL, 4, 75, None);
    assert_eq!(saved(&unsaid, 1), "no price for Fargate Spot");
    // One task at 0.04937 and three at 0.014811.
    let estimate = saving(&mixed(SMALL, 4, 75, Some(70)), lasting(1), lasting(0));
    let expected = Saving::Known {
        usd: usd("0.093803"),
        estimate: Some(70),
    };
    assert_eq!(estimate, expected);
}

#[test]
fn what_spot_is_off_changes_nothing_for_tasks_that_are_not_on_it() {
    let all_on_demand = saving(&mixed(SMALL, 1, 0, Some(70)), lasting(1), lasting(0));
    let expected = Saving::Known {
        usd: usd("0.04937"),
        estimate: None,
    };
    assert_eq!(all_on_demand, expected);
}

#[test]
fn instances_that_went_away_save_their_price_by_type() {
    let gone = instances(&[("m6i.large", 3), ("t3.medium", 1)], &[("m6i.large", 1)]);
    assert_eq!(saved(&gone, 10), "2.336");
}

#[test]
fn an_instance_that_was_replaced_by_a_cheaper_one_saves_the_difference_and_by_a_dearer_one_nothing()
{
    let (large, medium) = (&[("m6i.large", 1)][..], &[("t3.medium", 1)][..]);
    assert_eq!(saved(&instances(large, medium), 10), "0.544");
    assert_eq!(saved(&instances(medium, large), 10), "0");
}

#[test]
fn a_type_without_a_price_is_unknown_with_its_name_if_any_of_it_went_away() {
    let odd = [("m6i.large", 3), ("x9.huge", 1)];
    let gone = instances(&odd, &[]);
    assert_eq!(saved(&gone, 1), "no price for x9.huge in us-east-1");
    let stayed = instances(&odd, &[("x9.huge", 1)]);
    assert_eq!(saved(&stayed, 1), "0.288");
}

#[test]
fn spot_instances_are_unknown() {
    let spot = Rested::Instances {
        region: "us-east-1".to_owned(),
        before: [("m6i.large", 2)].into_iter().collect(),
        stayed: Instances::default(),
        spot: true,
    };
    let why = Unpriced::SpotInstances;
    assert_eq!(
        saving(&spot, lasting(1), lasting(0)),
        Saving::Unknown { why }
    );
}

#[test]
fn instances_cost_for_a_quarter_of_an_hour_and_their_halvings_after_their_last_task() {
    let minutes = |instances| (tail_of_instances(instances) - TAIL_OF_TASKS).as_mins();
    assert_eq!([0, 1, 2, 8].map(minutes), [15, 16, 17, 19]);
}

const TYPES: [&str; 4] = ["c7g.xlarge", "m6i.large", "t3.medium", "x9.huge"];

fn any_instances() -> impl Strategy<Value = Vec<(&'static str, u32)>> {
    proptest::collection::vec((proptest::sample::select(&TYPES[..]), 0..1000_u32), 0..5)
}

fn any_rested() -> impl Strategy<Value = Rested> {
    let shape = (any::<[u32; 3]>()).prop_map(|[cpu_units, memory_mib, ephemeral_gib]| Shape {
        cpu_units,
        memory_mib,
        ephemeral_gib,
        ..SMALL
    });
    let spot = (any::<u32>(), proptest::option::of(any::<u32>()));
    let tasks = (shape, any::<u32>(), spot)
        .prop_map(|(shape, tasks, (percent, off))| mixed(shape, tasks, percent, off));
    let fleet =
        (any_instances(), any_instances()).prop_map(|(before, stayed)| instances(&before, &stayed));
    prop_oneof![tasks, fleet]
}

proptest! {
    #[test]
    fn no_rest_however_long_of_however_much_panics_or_costs(
        rested in any_rested(), seconds in any::<i64>(), tail in any::<i64>(),
    ) {
        let [off, tail] = [seconds, tail].map(SignedDuration::from_secs);
        prop_assert!(known(&saving(&rested, off, tail)).is_none_or(|usd| usd >= Decimal::ZERO));
    }

    #[test]
    fn a_longer_rest_saves_no_less_and_is_known_if_a_shorter_one_is(
        rested in any_rested(), seconds in 0..1_000_000_i64, more in 0..1_000_000_i64, tail in 0..10_000_i64,
    ) {
        let after = |seconds| known(&saving(&rested, SignedDuration::from_secs(seconds), SignedDuration::from_secs(tail)));
        let (short, long) = (after(seconds), after(seconds + more));
        prop_assert_eq!(short.is_some(), long.is_some());
        prop_assert!(short <= long);
    }

    #[test]
    fn more_tasks_save_no_less(
        tasks in 0..100_000_u32, more in 0..100_000_u32, spot in 0..=100_u32, seconds in 0..1_000_000_i64,
    ) {
        let of = |tasks| known(&saving(&mixed(SMALL, tasks, spot, Some(70)), SignedDuration::from_secs(seconds), TAIL_OF_TASKS));
        prop_assert!(of(tasks).unwrap() <= of(tasks + more).unwrap());
    }

    /// A sum is known only if every price in it is.
    #[test]
    fn what_has_no_price_is_unknown_and_never_counted_as_zero(before in any_instances(), stayed in any_instances()) {
        let count = |all: &[(&str, u32)], kind: &str| all.iter().filter(|(one, _)| *one == kind).map(|(_, count)| *count).sum::<u32>();
        let mut moved = TYPES.into_iter().filter(|kind| count(&before, kind) != count(&stayed, kind));
        let priced = moved.all(|kind| instance_hour("us-east-1", kind).is_some());
        let saved = saving(&instances(&before, &stayed), lasting(1), lasting(0));
        prop_assert_eq!(known(&saved).is_some(), priced);
    }
}
