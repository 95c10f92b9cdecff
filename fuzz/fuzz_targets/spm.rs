//! Any bytes as a SentencePiece model: what is read cuts any text into its own pieces, in order, on whole characters.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sunto_fuzz::tokenizer::sentencepiece::SentencePiece;

const TEXTS: [&str; 4] = [
    "",
    "  La polizia   indaga: «è un’altra»\u{a0}storia. ",
    "\u{2581}<s></s><0xE8>\0\u{301}\u{1F4F0}\u{200d}ﬁ",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

fuzz_target!(|bytes: &[u8]| {
    let model = match SentencePiece::parse(bytes) {
        Ok(model) => model,
        Err(error) => return assert!(!error.what.is_empty()),
    };
    let own: String = model.pieces.list.iter().take(50).map(|p| p.text.as_str()).collect();
    for text in TEXTS.into_iter().chain([own.as_str()]) {
        let cut = model.cut(text);
        let mut at = 0;
        for (span, id) in &cut.pieces {
            assert!((*id as usize) < model.pieces.list.len(), "no piece {id}");
            // The pieces of one character's bytes share its span.
            assert!(
                span.start == at || span.end == at,
                "{span:?} after {at} in {:?}",
                cut.text
            );
            assert!(
                cut.text.get(span.clone()).is_some_and(|s| !s.is_empty()),
                "{span:?} in {:?}",
                cut.text
            );
            at = span.end;
        }
        assert_eq!(at, cut.text.len(), "the end of {:?} is in no piece", cut.text);
    }
});
