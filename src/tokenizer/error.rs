//! What can go wrong with a tokenizer's files.

/// A tokenizer's files cannot be used: lower case, names in backticks, with a hint where one helps.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct TokenizerError {
    pub what: String,
    pub hint: Option<String>,
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

pub type Result<T, E = TokenizerError> = std::result::Result<T, E>;

impl TokenizerError {
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: None,
            cause: None,
        }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn cause(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The same error, said about `file`.
    pub fn of(mut self, file: &str) -> Self {
        self.what = format!("`{file}`: {}", self.what);
        self
    }
}
