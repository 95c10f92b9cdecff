//! Any text as Italian and as English: names lie in order on whole characters, and each has an English form.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sunto_fuzz::text::entity::entities;
use sunto_fuzz::text::words::Language;

fuzz_target!(|text: &str| {
    for language in [Language::Italian, Language::English] {
        let found = entities(text, language);
        let mut at = 0;
        for entity in &found {
            let span = entity.span;
            assert!(span.start >= at && span.end > span.start, "{span:?} after {at}");
            let name = span.of(text);
            assert!(name.trim() == name && name.chars().any(char::is_alphabetic), "{name:?}");
            assert!(!entity.english.trim().is_empty(), "{name:?} has no English form");
            at = span.end;
        }
        assert_eq!(entities(text, language), found);
    }
});
