//! Model families behind two closed traits: what the search may ask of a model.
pub mod edits;

pub use edits::{Candidate, Edits};

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

pub type Result<T, E = ModelError> = std::result::Result<T, E>;

/// A model that reads source sequences and continues target sequences. Immutable; shared by threads.
pub trait Seq2Seq: Send + Sync {
    /// Reads a batch of sources (token ids, framed, unpadded): one row of decoding each, in order.
    fn start(&self, sources: &[&[u32]]) -> Result<Box<dyn DecoderState + '_>>;
    /// Number of token ids that [`DecoderState::step`] may return.
    fn vocab_size(&self) -> usize;
}

/// Everything that changes while decoding one batch; made by [`Seq2Seq::start`].
pub trait DecoderState: Send {
    /// Feeds one token to each row, applies each row's edits to its next-token log-probabilities and
    /// returns each row's `k` best candidates, best first, ties by lower id. `edits` is empty or one per row.
    fn step(&mut self, tokens: &[u32], edits: &[Edits], k: usize) -> Result<Vec<Vec<Candidate>>>;
    /// Keeps `rows` of the batch, in this order and with repeats: all that beams and finishing need.
    fn select(&mut self, rows: &[usize]) -> Result<()>;
    /// Appends rows for new sources, which begin at their first step (continuous batching).
    fn admit(&mut self, sources: &[&[u32]]) -> Result<()>;
    /// Cross-attention of the last step, averaged over heads of the last layer: (rows, source length) each
    /// summing to 1, where the model can give it.
    fn attention(&self) -> Option<Vec<Vec<f32>>>;
}
