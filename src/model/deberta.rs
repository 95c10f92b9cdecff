//! DeBERTa v3 with a classifier: attention over contents and over relative places, kept apart; what inference between
//! sentences reads.
//!
//! Reference: `modeling_deberta_v2.py` of transformers. Version 3 and its multilingual form share one layout: places are
//! relative only, in logarithmic buckets, and projected as contents are. Version 2's convolution is not read.
use crate::{
    nn::{mask, Activation, Device, Embedding, Linear, Norm, Weights},
    Error, Result,
};
use candle_core::{Tensor, D};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What `config.json` says.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    vocab_size: usize,
    max_position_embeddings: usize,
    #[serde(default)]
    max_relative_positions: i64,
    #[serde(default)]
    position_buckets: i64,
    #[serde(default)]
    pos_att_type: Kinds,
    #[serde(default)]
    share_att_key: bool,
    #[serde(default)]
    relative_attention: bool,
    #[serde(default = "yes")]
    position_biased_input: bool,
    #[serde(default)]
    norm_rel_ebd: String,
    #[serde(default)]
    type_vocab_size: usize,
    #[serde(default)]
    conv_kernel_size: usize,
    layer_norm_eps: f32,
    #[serde(default)]
    pad_token_id: u32,
    #[serde(default)]
    id2label: BTreeMap<String, String>,
}

fn yes() -> bool {
    true
}

/// `"p2c|c2p"` or `["p2c", "c2p"]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Kinds {
    One(String),
    Many(Vec<String>),
}

impl Default for Kinds {
    fn default() -> Self {
        Kinds::Many(vec![])
    }
}

impl Kinds {
    fn both(&self) -> bool {
        let has = |kind: &str| match self {
            Kinds::One(text) => text.split('|').any(|k| k.trim() == kind),
            Kinds::Many(list) => list.iter().any(|k| k == kind),
        };
        has("c2p") && has("p2c")
    }
}

impl Config {
    /// Parses `config.json`.
    ///
    /// # Errors
    /// Where it is no DeBERTa, not of version 3's layout, or its sizes do not fit together.
    pub fn parse(json: &str) -> Result<Self> {
        let unreadable = |e| Error::new("cannot read `config.json`").caused_by(e);
        let fault = |what: String| Err(Error::new(what));
        let value: serde_json::Value = serde_json::from_str(json).map_err(unreadable)?;
        let family = value["model_type"].as_str().unwrap_or_default();
        if family != "deberta-v2" {
            return fault(format!(
                "`{family}` is no classifier that sunto runs, expected `deberta-v2`"
            ));
        }
        let c: Config = serde_json::from_value(value).map_err(unreadable)?;
        let switches = [
            ("relative_attention", c.relative_attention),
            ("share_att_key", c.share_att_key),
            ("pos_att_type", c.pos_att_type.both()),
            ("position_biased_input", !c.position_biased_input),
            ("position_buckets", c.position_buckets > 0),
            ("norm_rel_ebd", c.norm_rel_ebd == "layer_norm"),
            ("type_vocab_size", c.type_vocab_size == 0),
            ("conv_kernel_size", c.conv_kernel_size == 0),
        ];
        if let Some((name, _)) = switches.iter().find(|(_, as_in_v3)| !as_in_v3) {
            return fault(format!("`{name}` of `config.json` is not as in DeBERTa v3"));
        }
        let heads = c.num_attention_heads;
        if heads == 0 || c.hidden_size == 0 || !c.hidden_size.is_multiple_of(heads) {
            return fault(format!("{heads} heads do not divide a width of {}", c.hidden_size));
        }
        Ok(c)
    }

    /// Distances farther than the buckets begin to be logarithmic at, at most.
    fn furthest(&self) -> i64 {
        match self.max_relative_positions {
            n if n > 0 => n,
            _ => self.max_position_embeddings as i64,
        }
    }

    /// Most tokens of one text that the model was trained on, framing included.
    pub fn max_tokens(&self) -> usize {
        self.max_position_embeddings
    }

