//! What every format becomes before its layout is known: a text and its marked blocks.
use crate::text::Span;

/// What the markup says of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing is known: plain text, to be taken apart by its look.
    Unknown,
    Title,
    Standfirst,
    Heading,
    /// Running text.
    Paragraph,
    /// Outside the article proper: menus, share buttons, captions.
    Boilerplate,
}

/// A part of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub span: Span,
    pub kind: Kind,
}

/// The text of one article with its blocks in order.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub text: String,
    pub blocks: Vec<Block>,
    pub title: Option<String>,
    /// As found: not yet normalised.
    pub date: Option<String>,
}

impl Page {
    /// Appends a block of text, parted from the one before by a blank line. Blank text is left out.
    pub fn push(&mut self, text: &str, kind: Kind) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.blocks.push(Block {
            span: Span::new(start, self.text.len()),
            kind,
        });
    }
}
