//! Phrases that must appear, each in one of several forms, and how far a hypothesis has come with them.
//!
//! Beams are shared among banks, one for each amount of progress, so that a hypothesis which has begun a phrase does
//! not lose its place to one that has not: M. Post and D. Vilar, "Fast lexically constrained decoding with dynamic
//! beam allocation", NAACL 2018.

/// Alternative surface forms of one phrase, as token ids: one of them must appear.
pub type Forms = Vec<Vec<u32>>;

/// How a token stands to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// It begins a word, or is no part of one: what stood before it has ended.
    Apart,
    /// A `.` or `,`: `15` has ended if what follows is not a digit.
    Separator,
    /// It goes on with the word or number before it.
    Within,
}

/// How far one hypothesis has come with every phrase.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Progress {
    met: Vec<bool>,
    /// (phrase, form, tokens matched): forms that the last tokens have begun. One that is matched whole is met only
    /// once the next token shows that it has ended: `15` is not in `150`.
    open: Vec<(usize, usize, usize)>,
}

impl Progress {
    pub fn new(phrases: &[Forms]) -> Self {
        // A phrase without a single token asks for nothing.
        let met = phrases
            .iter()
            .map(|forms| forms.iter().any(Vec::is_empty) || forms.is_empty())
            .collect();
        Self { met, open: vec![] }
    }

    /// The progress after one more token, which stands so to the one before it.
    pub fn after(&self, phrases: &[Forms], token: u32, joint: Joint) -> Self {
        let mut next = Self {
            met: self.met.clone(),
            open: vec![],
        };
        let fresh = phrases
            .iter()
            .enumerate()
            .flat_map(|(p, forms)| (0..forms.len()).map(move |f| (p, f, 0)));
        for (p, f, n) in self.open.iter().copied().chain(fresh) {
            let form = &phrases[p][f];
            match joint {
                _ if self.met[p] => (),
                Joint::Apart if n == form.len() => next.met[p] = true,
                Joint::Separator if n == form.len() => next.open.push((p, f, n)),
                _ if form.get(n) == Some(&token) => next.open.push((p, f, n + 1)),
                _ => (),
            }
        }
        next.open.retain(|(p, ..)| !next.met[*p]);
        next
    }

    /// Tokens that would bring it further.
    pub fn wanted(&self, phrases: &[Forms]) -> Vec<u32> {
        let begun = self.open.iter().filter_map(|&(p, f, n)| phrases[p][f].get(n).copied());
        let whole = |p: usize| self.open.iter().any(|&(q, f, n)| p == q && n == phrases[q][f].len());
        let unmet = (0..phrases.len()).filter(|&p| !self.met[p] && !whole(p));
        let mut wanted: Vec<u32> = begun
            .chain(unmet.flat_map(|p| phrases[p].iter().map(|f| f[0])))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// The bank it belongs to: phrases met count their longest form, the one being written its tokens so far.
    pub fn bank(&self, phrases: &[Forms]) -> usize {
        let met = phrases.iter().zip(&self.met).filter(|(_, met)| **met);
        let met: usize = met.map(|(forms, _)| longest(forms)).sum();
        met + self.open.iter().map(|o| o.2).max().unwrap_or(0)
    }

    pub fn is_complete(&self) -> bool {
        self.met.iter().all(|m| *m)
    }

    /// Phrases that have not appeared.
    pub fn unmet(&self) -> Vec<usize> {
        (0..self.met.len()).filter(|&p| !self.met[p]).collect()
    }
}

fn longest(forms: &Forms) -> usize {
    forms.iter().map(Vec::len).max().unwrap_or(0)
}

/// Tokens that all phrases together take: one bank for each amount, and one for none.
pub(super) fn tokens(phrases: &[Forms]) -> usize {
    phrases.iter().map(longest).sum()
}

/// Chooses `beams` of the candidates, given as their banks in order of score: an equal share for each bank, the most
/// advanced first, and what is left over to the best of the rest. Returns positions in order of score.
pub(super) fn allocate(banks: &[usize], beams: usize) -> Vec<usize> {
    let mut kinds: Vec<usize> = banks.to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    let share = (beams / kinds.len().max(1)).max(1);
    let mut chosen = vec![];
    for kind in kinds.iter().rev() {
        let room = share.min(beams - chosen.len());
        chosen.extend((0..banks.len()).filter(|&i| banks[i] == *kind).take(room));
    }
    let rest: Vec<usize> = (0..banks.len())
        .filter(|i| !chosen.contains(i))
        .take(beams - chosen.len())
        .collect();
    chosen.extend(rest);
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_follows_every_form() {
        let phrases = vec![vec![vec![1, 2, 3], vec![4]], vec![vec![2, 5]]];
        // Token 0 ends a hypothesis, 7 goes on with a word, 8 is a full stop.
        let joint = |t: u32| match t {
            7 => Joint::Within,
            8 => Joint::Separator,
            _ => Joint::Apart,
        };
        let check = |tokens: &[u32], bank: usize, unmet: &[usize], wanted: &[u32]| {
            let progress = tokens
                .iter()
                .fold(Progress::new(&phrases), |p, &t| p.after(&phrases, t, joint(t)));
            assert_eq!(
                (progress.bank(&phrases), progress.unmet()),
                (bank, unmet.to_vec()),
                "{tokens:?}"
            );
            assert_eq!(progress.wanted(&phrases), wanted, "{tokens:?}");
            assert_eq!(progress.is_complete(), unmet.is_empty());
        };
        check(&[], 0, &[0, 1], &[1, 2, 4]);
        check(&[1], 1, &[0, 1], &[1, 2, 4]);
        check(&[1, 2], 2, &[0, 1], &[1, 2, 3, 4, 5]);
        check(&[1, 2, 3], 3, &[0, 1], &[2]);
        check(&[1, 2, 3, 0], 3, &[1], &[2]);
        check(&[1, 2, 3, 7], 0, &[0, 1], &[1, 2, 4]);
        check(&[1, 2, 3, 8], 3, &[0, 1], &[2]);
        check(&[1, 2, 3, 8, 0], 3, &[1], &[2]);
        check(&[1, 2, 3, 8, 7], 0, &[0, 1], &[1, 2, 4]);
        check(&[1, 2, 5, 9], 2, &[0], &[1, 4]);
        check(&[1, 1], 1, &[0, 1], &[1, 2, 4]);
        check(&[4, 2, 5], 5, &[1], &[]);
        check(&[4, 2, 5, 0], 5, &[], &[]);
        check(&[1, 9], 0, &[0, 1], &[1, 2, 4]);
    }

    #[test]
    fn banks_share_the_beams() {
        let check = |banks: &[usize], beams: usize, expected: &[usize]| {
            assert_eq!(allocate(banks, beams), expected, "{banks:?} {beams}");
        };
        check(&[0, 0, 0, 0], 2, &[0, 1]);
        check(&[0, 0, 0, 1], 2, &[0, 3]);
        check(&[0, 0, 1, 1, 2], 4, &[0, 1, 2, 4]);
        check(&[0, 1, 2, 3], 2, &[2, 3]);
        check(&[], 2, &[]);
    }
}
