//! The tokenizer as the search sees it.
use super::Codec;
use crate::tokenizer::Tokenizer;

impl Codec for Tokenizer {
    fn encode(&self, text: &str) -> Vec<u32> {
        Tokenizer::encode(self, text)
    }

    fn encode_phrase(&self, phrase: &str) -> Vec<u32> {
        Tokenizer::encode_phrase(self, phrase)
    }

    fn decode(&self, ids: &[u32]) -> String {
        Tokenizer::decode(self, ids)
    }
}
