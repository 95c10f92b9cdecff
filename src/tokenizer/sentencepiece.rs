//! SentencePiece models (`.spm`, `.model`): the protobuf, its normalisation and its segmentation.
//!
//! Written after the library's behaviour rather than put together from the tokenizers crate, whose normaliser and
//! sums differ from it on rare text: ids here equal those of the library (`tests/parity/sentencepiece.py`).
use super::charsmap::Charsmap;
use super::trie::Trie;
use super::unigram::Unigram;
use super::{bpe, proto};
use crate::{Error, Result};
use std::collections::HashMap;
use std::ops::Range;

/// Stands for a space inside pieces: U+2581.
pub const SPACE: &str = "\u{2581}";
/// Larger files are refused: the largest in use (256,000 pieces) has 4.5 MB.
const MAX_BYTES: usize = 16 << 20;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Normal,
    Unknown,
    Control,
    UserDefined,
    Unused,
    Byte,
}

impl Kind {
    /// Whether text can be cut into pieces of this kind.
    pub fn is_text(self) -> bool {
        matches!(self, Kind::Normal | Kind::UserDefined | Kind::Unused)
    }
}

#[derive(Debug)]
pub struct Piece {
    pub text: String,
    /// Log-probability (Unigram) or negated merge rank (BPE).
    pub score: f32,
    pub kind: Kind,
}

/// The pieces of a model by id.
#[derive(Debug)]
pub struct Pieces {
    pub list: Vec<Piece>,
    /// Ids of pieces that text can be cut into.
    pub ids: HashMap<String, u32>,
    pub unknown: u32,
}

#[derive(Debug)]
enum Algorithm {
    Unigram(Unigram),
    Bpe,
}

/// A SentencePiece model, ready to cut text.
#[derive(Debug)]
pub struct SentencePiece {
    pub pieces: Pieces,
    algorithm: Algorithm,
    user_defined: Trie,
    charsmap: Option<Charsmap>,
    add_dummy_prefix: bool,
    remove_extra_spaces: bool,
    escape_spaces: bool,
    space_as_suffix: bool,
    /// Id of the piece of each byte, where unknown characters are spelled in bytes.
    bytes: Option<Box<[u32; 256]>>,
}

/// Text cut into pieces: the normalised text and, in order, spans of it with piece ids. A byte piece has the span of
/// the character that it spells a part of.
pub struct Cut {
    pub text: String,
    pub pieces: Vec<(Range<usize>, u32)>,
}

impl SentencePiece {
    /// Reads a serialized `ModelProto`.
    pub fn parse(file: &[u8]) -> Result<Self> {
        let bad = |what: String| Error::new(format!("not a usable SentencePiece model: {what}"));
        if file.len() > MAX_BYTES {
            return Err(bad(format!("{} bytes; at most {MAX_BYTES} are read", file.len())));
        }
        let model = <proto::ModelProto as prost::Message>::decode(file).map_err(|e| {
            bad("it is cut short or not a SentencePiece file".into())
                .caused_by(e)
                .hint("fetch the file again")
        })?;
        let (mut list, mut ids, mut unknown) = (vec![], HashMap::new(), None);
        for (id, piece) in (0u32..).zip(model.pieces) {
            let kind = match piece.kind.unwrap_or(1) {
                1 => Kind::Normal,
                2 => Kind::Unknown,
                3 => Kind::Control,
                4 => Kind::UserDefined,
                5 => Kind::Unused,
                6 => Kind::Byte,
                other => return Err(bad(format!("piece {id} is of unknown type {other}"))),
            };
            let (text, score) = (piece.piece.unwrap_or_default(), piece.score.unwrap_or(0.0));
            if text.is_empty() || !score.is_finite() {
                return Err(bad(format!("piece {id} is empty or has no finite score")));
            }
            if kind == Kind::Unknown && unknown.replace(id).is_some() {
                return Err(bad("it has two pieces for unknown text".into()));
            }
            if kind.is_text() && ids.insert(text.clone(), id).is_some() {
                return Err(bad(format!("piece `{text}` is there twice")));
            }
            list.push(Piece { text, score, kind });
        }
        let unknown = unknown.ok_or_else(|| bad("it has no piece for unknown text".into()))?;
        let pieces = Pieces { list, ids, unknown };
        let trainer = model.trainer_spec.unwrap_or_default();
        let normalizer = model.normalizer_spec.unwrap_or_default();
        let algorithm = match trainer.model_type.unwrap_or(1) {
            1 => Algorithm::Unigram(Unigram::new(&pieces)),
            2 => Algorithm::Bpe,
            other => return Err(bad(format!("model type {other}, expected 1 (unigram) or 2 (BPE)"))),
        };
        let bytes = match trainer.byte_fallback.unwrap_or(false) {
            true => Some(byte_pieces(&pieces).ok_or_else(|| bad("a byte has no piece".into()))?),
            false => None,
        };
        let charsmap = normalizer.precompiled_charsmap.filter(|b| !b.is_empty());
        let user = (0u32..).zip(&pieces.list).filter(|(_, p)| p.kind == Kind::UserDefined);
        Ok(Self {
            user_defined: Trie::new(user.map(|(id, p)| (p.text.as_str(), id))),
            charsmap: charsmap.map(|b| Charsmap::parse(&b)).transpose()?,
            add_dummy_prefix: normalizer.add_dummy_prefix.unwrap_or(true),
            remove_extra_spaces: normalizer.remove_extra_whitespaces.unwrap_or(true),
            escape_spaces: normalizer.escape_whitespaces.unwrap_or(true),
            space_as_suffix: trainer.treat_whitespace_as_suffix.unwrap_or(false),
            pieces,
            algorithm,
            bytes,
        })
    }

