//! Amounts: decimal strings of any length, and what prose makes of them.

use domain::budget::money::{from_api, from_prose, usd};
use proptest::prelude::*;
use rust_decimal::Decimal;

#[test]
fn an_amount_of_the_api_is_read_exactly() {
    for (text, read) in [
        ("0.45", "0.45"),
        ("10", "10"),
        ("10.0", "10"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-3.10", "-3.10"),
        ("+3.10", "3.10"),
        ("0E-10", "0"),
        ("1E+3", "1000"),
        ("12.5e-2", "0.125"),
        ("0000000000000000000000000000000000012.30", "12.30"),
        ("183965812157.54", "183965812157.54"),
    ] {
        let expected: Decimal = read.parse().unwrap();
        assert_eq!(from_api(text), Ok(expected), "{text}");
    }
}

#[test]
fn thirty_decimals_are_rounded_and_no_float_comes_near() {
    let read = from_api("10.123456789012345678901234567890").unwrap();
    assert_eq!(read.to_string(), "10.123456789012345678901234568");
    let tenth = from_api("0.1").unwrap();
    assert_eq!((tenth + tenth + tenth).to_string(), "0.3");
    let tiny = from_api(&format!("0.{}1", "0".repeat(40))).unwrap();
    assert_eq!(tiny, Decimal::ZERO);
}

#[test]
fn an_amount_beyond_the_type_is_its_largest_value() {
    let nines = "9".repeat(40);
    assert_eq!(from_api(&nines), Ok(Decimal::MAX));
    assert_eq!(from_api(&format!("-{nines}")), Ok(Decimal::MIN));
    assert_eq!(from_api("1e999999999"), Ok(Decimal::MAX));
    assert_eq!(from_api("1e-999999999"), Ok(Decimal::ZERO));
}

#[test]
fn what_is_no_amount_is_refused_with_its_text() {
    for text in [
        "", ".", "-", "1,000", "1.2.3", "$5", "0x10", "NaN", "1e", "٣",
    ] {
        let error = from_api(text).unwrap_err();
        assert_eq!(error.text, text);
    }
    let error = from_api("ten").unwrap_err().to_string();
    assert_eq!(error, "\"ten\" is no amount; for example \"10.00\"");
}

#[test]
fn amounts_in_prose_are_read_as_people_write_them() {
    for (text, value, unit) in [
        ("$0.20", "0.20", Some("USD")),
        ("> $8.00", "8.00", Some("USD")),
        ("$1,234.56", "1234.56", Some("USD")),
        ("$183,965,812,157.54", "183965812157.54", Some("USD")),
        ("$100", "100", Some("USD")),
        ("12.50", "12.50", None),
        ("12.50 USD", "12.50", Some("USD")),
        ("-$3.10", "-3.10", Some("USD")),
        ("$-3.10", "-3.10", Some("USD")),
        ("($3.10)", "-3.10", Some("USD")),
        ("€5.00", "5.00", Some("EUR")),
        ("40 GB", "40", Some("GB")),
        ("CNY 7.00", "7.00", Some("CNY")),
    ] {
        let quoted = from_prose(text).unwrap_or_else(|| panic!("{text}"));
        let read = (quoted.value.to_string(), quoted.unit);
        assert_eq!(read, (value.to_owned(), unit.map(str::to_owned)), "{text}");
    }
}

#[test]
fn what_could_mean_two_things_in_prose_means_nothing() {
    for text in [
        "",
        "$",
        "1.234,56",
        "1,23",
        "12,3456",
        ",5",
        "$5 or GBP 4",
        "soon",
    ] {
        assert_eq!(from_prose(text), None, "{text}");
    }
}

#[test]
fn people_see_cents() {
    assert_eq!(usd(Decimal::new(10_405, 3)), "10.41 USD");
    assert_eq!(usd(Decimal::ZERO), "0.00 USD");
}

proptest! {
    #[test]
    fn reading_an_amount_never_fails_badly(text in "[-+]?[0-9]{0,80}(\\.[0-9]{0,80})?([eE][-+]?[0-9]{0,12})?|\\PC{0,20}") {
        let _ = from_api(&text);
        let _ = from_prose(&text);
    }

    #[test]
    fn what_the_type_holds_is_read_as_it_is(digits in any::<i64>(), scale in 0u32..19) {
        let amount = Decimal::new(digits, scale);
        prop_assert_eq!(from_api(&amount.to_string()), Ok(amount));
    }

    #[test]
    fn a_longer_number_is_never_a_smaller_one(digits in "[1-9][0-9]{0,60}") {
        let (short, long) = (from_api(&digits).unwrap(), from_api(&format!("{digits}0")).unwrap());
        prop_assert!(long >= short);
    }
}
