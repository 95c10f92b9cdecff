//! The SentencePiece reader under test, by path; what needs the tokenizers library stays out.
#[path = "../../src/tokenizer/bpe.rs"]
mod bpe;
#[path = "../../src/tokenizer/charsmap.rs"]
mod charsmap;
#[path = "../../src/tokenizer/normalization.rs"]
mod normalization;
#[path = "../../src/tokenizer/proto.rs"]
mod proto;
#[path = "../../src/tokenizer/sentencepiece.rs"]
pub mod sentencepiece;
#[path = "../../src/tokenizer/trie.rs"]
mod trie;
#[path = "../../src/tokenizer/unigram.rs"]
mod unigram;

pub use normalization::Normalization;
