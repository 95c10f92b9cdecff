//! One encoder-decoder for marian, bart, mbart, m2m_100 and pegasus: only the switches of its `Layout` differ.
//!
//! Fields are named as in the checkpoint. Reference: `modeling_{marian,bart,mbart,m2m_100,pegasus}.py` of transformers.
use super::{
    config::{Layout, Position, Stack},
    decoding::{Cache, Network, Padded},
};
use crate::{
    nn::{attention, Activation, Attention, Device, Embedding, Kv, Linear, Norm, Positions, Weights},
    Result,
};
use candle_core::{DType, Tensor};

/// All five families keep PyTorch's default.
const EPS: f32 = 1e-5;

struct FeedForward {
    fc1: Linear,
    fc2: Linear,
    activation: Activation,
}

impl FeedForward {
    fn load(w: &Weights, prefix: &str, layout: &Layout, ffn: usize, device: &Device) -> Result<Self> {
        Ok(Self {
            fc1: Linear::load(w, &format!("{prefix}.fc1"), layout.dim, ffn, device)?,
            fc2: Linear::load(w, &format!("{prefix}.fc2"), ffn, layout.dim, device)?,
            activation: layout.activation,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.fc2.forward(&self.activation.forward(&self.fc1.forward(x)?)?)
    }
}

/// A block with its norm: x + f(norm(x)), or norm(x + f(x)).
struct Residual<T> {
    block: T,
    norm: Norm,
    norm_first: bool,
}

impl<T> Residual<T> {
    fn forward(&self, x: &Tensor, f: impl FnOnce(&T, &Tensor) -> Result<Tensor>) -> Result<Tensor> {
        if self.norm_first {
            return Ok((x + f(&self.block, &self.norm.forward(x)?)?)?);
        }
        self.norm.forward(&(x + f(&self.block, x)?)?)
    }
}

struct EncoderLayer {
    self_attn: Residual<Attention>,
    fc: Residual<FeedForward>,
}

struct DecoderLayer {
    self_attn: Residual<Attention>,
    encoder_attn: Residual<Attention>,
    fc: Residual<FeedForward>,
}

/// What stands before and after the layers of one side.
struct Side {
    embed_tokens: Embedding,
    embed_positions: Positions,
    layernorm_embedding: Option<Norm>,
    layer_norm: Option<Norm>,
}

pub(super) struct Transformer {
    layout: Layout,
    device: Device,
    encoder: Side,
    encoder_layers: Vec<EncoderLayer>,
    decoder: Side,
    decoder_layers: Vec<DecoderLayer>,
    lm_head: Linear,
}

/// Loads the parts of one network.
struct Loader<'a> {
    w: &'a Weights,
    layout: &'a Layout,
    device: &'a Device,
}

impl Loader<'_> {
    fn norm(&self, name: &str) -> Result<Norm> {
        Norm::layer(self.w, name, self.layout.dim, EPS, self.device)
    }

    fn attention(&self, layer: &str, name: &str, heads: usize) -> Result<Residual<Attention>> {
        let dim = self.layout.dim;
        let shape = (dim, heads, dim / heads, ((dim / heads) as f64).powf(-0.5));
        let block = Attention::load(self.w, &format!("{layer}.{name}"), &attention::BART, shape, self.device)?;
        let norm = self.norm(&format!("{layer}.{name}_layer_norm"))?;
        Ok(Residual {
            block,
            norm,
            norm_first: self.layout.norm_first,
        })
    }

    fn feed_forward(&self, layer: &str, ffn: usize) -> Result<Residual<FeedForward>> {
        let block = FeedForward::load(self.w, layer, self.layout, ffn, self.device)?;
        let norm = self.norm(&format!("{layer}.final_layer_norm"))?;
        Ok(Residual {
            block,
            norm,
            norm_first: self.layout.norm_first,
        })
    }

    fn side(&self, prefix: &str, embed_tokens: Embedding) -> Result<Side> {
        let Layout { dim, max_positions, .. } = *self.layout;
        let name = format!("{prefix}.embed_positions.weight");
        let embed_positions = match self.layout.position {
            // Some exporters store the sinusoids, rounded as the weights are: then those are what was trained with.
            Position::Sinusoidal { offset, .. } if self.w.shape(&name) == Some(&[max_positions + offset, dim][..]) => {
                Positions::learned(self.w, &name, max_positions, offset, dim, self.device)?
            }
            Position::Sinusoidal { kind, offset } => {
                Positions::sinusoidal(kind, max_positions, offset, dim, self.device)?
            }
            Position::Learned { offset } => Positions::learned(self.w, &name, max_positions, offset, dim, self.device)?,
        };
        let optional = |wanted: bool, name: &str| -> Result<Option<Norm>> {
            wanted.then(|| self.norm(&format!("{prefix}.{name}"))).transpose()
        };
        Ok(Side {
            embed_tokens,
            embed_positions,
            layernorm_embedding: optional(self.layout.norm_embedding, "layernorm_embedding")?,
            layer_norm: optional(self.layout.norm_final, "layer_norm")?,
        })
    }

    fn embedding(&self, names: &[&str], vocab: usize) -> Result<Embedding> {
        Embedding::load(self.w, names, vocab, self.layout.dim, self.device)
    }
}

