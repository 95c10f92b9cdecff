//! BERT, RoBERTa and XLM-R as encoders that give every layer's hidden states: what BERTScore and COMET read.
//!
//! candle-transformers' XLM-R returns the last layer only, hence our own.
use crate::{
    nn::{attention::Names, mask, Attention, Device, Embedding, Linear, Norm, Weights},
    Error, Result,
};
use candle_core::Tensor;
use serde::Deserialize;

/// What `config.json` says of an encoder.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    pub model_type: String,
    pub hidden_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub intermediate_size: usize,
    pub vocab_size: usize,
    pub max_position_embeddings: usize,
    pub type_vocab_size: usize,
    pub layer_norm_eps: f32,
    #[serde(default)]
    pub pad_token_id: u32,
}

impl Config {
    /// Parses `config.json`.
    ///
    /// # Errors
    /// Where it is none of these families, or its sizes do not fit together.
    pub fn parse(json: &str) -> Result<Self> {
        let config: Config =
            serde_json::from_str(json).map_err(|e| Error::new("cannot read `config.json`").caused_by(e))?;
        let known = ["bert", "roberta", "xlm-roberta"];
        if !known.contains(&config.model_type.as_str()) {
            let what = format!(
                "`{}` is no encoder that sunto runs, expected one of {}",
                config.model_type,
                known.join(", ")
            );
            return Err(Error::new(what));
        }
        let heads = config.num_attention_heads;
        if heads == 0 || !config.hidden_size.is_multiple_of(heads) || config.hidden_size == 0 {
            return Err(Error::new(format!(
                "{heads} heads do not divide a width of {}",
                config.hidden_size
            )));
        }
        Ok(config)
    }

    /// Position of the first token: RoBERTa counts from after the padding id.
    fn first_position(&self) -> usize {
        if self.model_type == "bert" {
            0
        } else {
            self.pad_token_id as usize + 1
        }
    }

    /// Most tokens of one text, framing included.
    pub fn max_tokens(&self) -> usize {
        self.max_position_embeddings.saturating_sub(self.first_position())
    }
}

struct Layer {
    attention: Attention,
    attention_norm: Norm,
    up: Linear,
    down: Linear,
    norm: Norm,
}

/// An encoder with its weights.
pub struct Roberta {
    config: Config,
    words: Embedding,
    positions: Embedding,
    types: Embedding,
    norm: Norm,
    layers: Vec<Layer>,
    device: Device,
}

const PROJECTIONS: Names = Names {
    query: "self.query",
    key: "self.key",
    value: "self.value",
    out: "output.dense",
};

impl Roberta {
    /// Loads an encoder whose names begin with any of the usual prefixes (`roberta.`, `bert.`, `encoder.model.` in
    /// COMET, none).
    pub fn load(config: Config, w: &Weights, device: Device) -> Result<Self> {
        let prefixes = ["", "roberta.", "bert.", "model.", "encoder.model."];
        let there = |p: &&&str| w.contains(&format!("{p}embeddings.word_embeddings.weight"));
        let Some(prefix) = prefixes.iter().find(there) else {
            return Err(Error::new(format!(
                "`{}` holds no `embeddings.word_embeddings.weight`",
                w.origin()
            )));
        };
        let (dim, eps, inner) = (config.hidden_size, config.layer_norm_eps, config.intermediate_size);
        let heads = config.num_attention_heads;
        let embedding = |name: &str, size: usize| {
            Embedding::load(w, &[&format!("{prefix}embeddings.{name}.weight")], size, dim, &device)
        };
        let norm = |name: String| Norm::layer(w, &name, dim, eps, &device);
        let layer = |i: usize| -> Result<Layer> {
            let p = format!("{prefix}encoder.layer.{i}");
            let shape = (dim, heads, dim / heads, (dim as f64 / heads as f64).powf(-0.5));
            Ok(Layer {
                attention: Attention::load(w, &format!("{p}.attention"), &PROJECTIONS, shape, &device)?,
                attention_norm: norm(format!("{p}.attention.output.LayerNorm"))?,
                up: Linear::load(w, &format!("{p}.intermediate.dense"), dim, inner, &device)?,
                down: Linear::load(w, &format!("{p}.output.dense"), inner, dim, &device)?,
                norm: norm(format!("{p}.output.LayerNorm"))?,
            })
        };
        Ok(Self {
            words: embedding("word_embeddings", config.vocab_size)?,
            positions: embedding("position_embeddings", config.max_position_embeddings)?,
            types: embedding("token_type_embeddings", config.type_vocab_size)?,
            norm: norm(format!("{prefix}embeddings.LayerNorm"))?,
            layers: (0..config.num_hidden_layers).map(layer).collect::<Result<_>>()?,
            config,
            device,
        })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Hidden states of a batch of framed, unpadded texts: of the embeddings and of every layer, each (rows, time,
    /// dim), where time is the longest text's; what stands after a shorter text's end means nothing.
    ///
    /// # Errors
    /// Where a text is longer than the model reads or holds an id outside its vocabulary.
    pub fn hidden_states(&self, texts: &[&[u32]]) -> Result<Vec<Tensor>> {
        let rows = texts.len();
        let time = texts.iter().map(|t| t.len()).max().unwrap_or(0);
        if rows == 0 || time == 0 {
            return Err(Error::new("no text to encode"));
        }
        if time > self.config.max_tokens() {
            let what = format!(
                "a text of {time} tokens, where the model reads {}",
                self.config.max_tokens()
            );
            return Err(Error::new(what));
        }
        let pad = self.config.pad_token_id;
        let first = self.config.first_position() as u32;
        let padded = |t: &&[u32]| {
            t.iter()
                .copied()
                .chain(std::iter::repeat(pad))
                .take(time)
                .collect::<Vec<_>>()
        };
        let ids: Vec<u32> = texts.iter().flat_map(padded).collect();
        let places: Vec<u32> = (0..rows).flat_map(|_| (first..).take(time)).collect();
        let lengths: Vec<usize> = texts.iter().map(|t| t.len()).collect();
        let mask = mask::after(&lengths, time, &self.device)?;

        let embedded = self.words.forward(&ids, rows, time, &self.device)?;
        let placed = self.positions.forward(&places, rows, time, &self.device)?;
        let typed = self.types.forward(&vec![0; ids.len()], rows, time, &self.device)?;
        let mut x = self.norm.forward(&((embedded + placed)? + typed)?)?;
        let mut states = vec![x.clone()];
        for layer in &self.layers {
            let kv = layer.attention.keys_values(&x)?;
            let (attended, _) = layer.attention.forward(&x, &kv, &[mask.as_ref()])?;
            let y = layer.attention_norm.forward(&(attended + &x)?)?;
            let inner = layer.up.forward(&y)?.gelu_erf()?;
            x = layer.norm.forward(&(layer.down.forward(&inner)? + y)?)?;
            states.push(x.clone());
        }
        Ok(states)
    }
}
