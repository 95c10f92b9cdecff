//! `config.json` and `generation_config.json` -> an architecture and how its authors generate with it.
//!
//! The table of switches: one network serves five families, and `layout` is the only place that tells them apart.
use crate::{
    nn::{Activation, Sinusoid},
    Error, Result,
};
use serde::Deserialize;
use serde_json::Value;

/// A family and its dimensions, checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Architecture {
    Transformer(Layout),
    T5(T5Layout),
    Toy(Toy),
}

/// Where positions come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Computed; `offset` is the position of the first token.
    Sinusoidal { kind: Sinusoid, offset: usize },
    /// `embed_positions.weight` of `max_positions + offset` rows.
    Learned { offset: usize },
}

/// Layers of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stack {
    pub layers: usize,
    pub heads: usize,
    pub ffn: usize,
}

/// The encoder-decoder that marian, bart, mbart, m2m_100 and pegasus share, with its switches set.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Rows of the encoder's embedding, and of the decoder's and the output.
    pub vocab: usize,
    pub target_vocab: usize,
    pub dim: usize,
    pub encoder: Stack,
    pub decoder: Stack,
    pub max_positions: usize,
    pub activation: Activation,
    pub pad: u32,
    pub position: Position,
    /// Embeddings are multiplied by sqrt(dim).
    pub scale_embedding: bool,
    /// Normalise before each block (and not after its residual).
    pub norm_first: bool,
    /// Normalise embeddings after positions are added.
    pub norm_embedding: bool,
    /// Normalise after the last layer of each side.
    pub norm_final: bool,
    /// One embedding for both sides.
    pub shared: bool,
    /// The output projection is the decoder's embedding.
    pub tied: bool,
}

/// T5 and its relatives.
#[derive(Clone, Debug, PartialEq)]
pub struct T5Layout {
    pub vocab: usize,
    pub dim: usize,
    pub heads: usize,
    pub head_dim: usize,
    pub ffn: usize,
    pub encoder_layers: usize,
    pub decoder_layers: usize,
    /// Relative distances fall into this many buckets, the last of which begins at `max_distance`.
    pub buckets: usize,
    pub max_distance: usize,
    pub activation: Activation,
    /// wo(act(wi_0 x) * wi_1 x) instead of wo(act(wi x)).
    pub gated: bool,
    /// The decoder's output is multiplied by dim^-0.5 before the projection.
    pub scale_output: bool,
    pub eps: f32,
    pub pad: u32,
}

/// A model without weights; see `toy`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Toy {
    pub vocab_size: usize,
    /// How strongly the next source token is preferred.
    #[serde(default = "eight")]
    pub echo: f32,
    /// Spread of the bigram scores.
    #[serde(default = "one")]
    pub noise: f32,
    /// Most source tokens, as of a model with a limit.
    #[serde(default)]
    pub max_positions: Option<usize>,
}

/// What `config.json` says of the five families.
#[derive(Deserialize)]
struct Bart {
    vocab_size: usize,
    decoder_vocab_size: Option<usize>,
    d_model: usize,
    encoder_layers: usize,
    decoder_layers: usize,
    encoder_attention_heads: usize,
    decoder_attention_heads: usize,
    encoder_ffn_dim: usize,
    decoder_ffn_dim: usize,
    max_position_embeddings: usize,
    activation_function: Activation,
    #[serde(default)]
    scale_embedding: bool,
    pad_token_id: Option<u32>,
    #[serde(default = "yes")]
    share_encoder_decoder_embeddings: bool,
    #[serde(default = "yes")]
    tie_word_embeddings: bool,
}

