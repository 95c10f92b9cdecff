//! One side of a model: how its text is cut, and which ids its pieces have.
use super::sentencepiece::{byte_value, Kind, SentencePiece, SPACE};
use super::vocabulary::Vocabulary;
use crate::{Error, Result};
use std::sync::Arc;

#[derive(Debug)]
pub struct Side {
    engine: Engine,
    pub vocabulary: Arc<Vocabulary>,
}

#[derive(Debug)]
enum Engine {
    /// A SentencePiece model, and the vocabulary's id of each of its pieces.
    SentencePiece {
        model: Box<SentencePiece>,
        ids: Vec<u32>,
        unknown: u32,
    },
    /// A `tokenizer.json`, or what is built like one.
    Json(Box<tokenizers::Tokenizer>),
}

impl Side {
    /// A SentencePiece model whose pieces have the ids that `vocabulary` gives their texts, else `unknown`.
    pub fn sentencepiece(model: SentencePiece, vocabulary: Arc<Vocabulary>, unknown: u32) -> Self {
        let id = |p: &super::sentencepiece::Piece| match p.kind {
            Kind::Unknown => unknown,
            _ => vocabulary.id(&p.text).unwrap_or(unknown),
        };
        let ids = model.pieces.list.iter().map(id).collect();
        Self {
            engine: Engine::SentencePiece {
                model: Box::new(model),
                ids,
                unknown,
            },
            vocabulary,
        }
    }

    /// Takes the parts of a `tokenizer.json`. It must be able to cut any text.
    pub fn json(mut tokenizer: tokenizers::Tokenizer) -> Result<Self> {
        // Padding and truncation are the search's business, and added tokens in a text are text.
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(None)
            .map_err(|e| Error::new("cannot switch truncation off").caused_by(e))?;
        tokenizer.set_encode_special_tokens(true);
        let size = tokenizer.get_vocab_size(true) as u32;
        let mut pieces: Vec<String> = (0..size)
            .map(|id| tokenizer.id_to_token(id).unwrap_or_default())
            .collect();
        // Ids beyond the count: a vocabulary with holes, which this format allows.
        let mut beyond: Vec<(u32, String)> = tokenizer.get_vocab(true).into_iter().map(|(p, id)| (id, p)).collect();
        beyond.retain(|(id, _)| *id >= size);
        beyond.sort_unstable();
        for (id, piece) in beyond {
            if id as usize > 2 * size as usize + 1024 {
                return Err(Error::new(format!(
                    "the id {id} of `{piece}` is far above its {size} pieces"
                )));
            }
            pieces.resize(id as usize, String::new());
            pieces.push(piece);
        }
        let mut vocabulary = Vocabulary::new(pieces);
        for (_, token) in tokenizer.get_added_tokens_decoder() {
            if token.special {
                vocabulary.mark_special(&token.content);
            }
        }
        tokenizer.encode_fast("\u{10fffd} \u{0} a", false).map_err(|e| {
            Error::new("it cannot cut every text")
                .caused_by(e)
                .hint("its model needs an unknown token")
        })?;
        Ok(Self {
            engine: Engine::Json(Box::new(tokenizer)),
            vocabulary: Arc::new(vocabulary),
        })
    }

    /// Byte-level pairs, which cut any text, with the ids of `vocabulary`.
    pub fn byte_level(tokenizer: tokenizers::Tokenizer, vocabulary: Arc<Vocabulary>) -> Self {
        Self {
            engine: Engine::Json(Box::new(tokenizer)),
            vocabulary,
        }
    }

    /// The ids around a text that the file's own post-processor puts there: (before, after).
    pub fn json_frame(&self) -> Option<(Vec<u32>, Vec<u32>)> {
        let Engine::Json(tokenizer) = &self.engine else {
            return None;
        };
        let framed = tokenizer.encode_fast("a", true).ok()?.get_ids().to_vec();
        let bare = tokenizer.encode_fast("a", false).ok()?.get_ids().to_vec();
        let at = framed.windows(bare.len().max(1)).position(|w| w == bare)?;
        Some((framed[..at].to_vec(), framed[at + bare.len()..].to_vec()))
    }

    pub fn encode(&self, text: &str) -> Vec<u32> {
        match &self.engine {
            Engine::SentencePiece { model, ids, unknown } => {
                let cut = model.cut(text);
                let id = |(span, piece): &(std::ops::Range<usize>, u32)| match *piece == model.pieces.unknown {
                    // Marian's vocab.json may have what its .spm lacks: transformers looks the text up.
                    true => match self.vocabulary.id(&cut.text[span.clone()]) {
                        Some(id) if !self.vocabulary.is_special(id) => id,
                        _ => *unknown,
                    },
                    false => ids[*piece as usize],
                };
                cut.pieces.iter().map(id).collect()
            }
            // Loading has shown that the model has a piece for unknown text: nothing is left that can fail.
            Engine::Json(tokenizer) => tokenizer
                .encode_fast(text, false)
                .map(|e| e.get_ids().to_vec())
                .unwrap_or_default(),
        }
    }

    pub fn encode_phrase(&self, phrase: &str) -> Vec<u32> {
        match &self.engine {
            Engine::SentencePiece { .. } => self.encode(phrase),
            // Byte-level vocabularies have the space in the piece; the others add or drop it by themselves.
            Engine::Json(_) if self.vocabulary.id("Ġ").is_some() => self.encode(&format!(" {}", phrase.trim_start())),
            Engine::Json(_) => self.encode(phrase),
        }
    }

    pub fn decode(&self, ids: &[u32]) -> String {
        match &self.engine {
            Engine::SentencePiece { .. } => {
                let mut out = String::new();
                let mut bytes = vec![];
                for &id in ids.iter().filter(|&&id| !self.vocabulary.is_special(id)) {
                    let piece = self.vocabulary.piece(id).unwrap_or_default();
                    match byte_value(piece) {
                        Some(byte) => bytes.push(byte),
                        None => {
                            out.push_str(&String::from_utf8_lossy(&bytes));
                            bytes.clear();
                            out.push_str(piece);
                        }
                    }
                }
                out.push_str(&String::from_utf8_lossy(&bytes));
                out.replace(SPACE, " ").trim().to_owned()
            }
            Engine::Json(tokenizer) => {
                let known: Vec<u32> = ids
                    .iter()
                    .copied()
                    .filter(|&id| !self.vocabulary.is_special(id))
                    .collect();
                tokenizer.decode(&known, true).unwrap_or_default().trim().to_owned()
            }
        }
    }
}
