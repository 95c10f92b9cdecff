//! The layers under test, by path, and what must hold of all that they make.
#[path = "../../src/error.rs"]
mod error;
#[path = "../../src/read/mod.rs"]
pub mod read;
#[path = "../../src/text/mod.rs"]
pub mod text;

pub mod brief;

pub use error::Error;

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
