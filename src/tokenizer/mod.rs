//! Text to token ids and back: SentencePiece and byte-level vocabularies as the model folders of the hub hold them.
//!
//! Text is always text: `</s>` in an article is cut into characters and never becomes the token that ends a
//! sentence, unlike in transformers.
mod bpe;
mod charsmap;
mod chat;
mod folder;
mod framing;
mod layouts;
mod normalization;
mod proto;
mod sentencepiece;
mod side;
mod trie;
mod unigram;
mod vocabulary;

pub use chat::{ChatTokenizer, GgufVocabulary};
pub use framing::{Framing, Languages};
pub use normalization::Normalization;
pub use sentencepiece::{Cut, SentencePiece};
pub use vocabulary::Vocabulary;

use crate::Result;
use side::Side;
use std::path::Path;
use std::sync::Arc;

/// Ids that stand for no text, where the vocabulary has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Special {
    pub bos: Option<u32>,
    pub eos: Option<u32>,
    pub pad: Option<u32>,
    pub unknown: Option<u32>,
    /// What a target begins with, where `config.json` says so.
    pub decoder_start: Option<u32>,
}

/// Cuts source texts, joins target pieces. Immutable; shared by threads.
#[derive(Debug)]
pub struct Tokenizer {
    source: Arc<Side>,
    target: Arc<Side>,
    framing: Framing,
    languages: Languages,
    special: Special,
    normalization: Normalization,
    hints: bool,
    sha256: String,
}

impl Tokenizer {
    /// Opens a model folder: `source.spm` + `target.spm` + `vocab.json` (Marian), `tokenizer.json`,
    /// `spiece.model` (T5, PEGASUS), `sentencepiece.bpe.model` (XLM-R, mBART, NLLB; with `vocab.json` M2M100),
    /// `vocab.json` + `merges.txt` (BART) or `tokenizer.model` (Llama, Gemma).
    pub fn open(dir: &Path) -> Result<Self> {
        folder::read(dir).and_then(|files| folder::build(&files))
    }

    /// The same from memory: (file name, content) of what a folder would hold.
    pub fn from_bytes(files: &[(&str, &[u8])]) -> Result<Self> {
        folder::build(
            &files
                .iter()
                .map(|&(name, bytes)| (name.to_owned(), bytes.into()))
                .collect(),
        )
    }

    /// Chooses the languages of a multilingual model, by its own codes (`ita_Latn`, `it_IT`, `it`, `eng`).
    pub fn with_languages(mut self, source: Option<&str>, target: Option<&str>) -> Result<Self> {
        self.framing
            .set_languages(self.languages, &self.source.vocabulary, source, target)?;
        Ok(self)
    }

    /// Chooses Italian to English where the vocabulary can say so: `ita_Latn` (NLLB), `it_IT` (mBART), `__it__`
    /// (M2M100), `>>eng<<` (Marian with several targets), `<2en>` (MADLAD-400). Others know one direction only.
    ///
    /// # Errors
    /// Never for these spellings; see [`Self::with_languages`].
    pub fn italian_to_english(mut self) -> Result<Self> {
        let has = |piece: &str| self.source.vocabulary.id(piece).is_some();
        if let Some(id) = self.source.vocabulary.id("<2en>") {
            self.framing.prefix = vec![id];
            return Ok(self);
        }
        if has(">>eng<<") {
            return self.with_languages(None, Some("eng"));
        }
        let pairs = [("ita_Latn", "eng_Latn"), ("it_IT", "en_XX"), ("__it__", "__en__")];
        match pairs.iter().find(|(it, en)| has(it) && has(en)) {
            Some((it, en)) => self.with_languages(Some(it), Some(en)),
            None => Ok(self),
        }
    }

    /// SHA-256 of the files that it was made of, with their names, as hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Ids of a source text, framed as the family reads it.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        let mut ids = self.framing.prefix.clone();
        ids.extend(self.encode_bare(text));
        ids.extend(&self.framing.suffix);
        ids
    }

    /// Ids of a source text alone.
    pub fn encode_bare(&self, text: &str) -> Vec<u32> {
        match self.normalization {
            Normalization::None => self.source.encode(text),
            Normalization::Sunto => self.source.encode(&crate::text::normalize::normalize(text)),
        }
    }

    /// Ids of a target text alone, as at the beginning of a sentence.
    pub fn encode_target(&self, text: &str) -> Vec<u32> {
        self.target.encode(text)
    }

    /// Ids of a word or phrase as they stand in the middle of a target sentence, after a space.
    pub fn encode_phrase(&self, phrase: &str) -> Vec<u32> {
        self.target.encode_phrase(phrase)
    }

    /// Text of target ids; those that stand for no text, or that the vocabulary does not have, say nothing.
    pub fn decode(&self, ids: &[u32]) -> String {
        self.target.decode(ids)
    }

    /// A target piece as the vocabulary spells it: `▁Police`, `ĠPolice`.
    pub fn piece(&self, id: u32) -> Option<&str> {
        self.target.vocabulary.piece(id)
    }

    /// Id of a target piece.
    pub fn id(&self, piece: &str) -> Option<u32> {
        self.target.vocabulary.id(piece)
    }

    /// Whether a target id begins a word: the one before it ended there.
    pub fn begins_word(&self, id: u32) -> bool {
        self.piece(id)
            .is_some_and(|p| p.starts_with(sentencepiece::SPACE) || p.starts_with('Ġ'))
    }

    /// Whether a target id stands for no text.
    pub fn is_special(&self, id: u32) -> bool {
        self.target.vocabulary.is_special(id)
    }

    /// Number of target ids, `0..vocab_size`; a model may have more rows than that.
    pub fn vocab_size(&self) -> usize {
        self.target.vocabulary.len()
    }

    pub fn special(&self) -> &Special {
        &self.special
    }

    pub fn framing(&self) -> &Framing {
        &self.framing
    }

    /// Whether the model was trained to read English hints beside rare words.
    pub fn hints(&self) -> bool {
        self.hints
    }

    pub fn normalization(&self) -> Normalization {
        self.normalization
    }
}

#[cfg(test)]
mod tests;
