//! Families whose ids are a SentencePiece model's own, shifted, or byte-level pairs: T5, fairseq's and GPT-2's ways.
use super::error::{Result, TokenizerError};
use super::folder::{file, Files};
use super::framing::{Framing, Languages};
use super::sentencepiece::{Kind, SentencePiece};
use super::side::Side;
use super::vocabulary::Vocabulary;
use super::{Normalization, Special, Tokenizer};
use std::sync::Arc;
use tokenizers::models::bpe::BPE;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;

/// `spiece.model`: ids as in the model, then T5's `<extra_id_99>` to `<extra_id_0>` where `config.json` has more rows
/// than the model has pieces; `</s>` after the source.
pub fn t5(files: &Files) -> Result<Tokenizer> {
    refuse(files, "pegasus", "its ids are shifted by 103")?;
    let (model, mut pieces) = model(files, "spiece.model")?;
    let extra = if files
        .get("tokenizer_config.json")
        .is_none_or(|c| !has(c, "\"extra_ids\": 0"))
    {
        100
    } else {
        0
    };
    if !pieces.iter().any(|p| p.starts_with("<extra_id_")) {
        pieces.extend((0..extra).rev().map(|n| format!("<extra_id_{n}>")));
    }
    let mut vocabulary = vocabulary(pieces, &model);
    for n in 0..100 {
        vocabulary.mark_special(&format!("<extra_id_{n}>"));
    }
    finish(model, vocabulary, &[], &["</s>"], Languages::None)
}

/// `sentencepiece.bpe.model`: fairseq's four tokens come first and every piece is one later than in the model (whose
/// own first three are left out); then the languages of `special_tokens_map.json`, then `<mask>`.
pub fn fairseq(files: &Files) -> Result<Tokenizer> {
    refuse(files, "m2m_100", "its ids are those of `vocab.json` or of NLLB")?;
    let (model, pieces) = model(files, "sentencepiece.bpe.model")?;
    let languages = languages(files)?;
    let own = ["<s>", "<pad>", "</s>", "<unk>"];
    let mut all: Vec<String> = own.iter().map(|p| p.to_string()).collect();
    all.extend(pieces.into_iter().skip(3));
    // What the library numbers 1 past the last piece.
    all.extend(languages.iter().cloned());
    all.push("<mask>".into());
    let mut vocabulary = vocabulary(all, &model);
    for piece in own
        .iter()
        .copied()
        .chain(["<mask>"])
        .chain(languages.iter().map(String::as_str))
    {
        vocabulary.mark_special(piece);
    }
    match languages.is_empty() {
        true => finish(model, vocabulary, &["<s>"], &["</s>"], Languages::None),
        false => finish(model, vocabulary, &[], &["</s>"], Languages::Both),
    }
}

/// `vocab.json` + `merges.txt`: byte-level pairs as GPT-2 has them; `<s> .. </s>` around the source (BART, RoBERTa).
pub fn byte_level(files: &Files) -> Result<Tokenizer> {
    let mut vocabulary = Vocabulary::from_json(file(files, "vocab.json")?).map_err(|e| e.of("vocab.json"))?;
    let text = std::str::from_utf8(file(files, "merges.txt")?)
        .map_err(|e| TokenizerError::new("not UTF-8 text").cause(e).of("merges.txt"))?;
    let mut merges = vec![];
    for (n, line) in (1..)
        .zip(text.lines())
        .filter(|(_, l)| !l.is_empty() && !l.starts_with("#version"))
    {
        let (left, right) = line
            .split_once(' ')
            .ok_or_else(|| TokenizerError::new(format!("line {n} is not a pair: `{line}`")).of("merges.txt"))?;
        merges.push((left.to_owned(), right.to_owned()));
    }
    let ids = vocabulary
        .iter()
        .map(|(id, piece)| (piece.to_owned(), id))
        .collect::<Vec<_>>();
    let bpe = BPE::builder()
        .vocab_and_merges(ids.into_iter().collect::<tokenizers::models::bpe::Vocab>(), merges)
        .build()
        .map_err(|e| {
            TokenizerError::new("the merges do not belong to the vocabulary")
                .cause(e)
                .of("merges.txt")
        })?;
    if let Some(c) = ByteLevel::alphabet()
        .into_iter()
        .find(|c| vocabulary.id(&c.to_string()).is_none())
    {
        return Err(TokenizerError::new(format!("the byte `{c}` has no piece")).of("vocab.json"));
    }
    let mut tokenizer = tokenizers::Tokenizer::new(bpe);
    let level = ByteLevel::new(false, true, true);
    tokenizer.with_pre_tokenizer(Some(level)).with_decoder(Some(level));
    for piece in ["<s>", "</s>", "<pad>", "<unk>", "<mask>"] {
        vocabulary.mark_special(piece);
    }
    let id = |piece: &str| vocabulary.id(piece);
    let special = Special {
        bos: id("<s>"),
        eos: id("</s>"),
        pad: id("<pad>"),
        unknown: id("<unk>"),
        decoder_start: None,
    };
    let framing = Framing {
        prefix: special.bos.into_iter().collect(),
        suffix: special.eos.into_iter().collect(),
        forced_first: None,
    };
    let side = Arc::new(Side::byte_level(tokenizer, Arc::new(vocabulary)));
    Ok(Tokenizer {
        source: side.clone(),
        target: side,
        framing,
        languages: Languages::None,
        special,
        normalization: Normalization::None,
    })
}

