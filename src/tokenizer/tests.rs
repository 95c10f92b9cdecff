//! The tokenizer against transformers' ids, against hostile files, and its own promises.
use super::*;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const MARIAN: [(&str, &[u8]); 3] = [
    (
        "source.spm",
        include_bytes!("../../tests/parity/tokenizer/marian/source.spm"),
    ),
    (
        "target.spm",
        include_bytes!("../../tests/parity/tokenizer/marian/target.spm"),
    ),
    (
        "vocab.json",
        include_bytes!("../../tests/parity/tokenizer/marian/vocab.json"),
    ),
];

fn marian() -> &'static Tokenizer {
    static TOKENIZER: LazyLock<Tokenizer> = LazyLock::new(|| Tokenizer::from_bytes(&MARIAN).unwrap());
    &TOKENIZER
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .take(6)
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn ids_digest(ids: &[u32]) -> String {
    digest(&ids.iter().map(u32::to_string).collect::<Vec<_>>().join(","))
}

/// `tests/parity/tokenizer_marian.py` wrote the ids with sentencepiece and transformers' MarianTokenizer.
#[test]
fn marian_ids_equal_transformers_on_awkward_strings() {
    let tokenizer = marian();
    let rows = include_str!("../../tests/parity/tokenizer/marian/ids.jsonl");
    let mut full = 0;
    for row in rows.lines() {
        let row: Vec<serde_json::Value> = serde_json::from_str(row).unwrap();
        let text = row[0].as_str().unwrap();
        let whole = text.repeat(row[1].as_u64().unwrap() as usize);
        let (source, target) = (tokenizer.encode(&whole), tokenizer.encode_target(&whole));
        let back = tokenizer.decode(&target);
        if row.len() > 5 {
            let ids = |v: &serde_json::Value| serde_json::from_value::<Vec<u32>>(v.clone()).unwrap();
            assert_eq!(
                (source.clone(), target.clone()),
                (ids(&row[5]), ids(&row[6])),
                "{text:?}"
            );
            assert_eq!(back, row[7].as_str().unwrap(), "{text:?}");
            full += 1;
        }
        assert_eq!(ids_digest(&source), row[2], "source ids of {text:?}: {source:?}");
        assert_eq!(ids_digest(&target), row[3], "target ids of {text:?}: {target:?}");
        assert_eq!(digest(&back), row[4], "text of {text:?}: {back:?}");
    }
    assert!(full >= 30 && rows.lines().count() >= 3000);
}

/// `tests/parity/tokenizer_layouts.py` wrote the ids with sentencepiece and fairseq's arithmetic, and with transformers.
#[test]
fn other_layouts_equal_their_references() {
    type Row = (String, Vec<String>);
    let check = |files: &[(&str, &[u8])], column: usize| {
        let tokenizer = Tokenizer::from_bytes(files).unwrap();
        let rows = include_str!("../../tests/parity/tokenizer/layouts/ids.jsonl");
        assert!(rows.lines().count() >= 1000);
        for row in rows.lines() {
            let (text, digests): Row = serde_json::from_str(row).unwrap();
            let ids = tokenizer.encode(&text);
            assert_eq!(ids_digest(&ids), digests[column], "{} {text:?}: {ids:?}", files[0].0);
        }
        tokenizer
    };
    let spm = include_bytes!("../../tests/parity/tokenizer/layouts/spiece.model");
    let t5 = check(&[("spiece.model", spm)], 0);
    let size = t5.vocab_size() as u32;
    assert_eq!(
        (t5.id("<extra_id_0>"), t5.id("<extra_id_99>")),
        (Some(size - 1), Some(size - 100))
    );
    let bpe = include_bytes!("../../tests/parity/tokenizer/layouts/sentencepiece.bpe.model");
    let roberta = check(&[("sentencepiece.bpe.model", bpe)], 1);
    assert_eq!(
        (roberta.id("<pad>"), roberta.id("<mask>")),
        (Some(1), Some(roberta.vocab_size() as u32 - 1))
    );
    let codes = br#"{"additional_special_tokens": ["en_XX", "it_IT"]}"#;
    let mbart = Tokenizer::from_bytes(&[("sentencepiece.bpe.model", bpe), ("special_tokens_map.json", codes)]).unwrap();
    let mbart = mbart.with_languages(Some("it_IT"), Some("en_XX")).unwrap();
    let last = mbart.vocab_size() as u32 - 1;
    assert_eq!(
        (mbart.encode("")[0], mbart.framing().forced_first),
        (last - 1, Some(last - 2))
    );
    let bart = check(
        &[
            (
                "vocab.json",
                include_bytes!("../../tests/parity/tokenizer/layouts/vocab.json"),
            ),
            (
                "merges.txt",
                include_bytes!("../../tests/parity/tokenizer/layouts/merges.txt"),
            ),
        ],
        2,
    );
    assert_eq!(
        bart.decode(&bart.encode_phrase("città è «così» 😀")),
        "città è «così» 😀"
    );
    assert!(bart.begins_word(bart.encode_phrase("the")[0]));
}

