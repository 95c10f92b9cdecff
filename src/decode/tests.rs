//! The search on the toy model: greedy, beams, constraints, batches.
use super::*;

/// Words of ids: `w5 w6` <-> [5, 6]; a source ends with 0.
struct Words;

impl Codec for Words {
    fn encode(&self, text: &str) -> Vec<u32> {
        let mut ids = self.encode_phrase(text);
        ids.push(0);
        ids
    }
    fn encode_phrase(&self, phrase: &str) -> Vec<u32> {
        phrase
            .split_whitespace()
            .filter_map(|w| w.strip_prefix('w')?.parse().ok())
            .collect()
    }
    fn decode(&self, ids: &[u32]) -> String {
        ids.iter()
            .filter(|&&t| t > 1)
            .map(|t| format!("w{t}"))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// `echo` 0 gives a pure bigram model.
fn toy(vocab: usize, echo: f32, noise: f32) -> Generator {
    let config = format!(
        r#"{{"model_type": "toy", "vocab_size": {vocab}, "echo": {echo}, "noise": {noise}, "eos_token_id": 0,
        "pad_token_id": 1, "decoder_start_token_id": 1, "bad_words_ids": [[1]], "max_length": 40}}"#
    );
    let source = Source::Embedded {
        name: "toy",
        config: &config,
        generation: None,
        weights: &[],
    };
    Generator::new(load(source, &Options::default()).unwrap(), Words)
}

fn texts(generator: &Generator, prompts: &[&str], search: &Search) -> Vec<String> {
    let prompts: Vec<Prompt> = prompts.iter().map(|&p| p.into()).collect();
    let found = generator.generate(&prompts, search).unwrap();
    found.into_iter().map(|mut h| h.remove(0).text).collect()
}

#[test]
fn an_echo_comes_back_whatever_the_beams_and_batches() {
    let generator = toy(40, 8.0, 1.0);
    let prompts = ["w5 w6 w7", "w9", "", "w3 w3 w3 w3 w3 w3 w3 w3 w3 w3 w3 w3", "w39 w2"];
    for beams in [1, 2, 4, 5] {
        for batch_tokens in [1, 16, 1000] {
            let search = Search {
                batch_tokens,
                ..generator.defaults().clone().with_beams(beams)
            };
            assert_eq!(texts(&generator, &prompts, &search), prompts, "{beams} {batch_tokens}");
        }
    }
}

#[test]
fn results_do_not_depend_on_batch_or_workers() {
    let mut generator = toy(30, 2.0, 6.0);
    let prompts: Vec<Prompt> = (0..23)
        .map(|i| format!("w{} w{} w{}", 2 + i % 7, 3 + i % 11, 4 + i % 5).into())
        .collect();
    let search = Search {
        n_best: 3,
        ..generator.defaults().clone().with_beams(3)
    };
    let single: Vec<_> = prompts
        .iter()
        .map(|p| generator.generate(std::slice::from_ref(p), &search).unwrap().remove(0))
        .collect();
    for (workers, batch_tokens) in [(1, 4096), (1, 40), (2, 64), (3, 1)] {
        generator.workers = workers;
        let search = Search {
            batch_tokens,
            ..search.clone()
        };
        assert_eq!(
            generator.generate(&prompts, &search).unwrap(),
            single,
            "{workers} {batch_tokens}"
        );
    }
}

#[test]
fn a_beam_as_wide_as_the_space_finds_the_best() {
    // All sequences of up to 3 tokens over 5 ids, scored by summed log-probability: the beam must agree.
    let generator = toy(5, 0.0, 4.0);
    let search = Search {
        length_penalty: 0.0,
        max_tokens: 3,
        ..generator.defaults().clone().with_beams(64)
    };
    let best = generator.generate(&["w2".into()], &search).unwrap().remove(0).remove(0);
    let mut found: (f32, Vec<u32>) = (f32::NEG_INFINITY, vec![]);
    let mut open = vec![(0.0f32, vec![1u32])];
    while let Some((score, tokens)) = open.pop() {
        let mut state = generator.model.start(&[&[2, 0]]).unwrap();
        let mut all = vec![];
        for &t in &tokens {
            all = state.step(&[t], &[], 5).unwrap().remove(0);
        }
        for c in all.into_iter().filter(|c| c.token != 1) {
            let next: Vec<u32> = tokens.iter().copied().chain([c.token]).collect();
            let score = score + c.logp;
            if c.token == 0 || next.len() == 4 {
                if score > found.0 {
                    found = (score, next);
                }
            } else {
                open.push((score, next));
            }
        }
    }
    assert_eq!(best.tokens, found.1[1..]);
    assert!((best.score - found.0).abs() < 1e-4);
}

