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
pub mod roberta;
mod t5;
pub mod task;
pub mod toy;
mod transformer;

pub use config::{Architecture, Generation};
pub use edits::{Candidate, Edits};
pub use load::{load, Loaded, Options, Source, Stamp};

/// Errors of loading or running a model: they stop a run, unlike an article's own faults.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct ModelError {
    /// What failed on which thing, lower case, names in backticks.
    pub what: String,
    /// What the user can do about it.
    pub hint: Option<String>,
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ModelError {
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: None,
            cause: None,
        }
    }

    pub fn because(what: impl Into<String>, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(what)
        }
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<crate::nn::Error> for ModelError {
    fn from(e: crate::nn::Error) -> Self {
        Self {
            what: e.what,
            hint: None,
            cause: e.cause,
        }
    }
}

impl From<candle_core::Error> for ModelError {
    fn from(e: candle_core::Error) -> Self {
        crate::nn::Error::from(e).into()
    }
}

pub type Result<T, E = ModelError> = std::result::Result<T, E>;

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
    /// Feeds one token to each row, applies each row's edits to its next-token log-probabilities and
    /// returns each row's `k` best candidates, best first, ties by lower id; fewer where the edits leave fewer.
    /// `edits` is empty or one per row.
    fn step(&mut self, tokens: &[u32], edits: &[Edits], k: usize) -> Result<Vec<Vec<Candidate>>>;
    /// Keeps `rows` of the batch, in this order and with repeats: all that beams and finishing need.
    fn select(&mut self, rows: &[usize]) -> Result<()>;
    /// Appends rows for new sources, which begin at their first step (continuous batching).
    fn admit(&mut self, sources: &[&[u32]]) -> Result<()>;
    /// Cross-attention of the last step, averaged over heads of the last layer: (rows, source length) each
    /// summing to 1, where the model can give it.
    fn attention(&self) -> Option<Vec<Vec<f32>>>;
}
