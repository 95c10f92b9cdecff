//! What a card names is what its family's loader reads: each card's files, and no others, in a folder that opens.
use std::{collections::BTreeMap, fs, path::Path};
use sunto::{
    eval::{metric, metrics::learned::ModelOf, Options as Scoring},
    model::{
        card::{ModelCard, Task},
        chat::{Chat, Message},
        load, Options, Source,
    },
    nn::Device,
    tokenizer::Tokenizer,
};

const PARITY: &str = "tests/parity";

/// The tiny likeness of a card's file.
fn likeness(card: &ModelCard, file: &str) -> String {
    let family = card.family.as_str();
    let folder = match family {
        "roberta" | "xlm-roberta" => "learned/xlm-roberta",
        "deberta-v2" => "learned/deberta",
        _ if card.task == Task::Metric => "learned/metricx",
        _ => &format!("families/{family}"),
    };
    let path = match file {
        "pytorch_model.bin" if card.task == Task::Metric => "pickle/metricx.bin".into(),
        "pytorch_model.bin" if family == "m2m_100" => "pickle/pytorch_model.bin".into(),
        "pytorch_model.bin" => format!("pickle/{family}.bin"),
        "source.spm" | "target.spm" => format!("tokenizer/marian/{file}"),
        "vocab.json" if family == "marian" => "tokenizer/marian/vocab.json".into(),
        "vocab.json" | "merges.txt" | "spiece.model" => format!("tokenizer/layouts/{file}"),
        "tokenizer.json" if !folder.starts_with("learned") => "tokenizer/more/tokenizer.json".into(),
        _ if file.ends_with(".gguf") => format!("chat/{family}.gguf"),
        _ => format!("{folder}/{file}"),
    };
    format!("{PARITY}/{path}")
}

#[test]
fn a_cards_files_are_what_its_loader_reads() {
    for card in ModelCard::all().map(Result::unwrap).filter(|c| !c.embedded) {
        let name = &card.name;
        let dir = tempfile::tempdir().unwrap();
        let beside = card.beside.iter().flat_map(|b| &b.files);
        for file in card.files.iter().chain(beside).map(String::as_str) {
            let from = likeness(&card, file);
            match fs::copy(&from, dir.path().join(file)) {
                Ok(_) => {}
                // What is read where it is there.
                Err(_) if ["tokenizer_config.json", "hparams.yaml"].contains(&file) => {}
                Err(e) => panic!("{name}: `{file}` is like no file that a loader reads ({from}): {e}"),
            }
        }
        match card.task {
            Task::Instruct => chats(&card, dir.path()),
            Task::Translate | Task::Summarize => writes(&card, dir.path()),
            Task::Encode | Task::Metric => scores(&card, dir.path()),
        }
    }
}

fn chats(card: &ModelCard, dir: &Path) {
    let chat = Chat::open(&dir.join(&card.files[0]), &Device::cpu()).unwrap();
    assert_eq!(chat.layout().architecture, card.family, "{}", card.name);
    assert!(
        chat.prompt(&[Message::user("Ciao")]).unwrap().contains("Ciao"),
        "{}",
        card.name
    );
}

fn writes(card: &ModelCard, dir: &Path) {
    let config: serde_json::Value = serde_json::from_slice(&fs::read(dir.join("config.json")).unwrap()).unwrap();
    assert_eq!(config["model_type"], card.family.as_str(), "{}", card.name);
    let open = |allow_pickle| {
        let options = Options {
            allow_pickle,
            ..Options::default()
        };
        load(Source::Folder(dir), &options)
    };
    if card.has_pickle() {
        assert!(open(false).is_err(), "{}", card.name);
    }
    let loaded = open(card.has_pickle());
    assert!(loaded.is_ok(), "{}: {:?}", card.name, loaded.err());
    let tokenizer = Tokenizer::open(dir);
    assert!(tokenizer.is_ok(), "{}: {:?}", card.name, tokenizer.err());
}

fn scores(card: &ModelCard, dir: &Path) {
    let metric = match card.name.as_str() {
        "roberta-large" => "bertscore",
        "mdeberta-nli" => "nli",
        "comet-22" => "comet",
        "metricx-24-large" => "metricx",
        other => panic!("`{other}` serves no metric"),
    };
    let tokenizer = Tokenizer::open(dir);
    assert!(tokenizer.is_ok(), "{}: {:?}", card.name, tokenizer.err());
    if metric == "metricx" {
        // The tiny checkpoint has fewer words than the vocabulary of these tests: its own stands in from here.
        fs::remove_file(dir.join("spiece.model")).unwrap();
        fs::copy(
            "tests/parity/learned/metricx/tokenizer.json",
            dir.join("tokenizer.json"),
        )
        .unwrap();
    }
    let build = |allow_pickle| {
        let of = ModelOf {
            model: dir.to_path_buf(),
            // The tiny encoder has no layer 17.
            layer: (metric == "bertscore").then_some(1),
            ..ModelOf::default()
        };
        let options = Scoring {
            models: BTreeMap::from([(metric.to_string(), of)]),
            allow_pickle,
            ..Scoring::default()
        };
        metric::build(metric, &options).map(|_| ())
    };
    if card.has_pickle() {
        let error = build(false).unwrap_err();
        let cause = error.cause.unwrap().to_string();
        assert!(
            cause.starts_with("the weights in") && cause.ends_with("are a pickle"),
            "{cause}"
        );
    }
    let built = build(card.has_pickle());
    assert!(built.is_ok(), "{}: {:?}", card.name, built.err());
}

#[test]
fn a_card_follows_a_commit_or_says_which_branch() {
    for card in ModelCard::all().map(Result::unwrap).filter(|c| !c.embedded) {
        let revision = card.revision.unwrap();
        let is_commit = revision.len() == 40 && revision.bytes().all(|b| b.is_ascii_hexdigit());
        let is_pinned = revision.starts_with("refs/pr/") && card.pin.is_some();
        let follows = ["translategemma-4b", "it5-news", "mt5-crosssum", "metricx-24-large"];
        assert_eq!(
            is_commit || is_pinned,
            !follows.contains(&card.name.as_str()),
            "{}",
            card.name
        );
        assert!(is_commit || is_pinned || revision == "main", "{}", card.name);
    }
}
