//! Any bytes as any format: the first byte says which.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sunto_fuzz::{check_article, read};

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else {
        return;
    };
    let name = ["a.txt", "a.md", "a.html", "a.jsonl", "a"][*kind as usize % 5];
    let options = read::Options {
        italian_only: false,
        ..read::Options::default()
    };
    for article in read::from_bytes(name, bytes.to_vec(), &options) {
        match article {
            Ok(article) => check_article(&article),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
});
