//! Whether a source text is normalized before it is cut, as a model was trained.

/// What is done to a source text before it is cut: a key of `sunto.json` beside the model, or of its card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalization {
    /// Nothing: what transformers does for every family, Marian included.
    #[default]
    None,
    /// [`crate::text::normalize::normalize`]: what the models of this project saw in training.
    Sunto,
}
