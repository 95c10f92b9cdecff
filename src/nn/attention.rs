//! Multi-head attention over explicit keys and values.
use super::{Device, Kv, Linear, Weights};
use crate::Result;
use candle_core::{Tensor, D};

/// Names of the four projections in a checkpoint.
pub struct Names {
    pub query: &'static str,
    pub key: &'static str,
    pub value: &'static str,
    pub out: &'static str,
}

/// As BART and its relatives write them.
pub const BART: Names = Names {
    query: "q_proj",
    key: "k_proj",
    value: "v_proj",
    out: "out_proj",
};
/// As T5 writes them.
pub const T5: Names = Names {
    query: "q",
    key: "k",
    value: "v",
    out: "o",
};

pub struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    heads: usize,
    head_dim: usize,
    /// What scores are multiplied by: head_dim^-0.5, or 1 for T5.
    scale: f64,
}

impl Attention {
    /// `dim` is the width of the layer; heads x head_dim may differ from it.
    pub fn load(
        w: &Weights,
        prefix: &str,
        names: &Names,
        (dim, heads, head_dim, scale): (usize, usize, usize, f64),
        device: &Device,
    ) -> Result<Self> {
        let inner = heads * head_dim;
        let project = |name: &str| Linear::load(w, &format!("{prefix}.{name}"), dim, inner, device);
        Ok(Self {
            query: project(names.query)?,
            key: project(names.key)?,
            value: project(names.value)?,
            out: Linear::load(w, &format!("{prefix}.{}", names.out), inner, dim, device)?,
            heads,
            head_dim,
            scale,
        })
    }

    /// (rows, time, dim) -> (rows, heads, time, head_dim)
    fn split(&self, x: Tensor) -> Result<Tensor> {
        let (rows, time, _) = x.dims3()?;
        Ok(x.reshape((rows, time, self.heads, self.head_dim))?
            .transpose(1, 2)?
            .contiguous()?)
    }

    /// Keys and values of what is attended to, (rows, time, dim).
    pub fn keys_values(&self, x: &Tensor) -> Result<Kv> {
        Ok(Kv {
            k: self.split(self.key.forward(x)?)?,
            v: self.split(self.value.forward(x)?)?,
        })
    }

    /// x: (rows, time, dim); bias: what is added to scores, broadcast to (rows, heads, time, kv time).
    /// Returns the output, (rows, time, dim), and the attention weights, (rows, heads, time, kv time).
    pub fn forward(&self, x: &Tensor, kv: &Kv, bias: &[Option<&Tensor>]) -> Result<(Tensor, Tensor)> {
        let (rows, time, _) = x.dims3()?;
        let q = (self.split(self.query.forward(x)?)? * self.scale)?;
        let mut scores = q.matmul(&kv.k.t()?)?;
        for bias in bias.iter().flatten() {
            scores = scores.broadcast_add(bias)?;
        }
        let weights = candle_nn::ops::softmax_last_dim(&scores.contiguous()?)?;
        debug_assert_eq!(weights.dim(D::Minus1)?, kv.time()?);
        let y = weights
            .matmul(&kv.v)?
            .transpose(1, 2)?
            .reshape((rows, time, self.heads * self.head_dim))?;
        Ok((self.out.forward(&y)?, weights))
    }
}
