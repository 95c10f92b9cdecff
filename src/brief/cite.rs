//! Citations: which Italian sentences a sentence of the brief rests on, quoted by byte offsets.
use super::{strategy::DraftSentence, BriefSentence, Citation, Translated};
use crate::text::{
    words::{self, Idf, Language},
    Article, SentenceId,
};
use std::collections::HashSet;

/// Gives each draft sentence its citations: exact where the strategy knows its sources, else by overlap with the
/// sentences' translations.
pub fn cite(
    article: &Article,
    sentences: Vec<DraftSentence>,
    translation: &[(SentenceId, Translated)],
) -> Vec<BriefSentence> {
    sentences
        .into_iter()
        .map(|s| {
            let sources = match s.sources.is_empty() {
                true => align(&s.text, translation),
                false => s.sources,
            };
            BriefSentence {
                citations: sources.into_iter().map(|id| citation(article, id)).collect(),
                text: s.text,
            }
        })
        .collect()
}

/// The citation of one sentence of the article.
pub fn citation(article: &Article, id: SentenceId) -> Citation {
    let span = article.sentences[id.0 as usize].span;
    Citation {
        sentence: id.0,
        start: span.start,
        end: span.end,
        quote: span.of(&article.text).to_string(),
    }
}

/// Source sentences whose translations share the rare words and figures of an English sentence: the best one, and
/// further ones as long as each explains words that those before it do not. In article order.
pub fn align(english: &str, translation: &[(SentenceId, Translated)]) -> Vec<SentenceId> {
    let stems = |t: &str| words::content(t, Language::English);
    let sources: Vec<(SentenceId, HashSet<String>)> = translation
        .iter()
        .map(|(id, t)| (*id, stems(&t.text).into_iter().collect()))
        .collect();
    let idf = Idf::of(sources.iter().map(|(_, s)| s.iter().cloned()));
    let mut open: Vec<String> = stems(english);
    open.sort();
    open.dedup();
    let total: f32 = open.iter().map(|w| idf.weight(w)).sum();
    let mut cited = vec![];
    while cited.len() < 4 {
        let gain = |s: &HashSet<String>| {
            open.iter()
                .filter(|w| s.contains(*w))
                .map(|w| idf.weight(w))
                .sum::<f32>()
        };
        let best = sources
            .iter()
            .filter(|(id, _)| !cited.contains(id))
            .map(|(id, s)| (*id, gain(s), s))
            .fold(
                None,
                |best: Option<(SentenceId, f32, &HashSet<String>)>, x| match best {
                    Some(b) if b.1 >= x.1 => Some(b),
                    _ => Some(x),
                },
            );
        let Some((id, gained, s)) = best else { break };
        let least = if cited.is_empty() { 0.0 } else { 0.2 * total };
        if gained <= least {
            break;
        }
        cited.push(id);
        open.retain(|w| !s.contains(w));
    }
    cited.sort();
    cited
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_by_rare_words() {
        let t = |id: u32, text: &str| {
            let translated = Translated {
                text: text.into(),
                ..Translated::default()
            };
            (SentenceId(id), translated)
        };
        let translation = [
            t(0, "The police searched nine homes in Milan"),
            t(1, "Prosecutors in Milan seized 74 devices"),
            t(2, "The mayor opened a new library"),
        ];
        for (english, expected) in [
            ("Nine homes were searched by police", vec![0]),
            (
                "Police searched nine homes and prosecutors seized 74 devices",
                vec![0, 1],
            ),
            ("A new library was opened", vec![2]),
            ("Completely unrelated words", vec![]),
        ] {
            let found: Vec<u32> = align(english, &translation).into_iter().map(|id| id.0).collect();
            assert_eq!(found, expected, "{english}");
        }
    }
}
