//! Attention of one query on slices: over blocks of positions with transposed keys, and over scattered cells.
//!
//! What comes next is asked for ahead of time: keys and values of a batch do not fit into the nearer caches, and no
//! machine guesses where the next ones lie.
use super::{
    kept::{keep, Kept},
    kernels::Isa,
    ops,
};

/// Positions of a block.
pub const BLOCK: usize = 32;
/// Positions that are summed side by side; scores are padded to multiples of it.
const LANES: usize = 16;

/// Words of one head's keys and values in a block: (width, positions) of keys, so that scores of many positions are
/// summed side by side, then (positions, width) of values.
pub const fn piece<T: Kept>(width: usize) -> usize {
    2 * width * BLOCK / T::PER
}

/// Fills a piece with up to [`BLOCK`] rows, each of which holds a key of `width` values at `key` and a value at `value`.
#[inline(always)]
pub fn fill<I: Isa, T: Kept>(piece: &mut [T], rows: &[f32], stride: usize, key: usize, value: usize, width: usize) {
    let (keys, values) = piece.split_at_mut(width * BLOCK / T::PER);
    let rows = rows.chunks_exact(stride);
    for (chunk, keys) in keys.chunks_mut(LANES * BLOCK / T::PER).enumerate() {
        let (from, n) = (key + chunk * LANES, keys.len() * T::PER / BLOCK);
        let mut squares = [[[0f32; LANES]; LANES]; 2];
        for (to, row) in squares.as_flattened_mut().iter_mut().zip(rows.clone()) {
            match row[from..].first_chunk::<LANES>() {
                Some(row) => *to = *row,
                None => to[..n].copy_from_slice(&row[from..from + n]),
            }
        }
        squares.iter_mut().for_each(I::transpose);
        for (d, keys) in keys.chunks_exact_mut(BLOCK / T::PER).enumerate() {
            let mut column = [0f32; BLOCK];
            column[..LANES].copy_from_slice(&squares[0][d]);
            column[LANES..].copy_from_slice(&squares[1][d]);
            keep(&column, keys);
        }
    }
    for (row, to) in rows.zip(values.chunks_exact_mut(width / T::PER)) {
        keep(&row[value..value + width], to);
    }
}

/// Attends with one head's query, (width) -> (width), to the first `length` positions of pieces, which `of` gives by
/// their number. `scores` takes the weights, padded. `soon` gives in the same way what to ask for meanwhile, or nothing.
#[inline(always)]
pub fn attend<'a, I: Isa, T: Kept>(
    query: &[f32],
    of: impl Fn(usize) -> &'a [T] + Copy,
    length: usize,
    scores: &mut Vec<f32>,
    to: &mut [f32],
    soon: impl Fn(usize) -> &'a [T] + Copy,
) {
    let (width, blocks) = (query.len(), length.div_ceil(BLOCK));
    let scale = (width as f32).powf(-0.5);
    let half = width * BLOCK / T::PER;
    scores.resize((blocks * BLOCK).max(scores.len()), 0.0);
    for (i, to) in scores[..blocks * BLOCK]
        .as_chunks_mut::<BLOCK>()
        .0
        .iter_mut()
        .enumerate()
    {
        *to = block::<I, T>(query, &of(i)[..half], soon(i));
        to.iter_mut().for_each(|s| *s *= scale);
    }
    scores[length..blocks * BLOCK].fill(f32::NEG_INFINITY);
    ops::softmax::<I>(&mut scores[..length.next_multiple_of(LANES)]);
    let values = |i: usize| (&of(i)[half..], soon(i).get(half..).unwrap_or(&[]));
    mix::<I, T>(&scores[..length], BLOCK, values, to);
}

/// Products of a query with the keys of a block, (width, positions).
#[inline(always)]
fn block<I: Isa, T: Kept>(query: &[f32], keys: &[T], soon: &[T]) -> [f32; BLOCK] {
    const { assert!(BLOCK == 2 * LANES) };
    // Sums of even and of odd components, which need not wait for each other.
    let (mut a0, mut a1, mut b0, mut b1) = ([0f32; LANES], [0f32; LANES], [0f32; LANES], [0f32; LANES]);
    let row = BLOCK / T::PER;
    for (d, q) in query.chunks(2).enumerate() {
        if let Some(soon) = soon.get(2 * d * row..2 * (d + 1) * row) {
            I::prefetch(soon);
        }
        let keys = &keys[2 * d * row..];
        add::<I, T>(q[0], &keys[..row], &mut a0, &mut a1);
        if let [_, q] = q {
            add::<I, T>(*q, &keys[row..2 * row], &mut b0, &mut b1);
        }
    }
    let mut sums = [0f32; BLOCK];
    for i in 0..LANES {
        sums[i] = a0[i] + b0[i];
        sums[LANES + i] = a1[i] + b1[i];
    }
    sums
}

