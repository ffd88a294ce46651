//! Numbers: text, edges, order.

use super::*;
use proptest::prelude::*;

fn number(text: &str) -> Number {
    text.parse().expect("a number")
}

#[test]
fn text_is_canonical() {
    let cases = [
        ("0", "0"),
        ("-0.000", "0"),
        ("00012.3400", "12.34"),
        ("1e3", "1000"),
        ("-1.5E-3", "-0.0015"),
        (".5", "0.5"),
        ("5.", "5"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        ("1e500", "1e500"),
        ("1e-500", "1e-500"),
    ];
    for (given, wanted) in cases {
        assert_eq!(number(given).to_string(), wanted, "{given}");
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for text in [
        "", "-", ".", "1e", "e1", "1.2.3", "0x10", "1_000", "NaN", "inf", "١",
    ] {
        assert!(text.parse::<Number>().is_err(), "{text}");
    }
    assert_eq!(
        "1e99999999999999999999".parse::<Number>(),
        Err(NumberError::TooLarge)
    );
    assert_eq!("1e1000000001".parse::<Number>(), Err(NumberError::TooLarge));
    let smallest = format!("1e{}", i64::MIN);
    assert_eq!(smallest.parse::<Number>(), Err(NumberError::TooLarge));
    assert_eq!(Number::from_f64(f64::NAN), Err(NumberError::NotFinite));
}

#[test]
fn a_tenth_is_exact_as_text_and_not_as_a_float() {
    assert_eq!(number("0.1").to_f64_exact(), None);
    assert_eq!(number("0.5").to_f64_exact(), Some(0.5));
    assert_eq!(Number::from_f64(0.1), Ok(number("0.1")));
    let exact = Number::from_f64_exact(0.1).expect("finite");
    assert_eq!(
        exact.to_string(),
        "0.1000000000000000055511151231257827021181583404541015625"
    );
}

#[test]
fn integers_at_the_edges() {
    assert_eq!(Number::from(i64::MIN).to_i64(), Some(i64::MIN));
    assert_eq!(Number::from(u64::MAX).to_u64(), Some(u64::MAX));
    assert_eq!(Number::from(u64::MAX).to_i64(), None);
    assert_eq!(number("1.5").to_i64(), None);
    assert_eq!(number("1e19").to_u64(), Some(10_000_000_000_000_000_000));
    assert_eq!(number("1e20").to_u64(), None);
}

proptest! {
    #[test]
    fn text_is_read_back(negative: bool, digits in "[0-9]{1,40}", exponent in -600i64..600) {
        let sign = if negative { "-" } else { "" };
        let read = number(&format!("{sign}{digits}e{exponent}"));
        prop_assert_eq!(&number(&read.to_string()), &read);
    }

    #[test]
    fn floats_survive(bits: u64) {
        let value = f64::from_bits(bits);
        prop_assume!(value.is_finite());
        prop_assert_eq!(Number::from_f64(value).map(|n| n.to_f64()), Ok(value));
        prop_assert_eq!(Number::from_f64_exact(value).unwrap().to_f64_exact(), Some(value));
    }

    #[test]
    fn order_is_that_of_integers(a: i64, b: i64) {
        prop_assert_eq!(Number::from(a).cmp(&Number::from(b)), a.cmp(&b));
        prop_assert_eq!(Number::from(a), number(&a.to_string()));
    }

    #[test]
    fn arbitrary_text_never_panics(text in "[-+0-9.eE]{0,30}") {
        let _ = text.parse::<Number>();
    }
}
