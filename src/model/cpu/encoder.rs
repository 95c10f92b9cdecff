//! Sources, packed end to end -> keys and values for every decoder layer.
use super::{
    layers::{at_least, Embed, FeedForward, Norm, Placed},
    CpuModel,
};
use crate::nn::{
    cpu::{
        attention::{Kept, Memory},
        kernels::{dispatch, Isa, Op},
        Linear, Precision, Quantized, Then,
    },
    Weights,
};
use crate::{model::config::Layout, Error, Result};

/// Source tokens encoded at once: enough for full speed, few enough for the cache.
const TOKENS: usize = 1024;

pub(super) struct Encoder {
    pub embed: Embed,
    layers: Vec<Layer>,
    norm: Option<Norm>,
    heads: usize,
}

struct Layer {
    /// Query, key and value side by side.
    qkv: Linear,
    out: Linear,
    norm: Placed,
    fc: FeedForward,
}

/// Scratch of the encoder, kept from batch to batch.
#[derive(Default)]
pub(super) struct Room {
    x: Vec<f32>,
    y: Vec<f32>,
    wide: Vec<f32>,
    scores: Vec<f32>,
    memory: Memory<f32>,
    quantized: Quantized,
}

/// Self-attention of one source: (length, 3 dim) -> (length, dim).
struct Attend<'a> {
    qkv: &'a [f32],
    dim: usize,
    heads: usize,
    memory: &'a Memory<f32>,
    scores: &'a mut Vec<f32>,
    to: &'a mut [f32],
}

impl Op for Attend<'_> {
    type Output = ();
    #[inline(always)]
    fn run<I: Isa>(self) {
        let rows = self.qkv.chunks_exact(3 * self.dim);
        for (qkv, to) in rows.zip(self.to.chunks_exact_mut(self.dim)) {
            self.memory
                .attend::<I>(&qkv[..self.dim], self.heads, self.scores, to, None);
        }
    }
}

impl Encoder {
    pub fn load(w: &Weights, layout: &Layout, precision: Precision) -> Result<Self> {
        let dim = layout.dim;
        let layer = |i: usize| -> Result<Layer> {
            let layer = format!("model.encoder.layers.{i}");
            let name = |part: &str| format!("{layer}.self_attn.{part}");
            let qkv = [&*name("q_proj"), &*name("k_proj"), &*name("v_proj")];
            Ok(Layer {
                qkv: Linear::load(w, &qkv, dim, dim, precision)?,
                out: Linear::load(w, &[&name("out_proj")], dim, dim, precision)?,
                norm: Placed::load(w, &format!("{layer}.self_attn_layer_norm"), layout)?,
                fc: FeedForward::load(w, &layer, layout, layout.encoder.ffn, precision)?,
            })
        };
        let norm = match layout.norm_final {
            true => Some(Norm::load(w, "model.encoder.layer_norm", dim)?),
            false => None,
        };
        Ok(Self {
            embed: Embed::load(w, "model.encoder", layout)?,
            layers: (0..layout.encoder.layers).map(layer).collect::<Result<_>>()?,
            norm,
            heads: layout.encoder.heads,
        })
    }
}

impl CpuModel {
    /// Encodes sources and calls `f` with each one's keys and values, one [`Memory`] for each decoder layer.
    pub(super) fn encode<T: Kept>(
        &self,
        sources: &[&[u32]],
        room: &mut Room,
        mut f: impl FnMut(Vec<Memory<T>>),
    ) -> Result<()> {
        if sources.iter().any(|s| s.is_empty()) {
            return Err(Error::new("a source has no tokens"));
        }
        let mut rest = sources;
        while !rest.is_empty() {
            let mut tokens = 0;
            let fits = |s: &&&[u32]| {
                tokens += s.len();
                tokens <= TOKENS
            };
            let count = rest.iter().take_while(fits).count().max(1);
            let (now, later) = rest.split_at(count);
            self.encode_block(now, room, &mut f)?;
            rest = later;
        }
        Ok(())
    }

    fn encode_block<T: Kept>(
        &self,
        sources: &[&[u32]],
        room: &mut Room,
        f: &mut impl FnMut(Vec<Memory<T>>),
    ) -> Result<()> {
        let dim = self.layout.dim;
        let total: usize = sources.iter().map(|s| s.len()).sum();
        let x = at_least(&mut room.x, total * dim);
        let y = at_least(&mut room.y, total * dim);
        let places = sources.iter().flat_map(|s| s.iter().enumerate());
        for ((place, &token), x) in places.zip(x.chunks_exact_mut(dim)) {
            self.encoder.embed.row(self.source(), token, place, x, &mut y[..dim])?;
        }
        for layer in &self.encoder.layers {
            let qkv = at_least(&mut room.wide, total * 3 * dim);
            layer
                .qkv
                .forward(layer.norm.before(x, y), &mut room.quantized, Then::Store, qkv);
            let mut first = 0;
            for source in sources {
                let rows = &qkv[first * 3 * dim..][..source.len() * 3 * dim];
                let heads = self.encoder.heads;
                room.memory.fill(rows.chunks_exact(3 * dim), dim, 2 * dim, dim, heads);
                dispatch(Attend {
                    qkv: rows,
                    dim,
                    heads,
                    memory: &room.memory,
                    scores: &mut room.scores,
                    to: &mut y[first * dim..][..source.len() * dim],
                });
                first += source.len();
            }
            layer.out.forward(y, &mut room.quantized, Then::Add, x);
            layer.norm.after(x, y);
            layer.fc.forward(x, y, &mut room.wide, &mut room.quantized);
        }
        let memory: &[f32] = match &self.encoder.norm {
            Some(norm) => {
                norm.forward(x, y);
                y
            }
            None => x,
        };
        let mut found: Vec<Vec<Memory<T>>> = sources.iter().map(|_| vec![]).collect();
        for layer in &self.decoder.layers {
            let kv = at_least(&mut room.wide, total * 2 * dim);
            layer.memory.forward(memory, &mut room.quantized, Then::Store, kv);
            let mut first = 0;
            for (source, found) in sources.iter().zip(&mut found) {
                let mut one = Memory::default();
                let rows = &kv[first * 2 * dim..][..source.len() * 2 * dim];
                one.fill(rows.chunks_exact(2 * dim), 0, dim, dim, self.decoder.heads);
                found.push(one);
                first += source.len();
            }
        }
        found.into_iter().for_each(f);
        Ok(())
    }
}
