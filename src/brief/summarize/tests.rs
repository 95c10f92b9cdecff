//! What models write is read, and long texts lose nothing on their way into parts.
use super::*;
use proptest::prelude::*;
use std::sync::Mutex;

/// Keeps the first `keep` words of each text and remembers what it was given; reads at most `window` words.
struct FirstWords {
    window: usize,
    keep: usize,
    seen: Mutex<Vec<String>>,
}

impl FirstWords {
    fn new(window: usize, keep: usize) -> Self {
        Self {
            window,
            keep,
            seen: Mutex::default(),
        }
    }
}

impl Summarize for FirstWords {
    fn summarize(&self, parts: &[Part]) -> Result<Vec<Written>> {
        let first = |p: &Part| {
            let kept: Vec<&str> = p.text.split_whitespace().take(self.keep).collect();
            let text = format!("{}.", kept.join(" ").trim_end_matches('.'));
            // It looks at what it copies.
            let copied = p.text.char_indices().filter(|(at, _)| *at < text.len() - 1);
            let look = |(at, c): (usize, char)| Look {
                end: at + c.len_utf8(),
                pieces: (0..p.pieces.len())
                    .map(|n| f32::from(at < p.pieces[n].end && (n == 0 || p.pieces[n - 1].end <= at)))
                    .collect(),
            };
            Written {
                looks: copied.map(look).collect(),
                text,
            }
        };
        self.seen.lock().unwrap().extend(parts.iter().map(|p| p.text.clone()));
        Ok(parts.iter().map(first).collect())
    }
    fn fits(&self, text: &str) -> bool {
        words::count(text) <= self.window
    }
    fn stamp(&self) -> ModelStamp {
        ModelStamp::default()
    }
    fn search(&self) -> String {
        String::new()
    }
}

#[test]
fn reads_what_models_write() {
    let check = |text: &str, headline: Option<&str>, sentences: &[&str]| {
        let expected = Summary {
            headline: headline.map(String::from),
            sentences: sentences.iter().map(|s| s.to_string()).collect(),
            looked: vec![],
        };
        assert_eq!(Summary::parse(text), expected, "{text}");
    };
    check("", None, &[]);
    check(" . \n-\n", None, &[]);
    check(
        "One thing happened. Another did.",
        None,
        &["One thing happened.", "Another did."],
    );
    check(
        "One thing happened .<n>Another did .",
        None,
        &["One thing happened.", "Another did."],
    );
    check(
        " One thing happened . Another did . ",
        None,
        &["One thing happened.", "Another did."],
    );
    check(
        "Headline: Court hears appeal\n\n1. The court met.\n2) It adjourned.\n- No date was set.",
        Some("Court hears appeal"),
        &["The court met.", "It adjourned.", "No date was set."],
    );
    check(
        "**Headline:** \"A\"\n**The court met.**",
        Some("A"),
        &["The court met."],
    );
    check("# Title: A\nB.", Some("A"), &["B."]);
    check("headline:\nB.", None, &["B."]);
    check("24 people were heard.", None, &["24 people were heard."]);
    check("2024. A year.", None, &["2024.", "A year."]);
}

#[test]
fn a_text_that_fits_is_read_once() {
    let model = FirstWords::new(50, 3);
    let found = summary(&["Uno due tre quattro.", "Cinque."], &model).unwrap();
    assert_eq!(found.sentences, ["Uno due tre."]);
    assert_eq!(*model.seen.lock().unwrap(), ["Uno due tre quattro. Cinque."]);
    assert_eq!(summary(&[], &model).unwrap(), Summary::default());
    assert_eq!(summary(&["  "], &model).unwrap(), Summary::default());
}

#[test]
fn a_long_text_is_read_in_parts_and_their_summaries_once_more() {
    let sentences: Vec<String> = (0..12).map(|n| format!("Frase numero {n} detta qui.")).collect();
    let refs: Vec<&str> = sentences.iter().map(String::as_str).collect();
    let model = FirstWords::new(20, 5);
    let found = summary(&refs, &model).unwrap();
    let seen = model.seen.lock().unwrap();
    // 60 words in parts of 20, then three summaries of 5 words as one text.
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[..3].join(" "), sentences.join(" "));
    assert_eq!(
        seen[3],
        "Frase numero 0 detta qui. Frase numero 4 detta qui. Frase numero 8 detta qui."
    );
    assert_eq!(found.sentences, ["Frase numero 0 detta qui."]);
    assert_eq!(found.looked, [[(0, 1.0)]]);
}

