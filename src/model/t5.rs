//! T5, mT5, FLAN-T5, IT5 and MADLAD-400: RMS norms first, no biases, positions as a bias on attention scores.
//!
//! Fields are named as in the checkpoint. Reference: `modeling_t5.py` of transformers. A decoder looks back only and
//! uses all relative buckets for that; scores are not scaled.
use super::{
    config::T5Layout,
    decoding::{Cache, Network, Padded},
};
use crate::{
    nn::{attention, position, Activation, Attention, Device, Embedding, Kv, Linear, Norm, Weights},
    Result,
};
use candle_core::{DType, Tensor};

/// wo(act(wi x)), or wo(act(wi_0 x) * wi_1 x) where it is gated.
struct DenseReluDense {
    wi: Linear,
    gate: Option<Linear>,
    wo: Linear,
    activation: Activation,
}

impl DenseReluDense {
    fn load(w: &Weights, prefix: &str, t: &T5Layout, device: &Device) -> Result<Self> {
        let up = |name: &str| Linear::load(w, &format!("{prefix}.{name}"), t.dim, t.ffn, device);
        let (wi, gate) = if t.gated {
            (up("wi_0")?, Some(up("wi_1")?))
        } else {
            (up("wi")?, None)
        };
        let wo = Linear::load(w, &format!("{prefix}.wo"), t.ffn, t.dim, device)?;
        Ok(Self {
            wi,
            gate,
            wo,
            activation: t.activation,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = self.activation.forward(&self.wi.forward(x)?)?;
        let y = match &self.gate {
            Some(gate) => (y * gate.forward(x)?)?,
            None => y,
        };
        self.wo.forward(&y)
    }
}

/// x + f(norm(x))
struct Layer<T> {
    layer_norm: Norm,
    block: T,
}

impl<T> Layer<T> {
    fn forward(&self, x: &Tensor, f: impl FnOnce(&T, &Tensor) -> Result<Tensor>) -> Result<Tensor> {
        Ok((x + f(&self.block, &self.layer_norm.forward(x)?)?)?)
    }
}

struct Block {
    self_attention: Layer<Attention>,
    enc_dec_attention: Option<Layer<Attention>>,
    dense: Layer<DenseReluDense>,
}

/// Layers of one side; the first layer's relative bias serves all.
struct Stack {
    blocks: Vec<Block>,
    /// (buckets, heads), on the host: a bias is gathered from it for each length.
    relative_attention_bias: Vec<f32>,
    is_decoder: bool,
    final_layer_norm: Norm,
}

impl Stack {
    fn load(w: &Weights, side: &str, layers: usize, t: &T5Layout, device: &Device) -> Result<Self> {
        let is_decoder = side == "decoder";
        let norm = |name: &str| Norm::rms(w, name, t.dim, t.eps, device);
        let attention = |layer: String, name: &str| -> Result<Layer<Attention>> {
            let shape = (t.dim, t.heads, t.head_dim, 1.0);
            let block = Attention::load(w, &format!("{layer}.{name}"), &attention::T5, shape, device)?;
            Ok(Layer {
                layer_norm: norm(&format!("{layer}.layer_norm"))?,
                block,
            })
        };
        let block = |i: usize| -> Result<Block> {
            let layer = |n: usize| format!("{side}.block.{i}.layer.{n}");
            let dense = layer(1 + usize::from(is_decoder));
            Ok(Block {
                self_attention: attention(layer(0), "SelfAttention")?,
                enc_dec_attention: is_decoder.then(|| attention(layer(1), "EncDecAttention")).transpose()?,
                dense: Layer {
                    layer_norm: norm(&format!("{dense}.layer_norm"))?,
                    block: DenseReluDense::load(w, &format!("{dense}.DenseReluDense"), t, device)?,
                },
            })
        };
        let bias = format!("{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
        Ok(Self {
            blocks: (0..layers).map(block).collect::<Result<_>>()?,
            relative_attention_bias: w.get(&bias, &[t.buckets, t.heads])?,
            is_decoder,
            final_layer_norm: norm(&format!("{side}.final_layer_norm"))?,
        })
    }

    /// (1, heads, queries, keys): queries are the last positions among the keys.
    fn bias(&self, t: &T5Layout, queries: usize, keys: usize, device: &Device) -> Result<Tensor> {
        let mut values = Vec::with_capacity(t.heads * queries * keys);
        for head in 0..t.heads {
            for q in keys - queries..keys {
                values.extend((0..keys).map(|k| {
                    let distance = k as i64 - q as i64;
                    let bucket = position::bucket(distance, !self.is_decoder, t.buckets, t.max_distance);
                    self.relative_attention_bias[bucket * t.heads + head]
                }));
            }
        }
        device.tensor(values, &[1, t.heads, queries, keys])
    }
}

pub(super) struct T5 {
    layout: T5Layout,
    device: Device,
    shared: Embedding,
    encoder: Stack,
    decoder: Stack,
    lm_head: Linear,
}

impl T5 {
    pub fn load(layout: T5Layout, w: &Weights, device: Device) -> Result<Self> {
        let T5Layout { vocab, dim, .. } = layout;
        let names = [
            "shared.weight",
            "encoder.embed_tokens.weight",
            "decoder.embed_tokens.weight",
        ];
        let shared = Embedding::load(w, &names, vocab, dim, &device)?;
        // Not the configuration but the checkpoint says whether they are tied: version 1.1 and mT5 hold a head.
        let table = match w.contains("lm_head.weight") {
            true => device.tensor(w.get("lm_head.weight", &[vocab, dim])?, &[vocab, dim])?,
            false => shared.table(),
        };
        Ok(Self {
            encoder: Stack::load(w, "encoder", layout.encoder_layers, &layout, &device)?,
            decoder: Stack::load(w, "decoder", layout.decoder_layers, &layout, &device)?,
            lm_head: Linear::tied(table, None),
            shared,
            layout,
            device,
        })
    }

    /// T5 was trained in bfloat16 and overflows half precision: the reference clamps after every block.
    fn clamp(&self, x: Tensor) -> Result<Tensor> {
        const MOST: f32 = 65504.0 - 1000.0;
        Ok(if x.dtype() == DType::F16 {
            x.clamp(-MOST, MOST)?
        } else {
            x
        })
    }
}

impl Network for T5 {
    fn device(&self) -> &Device {
        &self.device
    }

    fn pad(&self) -> u32 {
        self.layout.pad
    }

    fn targets(&self) -> usize {
        self.layout.vocab
    }

    fn layers(&self) -> usize {
        self.decoder.blocks.len()
    }

    fn limits(&self) -> (Option<usize>, Option<usize>) {
        (None, None)
    }

    fn encode(&self, batch: &Padded) -> Result<Tensor> {
        let mut x = self
            .shared
            .forward(&batch.ids, batch.lengths.len(), batch.time, &self.device)?;
        let bias = self.encoder.bias(&self.layout, batch.time, batch.time, &self.device)?;
        for block in &self.encoder.blocks {
            x = block.self_attention.forward(&x, |attention, x| {
                let kv = attention.keys_values(x)?;
                Ok(attention.forward(x, &kv, &[Some(&bias), batch.mask.as_ref()])?.0)
            })?;
            x = self.clamp(block.dense.forward(&x, DenseReluDense::forward)?)?;
        }
        self.encoder.final_layer_norm.forward(&x)
    }

    fn cross(&self, memory: &Tensor) -> Result<Vec<Kv>> {
        let layers = self.decoder.blocks.iter().filter_map(|b| b.enc_dec_attention.as_ref());
        layers.map(|l| l.block.keys_values(memory)).collect()
    }

    fn decode(&self, tokens: &[u32], _places: &[usize], cache: &mut Cache) -> Result<(Tensor, Tensor)> {
        let mut x = self.shared.forward(tokens, tokens.len(), 1, &self.device)?;
        // Caches are aligned at their last position, so distances are the same for rows at any place.
        let keys = cache.own.first().and_then(Option::as_ref).map_or(Ok(0), Kv::time)? + 1;
        let bias = self.decoder.bias(&self.layout, 1, keys, &self.device)?;
        let mut seen = None;
        for (i, block) in self.decoder.blocks.iter().enumerate() {
            x = block.self_attention.forward(&x, |attention, x| {
                let new = attention.keys_values(x)?;
                let kv = match &cache.own[i] {
                    Some(old) => old.append(&new)?,
                    None => new,
                };
                let y = attention.forward(x, &kv, &[Some(&bias), cache.own_mask.as_ref()])?.0;
                cache.own[i] = Some(kv);
                Ok(y)
            })?;
            if let Some(layer) = &block.enc_dec_attention {
                x = layer.forward(&x, |attention, x| {
                    let (y, weights) = attention.forward(x, &cache.cross[i], &[cache.cross_mask.as_ref()])?;
                    seen = Some(weights);
                    Ok(y)
                })?;
            }
            x = self.clamp(block.dense.forward(&x, DenseReluDense::forward)?)?;
        }
        let x = self.decoder.final_layer_norm.forward(&x)?.squeeze(1)?;
        let x = if self.layout.scale_output {
            (x * (self.layout.dim as f64).powf(-0.5))?
        } else {
            x
        };
        let seen = seen.ok_or_else(|| crate::Error::new("the model has no decoder layer"))?;
        Ok((self.lm_head.forward(&x)?, seen))
    }
}