/// Adds a component's products with the keys of a block.
#[inline(always)]
fn add<I: Isa, T: Kept>(q: f32, keys: &[T], first: &mut [f32; LANES], second: &mut [f32; LANES]) {
    for i in 0..LANES {
        first[i] = I::fma(q, keys[i].first(), first[i]);
    }
    for i in 0..LANES {
        let key = if T::PER == 2 {
            keys[i].second()
        } else {
            keys[LANES + i].first()
        };
        second[i] = I::fma(q, key, second[i]);
    }
}

/// Attends with one query, (dim), to cells, in their order; `of` gives a cell's key and value, (dim) each. `soon` are
/// the cells of the row after this one.
#[inline(always)]
pub fn attend_cells<'a, I: Isa, T: Kept>(
    query: &[f32],
    of: impl Fn(u32) -> &'a [T] + Copy,
    cells: &[u32],
    soon: &[u32],
    heads: usize,
    scores: &mut Vec<f32>,
    to: &mut [f32],
) {
    /// Cells that are asked for ahead.
    const AHEAD: usize = 3;
    let (dim, n) = (query.len(), cells.len());
    let (width, words) = (dim / heads, dim / heads / T::PER);
    let scale = (width as f32).powf(-0.5);
    let padded = n.next_multiple_of(LANES);
    scores.resize((padded * heads).max(scores.len()), 0.0);
    for (t, &cell) in cells.iter().enumerate() {
        let ahead = t + AHEAD;
        if let Some(&next) = cells.get(ahead).or_else(|| soon.get(ahead.wrapping_sub(n))) {
            I::prefetch(of(next));
        }
        let keys = of(cell).chunks_exact(words);
        for (h, (query, key)) in query.chunks_exact(width).zip(keys).enumerate() {
            scores[h * padded + t] = ops::dot::<I, T>(query, key) * scale;
        }
    }
    for (h, (scores, to)) in scores
        .chunks_exact_mut(padded)
        .zip(to.chunks_exact_mut(width))
        .enumerate()
    {
        scores[n..].fill(f32::NEG_INFINITY);
        ops::softmax::<I>(scores);
        let value = |t: usize| (&of(cells[t])[(heads + h) * words..][..words], &[][..]);
        mix::<I, T>(&scores[..n], 1, value, to);
    }
}

/// to = sum of weight * row; `rows` gives `each` of them at a time, and what to ask for while they are added.
#[inline(always)]
fn mix<'a, I: Isa, T: Kept>(
    weights: &[f32],
    each: usize,
    rows: impl Fn(usize) -> (&'a [T], &'a [T]) + Copy,
    to: &mut [f32],
) {
    let words = to.len() / T::PER;
    let mut at = 0;
    // As many as stay in registers.
    while T::PER == 1 && at + 64 <= words {
        chunk::<I, T, 64>(weights, each, rows, at, to);
        at += 64;
    }
    while at + 32 <= words {
        chunk::<I, T, 32>(weights, each, rows, at, to);
        at += 32;
    }
    while at + 16 <= words {
        chunk::<I, T, 16>(weights, each, rows, at, to);
        at += 16;
    }
    while at < words {
        chunk::<I, T, 1>(weights, each, rows, at, to);
        at += 1;
    }
}

