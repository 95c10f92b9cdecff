//! Families whose ids are a SentencePiece model's own, shifted, or byte-level pairs: T5, fairseq's and GPT-2's ways.
use super::folder::{file, Files};
use super::framing::{Framing, Languages};
use super::sentencepiece::{Kind, SentencePiece};
use super::side::Side;
use super::vocabulary::Vocabulary;
use super::{Normalization, Special, Tokenizer};
use crate::{Error, Result};
use std::sync::Arc;
use tokenizers::models::bpe::BPE;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;

/// `spiece.model`: ids as in the model, then T5's `<extra_id_99>` to `<extra_id_0>` where `config.json` has more rows
/// than the model has pieces; `</s>` after the source.
pub fn t5(files: &Files) -> Result<Tokenizer> {
    if is_family(files, "pegasus")? {
        return pegasus(files);
    }
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
    let many = is_family(files, "m2m_100")?;
    if many && files.contains_key("vocab.json") {
        return m2m100(files);
    }
    let (model, pieces) = model(files, "sentencepiece.bpe.model")?;
    let languages = languages(files)?;
    if many && languages.is_empty() {
        return Err(Error::new("`special_tokens_map.json` names no languages")
            .hint("fetch the file that belongs to the model, or its `tokenizer.json`"));
    }
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

/// PEGASUS' `spiece.model`: four tokens and 101 that are never used stand before the model's own from the third on.
fn pegasus(files: &Files) -> Result<Tokenizer> {
    let (model, pieces) = model(files, "spiece.model")?;
    let own = ["<pad>", "</s>", "<mask_1>", "<mask_2>"];
    let mut all: Vec<String> = own.iter().map(|p| p.to_string()).collect();
    all.extend((2..103).map(|n| format!("<unk_{n}>")));
    all.extend(pieces.into_iter().skip(2));
    let mut vocabulary = vocabulary(all, &model);
    for piece in ["<mask_1>", "<mask_2>"] {
        vocabulary.mark_special(piece);
    }
    for n in 2..103 {
        vocabulary.mark_special(&format!("<unk_{n}>"));
    }
    finish(model, vocabulary, &[], &["</s>"], Languages::None)
}

/// The languages of M2M100, in the order of their tokens.
const M2M100: &str = "af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha he hi hr ht hu \
    hy id ig ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne nl no ns oc or pa pl ps pt ro ru sd si sk \
    sl so sq sr ss su sv sw ta th tl tn tr uk ur uz vi wo xh yi yo zh zu";

/// M2M100's `sentencepiece.bpe.model` + `vocab.json`: pieces have the ids of `vocab.json`, languages follow.
fn m2m100(files: &Files) -> Result<Tokenizer> {
    let (model, _) = model(files, "sentencepiece.bpe.model")?;
    let mut vocabulary = Vocabulary::from_json(file(files, "vocab.json")?).map_err(|e| e.of("vocab.json"))?;
    for code in M2M100.split_ascii_whitespace() {
        vocabulary.add(&format!("__{code}__"));
        vocabulary.mark_special(&format!("__{code}__"));
    }
    for piece in ["<s>", "<pad>", "</s>", "<unk>"] {
        vocabulary.mark_special(piece);
    }
    finish(model, vocabulary, &[], &["</s>"], Languages::Both)
}

/// `tokenizer.model` of Llama and Gemma: ids as in the model, its beginning before the text and nothing after it.
pub fn plain(files: &Files) -> Result<Tokenizer> {
    let (model, pieces) = model(files, "tokenizer.model")?;
    let begin = ["<s>", "<bos>"].into_iter().find(|b| pieces.iter().any(|p| p == b));
    let begin: Vec<&str> = begin.into_iter().collect();
    let vocabulary = vocabulary(pieces, &model);
    finish(model, vocabulary, &begin, &[], Languages::None)
}

/// `vocab.json` + `merges.txt`: byte-level pairs as GPT-2 has them; `<s> .. </s>` around the source (BART, RoBERTa).
pub fn byte_level(files: &Files) -> Result<Tokenizer> {
    let mut vocabulary = Vocabulary::from_json(file(files, "vocab.json")?).map_err(|e| e.of("vocab.json"))?;
    let text = std::str::from_utf8(file(files, "merges.txt")?)
        .map_err(|e| Error::new("not UTF-8 text").caused_by(e).of("merges.txt"))?;
    let mut merges = vec![];
    for (n, line) in (1..)
        .zip(text.lines())
        .filter(|(_, l)| !l.is_empty() && !l.starts_with("#version"))
    {
        let (left, right) = line
            .split_once(' ')
            .ok_or_else(|| Error::new(format!("line {n} is not a pair: `{line}`")).of("merges.txt"))?;
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
            Error::new("the merges do not belong to the vocabulary")
                .caused_by(e)
                .of("merges.txt")
        })?;
    if let Some(c) = ByteLevel::alphabet()
        .into_iter()
        .find(|c| vocabulary.id(&c.to_string()).is_none())
    {
        return Err(Error::new(format!("the byte `{c}` has no piece")).of("vocab.json"));
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
        hints: false,
        sha256: String::new(),
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
    let map: Map =
        serde_json::from_slice(bytes).map_err(|e| Error::new("not a map of special tokens").caused_by(e).of(name))?;
    Ok(map.additional_special_tokens)
}

/// Whether the model is of this family: some share a file's name with others, but not their ids.
fn is_family(files: &Files, family: &str) -> Result<bool> {
    let Some(config) = files.get("config.json") else {
        return Ok(false);
    };
    let config: serde_json::Value =
        serde_json::from_slice(config).map_err(|e| Error::new("not a JSON file").caused_by(e).of("config.json"))?;
    Ok(config["model_type"] == family)
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
                .ok_or_else(|| Error::new(format!("the model has no `{p}`")))
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
        bos: vocabulary.id("<s>").or_else(|| vocabulary.id("<bos>")),
        eos: vocabulary.id("</s>").or_else(|| vocabulary.id("<eos>")),
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
        hints: false,
        sha256: String::new(),
    })
}
