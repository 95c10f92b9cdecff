//! The headline: the title's translation where the article has one, else what a model wrote, else a sentence shortened.
use super::Translated;
use crate::text::{clauses, words, Article, Role, SentenceId};

/// Words of a headline that is made from a sentence.
const MOST_WORDS: usize = 16;

/// An English headline without a closing full stop: of the title, else of the first chosen sentence.
pub fn of(article: &Article, translation: &[(SentenceId, Translated)], chosen: &[SentenceId]) -> String {
    let first = chosen.first().or(translation.first().map(|(id, _)| id));
    let first = first.and_then(|id| translation.iter().find(|(i, _)| i == id));
    written(article, translation, None, first.map(|(_, t)| t.text.as_str()))
}

/// An English headline without a closing full stop: of the title, else the one that a model wrote, else of the first
/// sentence of the brief.
pub fn written(
    article: &Article,
    translation: &[(SentenceId, Translated)],
    model: Option<&str>,
    first: Option<&str>,
) -> String {
    let role = |id: &SentenceId| article.sentences[id.0 as usize].role;
    let title: Vec<&str> = translation
        .iter()
        .filter(|(id, _)| role(id) == Role::Title)
        .map(|(_, t)| t.text.as_str())
        .collect();
    match (title.is_empty(), model) {
        (false, _) => without_stop(&title.join(" ")),
        (true, Some(model)) => without_stop(model),
        (true, None) => without_stop(&shortened(first.unwrap_or_default())),
    }
}

/// Words that a headline may not lose with the clause that holds them: who says so, and that it is not established.
const HEDGES: &[&str] = &[
    "alleg",
    "accord",
    "accus",
    "suspect",
    "suspicion",
    "claim",
    "deni",
    "deny",
    "presum",
    "report",
    "said",
    "says",
    "would",
    "investigat",
    "not",
    "no",
    "charge",
    "appeal",
];

/// A long sentence cut after one of its first clauses, unless what follows says who says so or that it is denied.
fn shortened(sentence: &str) -> String {
    if words::count(sentence) <= MOST_WORDS {
        return sentence.to_string();
    }
    let clauses = clauses::clauses(sentence, &clauses::under_words(MOST_WORDS));
    let at_mark = |end: usize| sentence[..end].trim_end().ends_with([',', ';', ':']);
    let hedged = |rest: &str| {
        let rest = rest.to_lowercase();
        let found = words::words(&rest);
        found.iter().any(|w| {
            HEDGES.iter().any(|h| match h.len() {
                ..4 => w.of(&rest) == *h,
                _ => w.of(&rest).starts_with(h),
            })
        })
    };
    let cut = clauses.iter().map(|c| c.end).filter(|&end| {
        let n = words::count(&sentence[..end]);
        (6..=MOST_WORDS).contains(&n) && at_mark(end) && !hedged(&sentence[end..])
    });
    match cut.max() {
        Some(end) => sentence[..end].trim_end_matches([',', ';', ':', ' ']).to_string(),
        None => sentence.to_string(),
    }
}

fn without_stop(text: &str) -> String {
    let text = text.trim();
    match text.strip_suffix('.') {
        Some(shorter) if !shorter.ends_with('.') => shorter.to_string(),
        _ => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_is_cut_at_a_clause_that_takes_nothing_away() {
        let tail = "which will be rebuilt by the region over the next three years at a cost of two million euros.";
        let check = |sentence: &str, expected: &str| assert_eq!(without_stop(&shortened(sentence)), expected);
        check("The library reopened on Monday.", "The library reopened on Monday");
        check("Five arrests at Naples F.C.", "Five arrests at Naples F.C");
        check("To be continued...", "To be continued...");
        check(
            &format!("The council of Lodi voted for the new bridge, {tail}"),
            "The council of Lodi voted for the new bridge",
        );
        // Too short a beginning, no clause at all, or a clause that must stay: the sentence is kept whole.
        for sentence in [
            format!("In Lodi, {tail}"),
            format!("The council of Lodi has voted for the long awaited new bridge {tail}"),
            "The mayor of Lodi took money for the new bridge, according to prosecutors who opened the case last year and heard him."
                .into(),
            "The director of the bank hid two million euros abroad, an accusation that he has always denied in full before the court."
                .into(),
        ] {
            check(&sentence, sentence.trim_end_matches('.'));
        }
    }
}
