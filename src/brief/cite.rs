//! Citations: which Italian sentences a sentence of the brief rests on, quoted by byte offsets.
use super::{strategy::DraftSentence, BriefSentence, Citation, Translated};
use crate::text::{
    quantity::{quantities, Value, Weight},
    words::{self, Idf, Language},
    Article, Role, SentenceId,
};
use std::collections::BTreeMap;

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
                true => align(article, &s.text, translation, &s.looked),
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

/// Where the model that wrote a sentence looked while it did: shares of its cross-attention, summing to 1; nothing
/// where it cannot say.
pub type Looked = Vec<(SentenceId, f32)>;

/// Source sentences whose translations share the rare words, figures and names of an English sentence, or that the
/// model looked at while it wrote it.
pub fn align(
    article: &Article,
    english: &str,
    translation: &[(SentenceId, Translated)],
    looked: &[(SentenceId, f32)],
) -> Vec<SentenceId> {
    let sources: Vec<(SentenceId, &str)> = translation.iter().map(|(id, t)| (*id, t.text.as_str())).collect();
    align_in(article, english, &sources, Language::English, looked)
}

/// Sources in the body of an article, or else among its titles, which say what the body says again.
pub fn align_in(
    article: &Article,
    sentence: &str,
    sources: &[(SentenceId, &str)],
    language: Language,
    looked: &[(SentenceId, f32)],
) -> Vec<SentenceId> {
    let is_body = |id: SentenceId| {
        article
            .sentences
            .get(id.0 as usize)
            .is_some_and(|s| s.role == Role::Body)
    };
    let body: Vec<(SentenceId, &str)> = sources.iter().copied().filter(|(id, _)| is_body(*id)).collect();
    match align_to(sentence, &body, language, looked) {
        none if none.is_empty() => align_to(sentence, sources, language, looked),
        some => some,
    }
}

/// Sentences at most that one sentence of a brief cites.
const MOST_CITED: usize = 6;
/// Share of a sentence that a further source has to explain. Like the weights below, tuned on how the sentences that
/// the authors of `seeds/articles/train-*` named as support are found again (`sunto eval citations`).
const LEAST: f32 = 0.08;
/// What a share of the model's attention counts beside words, whose shares of the sentence sum to 1.
const LOOK: f32 = 0.5;
/// Share of attention from which on a source needs no words to be cited.
const LOOKED_AT: f32 = 0.25;
const FIGURE: f32 = 3.0;
const NAME: f32 = 2.0;

/// What a sentence says, as far as another can say it too, each with its weight: stems of its content words, and its
/// figures in normal form (`ventidue` and `22` are one).
fn sayings(sentence: &str, language: Language) -> BTreeMap<String, f32> {
    let figures = quantities(sentence, language);
    let figures = || figures.iter().filter(|q| q.weight > Weight::Implied);
    let mut out = BTreeMap::new();
    for (n, span) in words::words(sentence).into_iter().enumerate() {
        let word = span.of(sentence);
        let digits = !word.contains(char::is_alphabetic);
        let read = || figures().any(|q| q.span.start <= span.start && span.end <= q.span.end);
        let short = word.chars().nth(1).is_none() && !digits;
        if short || words::is_stop(word, language) || read() {
            continue;
        }
        let weight = match word.chars().next() {
            Some(c) if c.is_ascii_digit() => FIGURE,
            // a capital at the beginning says nothing
            Some(c) if c.is_uppercase() && n > 0 => NAME,
            _ => 1.0,
        };
        out.insert(words::stem(word, language), weight);
    }
    for q in figures() {
        let weight = if q.weight == Weight::Firm { FIGURE } else { 1.0 };
        match q.value {
            Value::Number(v) => drop(out.insert(format!("={v}"), weight)),
            Value::Time { hour, minute } => drop(out.insert(format!("={}:{minute}", hour % 12), weight)),
            Value::Date { year, month, day } => {
                let numbers = [year, day.map(i32::from)].into_iter().flatten();
                out.extend(numbers.map(|n| (format!("={n}"), weight)));
                out.extend(month.map(|m| (format!("month {m}"), 1.0)));
            }
        }
    }
    out
}

