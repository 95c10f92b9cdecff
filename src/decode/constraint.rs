//! Phrases that must appear, each in one of several forms, and how far a hypothesis has come with them.
//!
//! Beams are shared among banks, one for each amount of progress, so that a hypothesis which has begun a phrase does
//! not lose its place to one that has not: M. Post and D. Vilar, "Fast lexically constrained decoding with dynamic
//! beam allocation", NAACL 2018.

/// Alternative surface forms of one phrase, as token ids: one of them must appear.
pub type Forms = Vec<Vec<u32>>;

/// How far one hypothesis has come with every phrase.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Progress {
    met: Vec<bool>,
    /// (phrase, form, tokens matched): forms that the last tokens have begun.
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

    /// The progress after one more token.
    pub fn after(&self, phrases: &[Forms], token: u32) -> Self {
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
            if self.met[p] || form.get(n) != Some(&token) {
                continue;
            }
            if n + 1 == form.len() {
                next.met[p] = true;
            } else {
                next.open.push((p, f, n + 1));
            }
        }
        next.open.retain(|(p, ..)| !next.met[*p]);
        next
    }

    /// Tokens that would bring it further.
    pub fn wanted(&self, phrases: &[Forms]) -> Vec<u32> {
        let begun = self.open.iter().map(|&(p, f, n)| phrases[p][f][n]);
        let unmet = phrases.iter().zip(&self.met).filter(|(_, met)| !**met);
        let mut wanted: Vec<u32> = begun
            .chain(unmet.flat_map(|(forms, _)| forms.iter().map(|f| f[0])))
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
        let check = |tokens: &[u32], bank: usize, unmet: &[usize], wanted: &[u32]| {
            let progress = tokens
                .iter()
                .fold(Progress::new(&phrases), |p, &t| p.after(&phrases, t));
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
        check(&[1, 2, 3], 3, &[1], &[2]);
        check(&[1, 2, 5], 2, &[0], &[1, 4]);
        check(&[1, 1], 1, &[0, 1], &[1, 2, 4]);
        check(&[4, 2, 5], 5, &[], &[]);
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
