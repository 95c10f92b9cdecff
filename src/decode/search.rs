//! How hypotheses are searched: one comment for each setting, with its formula. Lengths count generated tokens, the
//! end-of-sequence token included, the start token not.
use crate::model::{config::EarlyStopping, Generation};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// Hypotheses kept at each step; 1 is greedy.
    pub beams: usize,
    /// Hypotheses returned for each prompt; at most `beams`.
    pub n_best: usize,
    /// A hypothesis scores `sum(log p) / length^length_penalty`: above 0 favours longer ones.
    pub length_penalty: f32,
    /// No end before this length.
    pub min_tokens: usize,
    /// No hypothesis is longer.
    pub max_tokens: usize,
    /// Nor longer than `max_ratio * source tokens + 16`: a loop in one sentence must not cost a page.
    pub max_ratio: Option<f32>,
    /// No sequence of this many tokens comes twice; 0 allows all.
    pub no_repeat_ngram: usize,
    /// The token that a target begins with; it is fed, never returned.
    pub start: u32,
    /// Tokens that end a hypothesis.
    pub eos: Vec<u32>,
    /// The first token where it is fixed; it counts as certain (log p = 0).
    pub forced_first: Option<u32>,
    /// The token at `max_tokens`; it counts as certain.
    pub forced_last: Option<u32>,
    /// Tokens that never come.
    pub suppressed: Vec<u32>,
    /// Sequences that never come.
    pub bad_words: Vec<Vec<u32>>,
    pub early_stopping: EarlyStopping,
    /// How much worse, in score, a hypothesis that meets its constraints may be than one that does not. Beyond it
    /// the model resists: the free hypothesis is returned and its unmet constraints are reported.
    pub constraint_cost: f32,
    /// Tokens in one batch: rows x longest source. Bounds memory; results do not depend on it.
    pub batch_tokens: usize,
    /// Whether hypotheses carry the cross-attention of every token.
    pub attention: bool,
}

impl Search {
    /// As the authors of a model generate with it.
    pub fn of(generation: &Generation) -> Self {
        let max_length = generation.max_length.unwrap_or(512);
        Self {
            beams: generation.beams.unwrap_or(1).max(1),
            n_best: 1,
            length_penalty: generation.length_penalty.unwrap_or(1.0),
            // Lengths in those files count the start token.
            min_tokens: generation.min_length.unwrap_or(0).saturating_sub(1),
            max_tokens: max_length.saturating_sub(1).max(1),
            max_ratio: None,
            no_repeat_ngram: generation.no_repeat_ngram.unwrap_or(0),
            start: generation.start,
            eos: generation.eos.clone(),
            forced_first: generation.forced_first,
            forced_last: generation.forced_last,
            suppressed: generation.suppressed.clone(),
            bad_words: generation.bad_words.clone(),
            early_stopping: generation.early_stopping,
            constraint_cost: 1.0,
            batch_tokens: 4096,
            attention: false,
        }
    }

    pub fn with_beams(mut self, beams: usize) -> Self {
        self.beams = beams.max(1);
        self
    }

    /// The longest hypothesis for a source of `source` tokens.
    pub(super) fn limit(&self, source: usize, model: Option<usize>) -> usize {
        let ratio = self.max_ratio.map_or(usize::MAX, |r| (r * source as f32) as usize + 16);
        // The start token takes one of the model's positions.
        let positions = model.map_or(usize::MAX, |m| m.saturating_sub(1));
        self.max_tokens.min(ratio).min(positions).max(1)
    }
}
