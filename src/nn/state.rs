//! Keys and values of one attention layer: the only thing that grows while decoding.
use crate::Result;
use candle_core::Tensor;

/// Keys and values, each (rows, heads, time, head_dim).
#[derive(Clone)]
pub struct Kv {
    pub k: Tensor,
    pub v: Tensor,
}

impl Kv {
    /// Keeps `rows`, a tensor of row numbers, in that order and with repeats.
    pub fn select(&self, rows: &Tensor) -> Result<Self> {
        Ok(Self {
            k: self.k.index_select(rows, 0)?,
            v: self.v.index_select(rows, 0)?,
        })
    }

    /// Appends later positions of the same rows.
    pub fn append(&self, later: &Self) -> Result<Self> {
        Ok(Self {
            k: Tensor::cat(&[&self.k, &later.k], 2)?,
            v: Tensor::cat(&[&self.v, &later.v], 2)?,
        })
    }

    /// Appends rows of the same time.
    pub fn stack(&self, below: &Self) -> Result<Self> {
        Ok(Self {
            k: Tensor::cat(&[&self.k, &below.k], 0)?,
            v: Tensor::cat(&[&self.v, &below.v], 0)?,
        })
    }

    /// As many positions as this has, all zero, for `rows` new rows; a mask must hide them.
    pub fn zeros(&self, rows: usize) -> Result<Self> {
        let zeros = |t: &Tensor| -> Result<Tensor> {
            let (_, heads, time, dim) = t.dims4()?;
            Ok(Tensor::zeros((rows, heads, time, dim), t.dtype(), t.device())?)
        };
        Ok(Self {
            k: zeros(&self.k)?,
            v: zeros(&self.v)?,
        })
    }

    /// Keeps `time` positions from `start` on.
    pub fn narrow(&self, start: usize, time: usize) -> Result<Self> {
        Ok(Self {
            k: self.k.narrow(2, start, time)?.contiguous()?,
            v: self.v.narrow(2, start, time)?.contiguous()?,
        })
    }

    /// Adds zero positions before and after; a mask must hide them.
    pub fn pad(&self, before: usize, after: usize) -> Result<Self> {
        if before + after == 0 {
            return Ok(self.clone());
        }
        let pad = |t: &Tensor| t.pad_with_zeros(2, before, after);
        Ok(Self {
            k: pad(&self.k)?,
            v: pad(&self.v)?,
        })
    }

    pub fn time(&self) -> Result<usize> {
        Ok(self.k.dim(2)?)
    }
}
