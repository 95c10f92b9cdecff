//! Any text: sentences, clauses and words lie in order and lose nothing; normalizing twice changes nothing more.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sunto_fuzz::check_spans;
use sunto_fuzz::text::{clauses, normalize, split, words};

fuzz_target!(|text: &str| {
    let sentences = split::split(text);
    check_spans(text, &sentences, char::is_whitespace);
    for sentence in &sentences {
        let sentence = sentence.of(text);
        check_spans(
            sentence,
            &clauses::clauses(sentence, &clauses::under_words(5)),
            char::is_whitespace,
        );
    }
    check_spans(text, &words::words(text), |c| !c.is_alphanumeric());
    let once = normalize::normalize(text);
    assert_eq!(normalize::normalize(&once), once);
});
