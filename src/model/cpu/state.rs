//! What changes while decoding on slices: cells of keys and values, the rows that list them, the sources they read.
use super::{decoder, encoder, sources::Sources, CpuModel};
use crate::nn::cpu::{kept::Kept, pages::Slab};
use crate::{
    model::{Candidate, DecoderState, Edits},
    Error, Result,
};
use std::sync::{Mutex, PoisonError};

/// One row of decoding.
#[derive(Default)]
pub(super) struct Row {
    /// Which source it continues.
    pub source: usize,
    /// A cell for each token fed so far; rows with a common past share cells.
    pub cells: Vec<u32>,
    /// Cross-attention of the last step, averaged over the heads of the last layer, (source length).
    pub seen: Vec<f32>,
}

impl Row {
    fn copy(&mut self, from: &Row) {
        self.source = from.source;
        self.cells.clone_from(&from.cells);
        self.seen.clone_from(&from.seen);
    }
}

/// Which cells are in use, and by how many rows.
#[derive(Default)]
pub(super) struct Cells {
    uses: Vec<u32>,
    free: Vec<u32>,
}

impl Cells {
    /// Cells that a cache must hold.
    pub fn len(&self) -> usize {
        self.uses.len()
    }

    pub fn take(&mut self) -> u32 {
        if let Some(cell) = self.free.pop() {
            self.uses[cell as usize] = 1;
            return cell;
        }
        self.uses.push(1);
        (self.uses.len() - 1) as u32
    }

    fn share(&mut self, cells: &[u32]) {
        for &c in cells {
            self.uses[c as usize] += 1;
        }
    }

    fn release(&mut self, cells: &[u32]) {
        for &c in cells {
            self.uses[c as usize] -= 1;
            if self.uses[c as usize] == 0 {
                self.free.push(c);
            }
        }
    }
}

/// Memory that a state decodes in.
pub(super) struct Buffers<T> {
    /// (cells, layers, 2 dim): a key and a value of each layer in each cell.
    pub kept: Slab<T>,
    pub sources: Sources<T>,
    pub room: decoder::Room,
    encoding: encoder::Room,
}

impl<T: Kept> Buffers<T> {
    fn new(layers: usize, heads: usize, dim: usize) -> Self {
        Self {
            kept: Slab::default(),
            sources: Sources::new(layers, heads, dim),
            room: decoder::Room::default(),
            encoding: encoder::Room::default(),
        }
    }
}

/// Buffers of states that ended: the next one takes them over, instead of asking the system for megabytes of zeros.
pub(super) struct Pool<T>(Mutex<Vec<Buffers<T>>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Pool<T> {
    fn take(&self) -> Option<Buffers<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn give_back(&self, buffers: Buffers<T>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffers);
    }
}

pub(super) struct State<'a, T: Kept> {
    pub model: &'a CpuModel,
    pool: &'a Pool<T>,
    pub rows: Vec<Row>,
    /// Where rows are while others take their places.
    before: Vec<Row>,
    /// Rows no longer in use, kept for their memory.
    spare: Vec<Row>,
    pub cells: Cells,
    pub buffers: Buffers<T>,
}

impl<T: Kept> Drop for State<'_, T> {
    fn drop(&mut self) {
        let mut buffers = std::mem::replace(&mut self.buffers, Buffers::new(0, 1, 0));
        buffers.sources.clear();
        self.pool.give_back(buffers);
    }
}

impl<'a, T: Kept> State<'a, T> {
    pub fn new(model: &'a CpuModel, pool: &'a Pool<T>) -> Self {
        let decoder = &model.decoder;
        Self {
            model,
            pool,
            rows: vec![],
            before: vec![],
            spare: vec![],
            cells: Cells::default(),
            buffers: pool
                .take()
                .unwrap_or_else(|| Buffers::new(decoder.layers.len(), decoder.heads, model.layout.dim)),
        }
    }

    fn spare_row(&mut self) -> Row {
        self.spare.pop().unwrap_or_default()
    }
}

impl<T: Kept> DecoderState for State<'_, T> {
    fn step_into(&mut self, tokens: &[u32], edits: &[Edits], k: usize, found: &mut Vec<Vec<Candidate>>) -> Result<()> {
        self.decode(tokens, edits, k, found)
    }

    fn select(&mut self, rows: &[usize]) -> Result<()> {
        if let Some(bad) = rows.iter().find(|&&r| r >= self.rows.len()) {
            return Err(Error::new(format!("row {bad} of {}", self.rows.len())));
        }
        if rows.iter().copied().eq(0..self.rows.len()) {
            return Ok(());
        }
        std::mem::swap(&mut self.rows, &mut self.before);
        for &r in rows {
            let mut row = self.spare_row();
            row.copy(&self.before[r]);
            self.cells.share(&row.cells);
            self.rows.push(row);
        }
        for row in self.before.drain(..) {
            self.cells.release(&row.cells);
            self.spare.push(row);
        }
        let rows = &self.rows;
        self.buffers
            .sources
            .retain(|number| rows.iter().any(|r| r.source == number));
        Ok(())
    }

    fn admit(&mut self, sources: &[&[u32]]) -> Result<()> {
        let Buffers {
            encoding,
            sources: kept,
            ..
        } = &mut self.buffers;
        for number in self.model.encode(sources, encoding, kept)? {
            let mut row = self.spare_row();
            row.source = number;
            row.cells.clear();
            row.seen.clear();
            self.rows.push(row);
        }
        Ok(())
    }

    fn attention(&self) -> Option<Vec<Vec<f32>>> {
        let seen = self.rows.iter().map(|r| r.seen.clone());
        self.rows.iter().all(|r| !r.seen.is_empty()).then(|| seen.collect())
    }
}
