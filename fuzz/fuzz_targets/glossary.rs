//! Any bytes as a glossary, and any text with it: what is after the first NUL is the sentence. Matches lie in order on
//! whole characters, and each has English forms.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sunto_fuzz::brief::glossary::{find, Glossary};

fuzz_target!(|bytes: &[u8]| {
    let cut = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    let glossary = match Glossary::parse(&bytes[..cut]) {
        Ok(glossary) => glossary,
        Err(error) => {
            assert!(error.line > 0 && !error.what.is_empty());
            return;
        }
    };
    let sentence = String::from_utf8_lossy(bytes.get(cut + 1..).unwrap_or_default()).into_owned();
    // Its own terms are a text that it matches.
    let terms: Vec<&str> = glossary.terms.iter().map(|t| t.italian.as_str()).collect();
    for text in [sentence, terms.join(", ")] {
        let mut at = 0;
        for found in glossary.matches(&text) {
            let span = found.span;
            assert!(span.start >= at && span.end > span.start, "{span:?} after {at}");
            assert!(!span.of(&text).is_empty());
            at = span.end;
            for form in glossary.forms(&found) {
                if let Some(place) = find(&text, &form) {
                    assert!(!place.of(&text).is_empty());
                }
            }
        }
    }
});
