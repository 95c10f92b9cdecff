//! Rules of a search as data: what each next token may be, given the tokens so far.
use super::Search;
use crate::model::Edits;

/// What may come next in one row.
#[derive(Debug, PartialEq)]
pub(super) enum Next {
    /// This token, with certainty.
    Forced(u32),
    /// What the model says, changed so.
    Open(Edits),
}

/// `tokens` begin with the start token; `limit` is the longest hypothesis.
pub(super) fn next(search: &Search, tokens: &[u32], limit: usize) -> Next {
    let place = tokens.len() - 1;
    if place + 1 == limit {
        if let Some(last) = search.forced_last {
            return Next::Forced(last);
        }
    }
    if place == 0 {
        if let Some(first) = search.forced_first {
            return Next::Forced(first);
        }
    }
    let mut ban = search.suppressed.clone();
    ban.extend(search.bad_words.iter().filter_map(|w| completes(w, tokens)));
    if place < search.min_tokens {
        ban.extend(&search.eos);
    }
    if search.no_repeat_ngram > 0 {
        repeats(search.no_repeat_ngram, tokens, &mut ban);
    }
    Next::Open(Edits {
        ban,
        ..Edits::default()
    })
}

/// The last token of `word` if `tokens` end with all before it.
fn completes(word: &[u32], tokens: &[u32]) -> Option<u32> {
    let (last, before) = word.split_last()?;
    tokens.ends_with(before).then_some(*last)
}

/// Tokens that would complete an n-gram that is there already. The start token counts, as in transformers.
fn repeats(n: usize, tokens: &[u32], ban: &mut Vec<u32>) {
    if tokens.len() < n {
        return;
    }
    let prefix = &tokens[tokens.len() + 1 - n..];
    ban.extend(tokens.windows(n).filter(|w| w.starts_with(prefix)).map(|w| w[n - 1]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Generation;

    #[test]
    fn rules() {
        let base = Search {
            max_tokens: 8,
            eos: vec![0],
            ..Search::of(&Generation::default())
        };
        let check = |change: &dyn Fn(&mut Search), tokens: &[u32], expected: Next| {
            let mut search = base.clone();
            change(&mut search);
            assert_eq!(next(&search, tokens, search.max_tokens), expected, "{tokens:?}");
        };
        let ban = |ban: &[u32]| {
            Next::Open(Edits {
                ban: ban.to_vec(),
                ..Edits::default()
            })
        };
        check(&|_| {}, &[9], ban(&[]));
        check(&|s| s.suppressed = vec![9], &[9], ban(&[9]));
        check(&|s| s.bad_words = vec![vec![9], vec![3, 4]], &[9], ban(&[9]));
        check(&|s| s.bad_words = vec![vec![9], vec![3, 4]], &[9, 3], ban(&[9, 4]));
        check(&|s| s.min_tokens = 2, &[9, 3], ban(&[0]));
        check(&|s| s.min_tokens = 2, &[9, 3, 3], ban(&[]));
        check(&|s| s.no_repeat_ngram = 1, &[9, 3], ban(&[9, 3]));
        check(&|s| s.no_repeat_ngram = 2, &[9, 3, 4, 3], ban(&[4]));
        check(&|s| s.no_repeat_ngram = 3, &[9, 1, 2, 5, 1, 2], ban(&[5]));
        check(&|s| s.no_repeat_ngram = 3, &[9, 1], ban(&[]));
        check(&|s| s.forced_first = Some(5), &[9], Next::Forced(5));
        check(&|s| s.forced_first = Some(5), &[9, 5], ban(&[]));
        check(&|s| s.forced_last = Some(0), &[9, 1, 2, 3, 4, 5, 6, 7], Next::Forced(0));
        check(&|s| s.forced_last = Some(0), &[9, 1, 2, 3, 4, 5, 6], ban(&[]));
    }
}
