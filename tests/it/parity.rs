//! What transformers makes of a checkpoint, this engine makes too: log-probabilities, greedy and beam search.
use serde::Deserialize;
use std::path::Path;
use sunto::{
    decode::{Codec, Generator, Search, Task},
    model::{load, Loaded, Options, Source},
};

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
    /// The best tokens and their log-probabilities at each step of `greedy`.
    #[serde(default)]
    steps: Vec<Vec<(u32, f32)>>,
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

fn open(dir: &str) -> Loaded {
    load(Source::Folder(Path::new(dir)), &Options::default()).unwrap()
}

/// Fails if a step's log-probabilities differ by more than 1e-4.
fn same_steps(loaded: &Loaded, cases: &[Case]) {
    for case in cases.iter().filter(|c| !c.steps.is_empty()) {
        let mut state = loaded.model.start(&[&case.source]).unwrap();
        let mut token = loaded.generation.start;
        for (i, (expected, &next)) in case.steps.iter().zip(&case.greedy).enumerate() {
            let all = state.step(&[token], &[], loaded.model.vocab_size()).unwrap().remove(0);
            for &(token, logp) in expected {
                let found = all.iter().find(|c| c.token == token).unwrap().logp;
                assert!(
                    (found - logp).abs() < 1e-4,
                    "step {i}, token {token}: {found}, expected {logp}"
                );
            }
            token = next;
        }
    }
}

/// Fails unless both searches give the same tokens, in batches and (a sample) one by one.
fn same_outputs(loaded: Loaded, fixture: &Fixture) {
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
            assert_eq!(&found[0].tokens, expected, "case {i}, beams {beams}");
            if beams > 1 {
                assert!(
                    (found[0].score - case.score).abs() < 1e-4,
                    "case {i}: {} {}",
                    found[0].score,
                    case.score
                );
            }
        }
        for (i, task) in tasks.iter().enumerate().step_by(16) {
            let single = generator
                .generate_ids(std::slice::from_ref(task), &search)
                .unwrap()
                .remove(0);
            assert_eq!(single[0].tokens, batch[i][0].tokens, "case {i} alone, beams {beams}");
        }
    }
}

#[test]
fn the_embedded_model_translates_as_transformers_does() {
    let fixture = fixture("embedded.json");
    assert!(fixture.cases.len() >= 300);
    let loaded = open("models/small-it-en");
    same_steps(&loaded, &fixture.cases);
    same_outputs(loaded, &fixture);
}
