//! Rules of a search as data: what each next token may be, given the tokens so far.
use super::Search;
use crate::model::Edits;

/// What may come next in one row: a token with certainty, which is returned, or what the model says, changed by `edits`,
/// which are empty before. `tokens` begin with the start token; `limit` is the longest hypothesis.
pub(super) fn next(search: &Search, tokens: &[u32], limit: usize, edits: &mut Edits) -> Option<u32> {
    let place = tokens.len() - 1;
    if place + 1 == limit && search.forced_last.is_some() {
        return search.forced_last;
    }
    if place == 0 && search.forced_first.is_some() {
        return search.forced_first;
    }
    let ban = &mut edits.ban;
    ban.extend(&search.suppressed);
    ban.extend(search.bad_words.iter().filter_map(|w| completes(w, tokens)));
    if place < search.min_tokens {
        ban.extend(&search.eos);
    }
    if search.no_repeat_ngram > 0 {
        repeats(search.no_repeat_ngram, tokens, ban);
    }
    None
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
        let check = |change: &dyn Fn(&mut Search), tokens: &[u32], expected: (Option<u32>, Vec<u32>)| {
            let mut search = base.clone();
            change(&mut search);
            let mut edits = Edits::default();
            let forced = next(&search, tokens, search.max_tokens, &mut edits);
            assert_eq!((forced, edits.ban), expected, "{tokens:?}");
            assert!(edits.only.is_none() && edits.add.is_empty());
        };
        let ban = |ban: &[u32]| (None, ban.to_vec());
        let forced = |token: u32| (Some(token), vec![]);
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
        check(&|s| s.forced_first = Some(5), &[9], forced(5));
        check(&|s| s.forced_first = Some(5), &[9, 5], ban(&[]));
        check(&|s| s.forced_last = Some(0), &[9, 1, 2, 3, 4, 5, 6, 7], forced(0));
        check(&|s| s.forced_last = Some(0), &[9, 1, 2, 3, 4, 5, 6], ban(&[]));
    }
}
