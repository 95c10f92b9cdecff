//! Encoders, BERTScore and COMET equal transformers, bert-score and unbabel-comet on tiny checkpoints made by
//! tests/parity/encoders.py.
use serde_json::Value;
use std::{fs, path::Path};
use sunto::{
    eval::metrics::bertscore::{self, Idf},
    model::{
        comet::{Comet, Mix},
        roberta::{Config, Roberta},
    },
    nn::{Device, Weights},
};

const FOLDER: &str = "tests/parity/encoders";

fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string(format!("{FOLDER}/expected.json")).unwrap()).unwrap()
}

fn load(family: &str) -> (Roberta, Weights) {
    let folder = Path::new(FOLDER).join(family);
    let config = Config::parse(&fs::read_to_string(folder.join("config.json")).unwrap()).unwrap();
    let weights = Weights::open_folder(&folder).unwrap();
    (Roberta::load(config, &weights, Device::cpu()).unwrap(), weights)
}

fn texts(entry: &Value) -> Vec<Vec<u32>> {
    serde_json::from_value(entry["texts"].clone()).unwrap()
}

#[test]
fn hidden_states_equal_transformers_alone_and_in_a_batch() {
    for (family, entry) in expected().as_object().unwrap() {
        let (encoder, _) = load(family);
        let texts = texts(entry);
        let expected: Vec<Vec<Vec<Vec<f32>>>> = serde_json::from_value(entry["hidden"].clone()).unwrap();
        let batch: Vec<&[u32]> = texts[..expected.len()].iter().map(Vec::as_slice).collect();
        let together = encoder.hidden_states(&batch).unwrap();
        assert_eq!(together.len(), 4);
        for (row, layers) in expected.iter().enumerate() {
            let alone = encoder.hidden_states(&batch[row..=row]).unwrap();
            for (layer, tokens) in layers.iter().enumerate() {
                for (states, at) in [(&together, row), (&alone, 0)] {
                    let ours: Vec<Vec<f32>> = states[layer].get(at).unwrap().to_vec2().unwrap();
                    for (ours, theirs) in ours.iter().flatten().zip(tokens.iter().flatten()) {
                        assert!(
                            (ours - theirs).abs() < 1e-4,
                            "{family} text {row} layer {layer}: {ours} {theirs}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn bertscore_equals_bert_score() {
    for (family, entry) in expected().as_object().unwrap() {
        let (encoder, _) = load(family);
        let texts = texts(entry);
        let idf = Idf::of(texts[..4].iter().map(Vec::as_slice));
        for case in entry["bertscore"].as_array().unwrap() {
            let at = |key: &str| case[key].as_u64().unwrap() as usize;
            let idf = case["idf"].as_bool().unwrap().then_some(&idf);
            let found = bertscore::matched(&encoder, at("layer"), &texts[at("hyp")], &texts[at("ref")], idf).unwrap();
            let theirs: Vec<f64> = serde_json::from_value(case["expected"].clone()).unwrap();
            for (ours, theirs) in [found.precision, found.recall, found.f1].iter().zip(theirs) {
                assert!((ours - theirs).abs() < 1e-4, "{family} {case}: {found:?}");
            }
        }
    }
}

#[test]
fn comet_equals_unbabels() {
    let entry = &expected()["xlm-roberta"];
    let texts = texts(entry);
    for (name, mix) in [("softmax", Mix::Softmax), ("sparsemax", Mix::Sparsemax)] {
        let (encoder, weights) = load("xlm-roberta");
        let comet = Comet::load(encoder, &weights, mix, &[20, 12]).unwrap();
        let cases = entry["comet"][name].as_array().unwrap();
        let column = |k: usize| -> Vec<&[u32]> {
            cases
                .iter()
                .map(|c| texts[c["triple"][k].as_u64().unwrap() as usize].as_slice())
                .collect()
        };
        // All at once, so that padding is part of what is compared.
        let scores = comet.score(&column(0), &column(1), &column(2)).unwrap();
        for (ours, case) in scores.iter().zip(cases) {
            let theirs = case["expected"].as_f64().unwrap() as f32;
            assert!((ours - theirs).abs() < 1e-4, "{name} {case}: {ours}");
        }
    }
}

#[test]
fn faults_are_errors() {
    let (encoder, weights) = load("bert");
    let check = |text: &[u32], expected: &str| {
        assert_eq!(encoder.hidden_states(&[text]).unwrap_err().what, expected);
    };
    check(&[], "no text to encode");
    check(&[1; 41], "a text of 41 tokens, where the model reads 40");
    check(&[500], "token 500 lies outside the vocabulary of 120");
    let bad = |from: &str, to: &str| {
        let json = fs::read_to_string(format!("{FOLDER}/bert/config.json"))
            .unwrap()
            .replace(from, to);
        Config::parse(&json).unwrap_err().what
    };
    assert_eq!(
        bad("\"num_attention_heads\": 4", "\"num_attention_heads\": 0"),
        "0 heads do not divide a width of 24"
    );
    assert!(bad("\"bert\"", "\"gpt2\"").starts_with("`gpt2` is no encoder that sunto runs, expected one of bert"));
    let encoder = load("bert").0;
    let error = Comet::load(encoder, &weights, Mix::Softmax, &[20]).err().unwrap();
    assert!(
        error.what.contains("layerwise_attention.scalar_parameters.0"),
        "{}",
        error.what
    );
}