/// Words `at..at + N` of each row.
#[inline(always)]
fn chunk<'a, I: Isa, T: Kept, const N: usize>(
    weights: &[f32],
    each: usize,
    rows: impl Fn(usize) -> (&'a [T], &'a [T]),
    at: usize,
    to: &mut [f32],
) {
    let words = to.len() / T::PER;
    let (mut first, mut second) = ([0f32; N], [0f32; N]);
    for (i, weights) in weights.chunks(each).enumerate() {
        let (rows, soon) = rows(i);
        for (i, (w, row)) in weights.iter().zip(rows.chunks_exact(words)).enumerate() {
            if let Some(soon) = soon.get(i * words + at..i * words + at + N) {
                I::prefetch(soon);
            }
            let Some(row) = row[at..].first_chunk::<N>() else { break };
            for i in 0..N {
                first[i] = I::fma(*w, row[i].first(), first[i]);
            }
            if T::PER == 2 {
                for i in 0..N {
                    second[i] = I::fma(*w, row[i].second(), second[i]);
                }
            }
        }
    }
    to[at..at + N].copy_from_slice(&first);
    if T::PER == 2 {
        to[words + at..][..N].copy_from_slice(&second);
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            kept::Brief,
            kernels::{dispatch_on, Level, Op},
        },
        *,
    };

    /// Attends over blocks and over cells to the same keys and values.
    struct Both<'a>(&'a [f32], &'a [f32], usize);

    impl Both<'_> {
        #[inline(always)]
        fn run_kept<I: Isa, T: Kept>(&self) -> [Vec<f32>; 2] {
            let (query, rows, heads) = (self.0, self.1, self.2);
            let dim = query.len();
            let (width, length) = (dim / heads, rows.len() / (2 * dim));
            let (mut scores, mut blocks, mut scattered) = (vec![], vec![0.0; dim], vec![0.0; dim]);
            for h in 0..heads {
                let mut pieces = vec![vec![T::default(); piece::<T>(width)]; length.div_ceil(BLOCK)];
                for (rows, piece) in rows.chunks(BLOCK * 2 * dim).zip(&mut pieces) {
                    fill::<I, T>(piece, rows, 2 * dim, h * width, dim + h * width, width);
                }
                let (query, to) = (&query[h * width..][..width], &mut blocks[h * width..][..width]);
                attend::<I, T>(query, |i| &pieces[i][..], length, &mut scores, to, |i| &pieces[i][..]);
            }
            // Cells lie in reverse.
            let mut cells = vec![T::default(); rows.len() / T::PER];
            for (row, cell) in rows
                .chunks_exact(2 * dim)
                .rev()
                .zip(cells.chunks_exact_mut(2 * dim / T::PER))
            {
                let parts = row.chunks_exact(width).zip(cell.chunks_exact_mut(width / T::PER));
                parts.for_each(|(from, to)| keep(from, to));
            }
            let order: Vec<u32> = (0..length as u32).rev().collect();
            let of = |cell: u32| &cells[cell as usize * 2 * dim / T::PER..][..2 * dim / T::PER];
            attend_cells::<I, T>(query, of, &order, &order, heads, &mut scores, &mut scattered);
            [blocks, scattered]
        }
    }

    impl Op for Both<'_> {
        type Output = [[Vec<f32>; 2]; 2];
        #[inline(always)]
        fn run<I: Isa>(self) -> Self::Output {
            [self.run_kept::<I, f32>(), self.run_kept::<I, Brief>()]
        }
    }

    #[test]
    fn blocks_and_cells_give_the_mean_of_values_by_likeness() {
        let value = |i: usize| (i as f32 * 0.713).sin();
        for (length, heads, width) in [(1, 1, 2), (5, 2, 6), (31, 3, 16), (32, 1, 34), (33, 2, 64), (70, 2, 98)] {
            let dim = heads * width;
            let query: Vec<f32> = (0..dim).map(|i| 2.0 * value(i + 13)).collect();
            let rows: Vec<f32> = (0..length * 2 * dim).map(value).collect();
            let mut expected = vec![0f64; dim];
            for h in 0..heads {
                let key = |t: usize| &rows[t * 2 * dim + h * width..][..width];
                let dot = |t| {
                    key(t)
                        .iter()
                        .zip(&query[h * width..])
                        .map(|(a, b)| f64::from(a * b))
                        .sum::<f64>()
                };
                let weights: Vec<f64> = (0..length).map(|t| (dot(t) / (width as f64).sqrt()).exp()).collect();
                for t in 0..length {
                    for d in 0..width {
                        let value = f64::from(rows[t * 2 * dim + dim + h * width + d]);
                        expected[h * width + d] += value * weights[t] / weights.iter().sum::<f64>();
                    }
                }
            }
            for level in Level::here() {
                let [exact, brief] = dispatch_on(level, Both(&query, &rows, heads));
                for (found, tolerance) in [(exact, 1e-5), (brief, 1e-2)] {
                    for found in found {
                        let close = |(a, b): (&f32, &f64)| (f64::from(*a) - b).abs() < tolerance;
                        assert!(
                            found.iter().zip(&expected).all(close),
                            "{level:?} {length} {heads} {width}"
                        );
                    }
                }
            }
        }
    }
}