    /// Names of the classes, in the order of the classifier's rows.
    pub fn labels(&self) -> Vec<String> {
        let mut labels: Vec<(usize, &String)> = self
            .id2label
            .iter()
            .filter_map(|(id, label)| Some((id.parse().ok()?, label)))
            .collect();
        labels.sort();
        labels.into_iter().map(|(_, label)| label.clone()).collect()
    }
}

/// The bucket of a distance, exact up to half of the buckets and logarithmic beyond; odd in its argument.
fn bucket(distance: i64, buckets: i64, furthest: i64) -> i64 {
    let (mid, size) = (buckets / 2, distance.abs());
    if size <= mid {
        return distance;
    }
    // f32 as in the reference: the edges of the buckets depend on its rounding.
    let edge = ((furthest - 1) as f32 / mid as f32).ln();
    let log = ((size as f32 / mid as f32).ln() / edge * (mid - 1) as f32).ceil() as i64 + mid;
    log * distance.signum()
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    attention_norm: Norm,
    up: Linear,
    down: Linear,
    norm: Norm,
}

/// The encoder with its pooler and classifier.
pub struct Deberta {
    config: Config,
    words: Embedding,
    norm: Norm,
    /// Vectors of the relative places, normalised, (2 x buckets, dim).
    places: Tensor,
    layers: Vec<Layer>,
    pooler: Linear,
    classifier: Linear,
    device: Device,
}

