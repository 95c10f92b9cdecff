//! What transformers makes of a checkpoint, this engine makes too: log-probabilities, greedy and beam search.
use serde::Deserialize;
use std::path::Path;
use sunto::{
    brief::{Translate, Translator},
    decode::{Codec, Generator, Search, Task},
    model::{load, Loaded, Options, Source},
    nn::Device,
};

/// Checkpoints of `tests/parity/families.py`.
pub const FAMILIES: [&str; 9] = [
    "marian",
    "marian-shared",
    "pegasus",
    "bart",
    "mbart",
    "m2m_100",
    "t5",
    "t5-gated",
    "mt5",
];

#[derive(Deserialize)]
struct Fixture {
    max_length: usize,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    source: Vec<u32>,
    greedy: Vec<u32>,
    beam: Vec<u32>,
    score: f32,
    /// What is fed for `steps`, where it is not `greedy`.
    fed: Option<Vec<u32>>,
    /// The best tokens and their log-probabilities at each step.
    #[serde(default)]
    steps: Vec<Vec<(u32, f32)>>,
    /// The log-probabilities of all tokens at each step, for one source.
    #[serde(default)]
    rows: Vec<Vec<f32>>,
}

/// These tests compare ids: no text.
struct Ids;

impl Codec for Ids {
    fn encode(&self, _: &str) -> Vec<u32> {
        vec![]
    }
    fn encode_phrase(&self, _: &str) -> Vec<u32> {
        vec![]
    }
    fn decode(&self, _: &[u32]) -> String {
        String::new()
    }
}

