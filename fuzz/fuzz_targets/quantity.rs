//! Any text as Italian and as English: quantities lie in order on whole characters, and their values can be.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sunto_fuzz::text::quantity::{quantities, Value};
use sunto_fuzz::text::words::Language;

fuzz_target!(|text: &str| {
    for language in [Language::Italian, Language::English] {
        let found = quantities(text, language);
        let mut at = 0;
        for quantity in &found {
            let span = quantity.span;
            assert!(span.start >= at && span.end > span.start, "{span:?} after {at}");
            assert!(!span.of(text).trim().is_empty());
            at = span.end;
            match quantity.value {
                Value::Number(n) => assert!(n.is_finite(), "{n} of {:?}", span.of(text)),
                Value::Date { month, day, .. } => {
                    assert!(
                        month.is_none_or(|m| (1..=12).contains(&m)),
                        "month {month:?} of {:?}",
                        span.of(text)
                    );
                    assert!(
                        day.is_none_or(|d| (1..=31).contains(&d)),
                        "day {day:?} of {:?}",
                        span.of(text)
                    );
                }
                Value::Time { hour, minute } => {
                    assert!(hour <= 24 && minute < 60, "{hour}:{minute} of {:?}", span.of(text))
                }
            }
        }
        assert_eq!(quantities(text, language), found);
    }
});