#[test]
fn where_a_model_looked_goes_through_every_round() {
    // Each of four parts of two sentences keeps four words, of which one is of its second sentence.
    let sentences: Vec<String> = (0..8).map(|n| format!("Uno due{n} tre.")).collect();
    let refs: Vec<&str> = sentences.iter().map(String::as_str).collect();
    let found = summary(&refs, &FirstWords::new(6, 4)).unwrap();
    assert_eq!(found.sentences.len(), found.looked.len());
    for (sentence, looked) in found.sentences.iter().zip(&found.looked) {
        let total: f32 = looked.iter().map(|(_, s)| s).sum();
        assert!((total - 1.0).abs() < 1e-5, "{looked:?}");
        let most = looked.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
        // What it says first comes from there.
        let told: Vec<&str> = sentence.split_whitespace().filter(|w| w.starts_with("due")).collect();
        if let Some(told) = told.first() {
            assert!(sentences[most].contains(told), "{sentence} {looked:?}");
        }
    }
}

#[test]
fn attention_is_gathered_by_sentences() {
    let part = Part {
        text: "Uno due. Tre quattro. Cinque.".into(),
        pieces: vec![
            Piece { sentence: 0, end: 8 },
            Piece { sentence: 1, end: 21 },
            Piece { sentence: 4, end: 29 },
        ],
    };
    let check = |text: &str, looks: &[(usize, [f32; 3])], expected: &[&[(usize, f32)]]| {
        let written = Written {
            text: text.into(),
            looks: looks
                .iter()
                .map(|(end, pieces)| Look {
                    end: *end,
                    pieces: pieces.to_vec(),
                })
                .collect(),
        };
        let found = Summary::of(&written, &part);
        assert_eq!(found.looked, expected, "{text}");
    };
    let (a, b, c) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
    check("", &[], &[]);
    check("One. Two.", &[], &[&[], &[]]);
    // The full stop has no letters: what it looked at says nothing.
    let looks = [(3, a), (4, c), (8, b), (9, c)];
    check("One. Two.", &looks, &[&[(0, 1.0)], &[(1, 1.0)]]);
    // Bullets, a headline and spaced full stops are read away.
    let looks = [(9, c), (11, c), (17, a), (19, c)];
    check("Headline: X\n- One .\n- Two", &looks, &[&[(0, 1.0)], &[]]);
    check(
        "One<n>Two",
        &[(3, b), (6, c), (9, [0.0, 0.25, 0.25])],
        &[&[(1, 1.0)], &[(1, 0.5), (4, 0.5)]],
    );
}

#[test]
fn a_network_says_where_it_looked() {
    let config = r#"{"model_type": "toy", "vocab_size": 40, "echo": 40.0, "max_positions": 60, "eos_token_id": 0,
        "pad_token_id": 1, "decoder_start_token_id": 1, "bad_words_ids": [[1]], "max_length": 40}"#;
    let source = crate::model::Source::Embedded {
        name: "toy",
        config,
        generation: None,
        weights: &[],
    };
    let options = crate::model::Options::default();
    for prompt in [None, Some("w7 w8 {text}"), Some("{text} w9")] {
        let generator = Generator::new(crate::model::load(source, &options).unwrap(), Ids);
        let search = generator.defaults().clone();
        let model = Summarizer::new(generator, search, "toy", None).with_prompt(prompt.map(String::from));
        let part = parts(&["w2 w3.", "", "w4 w5 w6."], &|_| true).remove(0);
        let written = model.summarize(&[part]).unwrap().remove(0);
        // The toy echoes its source and looks at what it echoes: the prompt too, which is no sentence.
        let before = usize::from(prompt.is_some_and(|p| p.starts_with('w'))) * 2;
        let seen: Vec<Vec<f32>> = written.looks.iter().map(|l| l.pieces.clone()).collect();
        let mut expected = vec![vec![0.0, 0.0]; before];
        expected.extend([vec![1.0, 0.0], vec![1.0, 0.0]]);
        expected.extend([vec![0.0, 1.0], vec![0.0, 1.0], vec![0.0, 1.0]]);
        assert_eq!(seen[..before + 5], expected, "{prompt:?}");
        assert!(seen[before + 5..].iter().all(|p| p == &[0.0, 0.0]), "{prompt:?}");
        assert_eq!(written.looks[before].end, written.text.find("w2").unwrap() + 2);
    }
}

