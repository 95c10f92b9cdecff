//! Token embeddings, (vocab, dim), which also serve as the tied output projection.
use super::{Device, Weights};
use crate::{Error, Result};
use candle_core::Tensor;

#[derive(Clone)]
pub struct Embedding {
    table: Tensor,
    vocab: usize,
    dim: usize,
}

impl Embedding {
    /// Loads the first of `names` that the checkpoint holds.
    pub fn load(w: &Weights, names: &[&str], vocab: usize, dim: usize, device: &Device) -> Result<Self> {
        let name = w.first_of(names).unwrap_or(names[0]);
        let table = device.tensor(w.get(name, &[vocab, dim])?, &[vocab, dim])?;
        Ok(Self { table, vocab, dim })
    }

    /// The table itself, (vocab, dim): for tied projections. Shares memory.
    pub fn table(&self) -> Tensor {
        self.table.clone()
    }

    /// Ids, row-major, -> (rows, time, dim).
    pub fn forward(&self, ids: &[u32], rows: usize, time: usize, device: &Device) -> Result<Tensor> {
        if let Some(id) = ids.iter().find(|&&id| id as usize >= self.vocab) {
            return Err(Error::new(format!(
                "token {id} lies outside the vocabulary of {}",
                self.vocab
            )));
        }
        let ids = device.ids(ids.to_vec(), &[ids.len()])?;
        Ok(self.table.index_select(&ids, 0)?.reshape((rows, time, self.dim))?)
    }
}
