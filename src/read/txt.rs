//! Plain text: the file is the article's text as it stands; where titles and headings are is for the layout to find.
use super::page::{Block, Kind, Page};
use crate::text::Span;

pub fn page(text: String) -> Page {
    let block = Block {
        span: Span::new(0, text.len()),
        kind: Kind::Unknown,
    };
    Page {
        text,
        blocks: vec![block],
        ..Page::default()
    }
}