impl Transformer {
    pub fn load(layout: Layout, w: &Weights, device: Device) -> Result<Self> {
        let load = Loader {
            w,
            layout: &layout,
            device: &device,
        };
        let Layout {
            vocab,
            target_vocab,
            dim,
            ..
        } = layout;
        let (encoder, decoder) = if layout.shared {
            let names = [
                "model.shared.weight",
                "model.encoder.embed_tokens.weight",
                "model.decoder.embed_tokens.weight",
                "lm_head.weight",
            ];
            let shared = load.embedding(&names, vocab)?;
            (shared.clone(), shared)
        } else {
            let decoder = ["model.decoder.embed_tokens.weight", "lm_head.weight"];
            (
                load.embedding(&["model.encoder.embed_tokens.weight"], vocab)?,
                load.embedding(&decoder, target_vocab)?,
            )
        };
        let bias = match w.contains("final_logits_bias") {
            true => Some(device.tensor(w.get("final_logits_bias", &[1, target_vocab])?, &[target_vocab])?),
            false => None,
        };
        let table = match layout.tied {
            true => decoder.table(),
            false => device.tensor(w.get("lm_head.weight", &[target_vocab, dim])?, &[target_vocab, dim])?,
        };
        let Stack { layers, heads, ffn } = layout.encoder;
        let encoder_layers = (0..layers)
            .map(|i| {
                let name = format!("model.encoder.layers.{i}");
                let self_attn = load.attention(&name, "self_attn", heads)?;
                Ok(EncoderLayer {
                    self_attn,
                    fc: load.feed_forward(&name, ffn)?,
                })
            })
            .collect::<Result<_>>()?;
        let Stack { layers, heads, ffn } = layout.decoder;
        let decoder_layers = (0..layers)
            .map(|i| {
                let name = format!("model.decoder.layers.{i}");
                Ok(DecoderLayer {
                    self_attn: load.attention(&name, "self_attn", heads)?,
                    encoder_attn: load.attention(&name, "encoder_attn", heads)?,
                    fc: load.feed_forward(&name, ffn)?,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            encoder: load.side("model.encoder", encoder)?,
            encoder_layers,
            decoder: load.side("model.decoder", decoder)?,
            decoder_layers,
            lm_head: Linear::tied(table, bias),
            layout,
            device,
        })
    }

    /// Embeds ids, (rows, time), adds `positions` and normalises where the family does -> (rows, time, dim).
    fn embed(&self, side: &Side, ids: &[u32], rows: usize, time: usize, positions: &Tensor) -> Result<Tensor> {
        let x = side.embed_tokens.forward(ids, rows, time, &self.device)?;
        let x = if self.layout.scale_embedding {
            (x * (self.layout.dim as f64).sqrt())?
        } else {
            x
        };
        let x = x.broadcast_add(positions)?;
        Ok(match &side.layernorm_embedding {
            Some(norm) => norm.forward(&x)?,
            None => x,
        })
    }

    /// Half precision overflows in deep encoders; the reference clamps there, and only there.
    fn clamp(&self, x: Tensor) -> Result<Tensor> {
        const MOST: f32 = 65504.0 - 1000.0;
        Ok(if x.dtype() == DType::F16 {
            x.clamp(-MOST, MOST)?
        } else {
            x
        })
    }
}

impl Network for Transformer {
    fn device(&self) -> &Device {
        &self.device
    }

    fn pad(&self) -> u32 {
        self.layout.pad
    }

    fn targets(&self) -> usize {
        self.layout.target_vocab
    }

    fn layers(&self) -> usize {
        self.decoder_layers.len()
    }

    fn limits(&self) -> (Option<usize>, Option<usize>) {
        (Some(self.layout.max_positions), Some(self.layout.max_positions))
    }

    fn encode(&self, batch: &Padded) -> Result<Tensor> {
        let positions = self.encoder.embed_positions.first(batch.time)?;
        let mut x = self.embed(&self.encoder, &batch.ids, batch.lengths.len(), batch.time, &positions)?;
        for layer in &self.encoder_layers {
            x = layer.self_attn.forward(&x, |attention, x| {
                let kv = attention.keys_values(x)?;
                Ok(attention.forward(x, &kv, &[batch.mask.as_ref()])?.0)
            })?;
            x = self.clamp(layer.fc.forward(&x, FeedForward::forward)?)?;
        }
        Ok(match &self.encoder.layer_norm {
            Some(norm) => norm.forward(&x)?,
            None => x,
        })
    }

    fn cross(&self, memory: &Tensor) -> Result<Vec<Kv>> {
        self.decoder_layers
            .iter()
            .map(|l| l.encoder_attn.block.keys_values(memory))
            .collect()
    }

    fn decode(&self, tokens: &[u32], places: &[usize], cache: &mut Cache) -> Result<(Tensor, Tensor)> {
        let positions = self.decoder.embed_positions.each(places, &self.device)?;
        let mut x = self.embed(&self.decoder, tokens, tokens.len(), 1, &positions)?;
        let mut seen = None;
        for (i, layer) in self.decoder_layers.iter().enumerate() {
            x = layer.self_attn.forward(&x, |attention, x| {
                let new = attention.keys_values(x)?;
                let kv = match &cache.own[i] {
                    Some(old) => old.append(&new)?,
                    None => new,
                };
                let y = attention.forward(x, &kv, &[cache.own_mask.as_ref()])?.0;
                cache.own[i] = Some(kv);
                Ok(y)
            })?;
            x = layer.encoder_attn.forward(&x, |attention, x| {
                let (y, weights) = attention.forward(x, &cache.cross[i], &[cache.cross_mask.as_ref()])?;
                seen = Some(weights);
                Ok(y)
            })?;
            x = layer.fc.forward(&x, FeedForward::forward)?;
        }
        if let Some(norm) = &self.decoder.layer_norm {
            x = norm.forward(&x)?;
        }
        let logits = self.lm_head.forward(&x.squeeze(1)?)?;
        // A checked layout has at least one layer, so something was seen.
        let seen = seen.ok_or_else(|| crate::Error::new("the model has no decoder layer"))?;
        Ok((logits, seen))
    }
}