fn fixture(name: &str) -> Fixture {
    let path = Path::new("tests/parity").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The CPU, or the device that `SUNTO_TEST_DEVICE` names (with `--features cuda`: `cuda`).
fn device() -> Device {
    Device::by_name(&std::env::var("SUNTO_TEST_DEVICE").unwrap_or_else(|_| "cpu".into())).unwrap()
}

fn open(dir: &str, device: Device) -> Loaded {
    let options = Options {
        device,
        ..Options::default()
    };
    load(Source::Folder(Path::new(dir)), &options).unwrap()
}

/// Fails if a step's log-probabilities differ by more than 1e-4.
fn same_steps(name: &str, loaded: &Loaded, cases: &[Case]) {
    for case in cases.iter().filter(|c| !c.steps.is_empty()) {
        let mut state = loaded.model.start(&[&case.source]).unwrap();
        let mut token = loaded.generation.start;
        for (i, (expected, &next)) in case
            .steps
            .iter()
            .zip(case.fed.as_ref().unwrap_or(&case.greedy))
            .enumerate()
        {
            let all = state.step(&[token], &[], loaded.model.vocab_size()).unwrap().remove(0);
            for &(token, logp) in expected {
                let found = all.iter().find(|c| c.token == token).unwrap().logp;
                assert!(
                    (found - logp).abs() < 1e-4,
                    "{name}: step {i}, token {token}: {found}, not {logp}"
                );
            }
            for (token, logp) in case.rows.get(i).into_iter().flatten().enumerate() {
                let found = all.iter().find(|c| c.token as usize == token).unwrap().logp;
                assert!(
                    (found - logp).abs() < 1e-4,
                    "{name}: step {i}, token {token} of all: {found}, not {logp}"
                );
            }
            token = next;
        }
    }
}

/// Fails unless both searches give the same tokens, in batches and (a sample) one by one.
fn same_outputs(name: &str, loaded: Loaded, fixture: &Fixture) {
    let generator = Generator::new(loaded, Ids);
    let base = Search {
        max_tokens: fixture.max_length - 1,
        ..generator.defaults().clone()
    };
    let tasks: Vec<Task> = fixture
        .cases
        .iter()
        .map(|c| Task {
            source: c.source.clone(),
            phrases: vec![],
        })
        .collect();
    for beams in [1, 4] {
        let search = base.clone().with_beams(beams);
        let batch = generator.generate_ids(&tasks, &search).unwrap();
        for (i, (case, found)) in fixture.cases.iter().zip(&batch).enumerate() {
            let expected = if beams == 1 { &case.greedy } else { &case.beam };
            assert_eq!(&found[0].tokens, expected, "{name}: case {i}, beams {beams}");
            if beams > 1 {
                assert!(
                    (found[0].score - case.score).abs() < 1e-4,
                    "case {i}: {} {}",
                    found[0].score,
                    case.score
                );
            }
        }
        // All of a tiny model's, some of a real one's.
        let every = if tasks.len() <= 12 { 1 } else { 40 };
        for (i, task) in tasks.iter().enumerate().step_by(every) {
            let single = generator
                .generate_ids(std::slice::from_ref(task), &search)
                .unwrap()
                .remove(0);
            assert_eq!(
                single[0].tokens, batch[i][0].tokens,
                "{name}: case {i} alone, beams {beams}"
            );
        }
    }
}

#[test]
fn the_embedded_model_translates_as_transformers_does() {
    let fixture = fixture("embedded.json");
    assert!(fixture.cases.len() >= 300);
    let loaded = open("models/small-it-en", device());
    same_steps("embedded", &loaded, &fixture.cases);
    same_outputs("embedded", loaded, &fixture);
}

#[test]
fn the_embedded_model_reads_and_writes_text() {
    let dir = Path::new("models/small-it-en");
    let generator = Generator::open(dir, &Options::default()).unwrap();
    let search = generator.defaults().clone();
    let translator = Translator::new(generator, search, "small-it-en", None);
    let sentences = [
        "La polizia ha arrestato due persone a Milano.",
        "",
        "Le indagini sono durate 14 mesi.",
    ];
    let found = translator.translate(&sentences).unwrap();
    let says = |i: usize, word: &str| assert!(found[i].text.to_lowercase().contains(word), "{}", found[i].text);
    says(0, "police");
    says(0, "milan");
    assert_eq!(found[1].text, "");
    says(2, "14");
    assert!(found.iter().all(|t| !t.repeats), "{found:?}");
}

#[test]
fn every_family_generates_as_transformers_does() {
    for name in FAMILIES {
        let fixture = fixture(&format!("families/{name}/expected.json"));
        let whole = |c: &&Case| c.rows.len() == 40 && c.steps.len() == 40;
        assert_eq!(fixture.cases.iter().filter(whole).count(), 1, "{name}");
        // As this processor computes, and as accelerators do.
        for device in [device(), device().on_tensors()] {
            let loaded = open(&format!("tests/parity/families/{name}"), device);
            same_steps(name, &loaded, &fixture.cases);
            same_outputs(name, loaded, &fixture);
        }
    }
}

#[test]
fn decoders_look_where_those_of_transformers_look() {
    #[derive(Deserialize)]
    struct Looked {
        family: String,
        source: Vec<u32>,
        fed: Vec<u32>,
        /// (steps, source length): the last layer's cross-attention, averaged over heads.
        attention: Vec<Vec<f32>>,
    }
    #[derive(Deserialize)]
    struct All {
        cases: Vec<Looked>,
    }
    let all: All = serde_json::from_str(include_str!("../parity/attention.json")).unwrap();
    assert_eq!(all.cases.len(), 2 * FAMILIES.len());
    for case in all.cases {
        for device in [device(), device().on_tensors()] {
            let loaded = open(&format!("tests/parity/families/{}", case.family), device);
            let mut state = loaded.model.start(&[&case.source]).unwrap();
            for (step, (token, expected)) in case.fed.iter().zip(&case.attention).enumerate() {
                state.step(&[*token], &[], 1).unwrap();
                let found = state.attention().unwrap().remove(0);
                assert_eq!(found.len(), expected.len());
                let differing = found.iter().zip(expected).filter(|(a, b)| (*a - *b).abs() > 1e-4);
                assert_eq!(
                    differing.count(),
                    0,
                    "{}, step {step}: {found:?}, not {expected:?}",
                    case.family
                );
            }
        }
    }
}

/// All that scripts of tests/parity wrote, tokenizers included, in at most six megabytes.
#[test]
fn fixtures_stay_small() {
    fn bytes(dir: &Path) -> u64 {
        let entries = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
        entries
            .map(|p| {
                if p.is_dir() {
                    bytes(&p)
                } else {
                    p.metadata().unwrap().len()
                }
            })
            .sum()
    }
    let all = bytes(Path::new("tests/parity"));
    assert!(all <= 6_000_000, "{all}");
}

#[test]
fn checkpoints_that_do_not_fit_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (Path::new("tests/parity/families/bart"), dir.path());
    let weights = std::fs::read(from.join("model.safetensors")).unwrap();
    let config = std::fs::read_to_string(from.join("config.json")).unwrap();
    let check = |config: &str, weights: &[u8], expected: &str| {
        std::fs::write(to.join("config.json"), config).unwrap();
        std::fs::write(to.join("model.safetensors"), weights).unwrap();
        let error = load(Source::Folder(to), &Options::default()).err().unwrap().to_string();
        assert_eq!(error.replace(&to.display().to_string(), "DIR"), expected);
    };
    let truncated = "`DIR/model.safetensors` is not a whole safetensors file";
    check(&config, &weights[..weights.len() / 2], truncated);
    check(
        &config,
        &[&(1u64 << 60).to_le_bytes(), &weights[8..]].concat(),
        truncated,
    );
    check(&config, b"", truncated);
    let heads = "\"encoder_attention_heads\": 4";
    assert!(config.contains(heads));
    let zero = config.replace(heads, "\"encoder_attention_heads\": 0");
    check(
        &zero,
        &weights,
        "`DIR/config.json`: `encoder_attention_heads` is 0, expected 1 to 4096",
    );
    let larger = config.replace("\"vocab_size\": 97", "\"vocab_size\": 98");
    check(
        &larger,
        &weights,
        "tensor `model.shared.weight` has shape [97, 32], the configuration expects [98, 32]",
    );
    let deeper = config.replace("\"encoder_layers\": 2", "\"encoder_layers\": 3");
    check(
        &deeper,
        &weights,
        "`DIR/model.safetensors` has no tensor `model.encoder.layers.2.self_attn.q_proj.weight`",
    );
    check("{}", &weights, "`DIR/config.json` describes no model that can run here");
}
