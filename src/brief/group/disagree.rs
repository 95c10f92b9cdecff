//! Where two articles give different figures for the same thing: `15 arresti` against `16 arresti`.
use super::{length, overlap};
use crate::{
    brief::{Brief, Disagreement, Told},
    text::{
        quantity::{quantities, Kind, Value, Weight},
        words::{content, Language},
        Span,
    },
};
use std::collections::BTreeSet;

/// Share of the smaller sentence's words from which two sentences speak of one thing.
const TOGETHER: f32 = 0.4;

/// A figure with what it counts.
struct Figure {
    /// Kind and noun: figures of one key may disagree.
    key: String,
    value: String,
    about: String,
    span: Span,
}

/// Nouns that say nothing beside a verb of proceedings.
const PEOPLE: [&str; 6] = ["person", "uomin", "individu", "soggett", "indag", "giovan"];
/// What happened to people, by stem.
const DEEDS: [&str; 8] = [
    "arrest", "ferm", "denunc", "perquis", "fer", "mort", "condann", "assolt",
];

fn figures(sentence: &str) -> Vec<Figure> {
    let found = quantities(sentence, Language::Italian);
    found
        .iter()
        .filter(|q| q.weight > Weight::Implied)
        .filter_map(|q| {
            let value = match q.value {
                Value::Number(v) => format!("{v}"),
                other => format!("{other:?}"),
            };
            let (key, about) = match q.kind {
                Kind::Money(_) => ("money".to_string(), "amount".to_string()),
                Kind::Percent => ("percent".into(), "percentage".into()),
                Kind::Age => ("age".into(), "age".into()),
                Kind::Date => ("date".into(), "date".into()),
                Kind::Time => ("time".into(), "time".into()),
                _ => {
                    let noun = content(&sentence[q.span.start..], Language::Italian)
                        .into_iter()
                        .find(|w| w.chars().all(char::is_alphabetic) && !span_holds(sentence, q.span, w))?;
                    let deed = || {
                        let words = content(sentence, Language::Italian);
                        DEEDS
                            .iter()
                            .find(|d| words.iter().any(|w| w.starts_with(*d)))
                            .map(|d| d.to_string())
                    };
                    let noun = match PEOPLE.iter().any(|p| noun.starts_with(p)) {
                        true => deed().unwrap_or(noun),
                        false => noun,
                    };
                    let unit = format!("{:?}", q.kind);
                    (format!("{unit} {noun}"), noun)
                }
            };
            Some(Figure {
                key,
                value,
                about,
                span: q.span,
            })
        })
        .collect()
}

/// Whether a stem is that of a word of the figure itself and not of what it counts.
fn span_holds(sentence: &str, span: Span, stem: &str) -> bool {
    content(span.of(sentence), Language::Italian).iter().any(|w| w == stem)
}

/// The figure with the words that say what it counts.
fn shown(sentence: &str, span: Span) -> String {
    let after = &sentence[span.end..];
    let words: Vec<&str> = after.split_whitespace().take(2).collect();
    let text = format!("{} {}", span.of(sentence), words.join(" "));
    text.trim_end_matches(|c: char| !c.is_alphanumeric()).to_string()
}

/// Disagreements of articles on one event, each once, in the order of the first article. Sentences are numbered through
/// the articles.
pub fn disagreements(members: &[Brief]) -> Vec<Disagreement> {
    let mut out: Vec<Disagreement> = vec![];
    let mut first = vec![0];
    for b in members {
        first.push(first[first.len() - 1] + length(b));
    }
    for (i, a) in members.iter().enumerate() {
        for (j, b) in members.iter().enumerate().skip(i + 1) {
            between((a, first[i]), (b, first[j]), &mut out);
        }
    }
    out
}

fn between((a, from): (&Brief, u32), (b, to): (&Brief, u32), out: &mut Vec<Disagreement>) {
    let read = |brief: &Brief| -> Vec<(BTreeSet<String>, Vec<Figure>)> {
        let rows = brief.translation.iter();
        rows.map(|t| (words_of(&t.source), figures(&t.source))).collect()
    };
    let (left, right) = (read(a), read(b));
    let says = |side: &[(BTreeSet<String>, Vec<Figure>)], key: &str, value: &str| {
        side.iter().flat_map(|s| &s.1).any(|f| f.key == key && f.value == value)
    };
    for ((words, figures), x) in left.iter().zip(&a.translation) {
        for f in figures {
            // what the other article says too, somewhere, is no disagreement
            if says(&right, &f.key, &f.value) {
                continue;
            }
            let rivals = right.iter().zip(&b.translation).filter_map(|((others, theirs), y)| {
                let near = overlap(words, others);
                let rival = theirs
                    .iter()
                    .find(|g| g.key == f.key && !says(&left, &g.key, &g.value))?;
                (near >= TOGETHER).then_some((near, rival, y))
            });
            let Some((_, g, y)) = rivals.max_by(|p, q| p.0.total_cmp(&q.0)) else {
                continue;
            };
            let told = [(a, from, x, f.span), (b, to, y, g.span)].map(|(brief, first, row, span)| Told {
                article: brief.id.clone(),
                sentence: first + row.sentence,
                text: shown(&row.source, span),
            });
            out.push(Disagreement {
                about: f.about.clone(),
                told: told.into(),
            });
        }
    }
}

/// Content of a sentence but for its figures.
fn words_of(sentence: &str) -> BTreeSet<String> {
    let words = content(sentence, Language::Italian).into_iter();
    words.filter(|w| w.chars().all(char::is_alphabetic)).collect()
}