/// What `config.json` says of T5 and mT5.
#[derive(Deserialize)]
struct T5 {
    vocab_size: usize,
    d_model: usize,
    d_kv: usize,
    d_ff: usize,
    num_layers: usize,
    num_decoder_layers: Option<usize>,
    num_heads: usize,
    #[serde(default = "thirty_two")]
    relative_attention_num_buckets: usize,
    #[serde(default = "one_hundred_twenty_eight")]
    relative_attention_max_distance: usize,
    #[serde(default = "tiny")]
    layer_norm_epsilon: f32,
    #[serde(default)]
    feed_forward_proj: FeedForward,
    #[serde(default = "yes")]
    tie_word_embeddings: bool,
    #[serde(default)]
    pad_token_id: u32,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FeedForward {
    #[default]
    Relu,
    GatedGelu,
    GatedSilu,
}

#[derive(Deserialize)]
#[serde(tag = "model_type", rename_all = "snake_case")]
enum Family {
    Marian(Bart),
    Bart(Bart),
    Mbart(Bart),
    #[serde(rename = "m2m_100")]
    M2m100(Bart),
    Pegasus(Bart),
    T5(T5),
    Mt5(T5),
    Toy(Toy),
}

fn yes() -> bool {
    true
}
fn one() -> f32 {
    1.0
}
fn eight() -> f32 {
    8.0
}
fn tiny() -> f32 {
    1e-6
}
fn thirty_two() -> usize {
    32
}
fn one_hundred_twenty_eight() -> usize {
    128
}

impl Architecture {
    /// Reads `config.json`; `name` is what errors call it.
    pub fn parse(json: &str, name: &str) -> Result<Self> {
        let family = serde_json::from_str(json)
            .map_err(|e| Error::new(format!("`{name}` describes no model that can run here")).caused_by(e))?;
        let marian = Position::Sinusoidal {
            kind: Sinusoid::Marian,
            offset: 0,
        };
        let learned = Position::Learned { offset: 2 };
        // position, norm_first, norm_embedding, norm_final
        let layout = match family {
            Family::Marian(c) => layout(c, marian, false, false, false),
            Family::Bart(c) => layout(c, learned, false, true, false),
            Family::Mbart(c) => layout(c, learned, true, true, true),
            Family::M2m100(c) => {
                // Positions are counted from pad + 1, as fairseq does.
                let offset = c.pad_token_id.unwrap_or(1) as usize + 1;
                layout(
                    c,
                    Position::Sinusoidal {
                        kind: Sinusoid::Fairseq,
                        offset,
                    },
                    true,
                    false,
                    true,
                )
            }
            Family::Pegasus(c) => layout(c, marian, true, false, true),
            // T5 scales what it projects by a tied embedding; version 1.1 (tied: false) and mT5 do not.
            Family::T5(c) => {
                let scale = c.tie_word_embeddings;
                return t5(c, scale, name).map(Self::T5);
            }
            Family::Mt5(c) => return t5(c, false, name).map(Self::T5),
            Family::Toy(toy) => {
                check(name, &[("vocab_size", toy.vocab_size, 1 << 24)])?;
                return Ok(Self::Toy(toy));
            }
        };
        layout.check(name)?;
        Ok(Self::Transformer(layout))
    }
}

fn layout(c: Bart, position: Position, norm_first: bool, norm_embedding: bool, norm_final: bool) -> Layout {
    let shared = c.share_encoder_decoder_embeddings;
    Layout {
        vocab: c.vocab_size,
        target_vocab: if shared {
            c.vocab_size
        } else {
            c.decoder_vocab_size.unwrap_or(c.vocab_size)
        },
        dim: c.d_model,
        encoder: Stack {
            layers: c.encoder_layers,
            heads: c.encoder_attention_heads,
            ffn: c.encoder_ffn_dim,
        },
        decoder: Stack {
            layers: c.decoder_layers,
            heads: c.decoder_attention_heads,
            ffn: c.decoder_ffn_dim,
        },
        max_positions: c.max_position_embeddings,
        activation: c.activation_function,
        pad: c.pad_token_id.unwrap_or(1),
        position,
        scale_embedding: c.scale_embedding,
        norm_first,
        norm_embedding,
        norm_final,
        shared,
        tied: c.tie_word_embeddings,
    }
}

fn t5(c: T5, scale_output: bool, name: &str) -> Result<T5Layout> {
    let (activation, gated) = match c.feed_forward_proj {
        FeedForward::Relu => (Activation::Relu, false),
        // The reference reads this gelu as its tanh approximation.
        FeedForward::GatedGelu => (Activation::GeluNew, true),
        FeedForward::GatedSilu => (Activation::Swish, true),
    };
    let t = T5Layout {
        vocab: c.vocab_size,
        dim: c.d_model,
        heads: c.num_heads,
        head_dim: c.d_kv,
        ffn: c.d_ff,
        encoder_layers: c.num_layers,
        decoder_layers: c.num_decoder_layers.unwrap_or(c.num_layers),
        buckets: c.relative_attention_num_buckets,
        max_distance: c.relative_attention_max_distance,
        activation,
        gated,
        scale_output,
        eps: c.layer_norm_epsilon,
        pad: c.pad_token_id,
    };
    check(
        name,
        &[
            ("vocab_size", t.vocab, 1 << 24),
            ("d_model", t.dim, 1 << 16),
            ("d_kv", t.head_dim, 1 << 16),
            ("d_ff", t.ffn, 1 << 20),
            ("num_heads", t.heads, 1 << 12),
            ("num_layers", t.encoder_layers, 1000),
            ("num_decoder_layers", t.decoder_layers, 1000),
            ("relative_attention_num_buckets", t.buckets / 4, 1 << 12),
            (
                "relative_attention_max_distance",
                t.max_distance.saturating_sub(t.buckets / 2),
                1 << 20,
            ),
        ],
    )?;
    Ok(t)
}

/// Refuses sizes of zero, or so large that the file cannot mean them.
pub(super) fn check(name: &str, sizes: &[(&str, usize, usize)]) -> Result<()> {
    match sizes.iter().find(|(_, size, most)| *size == 0 || size > most) {
        Some((what, size, most)) => Err(Error::new(format!(
            "`{name}`: `{what}` is {size}, expected 1 to {most}"
        ))),
        None => Ok(()),
    }
}

impl Layout {
    fn check(&self, name: &str) -> Result<()> {
        let (e, d) = (&self.encoder, &self.decoder);
        check(
            name,
            &[
                ("vocab_size", self.vocab, 1 << 24),
                ("decoder_vocab_size", self.target_vocab, 1 << 24),
                ("d_model", self.dim, 1 << 16),
                ("encoder_layers", e.layers, 1000),
                ("decoder_layers", d.layers, 1000),
                ("encoder_attention_heads", e.heads, 1 << 12),
                ("decoder_attention_heads", d.heads, 1 << 12),
                ("encoder_ffn_dim", e.ffn, 1 << 20),
                ("decoder_ffn_dim", d.ffn, 1 << 20),
                ("max_position_embeddings", self.max_positions, 1 << 17),
            ],
        )?;
        if let Some(heads) = [e.heads, d.heads].iter().find(|h| !self.dim.is_multiple_of(**h)) {
            let dim = self.dim;
            return Err(Error::new(format!(
                "`{name}`: `d_model` {dim} does not divide into {heads} heads"
            )));
        }
        if self.pad as usize >= self.vocab {
            return Err(Error::new(format!("`{name}`: `pad_token_id` {} is no token", self.pad)));
        }
        Ok(())
    }
}

/// When a beam search ends; see transformers' `early_stopping`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlyStopping {
    /// When the best running hypothesis, at its present length, is worse than the worst finished one.
    #[default]
    Heuristic,
    /// When as many hypotheses as beams are finished.
    Always,
    /// When no running hypothesis could become better at any length.
    Never,
}