/// `w5 w6` <-> [5, 6], marks aside; a source ends with 0.
struct Ids;

impl crate::decode::Codec for Ids {
    fn encode(&self, text: &str) -> Vec<u32> {
        let mut ids = self.encode_phrase(text);
        ids.push(0);
        ids
    }
    fn encode_phrase(&self, phrase: &str) -> Vec<u32> {
        let id = |w: &str| w.trim_end_matches('.').strip_prefix('w')?.parse().ok();
        phrase.split_whitespace().filter_map(id).collect()
    }
    fn decode(&self, ids: &[u32]) -> String {
        let words: Vec<String> = ids.iter().filter(|&&t| t > 1).map(|t| format!("w{t}")).collect();
        words.join(" ")
    }
}

#[test]
fn a_model_whose_prompt_does_not_fit_is_refused() {
    struct Full;
    impl Summarize for Full {
        fn summarize(&self, parts: &[Part]) -> Result<Vec<Written>> {
            panic!("asked for {parts:?}")
        }
        fn fits(&self, _: &str) -> bool {
            false
        }
        fn stamp(&self) -> ModelStamp {
            ModelStamp::default()
        }
        fn search(&self) -> String {
            String::new()
        }
    }
    let error = summary(&["Una frase."], &Full).unwrap_err().to_string();
    assert_eq!(
        error,
        "the model reads too few tokens at once: its prompt alone does not fit"
    );
}

#[test]
fn a_model_that_does_not_shorten_ends() {
    let sentences: Vec<String> = (0..9).map(|n| format!("Frase {n} detta.")).collect();
    let refs: Vec<&str> = sentences.iter().map(String::as_str).collect();
    let model = FirstWords::new(9, usize::MAX);
    assert_eq!(summary(&refs, &model).unwrap().sentences, sentences);
    assert_eq!(model.seen.lock().unwrap().len(), 3);
}

#[test]
fn parts_are_of_about_the_same_length() {
    let check = |counts: &[usize], window: usize, expected: &[usize]| {
        let sentences: Vec<String> = counts.iter().map(|n| vec!["parola"; *n].join(" ")).collect();
        let refs: Vec<&str> = sentences.iter().map(String::as_str).collect();
        let found = parts(&refs, &|t| words::count(t) <= window);
        assert_eq!(
            found.iter().map(|p| words::count(&p.text)).collect::<Vec<_>>(),
            expected,
            "{counts:?}"
        );
    };
    check(&[5, 5], 10, &[10]);
    check(&[5, 5, 5], 10, &[10, 5]);
    check(&[4; 6], 20, &[12, 12]);
    check(&[4; 11], 20, &[16, 16, 12]);
    check(&[], 10, &[]);
    // A sentence longer than the window is read in pieces.
    check(&[25], 10, &[7, 6, 6, 6]);
}

proptest! {
    #[test]
    fn no_word_is_lost_and_every_part_fits(
        sentences in prop::collection::vec(prop::collection::vec("[a-z]{1,8},?", 1..40), 0..30),
        window in 1usize..60,
    ) {
        let sentences: Vec<String> = sentences.iter().map(|w| w.join(" ")).collect();
        let refs: Vec<&str> = sentences.iter().map(String::as_str).collect();
        let found = parts(&refs, &|t| words::count(t) <= window);
        let given: Vec<&str> = sentences.iter().flat_map(|s| s.split_whitespace()).collect();
        let read: Vec<&str> = found.iter().flat_map(|p| p.text.split_whitespace()).collect();
        prop_assert_eq!(given, read);
        prop_assert!(found.iter().all(|p| words::count(&p.text) <= window));
        // Pieces tile their part, and each says which sentence it is of.
        for part in &found {
            prop_assert_eq!(part.pieces.last().map(|p| p.end), Some(part.text.len()));
            let mut from = 0;
            for piece in &part.pieces {
                prop_assert!(sentences[piece.sentence].contains(part.text[from..piece.end].trim()));
                from = piece.end;
            }
        }
    }
}
