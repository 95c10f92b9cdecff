//! One step of every row through the decoder's layers.
use super::{
    layers::{at_least, Embed, FeedForward, Norm, Placed},
    state::{Row, State},
};
use crate::nn::{
    cpu::{
        attention::{attend_cells, Kept, Memory},
        kernels::{dispatch, Isa, Op},
        Linear, Precision, Quantized, Then,
    },
    Weights,
};
use crate::{
    model::{config::Layout, Candidate, Edits},
    Error, Result,
};

pub(super) struct Decoder {
    pub embed: Embed,
    pub layers: Vec<Layer>,
    norm: Option<Norm>,
    pub heads: usize,
}

pub(super) struct Layer {
    /// Query, key and value side by side.
    qkv: Linear,
    out: Linear,
    norm: Placed,
    query: Linear,
    /// Key and value of the source, side by side.
    pub memory: Linear,
    memory_out: Linear,
    memory_norm: Placed,
    fc: FeedForward,
}

impl Decoder {
    pub fn load(w: &Weights, layout: &Layout, precision: Precision) -> Result<Self> {
        let dim = layout.dim;
        let layer = |i: usize| -> Result<Layer> {
            let layer = format!("model.decoder.layers.{i}");
            let linear = |parts: &[&str]| -> Result<Linear> {
                let names: Vec<String> = parts.iter().map(|part| format!("{layer}.{part}_proj")).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                Linear::load(w, &names, dim, dim, precision)
            };
            let placed = |name: &str| Placed::load(w, &format!("{layer}.{name}_layer_norm"), layout);
            Ok(Layer {
                qkv: linear(&["self_attn.q", "self_attn.k", "self_attn.v"])?,
                out: linear(&["self_attn.out"])?,
                norm: placed("self_attn")?,
                query: linear(&["encoder_attn.q"])?,
                memory: linear(&["encoder_attn.k", "encoder_attn.v"])?,
                memory_out: linear(&["encoder_attn.out"])?,
                memory_norm: placed("encoder_attn")?,
                fc: FeedForward::load(w, &layer, layout, layout.decoder.ffn, precision)?,
            })
        };
        let norm = match layout.norm_final {
            true => Some(Norm::load(w, "model.decoder.layer_norm", dim)?),
            false => None,
        };
        Ok(Self {
            embed: Embed::load(w, "model.decoder", layout)?,
            layers: (0..layout.decoder.layers).map(layer).collect::<Result<_>>()?,
            norm,
            heads: layout.decoder.heads,
        })
    }
}

/// Scratch of a step, kept from step to step.
#[derive(Default)]
pub(super) struct Room {
    x: Vec<f32>,
    y: Vec<f32>,
    z: Vec<f32>,
    wide: Vec<f32>,
    scores: Vec<f32>,
    quantized: Quantized,
}

/// Self-attention of each row over its cells.
struct Own<'a, T> {
    qkv: &'a [f32],
    cache: &'a [T],
    rows: &'a [Row],
    heads: usize,
    scores: &'a mut Vec<f32>,
    to: &'a mut [f32],
}

impl<T: Kept> Op for Own<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<I: Isa>(self) {
        let dim = self.to.len() / self.rows.len();
        let rows = self.rows.iter().zip(self.qkv.chunks_exact(3 * dim));
        for ((row, qkv), to) in rows.zip(self.to.chunks_exact_mut(dim)) {
            attend_cells::<I, T>(&qkv[..dim], self.cache, &row.cells, self.heads, self.scores, to);
        }
    }
}

/// Cross-attention of each row over its source.
struct Cross<'a, T> {
    queries: &'a [f32],
    sources: &'a [Option<Vec<Memory<T>>>],
    layer: usize,
    /// Whether to keep the weights.
    last: bool,
    rows: &'a mut [Row],
    heads: usize,
    scores: &'a mut Vec<f32>,
    to: &'a mut [f32],
}

impl<T: Kept> Op for Cross<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<I: Isa>(self) {
        let dim = self.to.len() / self.rows.len();
        let rows = self.rows.iter_mut().zip(self.queries.chunks_exact(dim));
        for ((row, query), to) in rows.zip(self.to.chunks_exact_mut(dim)) {
            let Some(memory) = self.sources[row.source].as_ref().map(|m| &m[self.layer]) else {
                continue;
            };
            let mean = if self.last {
                row.seen.resize(memory.length(), 0.0);
                Some(&mut row.seen[..])
            } else {
                None
            };
            memory.attend::<I>(query, self.heads, self.scores, to, mean);
        }
    }
}

impl<T: Kept> State<'_, T> {
    pub(super) fn decode(&mut self, tokens: &[u32], edits: &[Edits], k: usize) -> Result<Vec<Vec<Candidate>>> {
        let rows = self.rows.len();
        if tokens.len() != rows || !(edits.is_empty() || edits.len() == rows) {
            let what = format!("a step of {} tokens for {rows} rows", tokens.len());
            return Err(Error::new(what));
        }
        if rows == 0 {
            return Ok(vec![]);
        }
        let (model, dim) = (self.model, self.model.layout.dim);
        let decoder = &model.decoder;
        let Room {
            x,
            y,
            z,
            wide,
            scores,
            quantized,
        } = &mut self.room;
        let (x, y, z) = (
            at_least(x, rows * dim),
            at_least(y, rows * dim),
            at_least(z, rows * dim),
        );
        for ((row, &token), x) in self.rows.iter().zip(tokens).zip(x.chunks_exact_mut(dim)) {
            decoder
                .embed
                .row(model.target(), token, row.cells.len(), x, &mut y[..dim])?;
        }
        for row in &mut self.rows {
            row.cells.push(self.cells.take());
        }
        let last = decoder.layers.len() - 1;
        for (i, layer) in decoder.layers.iter().enumerate() {
            let qkv = at_least(wide, rows * 3 * dim);
            layer.qkv.forward(layer.norm.before(x, y), quantized, Then::Store, qkv);
            let cache = &mut self.caches[i];
            cache.resize(self.cells.len() * 2 * dim, T::default());
            for (row, qkv) in self.rows.iter().zip(qkv.chunks_exact(3 * dim)) {
                let cell = row.cells[row.cells.len() - 1] as usize;
                let cell = &mut cache[cell * 2 * dim..][..2 * dim];
                cell.iter_mut().zip(&qkv[dim..]).for_each(|(c, v)| *c = T::keep(*v));
            }
            dispatch(Own {
                qkv,
                cache,
                rows: &self.rows,
                heads: decoder.heads,
                scores,
                to: y,
            });
            layer.out.forward(y, quantized, Then::Add, x);
            layer.norm.after(x, y);
            layer
                .query
                .forward(layer.memory_norm.before(x, y), quantized, Then::Store, z);
            dispatch(Cross {
                queries: z,
                sources: &self.sources,
                layer: i,
                last: i == last,
                rows: &mut self.rows,
                heads: decoder.heads,
                scores,
                to: y,
            });
            layer.memory_out.forward(y, quantized, Then::Add, x);
            layer.memory_norm.after(x, y);
            layer.fc.forward(x, y, wide, quantized);
        }
        let hidden: &[f32] = match &decoder.norm {
            Some(norm) => {
                norm.forward(x, y);
                y
            }
            None => x,
        };
        Ok(model.vocabulary.best(hidden, edits, k, quantized))
    }
}
