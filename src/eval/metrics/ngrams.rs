//! Counting n-grams of every order from one sorted list: what BLEU, chrF and ROUGE share.

/// The starts of a sequence, each packed with up to `width` symbols of `bits` bits, sorted.
///
/// An n-gram is a prefix of such a window, so the windows that begin with it stand side by side.
/// Symbols count from 1; 0 fills windows that reach past the end.
pub struct Windows {
    sorted: Vec<u128>,
    width: usize,
    bits: usize,
}

impl Windows {
    /// `symbols` count from 1 and fit in `bits` bits; `width * bits` is at most 128.
    pub fn new(symbols: &[u32], width: usize, bits: usize) -> Self {
        debug_assert!(width * bits <= 128 && symbols.iter().all(|&s| s > 0 && u64::from(s) >> bits == 0));
        let mut sorted = Vec::with_capacity(symbols.len());
        for start in 0..symbols.len() {
            let window = (0..width).map(|i| symbols.get(start + i).copied().unwrap_or(0));
            sorted.push(window.fold(0u128, |packed, s| packed << bits | u128::from(s)));
        }
        sorted.sort_unstable();
        Self { sorted, width, bits }
    }

    /// The distinct n-grams of order `n` in order, with how often each occurs.
    pub fn counts(&self, n: usize) -> impl Iterator<Item = (u128, u32)> + '_ {
        let shift = (self.width - n) * self.bits;
        let full = (1u128 << self.bits) - 1;
        let mut rest = self.sorted.as_slice();
        std::iter::from_fn(move || loop {
            let key = rest.first()? >> shift;
            let run = rest.iter().take_while(|w| **w >> shift == key).count();
            rest = &rest[run..];
            // A window whose n-th symbol is filling holds no n-gram of this order.
            if key & full != 0 {
                return Some((key, run as u32));
            }
        })
    }

    /// Number of n-grams of order `n`.
    pub fn total(&self, n: usize) -> usize {
        (self.sorted.len() + 1).saturating_sub(n)
    }
}

/// How many n-grams two sorted counts share, each counted as often as the rarer of the two.
pub fn overlap(a: impl Iterator<Item = (u128, u32)>, b: impl Iterator<Item = (u128, u32)>) -> u32 {
    let (mut a, mut b) = (a.peekable(), b.peekable());
    let mut shared = 0;
    while let (Some(&(x, n)), Some(&(y, m))) = (a.peek(), b.peek()) {
        match x.cmp(&y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                shared += n.min(m);
                a.next();
                b.next();
            }
        }
    }
    shared
}

/// Numbers for words from 1, equal for equal words, within one segment.
#[derive(Default)]
pub struct Numbers<'a>(std::collections::HashMap<&'a str, u32>);

impl<'a> Numbers<'a> {
    pub fn of(&mut self, words: impl Iterator<Item = &'a str>) -> Vec<u32> {
        words
            .map(|w| {
                let next = self.0.len() as u32 + 1;
                *self.0.entry(w).or_insert(next)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_counts() {
        let check = |symbols: &[u32], n, expected: &[u32]| {
            let windows = Windows::new(symbols, 4, 32);
            let mut counts: Vec<_> = windows.counts(n).map(|(_, c)| c).collect();
            counts.sort_unstable();
            assert_eq!(counts, expected, "{symbols:?} {n}");
            assert_eq!(windows.total(n), expected.iter().sum::<u32>() as usize);
        };
        check(&[], 1, &[]);
        check(&[1], 2, &[]);
        check(&[1, 1, 1], 1, &[3]);
        check(&[1, 1, 1], 2, &[2]);
        check(&[1, 2, 1, 2, 3], 2, &[1, 1, 2]);
        check(&[1, 2, 1, 2, 3], 4, &[1, 1]);
    }

    #[test]
    fn overlap_clips() {
        let check = |a: &[u32], b: &[u32], n, expected| {
            let (a, b) = (Windows::new(a, 4, 32), Windows::new(b, 4, 32));
            assert_eq!(overlap(a.counts(n), b.counts(n)), expected);
        };
        check(&[1, 1, 1], &[1, 1], 1, 2);
        check(&[1, 2, 3], &[2, 3, 1], 2, 1);
        check(&[1, 2, 3], &[4, 5], 1, 0);
        check(&[], &[4, 5], 1, 0);
    }
}
