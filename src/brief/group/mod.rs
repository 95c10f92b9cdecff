//! Articles on one event become one brief, with citations into each and a list of where they disagree.
mod disagree;
mod event;

use super::{Brief, BriefSentence, Disagreement, Fact, Group, Member};
use crate::text::words::{content, Language};
pub use event::{events, Anchors};
use std::collections::BTreeSet;

/// Share of the smaller sentence's words from which two sentences of briefs say the same.
const SAME: f32 = 0.6;

/// Briefs in their order, those of articles on one event merged into the place of the first.
pub fn group(briefs: Vec<Brief>) -> Vec<Brief> {
    let anchors: Vec<Anchors> = briefs.iter().map(Anchors::of).collect();
    let events = events(&anchors);
    let mut parts: Vec<Option<Brief>> = briefs.into_iter().map(Some).collect();
    let merged = events.into_iter().map(|event| {
        let members: Vec<Brief> = event.into_iter().filter_map(|i| parts[i].take()).collect();
        merge(members)
    });
    merged.flatten().collect()
}

/// One brief of several on one event: the first gives headline and frame, each of the others what it adds. Sentences are numbered
/// through: those of the second article follow those of the first.
pub fn merge(members: Vec<Brief>) -> Option<Brief> {
    if members.len() < 2 {
        return members.into_iter().next();
    }
    let disagreements = disagree::disagreements(&members);
    let mut first = 0;
    let articles = members
        .iter()
        .map(|b| {
            let sentences = length(b);
            let member = Member {
                id: b.id.clone(),
                source: b.source.clone(),
                first,
                sentences,
            };
            first += sentences;
            member
        })
        .collect::<Vec<_>>();
    let mut parts = members.into_iter().zip(&articles).map(|(b, m)| shifted(b, m.first));
    let mut out = parts.next()?;
    for part in parts {
        for sentence in part.summary {
            add(&mut out.summary, sentence, &disagreements);
        }
        let new = |f: &Fact| !out.facts.iter().any(|g| g.kind == f.kind && g.text == f.text);
        let facts: Vec<Fact> = part.facts.into_iter().filter(new).collect();
        out.facts.extend(facts);
        out.translation.extend(part.translation);
        out.skipped.extend(part.skipped);
        out.findings.extend(part.findings);
    }
    out.id = articles.iter().map(|m| m.id.as_str()).collect::<Vec<_>>().join("+");
    out.group = Some(Group {
        articles,
        disagreements,
    });
    Some(out)
}

/// How many sentence numbers an article uses.
fn length(brief: &Brief) -> u32 {
    let translated = brief.translation.iter().map(|t| t.sentence);
    let cited = brief.summary.iter().flat_map(|s| &s.citations).map(|c| c.sentence);
    translated.chain(cited).max().map_or(0, |last| last + 1)
}

/// A brief whose sentence numbers start at `by`.
fn shifted(mut brief: Brief, by: u32) -> Brief {
    for c in brief.summary.iter_mut().flat_map(|s| &mut s.citations) {
        c.sentence += by;
    }
    brief.facts.iter_mut().for_each(|f| f.sentence += by);
    brief.translation.iter_mut().for_each(|t| t.sentence += by);
    for f in &mut brief.findings {
        for e in f.source.iter_mut().chain(&mut f.target) {
            e.sentence += by;
        }
    }
    brief
}

/// Adds a sentence, or its citations to one that says the same; sentences that disagree both stay.
fn add(summary: &mut Vec<BriefSentence>, new: BriefSentence, disagreements: &[Disagreement]) {
    let disputed = |s: &BriefSentence| {
        let tells = |d: &Disagreement, s: &BriefSentence| {
            d.told
                .iter()
                .any(|t| s.citations.iter().any(|c| c.sentence == t.sentence))
        };
        disagreements.iter().any(|d| tells(d, s) && tells(d, &new))
    };
    let same = |s: &&mut BriefSentence| overlap(&stems(&s.text), &stems(&new.text)) >= SAME && !disputed(s);
    match summary.iter_mut().find(same) {
        Some(known) => known.citations.extend(new.citations),
        None => summary.push(new),
    }
}

fn stems(text: &str) -> BTreeSet<String> {
    content(text, Language::English).into_iter().collect()
}

