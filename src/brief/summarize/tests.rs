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
    fn summarize(&self, texts: &[&str]) -> Result<Vec<String>> {
        let first = |t: &&str| {
            let kept: Vec<&str> = t.split_whitespace().take(self.keep).collect();
            format!("{}.", kept.join(" ").trim_end_matches('.'))
        };
        self.seen.lock().unwrap().extend(texts.iter().map(|t| t.to_string()));
        Ok(texts.iter().map(first).collect())
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
}

#[test]
fn a_model_whose_prompt_does_not_fit_is_refused() {
    struct Full;
    impl Summarize for Full {
        fn summarize(&self, texts: &[&str]) -> Result<Vec<String>> {
            panic!("asked for {texts:?}")
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
            found.iter().map(|p| words::count(p)).collect::<Vec<_>>(),
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
        let read: Vec<&str> = found.iter().flat_map(|s| s.split_whitespace()).collect();
        prop_assert_eq!(given, read);
        prop_assert!(found.iter().all(|p| words::count(p) <= window));
    }
}
