//! Which files make a tokenizer, and how: decided by what the folder holds.
use super::framing::{Framing, Languages};
use super::layouts;
use super::sentencepiece::SentencePiece;
use super::side::Side;
use super::vocabulary::Vocabulary;
use super::{Normalization, Special, Tokenizer};
use crate::{text::hex::hex, Error, Result};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

pub type Files<'a> = BTreeMap<String, Cow<'a, [u8]>>;

/// What may be read from a model folder.
const NAMES: [&str; 13] = [
    "source.spm",
    "target.spm",
    "vocab.json",
    "target_vocab.json",
    "tokenizer.json",
    "spiece.model",
    "sentencepiece.bpe.model",
    "merges.txt",
    "tokenizer.model",
    "special_tokens_map.json",
    "tokenizer_config.json",
    "config.json",
    "sunto.json",
];
/// Any of these makes a folder one with a tokenizer; the first that is there decides how it is read.
const KINDS: [&str; 6] = [
    "source.spm",
    "tokenizer.json",
    "spiece.model",
    "sentencepiece.bpe.model",
    "merges.txt",
    "tokenizer.model",
];
/// No tokenizer file in use is larger (the largest `tokenizer.json` have about 35 MB).
const MAX_BYTES: u64 = 96 << 20;

/// The settings of this project beside a model's own files.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sunto {
    #[serde(default)]
    normalization: Normalization,
    /// The model was trained to read English hints beside rare words.
    #[serde(default)]
    hints: bool,
}

/// Reads the files of a folder that have to do with text.
pub fn read(dir: &Path) -> Result<Files<'static>> {
    let mut files = Files::new();
    for name in NAMES {
        let path = dir.join(name);
        let Ok(file) = std::fs::File::open(&path) else { continue };
        let mut bytes = vec![];
        let unreadable = |e| Error::new(format!("cannot read `{}`", path.display())).caused_by(e);
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(Error::new(format!(
                "`{}` is larger than {MAX_BYTES} bytes",
                path.display()
            )));
        }
        files.insert(name.to_owned(), bytes.into());
    }
    match KINDS.iter().any(|kind| files.contains_key(*kind)) {
        true => Ok(files),
        false => Err(Error::new(format!("`{}` holds no tokenizer", dir.display()))
            .hint("expected source.spm with target.spm and vocab.json, tokenizer.json, a .model file, or vocab.json with merges.txt")),
    }
}

/// Builds the tokenizer that the files describe.
pub fn build(files: &Files) -> Result<Tokenizer> {
    let kind = KINDS.into_iter().find(|kind| files.contains_key(*kind));
    let mut tokenizer = match kind {
        Some("tokenizer.json") => json(files)?,
        Some("spiece.model") => layouts::t5(files)?,
        Some("sentencepiece.bpe.model") => layouts::fairseq(files)?,
        Some("merges.txt") => layouts::byte_level(files)?,
        Some("tokenizer.model") => layouts::plain(files)?,
        _ => marian(files)?,
    };
    if let Some(bytes) = files.get("sunto.json") {
        let sunto: Sunto = serde_json::from_slice(bytes).map_err(|e| {
            Error::new("not the settings of a model of this project")
                .caused_by(e)
                .of("sunto.json")
        })?;
        tokenizer.normalization = sunto.normalization;
        tokenizer.hints = sunto.hints;
    }
    let config: serde_json::Value = match files.get("config.json") {
        Some(bytes) => {
            serde_json::from_slice(bytes).map_err(|e| Error::new("not a JSON file").caused_by(e).of("config.json"))?
        }
        None => serde_json::Value::Null,
    };
    let id = |key: &str| config[key].as_u64().and_then(|id| u32::try_from(id).ok());
    let special = &mut tokenizer.special;
    special.decoder_start = id("decoder_start_token_id");
    special.eos = special.eos.or_else(|| id("eos_token_id"));
    special.pad = special.pad.or_else(|| id("pad_token_id"));
    special.bos = special.bos.or_else(|| id("bos_token_id"));
    tokenizer.sha256 = hash(files);
    Ok(tokenizer)
}

