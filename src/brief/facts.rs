//! The facts of a brief: quantities, dates, places, agencies and names of the sentences that it cites, each with the
//! place where the Italian has it.
use super::{repair::forms, BriefSentence, Fact, Translation};
use crate::text::{
    calendar,
    entity::{self, entities},
    quantity::{dated, quantities, Kind, Quantity, Value, Weight},
    words::{is_stop, Language},
    Article, SentenceId, Span,
};
use std::collections::{BTreeSet, HashSet};

/// Facts of the cited sentences in the order of the article, each once. Relative dates (`ieri`) are resolved against the
/// article's own; English for counted things is taken from the translation where it has the same number.
pub fn facts(article: &Article, summary: &[BriefSentence], translation: &[Translation]) -> Vec<Fact> {
    let cited: BTreeSet<u32> = summary
        .iter()
        .flat_map(|s| s.citations.iter().map(|c| c.sentence))
        .filter(|id| (*id as usize) < article.sentences.len())
        .collect();
    let today = article.meta.day();
    let mut seen = HashSet::new();
    let mut out = vec![];
    for sentence in cited {
        let english = translation
            .iter()
            .find(|t| t.sentence == sentence)
            .map_or("", |t| &t.text);
        let base = article.sentences[sentence as usize].span.start;
        let text = article.sentence(SentenceId(sentence));
        let mut found = figures(text, english, today);
        found.extend(entities(text, Language::Italian).into_iter().map(name));
        found.sort_by_key(|f| f.span.start);
        for f in found {
            if seen.insert((f.kind, f.english.clone())) {
                out.push(Fact {
                    kind: f.kind.into(),
                    text: f.english,
                    source: f.span.of(text).into(),
                    sentence,
                    start: base + f.span.start,
                    end: base + f.span.end,
                });
            }
        }
    }
    out
}

/// A fact within its sentence.
struct Found {
    kind: &'static str,
    english: String,
    span: Span,
}

fn name(entity: entity::Entity) -> Found {
    Found {
        kind: match entity.kind {
            entity::Kind::Person | entity::Kind::Acronym => "name",
            entity::Kind::Place => "place",
            entity::Kind::Agency => "agency",
        },
        english: entity.english,
        span: entity.span,
    }
}

fn figures(italian: &str, english: &str, today: Option<calendar::Date>) -> Vec<Found> {
    let translated = quantities(english, Language::English);
    let same = |q: &Quantity| {
        let own = |t: &&Quantity| t.value == q.value && (t.kind == q.kind || q.kind == Kind::Number);
        translated.iter().find(own)
    };
    let read = dated(italian, Language::Italian, today);
    let told = read.iter().filter(|q| q.weight > Weight::Implied);
    told.filter_map(|q| {
        let usual = || forms::forms(q).into_iter().next();
        let (kind, english, span) = match (q.kind, q.value) {
            (Kind::Number, _) => match same(q) {
                // `26 persone`, `twenty-six people`: a bare figure says little
                Some(t) => (
                    "number",
                    counted(english, t.span, Language::English).of(english).to_string(),
                    counted(italian, q.span, Language::Italian),
                ),
                None => ("number", usual().filter(|_| q.weight == Weight::Firm)?, q.span),
            },
            (Kind::Measure(unit), Value::Number(v)) => {
                let number = usual()?;
                let name = unit.english();
                let name = if v == 1.0 { name.trim_end_matches('s') } else { name };
                ("number", format!("{number} {name}"), q.span)
            }
            (Kind::Measure(_) | Kind::Ordinal, _) => ("number", usual()?, q.span),
            (Kind::Money(_), _) => ("money", usual()?, q.span),
            (Kind::Percent, _) => ("percent", usual()?, q.span),
            (Kind::Age, _) => ("age", format!("aged {}", usual()?), q.span),
            (Kind::Date | Kind::Decade | Kind::Century, _) => ("date", usual()?, q.span),
            (Kind::Time | Kind::RaceTime, _) => ("time", usual()?, q.span),
        };
        Some(Found { kind, english, span })
    })
    .collect()
}

/// The span with the word that follows, where it is one that can be counted.
fn counted(text: &str, span: Span, language: Language) -> Span {
    let rest = &text[span.end..];
    let word = rest.strip_prefix(' ').unwrap_or_default();
    let end = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
    let noun = &word[..end];
    let fits = noun.chars().count() > 2 && noun.starts_with(char::is_lowercase) && !is_stop(noun, language);
    Span::new(span.start, if fits { span.end + 1 + end } else { span.end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        brief::Citation,
        text::{Meta, Role, Sentence},
    };

    /// Facts of a text of which all sentences are cited, as `kind text <- source`.
    fn shown(sentences: &[(&str, &str)], cited: &[u32]) -> Vec<String> {
        let text = sentences.iter().map(|s| s.0).collect::<Vec<_>>().join("\n");
        let mut at = 0;
        let article = Article {
            meta: Meta {
                date: Some("2024-03-20".into()),
                ..Meta::default()
            },
            sentences: sentences
                .iter()
                .map(|(it, _)| {
                    let span = Span::new(at, at + it.len());
                    at = span.end + 1;
                    Sentence {
                        span,
                        paragraph: 0,
                        role: Role::Body,
                    }
                })
                .collect(),
            text,
            ..Article::default()
        };
        let summary = [BriefSentence {
            text: String::new(),
            citations: cited
                .iter()
                .map(|&sentence| Citation {
                    sentence,
                    start: 0,
                    end: 0,
                    quote: String::new(),
                })
                .collect(),
        }];
        let translation: Vec<Translation> = sentences
            .iter()
            .zip(0..)
            .map(|((it, en), sentence)| Translation {
                sentence,
                source: it.to_string(),
                text: en.to_string(),
                score: 0.0,
            })
            .collect();
        let found = facts(&article, &summary, &translation);
        for f in &found {
            assert_eq!(article.text[f.start..f.end], f.source);
        }
        found
            .iter()
            .map(|f| format!("{} {} <- {}", f.kind, f.text, f.source))
            .collect()
    }

    #[test]
    fn facts_say_in_english_what_stands_in_the_italian() {
        let sentences = [
            (
                "Ieri i carabinieri di Lecce hanno eseguito ventisei arresti per 1,2 milioni di euro.",
                "Yesterday the Lecce Carabinieri made twenty-six arrests over 1.2 million euros.",
            ),
            (
                "Il 12% dei reati, dal novembre scorso, è a Lecce, in 400 metri quadrati.",
                "12% of the offences since last November were in Lecce, on 400 square metres.",
            ),
            (
                "Marta Ferri, 47 anni, alle 14.30 non c'era.",
                "Marta Ferri, 47, was not there at 2.30 pm.",
            ),
        ];
        assert_eq!(
            shown(&sentences, &[1, 0]),
            [
                "date 19 March 2024 <- Ieri",
                "agency Carabinieri <- carabinieri",
                "place Lecce <- Lecce",
                "number twenty-six arrests <- ventisei arresti",
                "money 1.2 million euros <- 1,2 milioni di euro",
                "percent 12% <- 12%",
                "date November 2023 <- novembre scorso",
                "number 400 square metres <- 400 metri quadrati",
            ]
        );
        assert_eq!(
            shown(&sentences, &[2]),
            [
                "name Marta Ferri <- Marta Ferri",
                "age aged 47 <- 47 anni",
                "time 14:30 <- 14.30"
            ]
        );
        assert!(shown(&sentences, &[]).is_empty() && shown(&sentences, &[9]).is_empty());
    }
}
