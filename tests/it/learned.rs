//! Learned metrics from text to score equal bert-score, unbabel-comet, transformers and MetricX's script, on the tiny
//! checkpoints of tests/parity/learned.py; and the command computes them.
use assert_cmd::Command;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use sunto::{
    eval::{metric, metrics::learned::ModelOf, Options, Segment},
    model::deberta::{Config, Deberta},
    nn::{Device, Weights},
};

const FOLDER: &str = "tests/parity/learned";

fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string(format!("{FOLDER}/expected.json")).unwrap()).unwrap()
}

/// The encoder with hyperparameters that name the layer mix.
fn encoder(mix: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        fs::copy(
            Path::new(FOLDER).join("xlm-roberta").join(name),
            folder.path().join(name),
        )
        .unwrap();
    }
    let hparams = format!("encoder_model: XLM-RoBERTa\nlayer_transformation: {mix}\n");
    fs::write(folder.path().join("hparams.yaml"), hparams).unwrap();
    folder
}

/// Checks each segment's score, and their mean.
fn check(name: &str, of: ModelOf, expected: &Value, cases: &Value) {
    let cases = cases.as_array().unwrap();
    let text = |v: &Value| v.as_str().unwrap().to_string();
    let texts: Vec<(String, String, Vec<String>)> = cases
        .iter()
        .map(|c| {
            let references = c["references"].as_array().unwrap().iter().map(text).collect();
            (text(&c["source"]), text(&c["hypothesis"]), references)
        })
        .collect();
    let segments: Vec<Segment> = texts
        .iter()
        .map(|(source, hypothesis, references)| Segment {
            hypothesis,
            references: references.iter().map(String::as_str).collect(),
            source: Some(source),
            record: None,
        })
        .collect();
    let options = Options {
        models: BTreeMap::from([(name.to_string(), of)]),
        ..Options::default()
    };
    let metric = metric::build(name, &options).unwrap();
    let signature = &metric.label().signature;
    assert!(
        signature.starts_with("model:") && signature.contains("impl:sunto-"),
        "{signature}"
    );
    let expected: Vec<f64> = serde_json::from_value(expected.clone()).unwrap();
    let stats = metric.stats(&segments).unwrap();
    assert_eq!(stats.len(), expected.len());
    for (i, (ours, theirs)) in stats.iter().zip(&expected).enumerate() {
        assert!(
            (ours.0[0] - theirs).abs() < 1e-4,
            "{name} {i}: {} here, {theirs} there",
            ours.0[0]
        );
    }
    let scale = if name.starts_with("metricx") { 1.0 } else { 100.0 };
    let mean = scale * expected.iter().sum::<f64>() / expected.len() as f64;
    assert!((metric.score(&stats.iter().sum()) - mean).abs() < 1e-2);
}

fn of(folder: &Path) -> ModelOf {
    ModelOf {
        model: folder.into(),
        ..ModelOf::default()
    }
}

#[test]
fn bertscore_of_texts_equals_bert_score_in_any_layer() {
    let (expected, folder) = (expected(), encoder("sparsemax"));
    for (form, column) in expected["bertscore"].as_object().unwrap() {
        let of = ModelOf {
            layer: form.strip_prefix("layer=").and_then(|f| f[..1].parse().ok()),
            idf: form.ends_with("idf"),
            ..of(folder.path())
        };
        check("bertscore", of, column, &expected["cases"]);
    }
    // Rescaled: each F1 less the baseline's, over what is left of 1.
    let baseline = folder.path().join("baseline.tsv");
    fs::write(&baseline, "LAYER,P,R,F\n0,0.1,0.1,0.1\n3,0.31,0.32,0.315\n").unwrap();
    let plain: Vec<f64> = serde_json::from_value(expected["bertscore"]["layer=3"].clone()).unwrap();
    let rescaled: Vec<f64> = plain.iter().map(|f| (f - 0.315) / (1.0 - 0.315)).collect();
    let of = ModelOf {
        layer: Some(3),
        baseline: Some(baseline),
        ..of(folder.path())
    };
    check("bertscore", of, &serde_json::json!(rescaled), &expected["cases"]);
}