    /// Normalises text and cuts it into pieces; runs of unknown characters are one piece.
    pub fn cut(&self, text: &str) -> Cut {
        let text = self.normalize(text);
        let spans = match &self.algorithm {
            Algorithm::Unigram(unigram) => unigram.encode(&text, &self.pieces),
            Algorithm::Bpe => bpe::encode(&text, &self.pieces, &self.user_defined),
        };
        let mut pieces: Vec<(Range<usize>, u32)> = Vec::with_capacity(spans.len());
        for (span, id) in spans {
            if id != self.pieces.unknown {
                pieces.push((span, id));
            } else if let Some(ids) = &self.bytes {
                pieces.extend(
                    text.as_bytes()[span.clone()]
                        .iter()
                        .map(|&b| (span.clone(), ids[b as usize])),
                );
            } else {
                match pieces.last_mut() {
                    Some((before, last)) if *last == id => before.end = span.end,
                    _ => pieces.push((span, id)),
                }
            }
        }
        Cut { text, pieces }
    }

    /// The library's normaliser: longest rules first, spaces collapsed and escaped, a dummy prefix.
    pub fn normalize(&self, text: &str) -> String {
        let mut rest = text;
        if self.remove_extra_spaces {
            while let (width, " ") = self.next(rest) {
                rest = &rest[width..];
            }
        }
        let mut out = String::with_capacity(rest.len() + 3);
        if rest.is_empty() {
            return out;
        }
        let space = if self.escape_spaces { SPACE } else { " " };
        if self.add_dummy_prefix && !self.space_as_suffix {
            out.push_str(space);
        }
        let mut after_space = self.remove_extra_spaces;
        while !rest.is_empty() {
            let (width, mut string) = self.next(rest);
            rest = &rest[width..];
            if after_space {
                string = string.trim_start_matches(' ');
            }
            if !string.is_empty() {
                for part in string.split_inclusive(' ') {
                    match part.strip_suffix(' ') {
                        Some(word) => {
                            out.push_str(word);
                            out.push_str(space);
                        }
                        None => out.push_str(part),
                    }
                }
                after_space = self.remove_extra_spaces && string.ends_with(' ');
            }
        }
        if self.remove_extra_spaces {
            out.truncate(out.trim_end_matches(space).len());
        }
        if self.add_dummy_prefix && self.space_as_suffix {
            out.push_str(space);
        }
        out
    }

    /// The next bytes that are normalised as one, and what they become; `(0, "")` at the end.
    fn next<'a>(&'a self, text: &'a str) -> (usize, &'a str) {
        if let Some(length) = self.user_defined.longest(text.as_bytes()) {
            return (length, &text[..length]);
        }
        if let Some((length, string)) = self.charsmap.as_ref().and_then(|c| c.longest(text)) {
            return (length, string);
        }
        let width = text.chars().next().map_or(0, char::len_utf8);
        (width, &text[..width])
    }
}

/// Ids of `<0x00>` to `<0xFF>`.
fn byte_pieces(pieces: &Pieces) -> Option<Box<[u32; 256]>> {
    let mut ids = [None; 256];
    for (id, piece) in (0u32..).zip(&pieces.list).filter(|(_, p)| p.kind == Kind::Byte) {
        ids[usize::from(byte_value(&piece.text)?)] = Some(id);
    }
    let mut out = Box::new([0; 256]);
    for (slot, id) in out.iter_mut().zip(ids) {
        *slot = id?;
    }
    Some(out)
}

/// The byte that a piece such as `<0xE8>` stands for.
pub fn byte_value(piece: &str) -> Option<u8> {
    let digits = piece.strip_prefix("<0x")?.strip_suffix('>')?;
    (digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok())?
}