/// How the authors of a model generate with it: from `generation_config.json`, else from `config.json`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Generation {
    /// First token fed to the decoder.
    pub start: u32,
    /// Tokens that end a hypothesis.
    pub eos: Vec<u32>,
    pub pad: u32,
    /// The first generated token, where it is fixed (a language).
    pub forced_first: Option<u32>,
    /// The token forced at the maximum length.
    pub forced_last: Option<u32>,
    /// Sequences that may not be generated.
    pub bad_words: Vec<Vec<u32>>,
    /// Tokens that may not be generated.
    pub suppressed: Vec<u32>,
    pub beams: Option<usize>,
    pub length_penalty: Option<f32>,
    pub early_stopping: EarlyStopping,
    /// Target tokens, the start token included.
    pub max_length: Option<usize>,
    pub min_length: Option<usize>,
    pub no_repeat_ngram: Option<usize>,
}

impl Generation {
    /// `config` is `config.json`, `generation` is `generation_config.json` where there is one.
    pub fn parse(config: &str, generation: Option<&str>, name: &str) -> Result<Self> {
        let read = |text: &str| -> Result<Value> {
            serde_json::from_str(text).map_err(|e| Error::new(format!("`{name}` is not JSON")).caused_by(e))
        };
        let config = read(config)?;
        let generation = generation.map(read).transpose()?;
        // Settings of generation count from one file only; token ids may stand in either.
        let settings = generation.as_ref().unwrap_or(&config);
        let number = |key: &str| settings.get(key).and_then(Value::as_u64).map(|n| n as usize);
        let id = |key: &str| {
            let found = [Some(settings), Some(&config)]
                .into_iter()
                .flatten()
                .find_map(|v| v.get(key)?.as_u64());
            found.map(|n| n as u32)
        };
        let ids = |key: &str| -> Vec<u32> {
            let value = settings.get(key).filter(|v| !v.is_null()).or_else(|| config.get(key));
            match value {
                Some(Value::Array(a)) => a.iter().filter_map(Value::as_u64).map(|n| n as u32).collect(),
                Some(v) => v.as_u64().map(|n| n as u32).into_iter().collect(),
                None => vec![],
            }
        };
        let eos = ids("eos_token_id");
        let pad = id("pad_token_id").or(eos.first().copied()).unwrap_or(0);
        let bad_words = settings.get("bad_words_ids").and_then(Value::as_array).map(|words| {
            let word = |w: &Value| -> Option<Vec<u32>> {
                Some(
                    w.as_array()?
                        .iter()
                        .filter_map(Value::as_u64)
                        .map(|n| n as u32)
                        .collect(),
                )
            };
            words.iter().filter_map(word).filter(|w| !w.is_empty()).collect()
        });
        Ok(Self {
            start: id("decoder_start_token_id").or(id("bos_token_id")).unwrap_or(pad),
            pad,
            forced_first: id("forced_bos_token_id"),
            forced_last: id("forced_eos_token_id"),
            bad_words: bad_words.unwrap_or_default(),
            suppressed: ids("suppress_tokens"),
            beams: number("num_beams"),
            length_penalty: settings.get("length_penalty").and_then(Value::as_f64).map(|p| p as f32),
            early_stopping: match settings.get("early_stopping") {
                Some(Value::Bool(true)) => EarlyStopping::Always,
                Some(Value::String(s)) if s == "never" => EarlyStopping::Never,
                _ => EarlyStopping::Heuristic,
            },
            max_length: number("max_length"),
            min_length: number("min_length"),
            no_repeat_ngram: number("no_repeat_ngram_size").filter(|&n| n > 0),
            eos,
        })
    }
}

#[cfg(test)]
mod tests;