#[test]
fn comet_of_texts_equals_unbabels() {
    let expected = expected();
    for (mix, column) in expected["comet"].as_object().unwrap() {
        let folder = encoder(mix);
        for batch in [1, 3, 100] {
            let of = ModelOf {
                batch: Some(batch),
                ..of(folder.path())
            };
            check("comet", of, column, &expected["cases"]);
        }
    }
}

#[test]
fn deberta_equals_transformers_alone_and_in_a_batch() {
    let expected = expected();
    let folder = Path::new(FOLDER).join("deberta");
    let config = Config::parse(&fs::read_to_string(folder.join("config.json")).unwrap()).unwrap();
    assert_eq!(config.labels(), ["entailment", "neutral", "contradiction"]);
    let model = Deberta::load(config, &Weights::open_folder(&folder).unwrap(), Device::cpu()).unwrap();
    let cases = expected["deberta"].as_array().unwrap();
    let ids: Vec<Vec<u32>> = cases
        .iter()
        .map(|c| serde_json::from_value(c["ids"].clone()).unwrap())
        .collect();
    let texts: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
    let together = model.classify(&texts).unwrap();
    for (i, case) in cases.iter().enumerate() {
        let theirs: Vec<f32> = serde_json::from_value(case["classes"].clone()).unwrap();
        let alone = model.classify(&texts[i..=i]).unwrap();
        for ours in [&together[i], &alone[0]] {
            assert!(
                ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-4),
                "{i}: {ours:?} {theirs:?}"
            );
        }
    }
    let error = |texts: &[&[u32]]| model.classify(texts).unwrap_err().to_string();
    assert_eq!(error(&[]), "no text to classify");
    assert_eq!(error(&[&[3; 49]]), "a text of 49 tokens, where the model reads 48");
    let config = fs::read_to_string(folder.join("config.json")).unwrap();
    let bad = |from: &str, to: &str| Config::parse(&config.replace(from, to)).unwrap_err().to_string();
    assert_eq!(
        bad("\"share_att_key\": true", "\"share_att_key\": false"),
        "`share_att_key` of `config.json` is not as in DeBERTa v3"
    );
    assert!(bad("\"deberta-v2\"", "\"bert\"").starts_with("`bert` is no classifier"));
}

#[test]
fn metrics_without_reference_equal_their_references() {
    let expected = expected();
    let folder = |name: &str| PathBuf::from(FOLDER).join(name);
    check("nli", of(&folder("deberta")), &expected["nli"], &expected["cases"]);
    for name in ["metricx", "metricx-qe"] {
        for batch in [1, 8] {
            let of = ModelOf {
                batch: Some(batch),
                ..of(&folder("metricx"))
            };
            check(name, of, &expected[name], &expected["cases"]);
        }
    }
}

