//! The layers under test, by path, and what must hold of all that they make.
#[path = "../../src/error.rs"]
mod error;
#[path = "../../src/read/mod.rs"]
pub mod read;
#[path = "../../src/text/mod.rs"]
pub mod text;

pub mod brief;
pub mod model;
pub mod nn;
pub mod tokenizer;

pub use error::{Error, Result};

use std::{fs, path::PathBuf, sync::OnceLock};
use text::{Article, Span};

/// Spans are in order, whole characters, not empty; what none covers is white space and markup.
pub fn check_article(article: &Article) {
    let spans: Vec<Span> = article.sentences.iter().map(|s| s.span).collect();
    check_spans(&article.text, &spans, |c| c.is_whitespace() || "#-–—*•·▪►◦‣".contains(c));
}

/// As [`check_article`], for spans that leave out only what `between` allows.
pub fn check_spans(text: &str, spans: &[Span], between: impl Fn(char) -> bool) {
    let mut at = 0;
    for span in spans {
        assert!(span.start >= at && span.end > span.start, "{span:?} after {at}");
        assert!(text[at..span.start].chars().all(&between), "lost before {span:?}");
        assert!(!span.of(text).is_empty());
        at = span.end;
    }
    assert!(text[at..].chars().all(&between), "lost after {at}");
}

/// One empty folder for the process: in memory where `TMPDIR` says so.
pub fn folder(name: &str) -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("sunto-fuzz-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the target's files");
        folder
    })
}