/// A sentence of the article with what it says.
type Source = (SentenceId, BTreeMap<String, f32>);

/// Sources that share the rare words of a sentence in the same language, figures and names counting more: the best one,
/// and further ones as long as each explains what those before it do not. In article order.
fn align_to(
    sentence: &str,
    sources: &[(SentenceId, &str)],
    language: Language,
    looked: &[(SentenceId, f32)],
) -> Vec<SentenceId> {
    let read = |(id, text): &(SentenceId, &str)| (*id, sayings(text, language));
    let sources: Vec<Source> = sources.iter().map(read).collect();
    let idf = Idf::of(sources.iter().map(|(_, s)| s.keys().cloned()));
    let own = sayings(sentence, language);
    let mut open: BTreeMap<&String, f32> = own
        .iter()
        .map(|(what, weight)| (what, weight * idf.weight(what)))
        .collect();
    let total: f32 = open.values().sum();
    // what has no words of its own is found by attention alone
    let whole = if total > 0.0 { total } else { 1.0 };
    // Attention that is spread evenly says nothing: what counts is what a sentence has above that.
    let even = 1.0 / looked.len().max(1) as f32;
    let look = |id: SentenceId| {
        let share = looked.iter().find(|(i, _)| *i == id).map_or(0.0, |(_, share)| *share);
        if looked.len() > 1 {
            (share - even).max(0.0)
        } else {
            share
        }
    };
    let mut cited = vec![];
    while cited.len() < MOST_CITED {
        // one common word more is no support
        let enough = |what: Vec<&String>| cited.is_empty() || what.len() > 1 || what.iter().any(|w| own[*w] >= NAME);
        let gain = |(id, s): &Source| {
            let explained = || open.iter().filter(|(what, _)| s.contains_key(**what));
            let (share, words) = (look(*id), explained().map(|(_, weight)| weight).sum::<f32>());
            let supports = words > 0.0 && enough(explained().map(|(what, _)| *what).collect());
            match share >= LOOKED_AT || supports {
                true => words + LOOK * share * whole,
                false => 0.0,
            }
        };
        let mut best: Option<(f32, &Source)> = None;
        for source in sources.iter().filter(|(id, _)| !cited.contains(id)) {
            let gained = gain(source);
            if best.is_none_or(|(most, _)| gained > most) {
                best = Some((gained, source));
            }
        }
        let least = if cited.is_empty() { 0.0 } else { LEAST * total };
        let Some((_, (id, said))) = best.filter(|(gained, _)| *gained > least) else {
            break;
        };
        cited.push(*id);
        open.retain(|what, _| !said.contains_key(*what));
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
            ("The 9 homes of the case", vec![0]),
            ("Completely unrelated words", vec![]),
            // Its figure and its place say more than the words that two sentences share.
            ("Some homes, police said, and 74 in Milan", vec![0, 1]),
        ] {
            let found = align(&Article::default(), english, &translation, &[]);
            assert_eq!(
                found,
                expected.into_iter().map(SentenceId).collect::<Vec<_>>(),
                "{english}"
            );
        }
        let looked = |english: &str, shares: &[(u32, f32)], expected: &[u32]| {
            let shares: Vec<_> = shares.iter().map(|(n, share)| (SentenceId(*n), *share)).collect();
            let found = align(&Article::default(), english, &translation, &shares);
            assert_eq!(found.iter().map(|id| id.0).collect::<Vec<_>>(), expected, "{english}");
        };
        // No word in common: where the model looked says it alone.
        looked("Flats were raided", &[(0, 0.7), (1, 0.2), (2, 0.1)], &[0]);
        looked("Flats were raided", &[], &[]);
        // Words that two sentences share are told apart by it.
        looked("It was in Milan", &[(0, 0.2), (1, 0.8)], &[1]);
        looked("It was in Milan", &[(0, 0.8), (1, 0.2)], &[0]);
        // A figure outweighs a glance.
        looked("74 of them", &[(0, 0.3), (1, 0.4), (2, 0.3)], &[1]);
        // Attention spread over all proves nothing.
        looked("Flats were raided", &[(0, 0.34), (1, 0.33), (2, 0.33)], &[]);
    }
}
