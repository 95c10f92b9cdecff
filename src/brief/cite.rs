//! Citations: which Italian sentences a sentence of the brief rests on, quoted by byte offsets.
use super::{strategy::DraftSentence, BriefSentence, Citation, Translated};
use crate::text::{
    words::{self, Idf, Language},
    Article, SentenceId, Span,
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

/// Source sentences whose translations share the rare words, figures and names of an English sentence.
pub fn align(english: &str, translation: &[(SentenceId, Translated)]) -> Vec<SentenceId> {
    let sources: Vec<(SentenceId, &str)> = translation.iter().map(|(id, t)| (*id, t.text.as_str())).collect();
    align_to(english, &sources, Language::English)
}

/// Sentences at most that one sentence of a brief cites.
const MOST_CITED: usize = 4;

/// Sources that share the rare words of a sentence in the same language, figures and names counting double: the best
/// one, and further ones as long as each explains words that those before it do not. In article order.
pub fn align_to(sentence: &str, sources: &[(SentenceId, &str)], language: Language) -> Vec<SentenceId> {
    let sources: Vec<(SentenceId, HashSet<String>)> = sources
        .iter()
        .map(|(id, text)| (*id, words::content(text, language).into_iter().collect()))
        .collect();
    let idf = Idf::of(sources.iter().map(|(_, s)| s.iter().cloned()));
    let marked = marked(sentence, language);
    let weight = |w: &String| idf.weight(w) * if marked.contains(w) { 2.0 } else { 1.0 };
    let mut open: Vec<String> = words::content(sentence, language);
    open.sort();
    open.dedup();
    let total: f32 = open.iter().map(weight).sum();
    let mut cited = vec![];
    while cited.len() < MOST_CITED {
        let gain = |s: &HashSet<String>| open.iter().filter(|w| s.contains(*w)).map(weight).sum::<f32>();
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

/// Stems of the words that name something: figures, and capitalised words that do not merely begin the sentence.
fn marked(sentence: &str, language: Language) -> HashSet<String> {
    let spans = words::words(sentence);
    let is_marked = |(n, span): (usize, &Span)| {
        let word = span.of(sentence);
        let first = word.chars().next().unwrap_or(' ');
        first.is_ascii_digit() || (n > 0 && first.is_uppercase())
    };
    spans
        .iter()
        .enumerate()
        .filter(|&x| is_marked(x))
        .map(|(_, span)| words::stem(span.of(sentence), language))
        .collect()
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
            // Its figure and its place say more than the words that two sentences share.
            ("Some homes, police said, and 74 in Milan", vec![0, 1]),
        ] {
            let found: Vec<u32> = align(english, &translation).into_iter().map(|id| id.0).collect();
            assert_eq!(found, expected, "{english}");
        }
    }
}
