//! Attention of one query over keys and values on slices: transposed keys for sources, scattered cells for targets.
use super::{kernels::Isa, ops};

/// Source lengths are padded to multiples of this in transposed keys.
pub const PAD: usize = 32;

/// Keys and values of one source in one layer.
#[derive(Default)]
pub struct Memory {
    /// (dim, padded length): one row for each component, so that scores of many positions are summed side by side.
    keys: Vec<f32>,
    /// (length, dim)
    values: Vec<f32>,
    length: usize,
}

impl Memory {
    pub fn length(&self) -> usize {
        self.length
    }

    /// Takes over rows that hold a key at `key` and a value at `value`, each of `dim` values.
    pub fn fill<'a>(&mut self, rows: impl ExactSizeIterator<Item = &'a [f32]>, key: usize, value: usize, dim: usize) {
        self.length = rows.len();
        let padded = self.length.div_ceil(PAD) * PAD;
        self.keys.clear();
        self.keys.resize(dim * padded, 0.0);
        self.values.clear();
        for (t, row) in rows.enumerate() {
            for (d, k) in row[key..key + dim].iter().enumerate() {
                self.keys[d * padded + t] = *k;
            }
            self.values.extend_from_slice(&row[value..value + dim]);
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
                    let keys: &[f32; PAD] = keys[first..].first_chunk().unwrap_or(&[0.0; PAD]);
                    for i in 0..PAD {
                        sums[i] = I::fma(*q, keys[i], sums[i]);
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
            let rows = self
                .values
                .chunks_exact(query.len() * heads)
                .map(|v| &v[h * width..][..width]);
            mix::<I>(weights, rows, &mut to[h * width..][..width]);
        }
    }
}

/// Attends with one query over cells of `cache`, each a key and a value of (dim), in the order of `cells`.
#[inline(always)]
pub fn attend_cells<I: Isa>(
    query: &[f32],
    cache: &[f32],
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
    for (t, &cell) in cells.iter().enumerate() {
        let key = &cache[cell as usize * 2 * dim..][..dim];
        for h in 0..heads {
            scores[h * n + t] = ops::dot::<I>(&query[h * width..][..width], &key[h * width..][..width]) * scale;
        }
    }
    for h in 0..heads {
        let weights = &mut scores[h * n..][..n];
        ops::softmax::<I>(weights);
        let rows = cells
            .iter()
            .map(|&cell| &cache[(cell as usize * 2 + 1) * dim + h * width..][..width]);
        mix::<I>(weights, rows, &mut to[h * width..][..width]);
    }
}

/// to = sum of weight * row
#[inline(always)]
fn mix<'a, I: Isa>(weights: &[f32], rows: impl Iterator<Item = &'a [f32]> + Clone, to: &mut [f32]) {
    let mut at = 0;
    while at + 64 <= to.len() {
        chunk::<I, 64>(weights, rows.clone(), at, to);
        at += 64;
    }
    while at + 16 <= to.len() {
        chunk::<I, 16>(weights, rows.clone(), at, to);
        at += 16;
    }
    while at < to.len() {
        chunk::<I, 1>(weights, rows.clone(), at, to);
        at += 1;
    }
}

#[inline(always)]
fn chunk<'a, I: Isa, const N: usize>(
    weights: &[f32],
    rows: impl Iterator<Item = &'a [f32]>,
    at: usize,
    to: &mut [f32],
) {
    let mut sums = [0f32; N];
    for (w, row) in weights.iter().zip(rows) {
        let row = &row[at..at + N];
        for i in 0..N {
            sums[i] = I::fma(*w, row[i], sums[i]);
        }
    }
    to[at..at + N].copy_from_slice(&sums);
}