/// Of names, lengths and contents, in the order of names.
fn hash(files: &Files) -> String {
    let mut hash = Sha256::new();
    for (name, bytes) in files {
        hash.update(name);
        hash.update([0]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    hex(&hash.finalize())
}

pub fn file<'a>(files: &'a Files, name: &str) -> Result<&'a [u8]> {
    files
        .get(name)
        .map(|b| &b[..])
        .ok_or_else(|| Error::new(format!("`{name}` is missing")))
}

/// Marian: two SentencePiece models, pieces to ids by `vocab.json` (and `target_vocab.json`, where there are two).
fn marian(files: &Files) -> Result<Tokenizer> {
    let side = |spm: &str, vocabulary: Arc<Vocabulary>| -> Result<Arc<Side>> {
        let model = SentencePiece::parse(file(files, spm)?).map_err(|e| e.of(spm))?;
        let unknown = vocabulary
            .id("<unk>")
            .ok_or_else(|| Error::new("the vocabulary has no `<unk>`"))?;
        Ok(Arc::new(Side::sentencepiece(model, vocabulary, unknown)))
    };
    let vocabulary = |name: &str| -> Result<Arc<Vocabulary>> {
        let mut vocabulary = Vocabulary::from_json(file(files, name)?).map_err(|e| e.of(name))?;
        for piece in ["</s>", "<unk>", "<pad>"] {
            vocabulary.mark_special(piece);
        }
        let languages: Vec<String> = vocabulary
            .iter()
            .map(|(_, p)| p)
            .filter(|p| p.starts_with(">>") && p.ends_with("<<"))
            .map(str::to_owned)
            .collect();
        for language in &languages {
            vocabulary.mark_special(language);
        }
        Ok(Arc::new(vocabulary))
    };
    let shared = vocabulary("vocab.json")?;
    let separate = files.contains_key("target_vocab.json");
    let source = side("source.spm", shared.clone())?;
    // Where both sides are one, as in a model of a joint vocabulary, it is read once.
    let target = match separate {
        true => side("target.spm", vocabulary("target_vocab.json")?)?,
        false if file(files, "target.spm")? == file(files, "source.spm")? => source.clone(),
        false => side("target.spm", shared)?,
    };
    let id = |piece: &str| target.vocabulary.id(piece);
    let special = Special {
        eos: id("</s>"),
        pad: id("<pad>"),
        unknown: id("<unk>"),
        ..Special::default()
    };
    let eos = source
        .vocabulary
        .id("</s>")
        .ok_or_else(|| Error::new("`vocab.json` has no `</s>`"))?;
    Ok(Tokenizer {
        source,
        framing: Framing {
            suffix: vec![eos],
            ..Framing::default()
        },
        languages: Languages::TargetBeforeSource,
        special,
        target,
        normalization: Normalization::None,
        hints: false,
        sha256: String::new(),
    })
}

/// `tokenizer.json`, read by the tokenizers crate; its post-processor says how a source is framed.
fn json(files: &Files) -> Result<Tokenizer> {
    let bytes = file(files, "tokenizer.json")?;
    let tokenizer = tokenizers::Tokenizer::from_bytes(bytes).map_err(|e| {
        Error::new("not a tokenizer that can be read")
            .caused_by(e)
            .of("tokenizer.json")
    })?;
    let side = Arc::new(Side::json(tokenizer).map_err(|e| e.of("tokenizer.json"))?);
    let (prefix, suffix) = side.json_frame().unwrap_or_default();
    let first = |names: &[&str]| names.iter().find_map(|n| side.vocabulary.id(n));
    let special = Special {
        bos: first(&["<s>", "<bos>", "[CLS]"]),
        eos: first(&["</s>", "<eos>", "[SEP]", "<|im_end|>", "<|endoftext|>"]),
        pad: first(&["<pad>", "[PAD]", "<|endoftext|>"]),
        unknown: first(&["<unk>", "[UNK]"]),
        decoder_start: None,
    };
    Ok(Tokenizer {
        source: side.clone(),
        target: side,
        framing: Framing {
            prefix,
            suffix,
            forced_first: None,
        },
        languages: Languages::Both,
        special,
        normalization: Normalization::None,
        hints: false,
        sha256: String::new(),
    })
}