/// Runs `sunto eval score` over the cases with one reference each.
fn score(more: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let expected = expected();
    let write = |name: &str, of: &dyn Fn(&Value) -> Value| {
        let lines = expected["cases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| of(c).as_str().unwrap().to_string());
        fs::write(folder.path().join(name), lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
        folder.path().join(name).display().to_string()
    };
    let h = write("h.txt", &|c| c["hypothesis"].clone());
    let r = write("r.txt", &|c| c["references"][0].clone());
    let s = write("s.txt", &|c| c["source"].clone());
    let mut args = vec!["eval", "score", "--hyp", &h, "--ref", &r];
    if !more.contains(&"no-source") {
        args.extend(["--src", s.as_str()]);
    }
    args.extend(more.iter().filter(|m| **m != "no-source"));
    let output = Command::cargo_bin("sunto").unwrap().args(&args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_scores_with_models_from_folders() {
    let (encoder, expected) = (encoder("sparsemax"), expected());
    let xlmr = encoder.path().display().to_string();
    let (bertscore, comet) = (format!("bertscore={xlmr},layer=1"), format!("comet={xlmr}"));
    let (nli, qe) = (format!("nli={FOLDER}/deberta"), format!("metricx-qe={FOLDER}/metricx"));
    let (code, out, err) = score(&[
        "--metrics",
        "bleu,bertscore,comet,nli,metricx-qe",
        "--metric-model",
        &bertscore,
        "--metric-model",
        &comet,
        "--metric-model",
        &nli,
        "--metric-model",
        &qe,
        "--format",
        "json",
        "--sentence",
        "--device",
        "cpu",
    ]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let scores: Value = serde_json::from_str(&out).unwrap();
    let keys: Vec<_> = scores.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["bleu", "bertscore", "comet", "nli", "metricx-qe"]);
    for (name, scale) in [("nli", 100.0), ("metricx-qe", 1.0)] {
        for (i, theirs) in expected[name].as_array().unwrap().iter().enumerate() {
            let ours = scores[name]["sentences"][i].as_f64().unwrap();
            assert!(
                (ours - scale * theirs.as_f64().unwrap()).abs() < 1e-4 * scale,
                "{name} {i}: {ours}"
            );
        }
    }
    assert!(scores["comet"]["interval"][0].is_number());
    assert!(scores["bertscore"]["signature"]
        .as_str()
        .unwrap()
        .contains("|layer:1|idf:no|rescaled:no|impl:sunto-"));
}

#[test]
fn what_a_learned_metric_lacks_is_said() {
    let check = |more: &[&str], expected: &str| {
        let (code, out, err) = score(more);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(err.starts_with(expected), "{err}");
        assert!(err.lines().count() <= 3, "{err}");
    };
    check(
        &["--metrics", "comet", "--metric-model", "/nowhere/at-all"],
        "error: the model of `comet` is not here\n  caused by: there is no model `/nowhere/at-all`\n  hint: give its folder",
    );
    check(
        &[
            "--metrics",
            "nli",
            "--metric-model",
            "tests/parity/learned/deberta",
            "no-source",
        ],
        "error: `nli` reads the source, and none is given\n  hint: give it with `--src FILE`",
    );
    check(
        &["--metrics", "nli", "--metric-model", "tests/parity/learned/metricx"],
        "error: cannot open the model of `nli`\n  caused by: `mt5` is no classifier that sunto runs",
    );
    check(
        &[
            "--metrics",
            "bleu",
            "--metric-model",
            "nli=tests/parity/learned/deberta",
        ],
        "error: `--metric-model` is for `nli`, which is not among the metrics",
    );
    let folder = encoder("softmax");
    let model = folder.path().display().to_string();
    check(
        &["--metrics", "bertscore", "--metric-model", &format!("{model},layer=7")],
        "error: cannot open the model of `bertscore`\n  caused by: the model has no layer 7, it has 3",
    );
}

#[test]
fn a_metrics_pickle_needs_the_flag() {
    let (folder, expected) = (tempfile::tempdir().unwrap(), expected());
    for name in ["config.json", "tokenizer.json"] {
        fs::copy(Path::new(FOLDER).join("metricx").join(name), folder.path().join(name)).unwrap();
    }
    let weights = folder.path().join("pytorch_model.bin");
    fs::copy("tests/parity/pickle/metricx.bin", weights).unwrap();
    let model = format!("metricx-qe={}", folder.path().display());
    let args = [
        "--metrics",
        "bleu,metricx-qe",
        "--metric-model",
        &model,
        "--sentence",
        "--format",
        "json",
    ];
    let (code, out, err) = score(&args);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(
        err.starts_with("error: cannot open the model of `metricx-qe`\n  caused by: the weights in `"),
        "{err}"
    );
    assert!(err.contains("are a pickle\n  hint: `--allow-pickle` reads"), "{err}");
    let (code, out, err) = score(&[&args[..], &["--allow-pickle"]].concat());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let scores: Value = serde_json::from_str(&out).unwrap();
    for (i, theirs) in expected["metricx-qe"].as_array().unwrap().iter().enumerate() {
        let ours = scores["metricx-qe"]["sentences"][i].as_f64().unwrap();
        assert!((ours - theirs.as_f64().unwrap()).abs() < 1e-4, "{i}: {ours}");
    }
}