/// A model and the texts of its pieces, in order.
fn model(files: &Files, name: &str) -> Result<(SentencePiece, Vec<String>)> {
    let model = SentencePiece::parse(file(files, name)?).map_err(|e| e.of(name))?;
    let pieces = model.pieces.list.iter().map(|p| p.text.clone()).collect();
    Ok((model, pieces))
}

/// The vocabulary of these pieces, with the model's controls marked.
fn vocabulary(pieces: Vec<String>, model: &SentencePiece) -> Vocabulary {
    let mut vocabulary = Vocabulary::new(pieces);
    for piece in model
        .pieces
        .list
        .iter()
        .filter(|p| matches!(p.kind, Kind::Control | Kind::Unknown))
    {
        vocabulary.mark_special(&piece.text);
    }
    vocabulary
}

/// Language tokens in their order: `additional_special_tokens` of `special_tokens_map.json`.
fn languages(files: &Files) -> Result<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Map {
        #[serde(default)]
        additional_special_tokens: Vec<String>,
    }
    let name = "special_tokens_map.json";
    let Some(bytes) = files.get(name) else {
        return Ok(vec![]);
    };
    let map: Map = serde_json::from_slice(bytes)
        .map_err(|e| TokenizerError::new("not a map of special tokens").cause(e).of(name))?;
    Ok(map.additional_special_tokens)
}

/// Families that share a file name with others, but not their ids: only their `tokenizer.json` is read.
fn refuse(files: &Files, family: &str, why: &str) -> Result<()> {
    let Some(config) = files.get("config.json") else {
        return Ok(());
    };
    let config: serde_json::Value = serde_json::from_slice(config)
        .map_err(|e| TokenizerError::new("not a JSON file").cause(e).of("config.json"))?;
    match config["model_type"] == family {
        true => Err(TokenizerError::new(format!(
            "the tokenizer of `{family}` is read from `tokenizer.json` only: {why}"
        ))
        .hint("convert it with transformers: `AutoTokenizer.from_pretrained(..).save_pretrained(..)`")),
        false => Ok(()),
    }
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|w| w == text.as_bytes())
}

fn finish(
    model: SentencePiece,
    vocabulary: Vocabulary,
    before: &[&str],
    after: &[&str],
    languages: Languages,
) -> Result<Tokenizer> {
    let ids = |pieces: &[&str]| -> Result<Vec<u32>> {
        let id = |p: &&str| {
            vocabulary
                .id(p)
                .ok_or_else(|| TokenizerError::new(format!("the model has no `{p}`")))
        };
        pieces.iter().map(id).collect()
    };
    let framing = Framing {
        prefix: ids(before)?,
        suffix: ids(after)?,
        forced_first: None,
    };
    let unknown = ids(&["<unk>"])?[0];
    let special = Special {
        bos: vocabulary.id("<s>"),
        eos: vocabulary.id("</s>"),
        pad: vocabulary.id("<pad>"),
        unknown: Some(unknown),
        decoder_start: None,
    };
    let side = Arc::new(Side::sentencepiece(model, Arc::new(vocabulary), unknown));
    Ok(Tokenizer {
        source: side.clone(),
        target: side,
        framing,
        languages,
        special,
        normalization: Normalization::None,
    })
}
