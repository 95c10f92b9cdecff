//! Attention of one query over keys and values on slices: transposed keys for sources, scattered cells for targets.
use super::{kernels::Isa, ops};

/// Source lengths are padded to multiples of this in transposed keys.
pub const PAD: usize = 32;

/// How keys and values are kept between steps.
pub trait Kept: Copy + Default + Send + Sync + 'static {
    fn keep(value: f32) -> Self;
    fn get(self) -> f32;
}

impl Kept for f32 {
    #[inline(always)]
    fn keep(value: f32) -> Self {
        value
    }

    #[inline(always)]
    fn get(self) -> f32 {
        self
    }
}

/// A bfloat16: the upper half of an f32, rounded to the nearest, ties to even.
#[derive(Clone, Copy, Default)]
#[repr(transparent)]
pub struct Brief(u16);

impl Kept for Brief {
    #[inline(always)]
    fn keep(value: f32) -> Self {
        let bits = value.to_bits();
        Self((bits.wrapping_add(0x7FFF + (bits >> 16 & 1)) >> 16) as u16)
    }

    #[inline(always)]
    fn get(self) -> f32 {
        f32::from_bits(u32::from(self.0) << 16)
    }
}

/// Keys and values of one source in one layer.
#[derive(Default)]
pub struct Memory<T> {
    /// (dim, padded length): one row for each component, so that scores of many positions are summed side by side.
    keys: Vec<T>,
    /// (heads, length, width): what a head reads lies together.
    values: Vec<T>,
    length: usize,
}

impl<T: Kept> Memory<T> {
    pub fn length(&self) -> usize {
        self.length
    }

    /// Takes over rows that hold a key, of `dim` values, at `key` and a value at `value`.
    pub fn fill<'a>(
        &mut self,
        rows: impl ExactSizeIterator<Item = &'a [f32]>,
        key: usize,
        value: usize,
        dim: usize,
        heads: usize,
    ) {
        self.length = rows.len();
        let (padded, width) = (self.length.div_ceil(PAD) * PAD, dim / heads);
        self.keys.clear();
        self.keys.resize(dim * padded, T::default());
        self.values.clear();
        self.values.resize(dim * self.length, T::default());
        for (t, row) in rows.enumerate() {
            for (d, k) in row[key..key + dim].iter().enumerate() {
                self.keys[d * padded + t] = T::keep(*k);
            }
            for (h, from) in row[value..value + dim].chunks_exact(width).enumerate() {
                let to = &mut self.values[(h * self.length + t) * width..][..width];
                to.iter_mut().zip(from).for_each(|(to, v)| *to = T::keep(*v));
            }
        }
    }

    /// Attends with one query, (dim) -> (dim). `scores` is scratch; `mean`, (length), takes the weights, averaged
    /// over heads.
    #[inline(always)]
    pub fn attend<I: Isa>(
        &self,
        query: &[f32],
        heads: usize,
        scores: &mut Vec<f32>,
        to: &mut [f32],
        mut mean: Option<&mut [f32]>,
    ) {
        let (width, padded) = (query.len() / heads, self.length.div_ceil(PAD) * PAD);
        let scale = (width as f32).powf(-0.5);
        scores.resize(padded.max(scores.len()), 0.0);
        if let Some(mean) = &mut mean {
            mean.fill(0.0);
        }
        for h in 0..heads {
            let query = &query[h * width..][..width];
            let keys = &self.keys[h * width * padded..][..width * padded];
            for first in (0..padded).step_by(PAD) {
                let mut sums = [0f32; PAD];
                for (q, keys) in query.iter().zip(keys.chunks_exact(padded)) {
                    // `padded` is a multiple of PAD: there always is a chunk.
                    let Some(keys) = keys[first..].first_chunk::<PAD>() else {
                        break;
                    };
                    for i in 0..PAD {
                        sums[i] = I::fma(*q, keys[i].get(), sums[i]);
                    }
                }
                for (to, sum) in scores[first..].iter_mut().zip(sums) {
                    *to = sum * scale;
                }
            }
            let weights = &mut scores[..self.length];
            ops::softmax::<I>(weights);
            if let Some(mean) = &mut mean {
                for (m, w) in mean.iter_mut().zip(&*weights) {
                    *m += w / heads as f32;
                }
            }
            let rows = self.values[h * self.length * width..].chunks_exact(width);
            mix::<I, T>(weights, rows, &mut to[h * width..][..width]);
        }
    }
}

