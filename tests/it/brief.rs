//! Briefs of the project's own articles with their reference translations in place of a model: what is chosen and
//! cited does not depend on any weights.
use std::collections::HashMap;
use sunto::brief::{strategy, Brief, Briefer, Check, ModelStamp, Translate, Translated};
use sunto::read::seeds;
use sunto::{text::Article, Result};

/// Translates what the article's authors translated.
struct Authors(HashMap<String, String>);

impl Translate for Authors {
    fn translate(&self, sentences: &[&str]) -> Result<Vec<Translated>> {
        let english = |s: &&str| Translated {
            text: self.0[*s].clone(),
            score: -0.25,
            ..Translated::default()
        };
        Ok(sentences.iter().map(english).collect())
    }

    fn stamp(&self) -> ModelStamp {
        ModelStamp {
            name: "authors".into(),
            revision: None,
            sha256: "0".repeat(64),
            tokenizer: None,
            dtype: "f32".into(),
        }
    }

    fn search(&self) -> String {
        "none".into()
    }
}

/// The article of this id and the brief that a strategy makes of it.
fn brief(id: &str, strategy: &str) -> (Article, Brief) {
    brief_with(id, strategy, |english| english)
}

/// The same with the authors' English changed.
fn brief_with(id: &str, strategy: &str, change: fn(String) -> String) -> (Article, Brief) {
    for file in ["eval-01", "eval-03", "eval-05"] {
        let path = format!("{}/seeds/articles/{file}.txt", env!("CARGO_MANIFEST_DIR"));
        for item in seeds::open(path).unwrap() {
            let (article, reference) = item.unwrap();
            if article.id == id {
                let texts =
                    (0..article.sentences.len()).map(|i| article.sentences[i].span.of(&article.text).to_string());
                let briefer = Briefer {
                    strategy: strategy::by_name(strategy).unwrap(),
                    translator: Box::new(Authors(
                        texts.zip(reference.translations.into_iter().map(change)).collect(),
                    )),
                    protect: Default::default(),
                    seed: 1,
                };
                let brief = briefer.brief(&article).unwrap();
                return (article, brief);
            }
        }
    }
    panic!("no article `{id}`");
}

#[test]
fn quotes_are_the_cited_bytes_and_sentences_their_translations() {
    for (id, strategy) in [
        ("w4-001", "extract-translate"),
        ("w4-011", "extract-translate"),
        ("w4-011", "lead"),
    ] {
        let (article, brief) = brief(id, strategy);
        assert!(
            (1..=8).contains(&brief.summary.len()),
            "{id}: {} sentences",
            brief.summary.len()
        );
        assert_eq!(brief.translation.len(), article.content().count());
        for s in &brief.summary {
            assert!(!s.citations.is_empty());
            for c in &s.citations {
                assert_eq!(c.quote, article.text[c.start..c.end]);
                let cited = brief.translation.iter().find(|t| t.sentence == c.sentence).unwrap();
                assert_eq!((&cited.source, &cited.text), (&c.quote, &s.text));
            }
        }
        let order: Vec<u32> = brief.summary.iter().map(|s| s.citations[0].sentence).collect();
        assert!(order.windows(2).all(|w| w[0] < w[1]), "{id}: {order:?}");
    }
}

#[test]
fn denials_and_the_presumption_of_innocence_are_kept() {
    let texts = |id| {
        brief(id, "extract-translate")
            .1
            .summary
            .into_iter()
            .map(|s| s.text)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(texts("w4-001").contains("presumption of innocence"));
    let forest = texts("w4-011");
    assert!(forest.contains("not guilty until a final judgment"), "{forest}");
    assert!(forest.contains("counters his lawyer"), "{forest}");
}

#[test]
fn a_garbled_word_is_told_in_the_brief() {
    let garbled = |(_, brief): (Article, Brief)| {
        let of = |f: &&sunto::brief::Finding| f.check == Check::Wording && f.reason.contains("`moologists`");
        (brief.findings.iter().filter(of).count(), brief.translation.len())
    };
    let (found, sentences) = garbled(brief_with("w4-011", "lead", |english| {
        format!("{english} The moologists.")
    }));
    assert_eq!(found, sentences);
    assert_eq!(garbled(brief("w4-011", "lead")).0, 0);
}