impl Deberta {
    /// Loads a checkpoint of `DebertaV2ForSequenceClassification`.
    pub fn load(config: Config, w: &Weights, device: Device) -> Result<Self> {
        let (dim, inner, eps) = (config.hidden_size, config.intermediate_size, config.layer_norm_eps);
        let norm = |name: String| Norm::layer(w, &name, dim, eps, &device);
        let square = |name: String| Linear::load(w, &name, dim, dim, &device);
        let layer = |i: usize| -> Result<Layer> {
            let p = format!("deberta.encoder.layer.{i}");
            Ok(Layer {
                query: square(format!("{p}.attention.self.query_proj"))?,
                key: square(format!("{p}.attention.self.key_proj"))?,
                value: square(format!("{p}.attention.self.value_proj"))?,
                out: square(format!("{p}.attention.output.dense"))?,
                attention_norm: norm(format!("{p}.attention.output.LayerNorm"))?,
                up: Linear::load(w, &format!("{p}.intermediate.dense"), dim, inner, &device)?,
                down: Linear::load(w, &format!("{p}.output.dense"), inner, dim, &device)?,
                norm: norm(format!("{p}.output.LayerNorm"))?,
            })
        };
        let shape = [2 * config.position_buckets as usize, dim];
        let places = device.tensor(w.get("deberta.encoder.rel_embeddings.weight", &shape)?, &shape)?;
        let words = "deberta.embeddings.word_embeddings.weight";
        Ok(Self {
            words: Embedding::load(w, &[words], config.vocab_size, dim, &device)?,
            norm: norm("deberta.embeddings.LayerNorm".into())?,
            places: norm("deberta.encoder.LayerNorm".into())?.forward(&places)?,
            layers: (0..config.num_hidden_layers).map(layer).collect::<Result<_>>()?,
            pooler: square("pooler.dense".into())?,
            classifier: Linear::load(w, "classifier", dim, config.labels().len(), &device)?,
            config,
            device,
        })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// (.., time, dim) -> (.., heads, time, head dim)
    fn split(&self, x: &Tensor) -> Result<Tensor> {
        let heads = self.config.num_attention_heads;
        let (rows, time, dim) = x.dims3()?;
        Ok(x.reshape((rows, time, heads, dim / heads))?
            .transpose(1, 2)?
            .contiguous()?)
    }

    /// Which of the places stands between a query i and a key j, (rows, heads, time, time).
    fn between(&self, rows: usize, time: usize) -> Result<Tensor> {
        let (span, furthest) = (self.config.position_buckets, self.config.furthest());
        let n = time as i64;
        let one = |i: i64, j: i64| (bucket(i - j, span, furthest) + span).clamp(0, 2 * span - 1) as u32;
        let ids: Vec<u32> = (0..n).flat_map(|i| (0..n).map(move |j| one(i, j))).collect();
        let shape = (rows, self.config.num_attention_heads, time, time);
        let ids = self.device.ids(ids, &[1, 1, time, time])?;
        Ok(ids.broadcast_as(shape)?.contiguous()?)
    }

    fn attend(&self, layer: &Layer, x: &Tensor, between: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
        let (rows, time, dim) = x.dims3()?;
        // Three terms share the scale: content to content, content to place, place to content.
        let scale = (3.0 * (dim / self.config.num_attention_heads) as f64).powf(-0.5);
        let places = self.places.unsqueeze(0)?;
        let query = (self.split(&layer.query.forward(x)?)? * scale)?;
        let key = self.split(&layer.key.forward(x)?)?;
        let place_key = self.split(&layer.key.forward(&places)?)?;
        let place_query = (self.split(&layer.query.forward(&places)?)? * scale)?;
        let to_place = query.broadcast_matmul(&place_key.t()?)?.contiguous()?;
        let from_place = key.broadcast_matmul(&place_query.t()?)?.contiguous()?;
        let back = between.t()?.contiguous()?;
        let mut scores = query.matmul(&key.t()?)?;
        scores = (scores + to_place.gather(between, D::Minus1)?)?;
        scores = (scores + from_place.gather(&back, D::Minus1)?.t()?)?;
        if let Some(mask) = mask {
            scores = scores.broadcast_add(mask)?;
        }
        let weights = candle_nn::ops::softmax_last_dim(&scores.contiguous()?)?;
        let value = self.split(&layer.value.forward(x)?)?;
        let y = weights.matmul(&value)?.transpose(1, 2)?.reshape((rows, time, dim))?;
        layer.out.forward(&y)
    }

    /// Probabilities of the classes for each framed, unpadded text.
    ///
    /// # Errors
    /// Where there is no text, one is longer than the model reads, or one holds an id outside the vocabulary.
    pub fn classify(&self, texts: &[&[u32]]) -> Result<Vec<Vec<f32>>> {
        let lengths: Vec<usize> = texts.iter().map(|t| t.len()).collect();
        let (rows, time) = (texts.len(), lengths.iter().copied().max().unwrap_or(0));
        if lengths.contains(&0) || rows == 0 {
            return Err(Error::new("no text to classify"));
        }
        if time > self.config.max_tokens() {
            let most = self.config.max_tokens();
            return Err(Error::new(format!(
                "a text of {time} tokens, where the model reads {most}"
            )));
        }
        let mut ids = Vec::with_capacity(rows * time);
        for text in texts {
            ids.extend_from_slice(text);
            ids.resize(ids.len() + time - text.len(), self.config.pad_token_id);
        }
        let mask = mask::after(&lengths, time, &self.device)?;
        let between = self.between(rows, time)?;
        let mut x = self
            .norm
            .forward(&self.words.forward(&ids, rows, time, &self.device)?)?;
        for layer in &self.layers {
            let attended = self.attend(layer, &x, &between, mask.as_ref())?;
            let y = layer.attention_norm.forward(&(attended + &x)?)?;
            let inner = Activation::Gelu.forward(&layer.up.forward(&y)?)?;
            x = layer.norm.forward(&(layer.down.forward(&inner)? + y)?)?;
        }
        let first = x.narrow(1, 0, 1)?.squeeze(1)?.contiguous()?;
        let pooled = Activation::Gelu.forward(&self.pooler.forward(&first)?)?;
        let logits = self.classifier.forward(&pooled)?.to_dtype(candle_core::DType::F32)?;
        Ok(candle_nn::ops::softmax_last_dim(&logits)?.to_vec2()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_those_of_the_reference() {
        // Expected: transformers' make_log_bucket_position(torch.tensor(d), 256, 512).
        for (distance, expected) in [
            (0, 0),
            (1, 1),
            (-1, -1),
            (127, 127),
            (128, 128),
            (129, 129),
            (-129, -129),
            (200, 169),
            (300, 207),
            (-400, -233),
            (511, 255),
        ] {
            assert_eq!(bucket(distance, 256, 512), expected, "{distance}");
        }
    }
}