/// Attends with one query over cells of `cache`, each a key and a value of (dim), in the order of `cells`.
#[inline(always)]
pub fn attend_cells<I: Isa, T: Kept>(
    query: &[f32],
    cache: &[T],
    cells: &[u32],
    heads: usize,
    scores: &mut Vec<f32>,
    to: &mut [f32],
) {
    let dim = query.len();
    let width = dim / heads;
    let scale = (width as f32).powf(-0.5);
    let n = cells.len();
    scores.resize((n * heads).max(scores.len()), 0.0);
    let of = |cell: u32| &cache[cell as usize * 2 * dim..][..2 * dim];
    for (t, &cell) in cells.iter().enumerate() {
        // Cells lie anywhere: no machine guesses which one is next.
        if let Some(&next) = cells.get(t + 1) {
            I::prefetch(of(next));
        }
        let key = &of(cell)[..dim];
        for h in 0..heads {
            scores[h * n + t] = ops::dot::<I, T>(&query[h * width..][..width], &key[h * width..][..width]) * scale;
        }
    }
    for h in 0..heads {
        let weights = &mut scores[h * n..][..n];
        ops::softmax::<I>(weights);
        let rows = cells.iter().map(|&cell| &of(cell)[dim + h * width..][..width]);
        mix::<I, T>(weights, rows, &mut to[h * width..][..width]);
    }
}

/// to = sum of weight * row
#[inline(always)]
fn mix<'a, I: Isa, T: Kept>(weights: &[f32], rows: impl Iterator<Item = &'a [T]> + Clone, to: &mut [f32]) {
    let mut at = 0;
    while at + 64 <= to.len() {
        chunk::<I, T, 64>(weights, rows.clone(), at, to);
        at += 64;
    }
    while at + 16 <= to.len() {
        chunk::<I, T, 16>(weights, rows.clone(), at, to);
        at += 16;
    }
    while at < to.len() {
        chunk::<I, T, 1>(weights, rows.clone(), at, to);
        at += 1;
    }
}

#[inline(always)]
fn chunk<'a, I: Isa, T: Kept, const N: usize>(
    weights: &[f32],
    rows: impl Iterator<Item = &'a [T]>,
    at: usize,
    to: &mut [f32],
) {
    let mut sums = [0f32; N];
    for (w, row) in weights.iter().zip(rows) {
        let row = &row[at..at + N];
        for i in 0..N {
            sums[i] = I::fma(*w, row[i].get(), sums[i]);
        }
    }
    to[at..at + N].copy_from_slice(&sums);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brief_value_is_the_nearest_of_eight_bits() {
        let check = |value: f32, expected: f32| assert_eq!(Brief::keep(value).get(), expected, "{value}");
        check(0.0, 0.0);
        check(-1.5, -1.5);
        check(1.0 + 1.0 / 128.0, 1.0 + 1.0 / 128.0);
        // Ties go to the even one.
        check(1.0 + 1.0 / 256.0, 1.0);
        check(1.0 + 3.0 / 256.0, 1.0 + 4.0 / 256.0);
        check(f32::INFINITY, f32::INFINITY);
        check(f32::MAX, f32::INFINITY);
        assert!(Brief::keep(f32::NAN).get().is_nan());
        for i in 0..100_000 {
            let value = (i as f32 * 0.37).sin() * (i as f32 * 0.01).exp2().min(1e30);
            let error = (Brief::keep(value).get() - value).abs();
            assert!(error <= value.abs() / 256.0, "{value}");
        }
    }
}
