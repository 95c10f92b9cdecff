//! BLEU, chrF, TER and ROUGE equal the reference implementations to 1e-9: tables made by tests/golden/metrics.py.
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};
use sunto::eval::{
    metric,
    metrics::bleu::Smoothing,
    resample,
    tokenize::{mteval::Tokenizer, porter},
    Metric, Options, Resampling, Segment, Stats, Test,
};

fn table(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(format!("tests/golden/{name}")).unwrap()).unwrap()
}

/// The metric of a table's row, such as `bleu tok:intl` or `rouge-1 stem:no`.
fn metric_of(row: &str, references: usize, sentence: bool) -> Box<dyn Metric> {
    let (name, options) = row.split_once(' ').unwrap_or((row, ""));
    let mut built = Options {
        references,
        effective_order: sentence,
        ..Options::default()
    };
    match options.split_once(':') {
        Some(("tok", t)) => built.tokenizer = Tokenizer::parse(t).unwrap(),
        Some(("smooth", s)) => built.smoothing = Smoothing::parse(s).unwrap(),
        Some(("case", _)) => built.lowercase = true,
        Some(("stem", _)) => built.stemmer = false,
        _ => {}
    }
    metric::build(name, &built).unwrap()
}

fn near(what: &str, ours: f64, theirs: f64) {
    assert!((ours - theirs).abs() <= 1e-9, "{what}: {ours} here, {theirs} there");
}

/// Segments of hypotheses and of one list of lines per reference set.
fn segments<'a>(hypotheses: &'a [String], references: &'a [Vec<String>]) -> Vec<Segment<'a>> {
    (0..hypotheses.len())
        .map(|i| Segment {
            hypothesis: &hypotheses[i],
            references: references.iter().map(|r| r[i].as_str()).collect(),
            ..Segment::default()
        })
        .collect()
}

fn strings(value: &Value) -> Vec<String> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap().to_string())
        .collect()
}

#[test]
fn scores_equal_the_references() {
    let mut compared = 0;
    for case in table("metrics.json")["cases"].as_array().unwrap() {
        let hypotheses = strings(&case["hypotheses"]);
        let references: Vec<_> = case["references"].as_array().unwrap().iter().map(strings).collect();
        let segments = segments(&hypotheses, &references);
        for (row, expected) in case["expected"].as_object().unwrap() {
            let what = format!("{} {row}", case["name"]);
            let metric = metric_of(row, references.len(), false);
            let stats = metric.stats(&segments).unwrap();
            near(
                &what,
                metric.score(&stats.iter().sum::<Stats>()),
                expected["corpus"].as_f64().unwrap(),
            );
            let metric = metric_of(row, references.len(), true);
            for (i, sentence) in expected["sentences"].as_array().into_iter().flatten().enumerate() {
                near(
                    &format!("{what} {i}"),
                    metric.score(&stats[i]),
                    sentence.as_f64().unwrap(),
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 2000, "only {compared} sentence scores compared");
}

#[test]
fn stems_equal_nltks() {
    let stems: BTreeMap<String, String> = serde_json::from_value(table("metrics.json")["stems"].clone()).unwrap();
    assert!(stems.len() > 900);
    for (word, expected) in &stems {
        assert_eq!(&porter::stem(word), expected, "{word}");
    }
}

/// The four systems' outputs on flores-dev and wmt09, where `SUNTO_PEERS` names a folder that has them; the
/// numbers are committed, the texts are not ours to commit.
#[test]
fn peers_score_as_published() {
    let expected = table("peers.json");
    near(
        "wmt09 bergamot-tiny",
        (expected["wmt09.bergamot-tiny.en"]["bleu"].as_f64().unwrap() * 10.0).round(),
        334.0,
    );
    let Some(folder) = std::env::var_os("SUNTO_PEERS") else {
        return;
    };
    let read = |name: &str| -> Vec<String> {
        let text = fs::read_to_string(Path::new(&folder).join(name)).unwrap();
        text.split_terminator('\n').map(str::to_string).collect()
    };
    for (file, rows) in expected.as_object().unwrap() {
        let (test, _) = file.split_once('.').unwrap();
        let (hypotheses, references) = (read(file), [read(&format!("{test}.en"))]);
        let segments = segments(&hypotheses, &references);
        for (row, score) in rows.as_object().unwrap() {
            let metric = metric_of(row, 1, false);
            let total = metric.stats(&segments).unwrap().iter().sum::<Stats>();
            near(&format!("{file} {row}"), metric.score(&total), score.as_f64().unwrap());
        }
    }
}

/// sacreBLEU's paired tests on the peers give the same verdicts, p within sampling error (tests/golden/significance.py).
#[test]
fn paired_tests_agree_with_sacrebleu() {
    let table = table("significance.json");
    let pairs = table["pairs"].as_array().unwrap();
    assert!(pairs.len() >= 72, "{}", pairs.len());
    let Some(folder) = std::env::var_os("SUNTO_PEERS") else {
        return;
    };
    let read = |name: String| -> Vec<String> {
        let text = fs::read_to_string(Path::new(&folder).join(name)).unwrap();
        text.split_terminator('\n').map(str::to_string).collect()
    };
    let mut near_ties = 0;
    for pair in pairs {
        let text = |key: &str| pair[key].as_str().unwrap();
        let number = |key: &str| pair[key].as_f64().unwrap();
        let references = [read(format!("{}.en", text("corpus")))];
        let metric = metric_of(text("metric"), 1, false);
        let stats = |system: &str| {
            let hypotheses = read(format!("{}.{system}.en", text("corpus")));
            metric.stats(&segments(&hypotheses, &references)).unwrap()
        };
        let test: Test = serde_json::from_value(pair["test"].clone()).unwrap();
        let trials = if test == Test::PairedBootstrap { 1000 } else { 10_000 };
        let how = Resampling {
            test,
            trials,
            ..Resampling::default()
        };
        let ours = resample::paired(metric.as_ref(), &stats(text("base")), &stats(text("system")), &how).unwrap();
        near("delta", ours.delta, number("delta"));
        let theirs = number("p");
        // Two independent estimates from this many trials: four standard errors of their difference. Trials that tie
        // with the observed difference (whole edits of TER) count here and not there: theirs lies between our p
        // without and with them, and where nothing ties the two are one number.
        let error = 4.0 * (2.0 * theirs * (1.0 - theirs) / trials as f64).sqrt() + 2.0 / trials as f64;
        let (low, high) = (ours.p - ours.tied - error, ours.p + error);
        assert!(
            (low..=high).contains(&theirs),
            "{pair}: p {} here, {} tied",
            ours.p,
            ours.tied
        );
        if text("metric") != "ter" {
            assert!(ours.tied < 0.001, "{pair}: {} tied", ours.tied);
        }
        near_ties += usize::from(ours.tied > 0.001);
        assert_eq!(ours.p < 0.05, theirs < 0.05, "{pair}: p {} here", ours.p);
    }
    assert!(near_ties <= 4, "{near_ties} of {} comparisons have ties", pairs.len());
}
