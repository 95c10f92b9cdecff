//! A folder that `models quantize` wrote runs as its origin does in int8, and close to it in floats.
use super::{command::run, parity::FAMILIES};
use std::path::Path;
use sunto::{
    decode::{Generator, Task},
    model::{load, quantize::quantize_folder, Candidate, Options, Source},
    nn::Device,
};

/// All tokens' log-probabilities after a few tokens.
fn step(folder: &Path, dtype: &str) -> Vec<Candidate> {
    let device = Device::cpu().with_dtype(dtype).unwrap();
    let options = Options {
        device,
        ..Options::default()
    };
    let loaded = load(Source::Folder(folder), &options).unwrap();
    let mut state = loaded.model.start(&[&[5, 17, 9, 30, 2]]).unwrap();
    for token in [loaded.generation.start, 7, 21] {
        state.step(&[token], &[], 1).unwrap();
    }
    state.step(&[11], &[], loaded.model.vocab_size()).unwrap().remove(0)
}

#[test]
fn every_family_runs_as_before_in_int8_and_close_to_it_in_floats() {
    let dir = tempfile::tempdir().unwrap();
    for family in FAMILIES {
        let from = Path::new("tests/parity/families").join(family);
        let to = dir.path().join(family);
        quantize_folder(&from, &to, false).unwrap();
        let close = |dtype: &str, tolerance: f32| {
            let (a, b) = (step(&from, "f32"), step(&to, dtype));
            assert_eq!(a.len(), b.len());
            for a in &a {
                let b = b.iter().find(|b| b.token == a.token).unwrap();
                assert!((a.logp - b.logp).abs() < tolerance, "{family} {dtype}: {a:?} {b:?}");
            }
        };
        close("f32", 0.5);
        close("f16", 0.5);
        // T5 runs on tensors only, which multiply in floats.
        if !family.contains("t5") {
            assert_eq!(step(&from, "int8"), step(&to, "int8"), "{family}");
        }
    }
}

#[test]
fn the_embedded_model_gives_the_same_outputs_in_int8_and_in_floats() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("small");
    quantize_folder(Path::new("models/small-it-en"), &to, false).unwrap();
    let cases: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string("tests/parity/embedded.json").unwrap()).unwrap();
    let ids = |case: &serde_json::Value| serde_json::from_value::<Vec<u32>>(case["source"].clone()).unwrap();
    // One sentence in eight: `docs/performance.md` has all of flores-dev.
    let tasks: Vec<Task> = cases["cases"]
        .as_array()
        .unwrap()
        .iter()
        .step_by(8)
        .map(|case| Task {
            source: ids(case),
            phrases: vec![],
        })
        .collect();
    let outputs = |dtype: &str| -> Vec<Vec<u32>> {
        let options = Options {
            device: Device::cpu().with_dtype(dtype).unwrap(),
            ..Options::default()
        };
        let generator = Generator::open(&to, &options).unwrap();
        let search = generator.defaults().clone().with_beams(4);
        let found = generator.generate_ids(&tasks, &search).unwrap();
        found.into_iter().map(|mut h| h.remove(0).tokens).collect()
    };
    let (exact, int8) = (outputs("f32"), outputs("int8"));
    let same = exact.iter().zip(&int8).filter(|(a, b)| a == b).count();
    assert!(same * 100 >= tasks.len() * 95, "{same} of {}", tasks.len());
}

#[test]
fn the_command_writes_a_folder_that_translates_to_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let model = Path::new("models/small-it-en").canonicalize().unwrap();
    let model = model.to_str().unwrap();
    let quantize = || run(dir.path(), &["models", "quantize", model, "-o", "small"], "");
    let (status, out, error) = quantize();
    assert_eq!((status, error.as_str()), (0, ""));
    assert!(
        out.starts_with("small: weights ") && out.contains(" MB, were "),
        "{out}"
    );
    let size = std::fs::metadata(dir.path().join("small/model.safetensors"))
        .unwrap()
        .len();
    assert!(size <= 9_600_000, "{size} bytes");
    let lines = "Il governo ha approvato la legge di bilancio.\nLa nave è arrivata a Bari con 52 persone.\n";
    let translate = |folder: &str, dtype: &str| {
        let words = [
            "translate",
            "--lines",
            "--no-repair",
            "--model",
            folder,
            "--dtype",
            dtype,
        ];
        let (status, out, error) = run(dir.path(), &words, lines);
        assert_eq!(status, 0, "{error}");
        assert_eq!(out.lines().count(), 2, "{out}");
        out
    };
    assert_eq!(translate("small", "int8"), translate(model, "int8"));
    translate("small", "f32");
    let (status, _, error) = quantize();
    assert_eq!(status, 2);
    assert_eq!(
        error,
        "error: `small/model.safetensors` is there already\n  hint: give a new folder\n"
    );
    let (status, _, error) = run(dir.path(), &["models", "quantize", "small-it-en", "-o", "x"], "");
    assert_eq!(status, 2);
    assert!(
        error.starts_with("error: `small-it-en` is embedded in this program"),
        "{error}"
    );
}