/// Share of the smaller set that the larger one holds.
fn overlap<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> f32 {
    let smaller = a.len().min(b.len());
    a.intersection(b).count() as f32 / smaller.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brief::{Citation, Source};

    fn brief(id: &str, date: &str, rows: &[(&str, &str)]) -> Brief {
        Brief {
            source: Source {
                date: Some(date.into()),
                ..Source::default()
            },
            headline: rows[0].1.into(),
            summary: (0..)
                .zip(rows)
                .map(|(sentence, (source, text))| BriefSentence {
                    text: text.to_string(),
                    citations: vec![Citation {
                        sentence,
                        start: 0,
                        end: source.len(),
                        quote: source.to_string(),
                    }],
                })
                .collect(),
            ..Brief::of_rows(id, rows)
        }
    }

    fn two() -> [Brief; 2] {
        [
            brief(
                "a",
                "2024-03-12",
                &[
                    (
                        "La Guardia di Finanza di Cuneo ha eseguito 15 arresti tra Alba e Saluzzo per frode sull'Iva.",
                        "The Guardia di Finanza of Cuneo made 15 arrests between Alba and Saluzzo for VAT fraud.",
                    ),
                    (
                        "Il principale imputato, patron della Tessil Langhe, rischia due anni di reclusione.",
                        "The main defendant, owner of Tessil Langhe, faces two years in prison.",
                    ),
                    ("Sequestrati 4,2 milioni di euro.", "4.2 million euros were seized."),
                ],
            ),
            brief(
                "b",
                "2024-03-13",
                &[
                    (
                        "Frode sull'Iva tra Alba e Saluzzo: sono 16 gli arresti della Guardia di Finanza di Cuneo.",
                        "VAT fraud between Alba and Saluzzo: the Guardia di Finanza of Cuneo made 16 arrests.",
                    ),
                    (
                        "Il principale imputato, patron della Tessil Langhe, rischia tre anni di reclusione.",
                        "The main defendant, owner of Tessil Langhe, faces three years in prison.",
                    ),
                    ("Sequestrati 4,2 milioni di euro.", "4.2 million euros were seized."),
                    ("La difesa nega ogni addebito.", "The defence denies every charge."),
                ],
            ),
        ]
    }

    #[test]
    fn one_event_is_one_brief() {
        let [a, b] = two();
        let other = brief(
            "c",
            "2024-03-12",
            &[(
                "A Trani la Corte dei Conti ha condannato tre dirigenti della Asl a risarcire 90.000 euro.",
                "In Trani the Court of Auditors ordered three health executives to repay 90,000 euros.",
            )],
        );
        let grouped = group(vec![a, other.clone(), b]);
        assert_eq!(grouped.len(), 2);
        assert_eq!(grouped[0].id, "a+b");
        assert_eq!(grouped[1], other);
        let merged = &grouped[0];
        let texts: Vec<&str> = merged.summary.iter().map(|s| s.text.as_str()).collect();
        assert_eq!(texts.len(), 6, "{texts:?}");
        // the same amount is told once, with both sources
        let seized = merged.summary.iter().find(|s| s.text.starts_with("4.2")).unwrap();
        assert_eq!(seized.citations.iter().map(|c| c.sentence).collect::<Vec<_>>(), [2, 5]);
        assert_eq!(texts[5], "The defence denies every charge.");
        assert_eq!(
            merged.translation.iter().map(|t| t.sentence).collect::<Vec<_>>(),
            [0, 1, 2, 3, 4, 5, 6]
        );
        let of = merged.group.as_ref().unwrap();
        let places: Vec<(u32, u32)> = of.articles.iter().map(|m| (m.first, m.sentences)).collect();
        assert_eq!(places, [(0, 3), (3, 4)]);
    }

    #[test]
    fn tells_where_the_sources_disagree() {
        let grouped = group(two().into());
        let of = grouped[0].group.as_ref().unwrap();
        let told: Vec<Vec<(&str, u32)>> = of
            .disagreements
            .iter()
            .map(|d| d.told.iter().map(|t| (t.text.as_str(), t.sentence)).collect())
            .collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[0].iter().map(|t| t.1).collect::<Vec<_>>(), [0, 3]);
        assert!(
            told[0][0].0.contains("15 arresti") && told[0][1].0.contains("16 gli arresti"),
            "{told:?}"
        );
        assert!(
            told[1][0].0 == "rischia due anni di reclusione" && told[1][1].0 == "rischia tre anni di reclusione",
            "{told:?}"
        );
    }

    #[test]
    fn days_apart_are_other_events() {
        let [a, mut b] = two();
        b.source.date = Some("2024-06-01".into());
        assert_eq!(group(vec![a, b]).len(), 2);
        assert!(group(vec![]).is_empty());
    }
}
