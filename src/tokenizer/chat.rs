//! Tokenizers of chat models: text with control tokens such as `<|im_start|>` in it, from a GGUF file's metadata or a
//! `tokenizer.json`.
//!
//! Only the template may speak in control tokens: [`ChatTokenizer::harmless`] breaks them in what an article says.
use super::proto;
use super::sentencepiece::{byte_value, SentencePiece, SPACE};
use crate::{Error, Result};
use prost::Message;
use std::collections::HashMap;
use tokenizers::{
    decoders::byte_level::ByteLevel as Bytes,
    models::bpe::BPE,
    normalizers::NFC,
    pre_tokenizers::{
        byte_level::ByteLevel,
        sequence::Sequence,
        split::{Split, SplitPattern},
    },
    AddedToken, SplitDelimiterBehavior,
};

/// What a GGUF file says of its vocabulary: `tokenizer.ggml.*`.
#[derive(Clone, Debug, Default)]
pub struct GgufVocabulary {
    /// `llama` (SentencePiece pairs) or `gpt2` (byte-level pairs).
    pub model: String,
    /// Which rule cuts text into words: `qwen2`, `llama-bpe`, `gpt-2`, ..
    pub pre: String,
    pub tokens: Vec<String>,
    pub scores: Vec<f32>,
    /// 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte.
    pub kinds: Vec<u32>,
    /// Pairs, each as `left right`.
    pub merges: Vec<String>,
    /// Whether a text begins with a space that is not there.
    pub add_space_prefix: bool,
}

const CONTROL: u32 = 3;
const USER_DEFINED: u32 = 4;
const BYTE: u32 = 6;
/// Pieces of at most this many: the largest vocabularies in use have 262,144.
const MOST_TOKENS: usize = 1 << 21;

/// Cuts text that holds control tokens. Immutable; shared by threads.
#[derive(Debug)]
pub struct ChatTokenizer {
    engine: Engine,
    /// Control tokens by text, longest first: where two begin alike the longer one counts.
    controls: Vec<(String, u32)>,
}

#[derive(Debug)]
enum Engine {
    Json(Box<tokenizers::Tokenizer>),
    Pieces {
        first: Box<SentencePiece>,
        later: Box<SentencePiece>,
    },
}

