//! What changes while decoding on slices: cells of keys and values, the rows that list them, the sources they read.
use super::{decoder, encoder, CpuModel};
use crate::nn::cpu::attention::{Kept, Memory};
use crate::{
    model::{Candidate, DecoderState, Edits},
    Error, Result,
};

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

pub(super) struct State<'a, T> {
    pub model: &'a CpuModel,
    pub rows: Vec<Row>,
    /// Rows no longer in use, kept for their memory.
    spare: Vec<Row>,
    /// Keys and values of each source still read, one for each layer.
    pub sources: Vec<Option<Vec<Memory<T>>>>,
    pub cells: Cells,
    /// For each layer, (cells, 2 dim): a key and a value in each cell.
    pub caches: Vec<Vec<T>>,
    pub room: decoder::Room,
    encoding: encoder::Room,
}

impl<'a, T: Kept> State<'a, T> {
    pub fn new(model: &'a CpuModel) -> Self {
        Self {
            model,
            rows: vec![],
            spare: vec![],
            sources: vec![],
            cells: Cells::default(),
            caches: vec![vec![]; model.decoder.layers.len()],
            room: decoder::Room::default(),
            encoding: encoder::Room::default(),
        }
    }

    fn spare_row(&mut self) -> Row {
        self.spare.pop().unwrap_or_default()
    }
}

impl<T: Kept> DecoderState for State<'_, T> {
    fn step(&mut self, tokens: &[u32], edits: &[Edits], k: usize) -> Result<Vec<Vec<Candidate>>> {
        self.decode(tokens, edits, k)
    }

    fn select(&mut self, rows: &[usize]) -> Result<()> {
        if let Some(bad) = rows.iter().find(|&&r| r >= self.rows.len()) {
            return Err(Error::new(format!("row {bad} of {}", self.rows.len())));
        }
        if rows.iter().copied().eq(0..self.rows.len()) {
            return Ok(());
        }
        let before = std::mem::take(&mut self.rows);
        for &r in rows {
            let mut row = self.spare_row();
            row.copy(&before[r]);
            self.cells.share(&row.cells);
            self.rows.push(row);
        }
        for row in before {
            self.cells.release(&row.cells);
            self.spare.push(row);
        }
        for (i, source) in self.sources.iter_mut().enumerate() {
            if source.is_some() && !self.rows.iter().any(|r| r.source == i) {
                *source = None;
            }
        }
        Ok(())
    }

    fn admit(&mut self, sources: &[&[u32]]) -> Result<()> {
        let mut places: Vec<usize> = vec![];
        let slots = &mut self.sources;
        self.model.encode(sources, &mut self.encoding, |memories| {
            let place = slots.iter().position(Option::is_none).unwrap_or(slots.len());
            if place == slots.len() {
                slots.push(None);
            }
            slots[place] = Some(memories);
            places.push(place);
        })?;
        for source in places {
            let mut row = self.spare_row();
            row.source = source;
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
