//! What both sides of the network have: norms, embeddings with positions, the feed-forward block.
use super::EPS;
use crate::nn::{
    cpu::{
        kernels::{dispatch, Isa, Op},
        ops,
        panels::Panels,
        Linear, Precision, Quantized, Then,
    },
    Activation, Sinusoid, Weights,
};
use crate::{
    model::config::{Layout, Position},
    Error, Result,
};
use std::sync::OnceLock;

/// Weight and bias, (dim) each.
pub(super) struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

struct Normalise<'a>(&'a Norm, &'a mut [f32]);

impl Op for Normalise<'_> {
    type Output = ();
    #[inline(always)]
    fn run<I: Isa>(self) {
        for x in self.1.chunks_exact_mut(self.0.weight.len()) {
            ops::layer_norm::<I>(x, &self.0.weight, &self.0.bias, EPS);
        }
    }
}

impl Norm {
    pub fn load(w: &Weights, name: &str, dim: usize) -> Result<Self> {
        Ok(Self {
            weight: w.get(&format!("{name}.weight"), &[dim])?,
            bias: w.get(&format!("{name}.bias"), &[dim])?,
        })
    }

    /// Rows of `x`, in place.
    pub fn forward(&self, x: &mut [f32]) {
        dispatch(Normalise(self, x));
    }
}

/// Where a block's norm stands: before it, or after its residual.
pub(super) struct Placed {
    norm: Norm,
    first: bool,
}

impl Placed {
    pub fn load(w: &Weights, name: &str, layout: &Layout) -> Result<Self> {
        Ok(Self {
            norm: Norm::load(w, name, layout.dim)?,
            first: layout.norm_first,
        })
    }

    /// What the block reads; `room` is as long as `x`.
    pub fn before<'a>(&self, x: &'a [f32], room: &'a mut [f32]) -> &'a [f32] {
        if !self.first {
            return x;
        }
        room.copy_from_slice(x);
        self.norm.forward(room);
        room
    }

    /// Ends the block: `x` holds the sum of its input and its output.
    pub fn after(&self, x: &mut [f32]) {
        if !self.first {
            self.norm.forward(x);
        }
    }
}

pub(super) struct FeedForward {
    fc1: Linear,
    fc2: Linear,
    norm: Placed,
    activation: Activation,
}

impl FeedForward {
    pub fn load(w: &Weights, layer: &str, layout: &Layout, ffn: usize, precision: Precision) -> Result<Self> {
        Ok(Self {
            fc1: Linear::load(w, &[&format!("{layer}.fc1")], layout.dim, ffn, precision)?,
            fc2: Linear::load(w, &[&format!("{layer}.fc2")], ffn, layout.dim, precision)?,
            norm: Placed::load(w, &format!("{layer}.final_layer_norm"), layout)?,
            activation: layout.activation,
        })
    }

    /// Rows in place; `room` is as long as `x`, `wide` grows to (rows, ffn).
    pub fn forward(&self, x: &mut [f32], room: &mut [f32], wide: &mut Vec<f32>, quantized: &mut Quantized) {
        let rows = x.len() / self.fc2.outputs();
        let wide = at_least(wide, rows * self.fc1.outputs());
        let read = self.norm.before(x, room);
        self.fc1.forward(read, quantized, Then::Activate(self.activation), wide);
        self.fc2.forward(wide, quantized, Then::Add, x);
        self.norm.after(x);
    }
}

/// The first `n` values of `v`, which grows where it is shorter and never shrinks.
pub(super) fn at_least(v: &mut Vec<f32>, n: usize) -> &mut [f32] {
    if v.len() < n {
        v.resize(n, 0.0);
    }
    &mut v[..n]
}

/// Token and position -> the first layer's input.
pub(super) struct Embed {
    positions: Positions,
    norm: Option<Norm>,
    scale: f32,
}

enum Positions {
    Learned {
        table: Vec<f32>,
        offset: usize,
    },
    /// Computed when they are first met: most texts need few of them.
    Sinusoidal {
        rows: Vec<OnceLock<Vec<f32>>>,
        kind: Sinusoid,
        offset: usize,
    },
}

impl Embed {
    pub fn load(w: &Weights, prefix: &str, layout: &Layout) -> Result<Self> {
        let name = format!("{prefix}.embed_positions.weight");
        let learned = |offset: usize| -> Result<Positions> {
            let table = w.get(&name, &[layout.max_positions + offset, layout.dim])?;
            Ok(Positions::Learned { table, offset })
        };
        let positions = match layout.position {
            Position::Learned { offset } => learned(offset)?,
            // Sinusoids that an exporter stored, rounded as the weights are: then those are what was trained with.
            Position::Sinusoidal { offset, .. }
                if w.shape(&name) == Some(&[layout.max_positions + offset, layout.dim][..]) =>
            {
                learned(offset)?
            }
            Position::Sinusoidal { kind, offset } => Positions::Sinusoidal {
                rows: (0..layout.max_positions).map(|_| OnceLock::new()).collect(),
                kind,
                offset,
            },
        };
        let norm = match layout.norm_embedding {
            true => Some(Norm::load(w, &format!("{prefix}.layernorm_embedding"), layout.dim)?),
            false => None,
        };
        let scale = if layout.scale_embedding {
            (layout.dim as f32).sqrt()
        } else {
            1.0
        };
        Ok(Self { positions, norm, scale })
    }

    /// Embeds `token` at `place` -> (dim).
    pub fn row(&self, table: &Panels, token: u32, place: usize, to: &mut [f32]) -> Result<()> {
        if token as usize >= table.outputs() {
            let vocab = table.outputs();
            return Err(Error::new(format!(
                "token {token} lies outside the vocabulary of {vocab}"
            )));
        }
        table.row(token as usize, to);
        let dim = to.len();
        let too_far = |max: usize| {
            let time = place + 1;
            Error::new(format!("{time} tokens are more than the model's {max} positions"))
        };
        let position: &[f32] = match &self.positions {
            Positions::Learned { table, offset } => table
                .chunks_exact(dim)
                .nth(place + offset)
                .ok_or_else(|| too_far(table.len() / dim - offset))?,
            Positions::Sinusoidal { rows, kind, offset } => rows
                .get(place)
                .ok_or_else(|| too_far(rows.len()))?
                .get_or_init(|| kind.row(place + offset, dim)),
        };
        for (to, p) in to.iter_mut().zip(position) {
            *to = *to * self.scale + p;
        }
        if let Some(norm) = &self.norm {
            norm.forward(to);
        }
        Ok(())
    }
}
