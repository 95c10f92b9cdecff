//! Keys and values of sources: blocks of positions in one slab, as pages of memory are for a program.
use crate::nn::cpu::{
    attention::{self, piece, BLOCK},
    kept::Kept,
    kernels::{dispatch, Isa, Op},
    pages::Slab,
};

/// Kwon and others, 2023 (PagedAttention): blocks of one size are taken and given back without holes, whatever the
/// lengths of what comes and goes.
pub(super) struct Sources<T> {
    /// (blocks, layers, heads, piece)
    slab: Slab<T>,
    layers: usize,
    heads: usize,
    width: usize,
    /// Blocks that the slab has room for and no source uses.
    free: Vec<u32>,
    /// Blocks that were ever used.
    blocks: u32,
    all: Vec<Option<Source>>,
}

/// Keys and values of one block in one layer, (positions, 2 dim) -> (heads, piece).
struct Fill<'a, T> {
    to: &'a mut [T],
    rows: &'a [f32],
    width: usize,
}

impl<T: Kept> Op for Fill<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<I: Isa>(self) {
        let pieces = self.to.chunks_exact_mut(piece::<T>(self.width));
        let dim = pieces.len() * self.width;
        for (h, piece) in pieces.enumerate() {
            attention::fill::<I, T>(
                piece,
                self.rows,
                2 * dim,
                h * self.width,
                dim + h * self.width,
                self.width,
            );
        }
    }
}

struct Source {
    length: usize,
    blocks: Vec<u32>,
}

impl<T: Kept> Sources<T> {
    pub fn new(layers: usize, heads: usize, dim: usize) -> Self {
        Self {
            slab: Slab::default(),
            layers,
            heads,
            width: dim / heads,
            free: vec![],
            blocks: 0,
            all: vec![],
        }
    }

    /// Forgets all sources; keeps the memory.
    pub fn clear(&mut self) {
        (0..self.all.len()).for_each(|i| self.remove(i));
    }

    /// Makes room for a source; returns its number.
    pub fn admit(&mut self, length: usize) -> usize {
        let take = || {
            self.free.pop().unwrap_or_else(|| {
                self.blocks += 1;
                self.blocks - 1
            })
        };
        let blocks = std::iter::repeat_with(take).take(length.div_ceil(BLOCK)).collect();
        let block = self.layers * self.heads * piece::<T>(self.width);
        self.slab.grow(self.blocks as usize * block);
        let number = self.all.iter().position(Option::is_none).unwrap_or(self.all.len());
        if number == self.all.len() {
            self.all.push(None);
        }
        self.all[number] = Some(Source { length, blocks });
        number
    }

    /// Keeps keys and values of one layer, (length, 2 dim).
    pub fn fill(&mut self, number: usize, layer: usize, rows: &[f32]) {
        let Some(source) = self.all[number].take() else { return };
        for (rows, &block) in rows.chunks(BLOCK * 2 * self.heads * self.width).zip(&source.blocks) {
            let at = self.at(block, layer, 0);
            let to = &mut self.slab[at..at + self.heads * piece::<T>(self.width)];
            dispatch(Fill {
                to,
                rows,
                width: self.width,
            });
        }
        self.all[number] = Some(source);
    }

    /// Forgets those that `keep` does not name.
    pub fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        (0..self.all.len()).filter(|&i| !keep(i)).for_each(|i| self.remove(i));
    }

    fn remove(&mut self, number: usize) {
        if let Some(source) = self.all[number].take() {
            self.free.extend(source.blocks);
        }
    }

    /// Positions of a source; 0 where there is none of this number.
    pub fn length(&self, number: usize) -> usize {
        self.all.get(number).and_then(Option::as_ref).map_or(0, |s| s.length)
    }

    fn at(&self, block: u32, layer: usize, head: usize) -> usize {
        ((block as usize * self.layers + layer) * self.heads + head) * piece::<T>(self.width)
    }

    /// The blocks of a source, by which [`Self::piece`] finds what they hold.
    pub fn blocks(&self, number: usize) -> &[u32] {
        self.all.get(number).and_then(Option::as_ref).map_or(&[], |s| &s.blocks)
    }

    /// What a block holds of one layer for one head.
    #[inline(always)]
    pub fn piece(&self, block: u32, layer: usize, head: usize) -> &[T] {
        &self.slab[self.at(block, layer, head)..][..piece::<T>(self.width)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_come_and_go_without_touching_each_other() {
        let (layers, heads, dim) = (2, 2, 4);
        let mut all = Sources::<f32>::new(layers, heads, dim);
        let rows = |source: usize, layer: usize, length: usize| -> Vec<f32> {
            (0..length * 2 * dim)
                .map(|i| (source * 10_000 + layer * 5_000 + i) as f32)
                .collect()
        };
        let mut here: Vec<(usize, usize, usize)> = vec![];
        for (name, length) in [1, BLOCK, BLOCK + 1, 3 * BLOCK, 5, 2 * BLOCK, 1]
            .into_iter()
            .enumerate()
        {
            if name == 4 {
                // The second and the third leave: their blocks are taken again.
                let gone: Vec<usize> = here.drain(1..3).map(|(number, ..)| number).collect();
                all.retain(|i| !gone.contains(&i));
            }
            let number = all.admit(length);
            (0..layers).for_each(|layer| all.fill(number, layer, &rows(name, layer, length)));
            here.push((number, name, length));
            for &(number, name, length) in &here {
                assert_eq!(all.length(number), length);
                for layer in 0..layers {
                    let expected = rows(name, layer, length);
                    for h in 0..heads {
                        for (t, row) in expected.chunks_exact(2 * dim).enumerate() {
                            let piece = all.piece(all.blocks(number)[t / BLOCK], layer, h);
                            for d in 0..2 {
                                assert_eq!(piece[d * BLOCK + t % BLOCK], row[2 * h + d]);
                                assert_eq!(piece[(BLOCK + t % BLOCK) * 2 + d], row[dim + 2 * h + d]);
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(all.blocks, 8, "freed blocks are taken first");
        all.clear();
        assert_eq!((all.length(0), all.free.len()), (0, 8));
    }
}
