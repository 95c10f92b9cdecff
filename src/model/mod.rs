//! Model families behind two closed traits: what the search may ask of a model.
//!
//! A family is a row of switches in `config` and a network in `transformer` or `t5`; `decoding` gives every network
//! the same state. The toy family makes all that stands above testable without weights.
pub mod bundle;
pub mod candidates;
pub mod card;
pub mod chat;
pub mod comet;
pub mod config;
mod cpu;
pub mod deberta;
mod decoding;
pub mod edits;
pub mod embedded;
pub mod hub;
pub mod load;
pub mod metricx;
pub mod quantize;
pub mod roberta;
mod t5;
pub mod task;
pub mod toy;
mod transformer;

pub use config::{Architecture, Generation};
pub use edits::{Candidate, Edits};
pub use load::{load, LateStamp, Loaded, Options, Source, Stamp};

use crate::Result;

/// A model that reads source sequences and continues target sequences. Immutable; shared by threads.
pub trait Seq2Seq: Send + Sync {
    /// Reads a batch of sources (token ids, framed, unpadded): one row of decoding each, in order.
    fn start(&self, sources: &[&[u32]]) -> Result<Box<dyn DecoderState + '_>>;
    /// Number of token ids that [`DecoderState::step`] may return.
    fn vocab_size(&self) -> usize;
    /// Most tokens of a source, framing included, where the model has a limit.
    fn max_source(&self) -> Option<usize>;
    /// Most tokens of a target, the start token included, where the model has a limit.
    fn max_target(&self) -> Option<usize>;
}

/// Everything that changes while decoding one batch; made by [`Seq2Seq::start`].
pub trait DecoderState: Send {
    /// Feeds one token to each row, applies each row's edits to its next-token log-probabilities and gives each row's `k`
    /// best candidates, best first, ties by lower id; fewer where the edits leave fewer. `edits` is empty or one per row.
    /// `found` becomes as long as there are rows; what it holds is written over, so that a step need not allocate.
    fn step_into(&mut self, tokens: &[u32], edits: &[Edits], k: usize, found: &mut Vec<Vec<Candidate>>) -> Result<()>;
    /// The same, in a list of its own.
    fn step(&mut self, tokens: &[u32], edits: &[Edits], k: usize) -> Result<Vec<Vec<Candidate>>> {
        let mut found = vec![];
        self.step_into(tokens, edits, k, &mut found)?;
        Ok(found)
    }
    /// Keeps `rows` of the batch, in this order and with repeats: all that beams and finishing need.
    fn select(&mut self, rows: &[usize]) -> Result<()>;
    /// Appends rows for new sources, which begin at their first step (continuous batching).
    fn admit(&mut self, sources: &[&[u32]]) -> Result<()>;
    /// Cross-attention of the last step, averaged over heads of the last layer: (rows, source length) each
    /// summing to 1, where the model can give it.
    fn attention(&self) -> Option<Vec<Vec<f32>>>;
}