/// `tests/parity/tokenizer_more.py` wrote the digests with transformers and sentencepiece, for the lines of the test
/// above.
#[test]
fn further_layouts_equal_their_references() {
    let texts = include_str!("../../tests/parity/tokenizer/layouts/ids.jsonl");
    let texts: Vec<String> = texts
        .lines()
        .map(|row| serde_json::from_str::<(String, Vec<String>)>(row).unwrap().0)
        .collect();
    let digests = include_str!("../../tests/parity/tokenizer/more/digests.txt");
    let check = |column: usize, tokenizer: Tokenizer| {
        assert_eq!(digests.lines().count(), 1000);
        for (text, row) in texts.iter().zip(digests.lines()) {
            let ids = tokenizer.encode(text);
            let expected = row.split(' ').nth(column).unwrap();
            assert_eq!(&ids_digest(&ids)[..8], expected, "{column} {text:?}: {ids:?}");
        }
    };
    let spm: &[u8] = include_bytes!("../../tests/parity/tokenizer/layouts/spiece.model");
    let bpe: &[u8] = include_bytes!("../../tests/parity/tokenizer/layouts/sentencepiece.bpe.model");
    let vocab: &[u8] = include_bytes!("../../tests/parity/tokenizer/more/vocab.json");
    let open = |files: &[(&str, &[u8])]| Tokenizer::from_bytes(files).unwrap();
    let pegasus = open(&[("spiece.model", spm), ("config.json", br#"{"model_type": "pegasus"}"#)]);
    assert_eq!(
        (pegasus.id("<pad>"), pegasus.id("<unk_102>"), pegasus.id("<unk>")),
        (Some(0), Some(104), Some(105))
    );
    check(0, pegasus);
    let family = ("config.json", br#"{"model_type": "m2m_100"}"# as &[u8]);
    let m2m = open(&[("sentencepiece.bpe.model", bpe), ("vocab.json", vocab), family]);
    let m2m = m2m.with_languages(Some("it"), Some("en")).unwrap();
    assert_eq!(m2m.framing().forced_first, m2m.id("__en__"));
    let chosen = open(&[("sentencepiece.bpe.model", bpe), ("vocab.json", vocab), family]);
    assert_eq!(chosen.italian_to_english().unwrap().framing(), m2m.framing());
    check(1, m2m);
    let codes = (
        "special_tokens_map.json",
        br#"{"additional_special_tokens": ["eng_Latn", "ita_Latn"]}"# as &[u8],
    );
    let nllb = open(&[("sentencepiece.bpe.model", bpe), codes, family]);
    let nllb = nllb.italian_to_english().unwrap();
    assert_eq!(nllb.framing().forced_first, nllb.id("eng_Latn"));
    check(2, nllb);
    let one_way = marian().framing().clone();
    assert_eq!(
        Tokenizer::from_bytes(&MARIAN)
            .unwrap()
            .italian_to_english()
            .unwrap()
            .framing(),
        &one_way
    );
    let llama: &[u8] = include_bytes!("../../tests/parity/tokenizer/more/tokenizer.model");
    check(3, open(&[("tokenizer.model", llama)]));
    let json: &[u8] = include_bytes!("../../tests/parity/tokenizer/more/tokenizer.json");
    check(4, open(&[("tokenizer.json", json)]));
    let error = Tokenizer::from_bytes(&[("sentencepiece.bpe.model", bpe), family]).unwrap_err();
    assert_eq!(error.to_string(), "`special_tokens_map.json` names no languages");
}

/// As transformers: the token of the target language, then the source as it would be without it.
#[test]
fn a_target_language_goes_before_the_source() {
    let mut vocab: serde_json::Value = serde_json::from_slice(MARIAN[2].1).unwrap();
    let id = vocab.as_object().unwrap().len() as u32;
    vocab[">>eng<<"] = id.into();
    let vocab = vocab.to_string();
    let several = Tokenizer::from_bytes(&[MARIAN[0], MARIAN[1], ("vocab.json", vocab.as_bytes())]).unwrap();
    let several = several.italian_to_english().unwrap();
    for text in ["La corte ha deciso.", "", ">>eng<<", "città «così»"] {
        let plain = marian().encode(text);
        assert_eq!(several.encode(text), [vec![id], plain].concat(), "{text:?}");
    }
    assert_eq!(several.decode(&[id, 0]), "");
}

#[test]
fn special_tokens_in_a_text_are_text() {
    let tokenizer = marian();
    let special = tokenizer.special();
    assert_eq!((special.eos, special.unknown), (Some(0), Some(1)));
    assert_eq!(special.pad, Some(tokenizer.vocab_size() as u32 - 1));
    let ids = tokenizer.encode_bare("fine</s><pad> >>fra<<");
    assert!(!ids.contains(&0) && !ids.contains(&special.pad.unwrap()), "{ids:?}");
    assert_eq!(tokenizer.encode(""), [0]);
    assert_eq!(tokenizer.decode(&[0, 1, special.pad.unwrap(), u32::MAX]), "");
}

#[test]
fn a_phrase_begins_a_word() {
    let tokenizer = marian();
    let ids = tokenizer.encode_phrase("the police");
    assert!(tokenizer.begins_word(ids[0]) && !tokenizer.is_special(ids[0]));
    assert_eq!(tokenizer.decode(&ids), "the police");
    assert_eq!(tokenizer.id(tokenizer.piece(ids[0]).unwrap()), Some(ids[0]));
    assert_eq!(tokenizer.piece(u32::MAX), None);
}

#[test]
fn the_settings_beside_a_model_choose_the_normalisation() {
    let with = |json: &'static str| {
        let mut files = MARIAN.to_vec();
        files.push(("sunto.json", json.as_bytes()));
        Tokenizer::from_bytes(&files)
    };
    let text = "«L’uomo…»";
    assert_eq!(
        with(r#"{"normalization": "sunto"}"#).unwrap().encode(text),
        marian().encode("\"L'uomo...\"")
    );
    assert_eq!(
        with(r#"{"normalization": "none"}"#).unwrap().encode(text),
        marian().encode(text)
    );
    assert_ne!(marian().encode(text), marian().encode("\"L'uomo...\""));
    let error = with(r#"{"normalization": "other"}"#).unwrap_err().to_string();
    assert_eq!(error, "`sunto.json`: not the settings of a model of this project");
}

#[test]
fn missing_and_hostile_files_are_clear_errors() {
    let check = |name: &str, content: &[u8], expected: &str| {
        let mut files = MARIAN.to_vec();
        files.retain(|(n, _)| *n != name);
        if !content.is_empty() {
            files.push((name, content));
        }
        assert_eq!(Tokenizer::from_bytes(&files).unwrap_err().to_string(), expected);
    };
    check("vocab.json", b"", "`vocab.json` is missing");
    check("target.spm", b"", "`target.spm` is missing");
    check("vocab.json", br#"{"a": 0}"#, "the vocabulary has no `<unk>`");
    let unusable = "`source.spm`: not a usable SentencePiece model: ";
    check(
        "source.spm",
        b"\x0a\xff\xff\xff\xff\x0f",
        &format!("{unusable}it is cut short or not a SentencePiece file"),
    );
    check(
        "source.spm",
        b"\x1a\x00",
        &format!("{unusable}it has no piece for unknown text"),
    );
    check(
        "source.spm",
        b"\x0a\x00",
        &format!("{unusable}piece 0 is empty or has no finite score"),
    );
    check("config.json", b"{", "`config.json`: not a JSON file");
    let huge = vec![0; (16 << 20) + 1];
    check(
        "source.spm",
        &huge,
        &format!("{unusable}16777217 bytes; at most 16777216 are read"),
    );
    assert_eq!(
        Tokenizer::from_bytes(&[("tokenizer.json", b"{}")])
            .unwrap_err()
            .to_string(),
        "`tokenizer.json`: not a tokenizer that can be read"
    );
    let empty = tempfile::tempdir().unwrap();
    let error = Tokenizer::open(empty.path()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("`{}` holds no tokenizer", empty.path().display())
    );
}

#[test]
fn every_cut_of_a_model_file_is_an_error_or_usable() {
    let spm = MARIAN[1].1;
    for length in (0..spm.len()).step_by(61) {
        if let Ok(model) = SentencePiece::parse(&spm[..length]) {
            model.cut("Qualunque testo, anche «questo» 😀");
        }
    }
}

proptest! {
    #[test]
    fn words_come_back(words in prop::collection::vec("[a-zA-Z0-9.,'-]{1,12}", 0..12)) {
        let text = words.join(" ");
        let tokenizer = marian();
        // The target model knows only what its small corpus had: unknown characters say nothing, the rest comes back.
        let ids = tokenizer.encode_target(&text);
        if !ids.contains(&1) {
            prop_assert_eq!(tokenizer.decode(&ids), text);
        }
    }

    #[test]
    fn changed_model_files_never_panic(at in 0usize..15_000, byte: u8, text in ".{0,20}") {
        let mut spm = MARIAN[1].1.to_vec();
        let at = at % spm.len();
        spm[at] = byte;
        if let Ok(model) = SentencePiece::parse(&spm) {
            let cut = model.cut(&text);
            prop_assert!(cut.pieces.iter().all(|(span, _)| cut.text.get(span.clone()).is_some()));
        }
    }

    #[test]
    fn any_text_is_cut(text in any::<String>()) {
        let ids = marian().encode(&text);
        prop_assert_eq!(*ids.last().unwrap(), 0);
        prop_assert!(ids.iter().all(|&id| (id as usize) < marian().vocab_size()));
    }
}

#[test]
fn a_hash_tells_files_apart() {
    let hash = |files: &[(&str, &[u8])]| Tokenizer::from_bytes(files).unwrap().sha256().to_string();
    let all = hash(&MARIAN);
    assert_eq!(all.len(), 64);
    let mut files = MARIAN.to_vec();
    files.reverse();
    assert_eq!(hash(&files), all, "the order of files is nothing");
    let settings: (&str, &[u8]) = ("sunto.json", b"{}");
    assert_ne!(hash(&[&MARIAN[..], &[settings]].concat()), all);
}
