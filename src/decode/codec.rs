//! The tokenizer as the search sees it.
use super::{Codec, Joint};
use crate::tokenizer::Tokenizer;

impl Codec for Tokenizer {
    fn encode(&self, text: &str) -> Vec<u32> {
        Tokenizer::encode(self, text)
    }

    fn encode_phrase(&self, phrase: &str) -> Vec<u32> {
        Tokenizer::encode_phrase(self, phrase)
    }

    fn sha256(&self) -> Option<String> {
        Some(Tokenizer::sha256(self).to_string())
    }

    fn decode(&self, ids: &[u32]) -> String {
        Tokenizer::decode(self, ids)
    }

    fn joint(&self, id: u32) -> Joint {
        match self.piece(id) {
            _ if self.is_special(id) || self.begins_word(id) => Joint::Apart,
            Some("," | ".") => Joint::Separator,
            Some(piece) if piece.starts_with(char::is_alphanumeric) => Joint::Within,
            _ => Joint::Apart,
        }
    }
}
