//! How keys and values are kept between steps: as they are, or rounded to bfloat16, two in a word.
use super::pages::Plain;

/// A word of one or two values.
///
/// A vector of n values is kept as n / [`PER`](Self::PER) words; with two a word, word i holds values i and i + n / 2,
/// so that the lower halves of words that lie together are values that lie together, and so are the upper ones.
pub trait Kept: Plain + Default {
    /// Values in a word.
    const PER: usize;

    /// `second` is left out where a word holds one.
    fn word(first: f32, second: f32) -> Self;
    fn first(self) -> f32;
    /// Nothing to rely on where a word holds one.
    fn second(self) -> f32;
}

impl Kept for f32 {
    const PER: usize = 1;

    #[inline(always)]
    fn word(first: f32, _: f32) -> Self {
        first
    }

    #[inline(always)]
    fn first(self) -> f32 {
        self
    }

    #[inline(always)]
    fn second(self) -> f32 {
        0.0
    }
}

/// Two bfloat16: the upper half of an f32 each, rounded to the nearest, ties to even.
#[derive(Clone, Copy, Default)]
#[repr(transparent)]
pub struct Brief(u32);

impl Plain for Brief {}

#[inline(always)]
fn rounded(value: f32) -> u32 {
    let bits = value.to_bits();
    bits.wrapping_add(0x7FFF + (bits >> 16 & 1))
}

impl Kept for Brief {
    const PER: usize = 2;

    #[inline(always)]
    fn word(first: f32, second: f32) -> Self {
        Self(rounded(first) >> 16 | rounded(second) & 0xFFFF_0000)
    }

    #[inline(always)]
    fn first(self) -> f32 {
        f32::from_bits(self.0 << 16)
    }

    #[inline(always)]
    fn second(self) -> f32 {
        f32::from_bits(self.0 & 0xFFFF_0000)
    }
}

/// Keeps a vector in `to`.
#[inline(always)]
pub fn keep<T: Kept>(values: &[f32], to: &mut [T]) {
    let (first, second) = values.split_at(to.len());
    if T::PER == 1 {
        to.iter_mut().zip(first).for_each(|(to, v)| *to = T::word(*v, 0.0));
    } else {
        let pairs = first.iter().zip(second);
        to.iter_mut().zip(pairs).for_each(|(to, (a, b))| *to = T::word(*a, *b));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brief_value_is_the_nearest_of_eight_bits() {
        let kept = |value: f32| {
            let (a, b) = (Brief::word(value, -1.0), Brief::word(7.0, value));
            assert_eq!((a.second(), b.first()), (-1.0, 7.0), "the other one stays");
            assert_eq!(a.first().to_bits(), b.second().to_bits());
            a.first()
        };
        let check = |value: f32, expected: f32| assert_eq!(kept(value), expected, "{value}");
        check(0.0, 0.0);
        check(-1.5, -1.5);
        check(1.0 + 1.0 / 128.0, 1.0 + 1.0 / 128.0);
        // Ties go to the even one.
        check(1.0 + 1.0 / 256.0, 1.0);
        check(1.0 + 3.0 / 256.0, 1.0 + 4.0 / 256.0);
        check(f32::INFINITY, f32::INFINITY);
        check(f32::MAX, f32::INFINITY);
        assert!(kept(f32::NAN).is_nan());
        for i in 0..100_000 {
            let value = (i as f32 * 0.37).sin() * (i as f32 * 0.01).exp2().min(1e30);
            let error = (kept(value) - value).abs();
            assert!(error <= value.abs() / 256.0, "{value}");
        }
    }

    #[test]
    fn halves_of_words_are_halves_of_the_vector() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let mut whole = [0f32; 6];
        keep(&values, &mut whole);
        assert_eq!(whole, values);
        let mut words = [Brief::default(); 3];
        keep(&values, &mut words);
        assert_eq!(words.map(Kept::first), [1.0, 2.0, 3.0]);
        assert_eq!(words.map(Kept::second), [4.0, 5.0, 6.0]);
    }
}
