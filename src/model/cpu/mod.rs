//! The encoder-decoder on plain slices: the same switches and weights as `transformer`, for a CPU, in int8 or f32.
//!
//! Sources are packed end to end, without padding; keys and values of a source are computed once, kept in blocks and
//! shared by its beams; a row of decoding is a list of cells in one cache, so that beams move without copying keys or values.
mod decoder;
mod encoder;
mod layers;
mod sources;
mod state;
mod vocabulary;

#[cfg(test)]
mod tests;

use super::{config::Layout, DecoderState, Seq2Seq};
use crate::{
    nn::{
        cpu::{
            kept::{Brief, Kept},
            Precision,
        },
        Weights,
    },
    Result,
};
use decoder::Decoder;
use encoder::Encoder;
use state::{Pool, State};
use vocabulary::Vocabulary;

/// All five families keep PyTorch's default.
const EPS: f32 = 1e-5;

/// What exporters call an embedding that encoder, decoder and output share: the first that is there is read.
pub(super) const SHARED_EMBEDDING: [&str; 4] = [
    "model.shared.weight",
    "model.encoder.embed_tokens.weight",
    "model.decoder.embed_tokens.weight",
    "lm_head.weight",
];

/// An encoder-decoder, ready to run. Immutable; each decoding thread has its own state.
pub(super) struct CpuModel {
    layout: Layout,
    encoder: Encoder,
    decoder: Decoder,
    vocabulary: Vocabulary,
    /// Where keys and values are kept in bfloat16: their rounding is below that of inputs in int8.
    brief: Option<Pool<Brief>>,
    /// Where they are kept as they are.
    exact: Pool<f32>,
    /// The encoder's embedding, where it is not the output's.
    source: Option<crate::nn::cpu::panels::Panels>,
    /// The decoder's embedding, where it is not the output's.
    target: Option<crate::nn::cpu::panels::Panels>,
}

/// Widths below this take inputs of 16 bits in int8: such models are small, unsure of their words, and quick anyway.
const WIDE_BELOW: usize = 384;

impl CpuModel {
    pub fn load(layout: Layout, w: &Weights, precision: Precision) -> Result<Self> {
        let precision = match precision {
            Precision::Int8 if layout.dim < WIDE_BELOW => Precision::Wide,
            precision => precision,
        };
        let embedding = |names: &[&str], rows: usize| -> Result<_> {
            let name = w.first_of(names).unwrap_or(names[0]).to_string();
            crate::nn::cpu::linear::load_panels(w, &[(name, rows)], layout.dim, precision)
        };
        let own = ["model.decoder.embed_tokens.weight", "lm_head.weight"];
        let names: &[&str] = if layout.shared { &SHARED_EMBEDDING } else { &own };
        let target = embedding(names, layout.target_vocab)?;
        let (output, target) = if layout.tied {
            (target, None)
        } else {
            (embedding(&["lm_head.weight"], layout.target_vocab)?, Some(target))
        };
        let source = match layout.shared {
            true => None,
            false => Some(embedding(&["model.encoder.embed_tokens.weight"], layout.vocab)?),
        };
        Ok(Self {
            encoder: Encoder::load(w, &layout, precision)?,
            decoder: Decoder::load(w, &layout, precision)?,
            vocabulary: Vocabulary::new(w, output, layout.target_vocab, precision)?,
            // Two values share a word.
            brief: (precision == Precision::Int8 && (layout.dim / layout.decoder.heads).is_multiple_of(2))
                .then(Pool::default),
            exact: Pool::default(),
            source,
            target,
            layout,
        })
    }

    fn begin<'a, T: Kept>(&'a self, pool: &'a Pool<T>, sources: &[&[u32]]) -> Result<Box<dyn DecoderState + 'a>> {
        let mut state = State::new(self, pool);
        state.admit(sources)?;
        Ok(Box::new(state))
    }

    /// The decoder's embedding.
    fn target(&self) -> &crate::nn::cpu::panels::Panels {
        self.target.as_ref().unwrap_or_else(|| self.vocabulary.panels())
    }

    /// The encoder's embedding.
    fn source(&self) -> &crate::nn::cpu::panels::Panels {
        self.source.as_ref().unwrap_or_else(|| self.target())
    }
}

impl Seq2Seq for CpuModel {
    fn start(&self, sources: &[&[u32]]) -> Result<Box<dyn DecoderState + '_>> {
        match &self.brief {
            Some(pool) => self.begin(pool, sources),
            None => self.begin(&self.exact, sources),
        }
    }

    fn vocab_size(&self) -> usize {
        self.layout.target_vocab
    }

    fn max_source(&self) -> Option<usize> {
        Some(self.layout.max_positions)
    }

    fn max_target(&self) -> Option<usize> {
        Some(self.layout.max_positions)
    }
}