#[test]
fn rules_hold() {
    let generator = toy(40, 8.0, 1.0);
    let base = generator.defaults().clone();
    let check = |change: &dyn Fn(&mut Search), prompt: &str, expected: &dyn Fn(&[u32]) -> bool| {
        for beams in [1, 4] {
            let mut search = base.clone().with_beams(beams);
            change(&mut search);
            let h = generator
                .generate(&[prompt.into()], &search)
                .unwrap()
                .remove(0)
                .remove(0);
            assert!(expected(&h.tokens), "{prompt} {beams}: {:?}", h.tokens);
        }
    };
    check(&|s| s.min_tokens = 6, "w5", &|t| t.len() > 6 || t.len() == 39);
    check(&|s| s.max_tokens = 2, "w5 w6 w7", &|t| t == [5, 6]);
    check(&|s| (s.max_tokens, s.forced_last) = (2, Some(0)), "w5 w6 w7", &|t| {
        t == [5, 0]
    });
    check(&|s| s.forced_first = Some(9), "w5 w6", &|t| t[0] == 9 && t[1] == 6);
    check(&|s| s.suppressed = vec![6], "w5 w6 w7", &|t| !t.contains(&6));
    check(&|s| s.no_repeat_ngram = 2, "w3 w3 w3 w3 w3", &|t| {
        !t.windows(3).any(|w| w == [3, 3, 3])
    });
    check(&|s| s.max_ratio = Some(0.0), "w3", &|t| t.len() <= 16);
}

#[test]
fn constraints_are_met_or_reported() {
    let generator = toy(40, 4.0, 1.0);
    let prompt = |text: &str, constraints: &[&[&str]]| Prompt {
        text: text.into(),
        constraints: constraints
            .iter()
            .map(|f| Constraint {
                forms: f.iter().map(|s| s.to_string()).collect(),
            })
            .collect(),
    };
    let check = |p: Prompt, cost: f32, beams: usize, unmet: &[usize]| {
        let search = Search {
            constraint_cost: cost,
            ..generator.defaults().clone().with_beams(beams)
        };
        let h = generator
            .generate(std::slice::from_ref(&p), &search)
            .unwrap()
            .remove(0)
            .remove(0);
        assert_eq!(h.unmet, unmet, "{p:?}: {}", h.text);
        for (c, constraint) in p.constraints.iter().enumerate() {
            let there = constraint
                .forms
                .iter()
                .any(|f| format!(" {} ", h.text).contains(&format!(" {f} ")));
            assert_eq!(there, !unmet.contains(&c), "{p:?}: {}", h.text);
        }
    };
    for beams in [1, 4, 8] {
        check(prompt("w5 w6 w7", &[&["w20"]]), 100.0, beams, &[]);
        check(prompt("w5 w6 w7 w8", &[&["w20 w21"], &["w30"]]), 100.0, beams, &[]);
        check(prompt("w5 w6 w7", &[&["w30 w31", "w6"]]), 100.0, beams, &[]);
        check(prompt("w5 w6 w7", &[&["w5 w6"]]), 100.0, beams, &[]);
        // Where it may cost nothing, the free hypothesis is returned and the phrase is reported.
        check(prompt("w5 w6 w7", &[&["w6"], &["w20 w21 w22"]]), 0.0, beams, &[1]);
        // A phrase that cannot be written (a banned token) is reported too.
        check(prompt("w5 w6 w7", &[&["w1"]]), 100.0, beams, &[0]);
    }
}

/// The batch asks for what its hungriest neighbour needs: a beam looks at no more than it asked for itself.
#[test]
fn a_beam_does_not_see_what_others_asked_for() {
    use crate::model::Candidate;
    let generator = toy(40, 8.0, 1.0);
    let search = generator.defaults().clone().with_beams(2);
    let phrases = [vec![vec![5, 6]]];
    let joints = |_| Joint::Apart;
    let advance = |extra: usize| {
        let mut beam = beam::Beam::new(&search, &phrases, &joints, 20);
        let k = beam.request(&mut vec![], &mut vec![]);
        // Nothing wanted among the first; behind them the phrase begins.
        let filler = (10..).map(|token| Candidate {
            token,
            logp: -1.0 - token as f32 / 100.0,
        });
        let mut row: Vec<Candidate> = filler.take(k).collect();
        row.extend((0..extra).map(|_| Candidate { token: 5, logp: -2.0 }));
        beam.advance(&[row], None, &mut vec![]);
        let (mut tokens, mut edits) = (vec![], vec![]);
        beam.request(&mut tokens, &mut edits);
        tokens
    };
    assert!(!advance(0).is_empty());
    assert_eq!(advance(0), advance(1));
}

#[test]
fn attention_aligns_every_token() {
    let generator = toy(40, 8.0, 1.0);
    let search = Search {
        attention: true,
        ..generator.defaults().clone().with_beams(3)
    };
    let h = generator
        .generate(&["w5 w6 w7".into()], &search)
        .unwrap()
        .remove(0)
        .remove(0);
    let attention = h.attention.unwrap();
    assert_eq!(attention.len(), h.tokens.len());
    for (i, row) in attention.iter().enumerate() {
        assert_eq!((row.len(), row[i]), (4, 1.0));
    }
}

#[test]
fn what_no_model_can_read_is_an_error() {
    let generator = toy(10, 8.0, 1.0);
    let error = generator.generate(&["w77".into()], generator.defaults()).unwrap_err();
    assert_eq!(error.to_string(), "token 77 lies outside the vocabulary of 10");
}

#[test]
fn phrases_are_found_between_word_boundaries() {
    let check =
        |text: &str, phrase: &str, expected: bool| assert_eq!(contains_phrase(text, phrase), expected, "{text}");
    check("The Milanese police", "Milan", false);
    check("In Milan, police", "milan", true);
    check("1,250 euros", "250", false);
    check("about (CSAM).", "CSAM", true);
    check("euros", "", true);
}
