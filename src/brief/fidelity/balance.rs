//! One to one: which signs of one text have a partner at about the same place of the other.
//!
//! Italian and English order their clauses much alike, so that a sign's place in its sentence (0 the start, 1 the end)
//! tells where its partner may stand. A sign that is left without one is what was dropped or put in.

use crate::text::{pattern::small, Span};

/// Place of a byte in its text, from 0 to 1.
pub fn place(text: &str, at: usize) -> f32 {
    at as f32 / text.len().max(1) as f32
}

/// Pairs of words that translate each other, by what they begin with: Italian, English, in small letters, with `|`
/// between them. `…rebb` stands in a word, after its first letter.
pub type Partners = &'static [(&'static str, &'static str)];

fn begins(text: &str, stems: &str) -> bool {
    let text = small(text);
    let word = || text.split(|c: char| !c.is_alphanumeric()).next();
    stems.split('|').any(|stem| match stem.strip_prefix('…') {
        None => text.starts_with(stem),
        Some(end) => word().and_then(|w| w.find(end)).is_some_and(|at| at > 0),
    })
}

/// Words of both texts that no word of the other, at most `reach` away, translates: each is used up once, by the nearest.
pub fn leftover(
    (source, mut its): (&str, Vec<Span>),
    (target, ens): (&str, Vec<Span>),
    table: Partners,
    reach: f32,
) -> (Vec<Span>, Vec<Span>) {
    let mut left = vec![];
    for en in ens {
        let word = en.of(target);
        let far = |it: &Span| (place(source, it.start) - place(target, en.start)).abs();
        let translates = |it: &Span| {
            let italian = it.of(source);
            table.iter().any(|(it, en)| begins(italian, it) && begins(word, en))
        };
        let near = its
            .iter()
            .enumerate()
            .filter(|(_, it)| far(it) < reach && translates(it));
        match near.min_by(|a, b| far(a.1).total_cmp(&far(b.1))).map(|(i, _)| i) {
            Some(i) => drop(its.remove(i)),
            None => left.push(en),
        }
    }
    (its, left)
}

/// Places of one sign; a double negation (`non ... mai`) is one sign with two places.
pub type Places = Vec<f32>;

/// The first of `need` without a partner of its own among `have`, where partners lie at most `window` apart. A sign with
/// no places stands anywhere.
pub fn unmatched(need: &[Places], have: &[Places], window: f32) -> Option<usize> {
    let near = |a: &Places, b: &Places| {
        a.is_empty() || b.is_empty() || a.iter().any(|x| b.iter().any(|y| (x - y).abs() <= window))
    };
    unpaired(need.len(), have.len(), &|i, j| near(&need[i], &have[j]))
}

/// The first of `needs` that gets no partner of its own among `haves`: a maximum bipartite matching by augmenting paths
/// (Kuhn 1955).
pub fn unpaired(needs: usize, haves: usize, near: &dyn Fn(usize, usize) -> bool) -> Option<usize> {
    let mut owner: Vec<Option<usize>> = vec![None; haves];
    fn settle(i: usize, near: &dyn Fn(usize, usize) -> bool, owner: &mut [Option<usize>], tried: &mut [bool]) -> bool {
        for j in 0..owner.len() {
            if tried[j] || !near(i, j) {
                continue;
            }
            tried[j] = true;
            if owner[j].is_none_or(|k| settle(k, near, owner, tried)) {
                owner[j] = Some(i);
                return true;
            }
        }
        false
    }
    (0..needs).find(|&i| !settle(i, near, &mut owner, &mut vec![false; haves]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_wants_a_partner_of_its_own() {
        let places = |of: &[&[f32]]| of.iter().map(|p| p.to_vec()).collect::<Vec<_>>();
        for (need, have, expected) in [
            (&[][..], &[][..], None),
            (&[&[0.5][..]][..], &[][..], Some(0)),
            (&[&[0.5]], &[&[0.4][..]], None),
            (&[&[0.1]], &[&[0.9]], Some(0)),
            (&[&[0.4], &[0.5]], &[&[0.45]], Some(1)),
            // the first gives way to the second
            (&[&[0.5], &[0.7]], &[&[0.6], &[0.4]], None),
            (&[&[0.1]], &[&[0.9, 0.2]], None),
            (&[&[]], &[&[0.9]], None),
        ] {
            assert_eq!(
                unmatched(&places(need), &places(have), 0.2),
                expected,
                "{need:?} {have:?}"
            );
        }
    }
}
