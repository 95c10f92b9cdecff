//! Sources, packed end to end -> keys and values for every decoder layer.
use super::{
    layers::{at_least, Embed, FeedForward, Norm, Placed},
    sources::Sources,
    CpuModel,
};
use crate::nn::{
    cpu::{
        attention::{attend, fill, piece, BLOCK},
        kept::Kept,
        kernels::{dispatch, Isa, Op},
        Linear, Precision, Quantized, Then,
    },
    Weights,
};
use crate::{model::config::Layout, Error, Result};

/// Source tokens encoded at once: enough for full speed, few enough for the cache.
const TOKENS: usize = 256;

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
    pieces: Vec<f32>,
    quantized: Quantized,
}

/// Self-attention of one source: (length, 3 dim) -> (length, dim).
struct Attend<'a> {
    qkv: &'a [f32],
    dim: usize,
    heads: usize,
    pieces: &'a mut Vec<f32>,
    scores: &'a mut Vec<f32>,
    to: &'a mut [f32],
}

impl Op for Attend<'_> {
    type Output = ();
    #[inline(always)]
    fn run<I: Isa>(self) {
        let (dim, width) = (self.dim, self.dim / self.heads);
        let (length, piece) = (self.to.len() / dim, piece::<f32>(width));
        let pieces = at_least(self.pieces, length.div_ceil(BLOCK) * piece);
        // One head after the other: its keys and values stay in the nearest cache for all queries.
        for from in (0..dim).step_by(width) {
            for (rows, piece) in self.qkv.chunks(BLOCK * 3 * dim).zip(pieces.chunks_exact_mut(piece)) {
                fill::<I, f32>(piece, rows, 3 * dim, dim + from, 2 * dim + from, width);
            }
            let pieces = &*pieces;
            let of = |i: usize| &pieces[i * piece..(i + 1) * piece];
            let rows = self.qkv.chunks_exact(3 * dim).zip(self.to.chunks_exact_mut(dim));
            for (row, to) in rows {
                let (query, to) = (&row[from..from + width], &mut to[from..from + width]);
                attend::<I, f32>(query, of, length, self.scores, to, |_| &[]);
            }
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
    /// Encodes sources; each one's keys and values go to `kept`. Returns their numbers there, in order.
    pub(super) fn encode<T: Kept>(
        &self,
        sources: &[&[u32]],
        room: &mut Room,
        kept: &mut Sources<T>,
    ) -> Result<Vec<usize>> {
        if sources.iter().any(|s| s.is_empty()) {
            return Err(Error::new("a source has no tokens"));
        }
        let (mut rest, mut numbers) = (sources, vec![]);
        while !rest.is_empty() {
            let mut tokens = 0;
            let fits = |s: &&&[u32]| {
                tokens += s.len();
                tokens <= TOKENS
            };
            let count = rest.iter().take_while(fits).count().max(1);
            let (now, later) = rest.split_at(count);
            numbers.extend(self.encode_block(now, room, kept)?);
            rest = later;
        }
        Ok(numbers)
    }

    fn encode_block<T: Kept>(&self, sources: &[&[u32]], room: &mut Room, kept: &mut Sources<T>) -> Result<Vec<usize>> {
        let dim = self.layout.dim;
        let total: usize = sources.iter().map(|s| s.len()).sum();
        let x = at_least(&mut room.x, total * dim);
        let y = at_least(&mut room.y, total * dim);
        let places = sources.iter().flat_map(|s| s.iter().enumerate());
        for ((place, &token), x) in places.zip(x.chunks_exact_mut(dim)) {
            self.encoder.embed.row(self.source(), token, place, x)?;
        }
        for layer in &self.encoder.layers {
            let qkv = at_least(&mut room.wide, total * 3 * dim);
            layer
                .qkv
                .forward(layer.norm.before(x, y), &mut room.quantized, Then::Store, qkv);
            let mut first = 0;
            for source in sources {
                let rows = &qkv[first * 3 * dim..][..source.len() * 3 * dim];
                dispatch(Attend {
                    qkv: rows,
                    dim,
                    heads: self.encoder.heads,
                    pieces: &mut room.pieces,
                    scores: &mut room.scores,
                    to: &mut y[first * dim..][..source.len() * dim],
                });
                first += source.len();
            }
            layer.out.forward(y, &mut room.quantized, Then::Add, x);
            layer.norm.after(x);
            layer.fc.forward(x, y, &mut room.wide, &mut room.quantized);
        }
        if let Some(norm) = &self.encoder.norm {
            norm.forward(x);
        }
        let numbers: Vec<usize> = sources.iter().map(|s| kept.admit(s.len())).collect();
        for (i, layer) in self.decoder.layers.iter().enumerate() {
            let kv = at_least(&mut room.wide, total * 2 * dim);
            layer.memory.forward(x, &mut room.quantized, Then::Store, kv);
            let mut rest: &[f32] = kv;
            for (source, &number) in sources.iter().zip(&numbers) {
                let (rows, later) = rest.split_at(source.len() * 2 * dim);
                kept.fill(number, i, rows);
                rest = later;
            }
        }
        Ok(numbers)
    }
}