impl ChatTokenizer {
    /// Reads a `tokenizer.json`.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let mut tokenizer = tokenizers::Tokenizer::from_bytes(bytes).map_err(|e| {
            Error::new("not a tokenizer that can be read")
                .caused_by(e)
                .of("tokenizer.json")
        })?;
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(None)
            .map_err(|e| Error::new("cannot switch truncation off").caused_by(e))?;
        Ok(Self::json(tokenizer))
    }

    /// Builds the tokenizer that a GGUF file describes.
    pub fn from_gguf(v: &GgufVocabulary) -> Result<Self> {
        let size = v.tokens.len();
        if size == 0 || size > MOST_TOKENS {
            return Err(Error::new(format!("a vocabulary of {size} tokens")));
        }
        if !v.kinds.is_empty() && v.kinds.len() != size || !v.scores.is_empty() && v.scores.len() != size {
            return Err(Error::new("its lists of tokens, scores and types differ in length"));
        }
        match v.model.as_str() {
            "llama" => Self::pieces(v),
            "gpt2" => Self::byte_level(v),
            other => Err(Error::new(format!("the tokenizer model `{other}` is not known"))
                .hint("put the model's `tokenizer.json` beside the GGUF file")),
        }
    }

    fn json(tokenizer: tokenizers::Tokenizer) -> Self {
        let added = tokenizer.get_added_tokens_decoder();
        let controls = added
            .iter()
            .filter(|(_, t)| t.special)
            .map(|(id, t)| (t.content.clone(), *id));
        let controls = longest_first(controls.collect());
        Self {
            engine: Engine::Json(Box::new(tokenizer)),
            controls,
        }
    }

    fn pieces(v: &GgufVocabulary) -> Result<Self> {
        let piece = |i: usize| proto::Piece {
            piece: Some(v.tokens[i].clone()),
            score: v.scores.get(i).copied(),
            kind: Some(v.kinds.get(i).map_or(1, |&k| k as i32)),
        };
        let model = |prefix: bool| -> Result<Box<SentencePiece>> {
            let proto = proto::ModelProto {
                pieces: (0..v.tokens.len()).map(piece).collect(),
                trainer_spec: Some(proto::TrainerSpec {
                    model_type: Some(2),
                    treat_whitespace_as_suffix: None,
                    byte_fallback: Some(v.kinds.contains(&BYTE)),
                }),
                normalizer_spec: Some(proto::NormalizerSpec {
                    precompiled_charsmap: None,
                    add_dummy_prefix: Some(prefix),
                    remove_extra_whitespaces: Some(false),
                    escape_whitespaces: Some(true),
                }),
            };
            SentencePiece::parse(&proto.encode_to_vec()).map(Box::new)
        };
        Ok(Self {
            engine: Engine::Pieces {
                first: model(v.add_space_prefix)?,
                later: model(false)?,
            },
            controls: controls(v),
        })
    }

    fn byte_level(v: &GgufVocabulary) -> Result<Self> {
        let mut vocabulary = HashMap::with_capacity(v.tokens.len());
        for (id, token) in (0u32..).zip(&v.tokens) {
            vocabulary.entry(token.clone()).or_insert(id);
        }
        let pair = |(n, line): (usize, &String)| {
            let (left, right) = line
                .split_once(' ')
                .ok_or_else(|| Error::new(format!("merge {n} is not a pair: `{line}`")))?;
            Ok((left.to_owned(), right.to_owned()))
        };
        let merges = v.merges.iter().enumerate().map(pair).collect::<Result<Vec<_>>>()?;
        let bpe = BPE::builder()
            .vocab_and_merges(
                vocabulary.into_iter().collect::<tokenizers::models::bpe::Vocab>(),
                merges,
            )
            .build()
            .map_err(|e| Error::new("the merges do not belong to the vocabulary").caused_by(e))?;
        let mut tokenizer = tokenizers::Tokenizer::new(bpe);
        // One digit at a time (Qwen) or up to three (Llama 3); else as GPT-2 cuts.
        let digits = match v.pre.as_str() {
            "qwen2" | "qwen35" => Some(r"\p{N}"),
            "llama-bpe" | "llama3" => Some(r"\p{N}{1,3}"),
            "gpt-2" | "default" | "" => None,
            other => {
                return Err(Error::new(format!("the rule `{other}` for cutting words is not known"))
                    .hint("put the model's `tokenizer.json` beside the GGUF file"))
            }
        };
        match digits {
            Some(digits) => {
                let rule = format!(
                    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
                );
                let split = Split::new(SplitPattern::Regex(rule), SplitDelimiterBehavior::Isolated, false)
                    .map_err(|e| Error::new("the rule for cutting words cannot be read").caused_by(e))?;
                let bytes = ByteLevel::new(false, false, false);
                tokenizer.with_pre_tokenizer(Some(Sequence::new(vec![split.into(), bytes.into()])));
                if v.pre == "qwen2" {
                    tokenizer
                        .with_normalizer(Some(NFC))
                        .map_err(|e| Error::new("its normaliser cannot be set").caused_by(e))?;
                }
            }
            None => {
                tokenizer.with_pre_tokenizer(Some(ByteLevel::new(false, false, true)));
            }
        }
        tokenizer.with_decoder(Some(Bytes::default()));
        let added = |special: bool| -> Vec<AddedToken> {
            let kind = if special { CONTROL } else { USER_DEFINED };
            let tokens = v
                .tokens
                .iter()
                .zip(&v.kinds)
                .filter(|(t, &k)| k == kind && !t.is_empty());
            tokens
                .map(|(t, _)| AddedToken::from(t.clone(), special).normalized(false))
                .collect()
        };
        tokenizer
            .add_special_tokens(added(true))
            .map_err(|e| Error::new("its control tokens cannot be read").caused_by(e))?;
        tokenizer
            .add_tokens(added(false))
            .map_err(|e| Error::new("its added tokens cannot be read").caused_by(e))?;
        Ok(Self::json(tokenizer))
    }

    /// Ids of a text in which control tokens are control tokens; nothing is put before it.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        let (first, later) = match &self.engine {
            Engine::Json(tokenizer) => {
                let encoded = tokenizer.encode_fast(text, false);
                return encoded.map(|e| e.get_ids().to_vec()).unwrap_or_default();
            }
            Engine::Pieces { first, later } => (first, later),
        };
        let (mut ids, mut rest, mut model) = (vec![], text, first);
        loop {
            let next = self.next_control(rest);
            let (run, after) = match next {
                Some((at, length, _)) => (&rest[..at], &rest[at + length..]),
                None => (rest, ""),
            };
            if !run.is_empty() {
                ids.extend(model.cut(run).pieces.iter().map(|(_, id)| *id));
            }
            // What follows a control token does not begin a text.
            model = later;
            let Some((_, _, id)) = next else { return ids };
            ids.push(id);
            rest = after;
        }
    }

    /// Where the first control token stands: byte, length, id.
    fn next_control(&self, text: &str) -> Option<(usize, usize, u32)> {
        let found = self
            .controls
            .iter()
            .filter_map(|(c, id)| Some((text.find(c.as_str())?, c.len(), *id)));
        // Of two at the same place the longer one.
        found.min_by_key(|&(at, length, _)| (at, usize::MAX - length))
    }

    /// Text of ids; control tokens say nothing.
    pub fn decode(&self, ids: &[u32]) -> String {
        let known: Vec<u32> = ids.iter().copied().filter(|id| !self.is_control(*id)).collect();
        match &self.engine {
            Engine::Json(tokenizer) => tokenizer.decode(&known, true).unwrap_or_default(),
            Engine::Pieces { first, .. } => {
                let mut bytes: Vec<u8> = vec![];
                for id in known {
                    let piece = first.pieces.list.get(id as usize).map_or("", |p| p.text.as_str());
                    match byte_value(piece) {
                        Some(byte) => bytes.push(byte),
                        None => bytes.extend(piece.replace(SPACE, " ").as_bytes()),
                    }
                }
                String::from_utf8_lossy(&bytes).into_owned()
            }
        }
    }

    /// Id of a control token by its text.
    pub fn control(&self, text: &str) -> Option<u32> {
        self.controls.iter().find(|(t, _)| t == text).map(|(_, id)| *id)
    }

    pub fn is_control(&self, id: u32) -> bool {
        self.controls.iter().any(|(_, i)| *i == id)
    }

    /// A text that says the same to people, but in which nothing is a control token: each gets a space after its
    /// first character.
    pub fn harmless(&self, text: &str) -> String {
        let mut text = text.to_string();
        // Until none is left: a broken one may leave another.
        for _ in 0..8 {
            let Some(_) = self.next_control(&text) else { return text };
            for (control, _) in &self.controls {
                if text.contains(control.as_str()) {
                    let first = control.chars().next().map_or(0, char::len_utf8);
                    text = text.replace(
                        control.as_str(),
                        &format!("{} {}", &control[..first], &control[first..]),
                    );
                }
            }
        }
        text
    }
}

fn controls(v: &GgufVocabulary) -> Vec<(String, u32)> {
    let all = (0u32..).zip(&v.tokens).zip(&v.kinds);
    let controls = all.filter(|((_, t), &kind)| kind == CONTROL && !t.is_empty());
    longest_first(controls.map(|((id, t), _)| (t.clone(), id)).collect())
}

fn longest_first(mut controls: Vec<(String, u32)>) -> Vec<(String, u32)> {
    controls.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    controls
}
