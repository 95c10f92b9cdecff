//! Repair on the toy model, which echoes its source but misreads 15: what the checks find is mended, and told.
use super::*;
use crate::{
    brief::words::Words,
    decode::Generator,
    model::{load, Options, Source},
};

/// The stronger the echo, the more the model insists on what it read.
fn translator(echo: f32) -> Translator {
    let config = format!(
        r#"{{"model_type": "toy", "vocab_size": 64, "echo": {echo}, "noise": 0.1, "eos_token_id": 0,
        "pad_token_id": 1, "decoder_start_token_id": 1, "bad_words_ids": [[1]], "num_beams": 2, "max_length": 64}}"#
    );
    let source = Source::Embedded {
        name: "toy",
        config: &config,
        generation: None,
        weights: &[],
    };
    let loaded = load(source, &Options::default()).unwrap();
    let generator = Generator::new(loaded, Words::new(64).misreading("15", "16"));
    let search = generator.defaults().clone();
    Translator::new(generator, search, "toy", None)
}

const SENTENCES: [&str; 3] = ["poi 15 arresti a Lodi", "a Lodi", ""];

#[test]
fn a_lost_figure_is_brought_back_and_told() {
    let free = translator(4.0).translate(&SENTENCES).unwrap();
    assert_eq!(free[0].text, "poi 16 arresti a Lodi");
    let mended = Repair::new(translator(4.0)).translate(&SENTENCES).unwrap();
    assert!(mended[0].text.split(' ').any(|w| w == "15"), "{mended:?}");
    assert!(faults(SENTENCES[0], &mended[0], None).is_empty(), "{mended:?}");
    let told = &mended[0].findings[0];
    assert_eq!(
        (told.check, told.verdict, told.repaired),
        (Check::Number, Verdict::Altered, true)
    );
    assert!(
        told.reason
            .starts_with("at first the Italian says `15`, the English `16`; "),
        "{told:?}"
    );
    assert_eq!(mended[1..], free[1..], "what is right stays as it is");
}

#[test]
fn what_no_search_brings_back_is_put_in_its_place() {
    let mended = Repair::new(translator(40.0))
        .translate(&SENTENCES[..1])
        .unwrap()
        .remove(0);
    assert_eq!(mended.text, "poi 15 arresti a Lodi");
    assert!(
        mended.findings[0].reason.ends_with("the figure was put in its place"),
        "{mended:?}"
    );
}

#[test]
fn results_do_not_depend_on_the_batch() {
    let repair = Repair::new(translator(4.0));
    let together = repair.translate(&SENTENCES).unwrap();
    let alone: Vec<Translated> = SENTENCES
        .iter()
        .map(|s| repair.translate(&[s]).unwrap().remove(0))
        .collect();
    assert_eq!(together, alone);
}

#[test]
fn provenance_names_it() {
    assert!(Repair::new(translator(4.0)).search().ends_with("|repair:1"));
}

#[test]
fn a_sentence_in_circles_is_a_finding() {
    let looping = Translated {
        text: "the search of the search of the search of the house".into(),
        ..Translated::default()
    };
    let found = faults("la perquisizione della casa e poi altro ancora da dire", &looping, None);
    assert!(found.iter().any(|f| f.check == Check::Repetition), "{found:?}");
}

#[test]
fn a_term_is_asked_for_and_told() {
    let glossary = || Some(Glossary::parse(b"arresto\tARREST\nLodi\tLODI\nmai\tNEVER\n").unwrap());
    let sentence = "poi 15 arresti a Lodi";
    let both = Repair::new(translator(2.0)).with_glossary(glossary());
    let found = both.translate(&[sentence]).unwrap().remove(0);
    let terms: Vec<(Verdict, &str)> = found
        .findings
        .iter()
        .filter(|f| f.check == Check::Glossary)
        .map(|f| (f.verdict, f.source.as_ref().unwrap().text.as_str()))
        .collect();
    assert_eq!(
        terms,
        [(Verdict::Supported, "arresti"), (Verdict::Supported, "Lodi")],
        "{found:?}"
    );
    assert!(
        found.text.contains("ARRESTs") || found.text.contains("ARREST"),
        "{found:?}"
    );
    assert!(found.text.split(' ').any(|w| w == "15"), "{found:?}");
    let only = Repair::new(translator(2.0)).with_glossary(glossary()).terms_only();
    let found = only.translate(&[sentence]).unwrap().remove(0);
    assert!(found.text.contains("ARREST") && !found.text.contains("15"), "{found:?}");
    assert_eq!(only.glossary().map(str::len), Some(64));
}

#[test]
fn a_term_that_the_model_resists_is_a_finding() {
    let glossary = Glossary::parse(b"arresto\tARREST\n").unwrap();
    let repair = Repair::new(translator(400.0)).with_glossary(Some(glossary));
    let found = repair.translate(&["poi 12 arresti a Lodi"]).unwrap().remove(0);
    assert_eq!(found.text, "poi 12 arresti a Lodi", "translated freely");
    let told = &found.findings[0];
    assert_eq!((told.check, told.verdict), (Check::Glossary, Verdict::Missing));
    assert_eq!(
        told.reason,
        "the glossary asks for `ARRESTs` for `arresti`, the English has it in no form"
    );
}

#[test]
fn a_word_that_was_put_in_remains_to_be_looked_at() {
    let english = "The participation is free.";
    let told = mended_word("partecipation", "participation", english);
    let target = told.target.expect("a place");
    assert_eq!(&english[target.start..target.end], "participation");
    assert!(
        !told.repaired && told.reason.contains("`partecipation`"),
        "{}",
        told.reason
    );
}
