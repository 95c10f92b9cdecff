//! One step of every row through the decoder's layers.
use super::{
    layers::{at_least, Embed, FeedForward, Norm, Placed},
    sources::Sources,
    state::{Buffers, Row, State},
    vocabulary::Best,
};
use crate::nn::{
    cpu::{
        attention::{attend, attend_cells},
        kept::{keep, Kept},
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
    best: Vec<Best>,
}

/// Self-attention of each row over its cells.
struct Own<'a, T> {
    qkv: &'a [f32],
    /// (cells, layers, 2 dim)
    cells: &'a [T],
    layers: usize,
    layer: usize,
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
        let words = 2 * dim / T::PER;
        let of = |cell: u32| &self.cells[(cell as usize * self.layers + self.layer) * words..][..words];
        let rows = self.qkv.chunks_exact(3 * dim).zip(self.to.chunks_exact_mut(dim));
        for (i, (qkv, to)) in rows.enumerate() {
            let soon = self.rows.get(i + 1).map_or(&[][..], |r| &r.cells);
            attend_cells::<I, T>(&qkv[..dim], of, &self.rows[i].cells, soon, self.heads, self.scores, to);
        }
    }
}

/// Cross-attention of each row over its source.
struct Cross<'a, T> {
    queries: &'a [f32],
    sources: &'a Sources<T>,
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
        /// Heads that are asked for ahead: memory takes about as long as attention to two.
        const AHEAD: usize = 2;
        let dim = self.to.len() / self.rows.len();
        let width = dim / self.heads;
        let mut before = None;
        for i in 0..self.rows.len() {
            let number = self.rows[i].source;
            let (length, blocks) = (self.sources.length(number), self.sources.blocks(number));
            let next = self.rows.get(i + 1).map(|r| r.source).filter(|&n| n != number);
            let next = next.map_or(&[][..], |n| self.sources.blocks(n));
            let row = &mut self.rows[i];
            if self.last {
                row.seen.clear();
                row.seen.resize(length, 0.0);
            }
            let (query, to) = (&self.queries[i * dim..][..dim], &mut self.to[i * dim..][..dim]);
            for h in 0..self.heads {
                // Rows of one source follow each other: the first of them brings it closer for all.
                let (other, head) = match h + AHEAD < self.heads {
                    true if before != Some(number) => (blocks, h + AHEAD),
                    true => (&[][..], 0),
                    false => (next, (h + AHEAD - self.heads).min(self.heads - 1)),
                };
                let (query, to) = (&query[h * width..][..width], &mut to[h * width..][..width]);
                let of = |i: usize| self.sources.piece(blocks[i], self.layer, h);
                let soon = |i: usize| match other.get(i) {
                    Some(&block) => self.sources.piece(block, self.layer, head),
                    None => &[],
                };
                attend::<I, T>(query, of, length, self.scores, to, soon);
                if self.last {
                    let seen = row.seen.iter_mut().zip(&*self.scores);
                    seen.for_each(|(seen, weight)| *seen += weight / self.heads as f32);
                }
            }
            before = Some(number);
        }
    }
}

impl<T: Kept> State<'_, T> {
    pub(super) fn decode(
        &mut self,
        tokens: &[u32],
        edits: &[Edits],
        k: usize,
        found: &mut Vec<Vec<Candidate>>,
    ) -> Result<()> {
        let rows = self.rows.len();
        if tokens.len() != rows || !(edits.is_empty() || edits.len() == rows) {
            let what = format!("a step of {} tokens for {rows} rows", tokens.len());
            return Err(Error::new(what));
        }
        found.resize_with(rows, Vec::new);
        if rows == 0 {
            return Ok(());
        }
        let (model, dim) = (self.model, self.model.layout.dim);
        let decoder = &model.decoder;
        let Buffers {
            room:
                Room {
                    x,
                    y,
                    z,
                    wide,
                    scores,
                    quantized,
                    best,
                },
            kept,
            sources,
            ..
        } = &mut self.buffers;
        let (x, y, z) = (
            at_least(x, rows * dim),
            at_least(y, rows * dim),
            at_least(z, rows * dim),
        );
        for ((row, &token), x) in self.rows.iter().zip(tokens).zip(x.chunks_exact_mut(dim)) {
            decoder.embed.row(model.target(), token, row.cells.len(), x)?;
        }
        for row in &mut self.rows {
            row.cells.push(self.cells.take());
        }
        let layers = decoder.layers.len();
        kept.grow(self.cells.len() * layers * 2 * dim / T::PER);
        for (i, layer) in decoder.layers.iter().enumerate() {
            let qkv = at_least(wide, rows * 3 * dim);
            layer.qkv.forward(layer.norm.before(x, y), quantized, Then::Store, qkv);
            for (row, qkv) in self.rows.iter().zip(qkv.chunks_exact(3 * dim)) {
                let cell = row.cells[row.cells.len() - 1] as usize;
                let words = 2 * dim / T::PER;
                let cell = &mut kept[(cell * layers + i) * words..][..words];
                let parts = qkv[dim..].chunks_exact(dim / decoder.heads);
                cell.chunks_exact_mut(words / 2 / decoder.heads)
                    .zip(parts)
                    .for_each(|(to, v)| keep(v, to));
            }
            dispatch(Own {
                qkv,
                cells: kept,
                layers,
                layer: i,
                rows: &self.rows,
                heads: decoder.heads,
                scores,
                to: y,
            });
            layer.out.forward(y, quantized, Then::Add, x);
            layer.norm.after(x);
            layer
                .query
                .forward(layer.memory_norm.before(x, y), quantized, Then::Store, z);
            dispatch(Cross {
                queries: z,
                sources,
                layer: i,
                last: i + 1 == layers,
                rows: &mut self.rows,
                heads: decoder.heads,
                scores,
                to: y,
            });
            layer.memory_out.forward(y, quantized, Then::Add, x);
            layer.memory_norm.after(x);
            layer.fc.forward(x, y, wide, quantized);
        }
        if let Some(norm) = &decoder.norm {
            norm.forward(x);
        }
        model.vocabulary.best(x, edits, k, quantized, best, found);
        Ok(())
    }
}
