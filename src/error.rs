//! The error of every layer, as people read it: what failed on which thing, what caused it, what to do about it.
//!
//! Faults of one article (`read::ReadError`) and of one line (`brief::glossary::GlossaryError`) are types of their own:
//! they carry more than text.

/// What stops a run, unlike an article's own faults.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Error {
    /// What failed on which thing: lower case, names in backticks, no final stop.
    pub what: String,
    /// What the user can do about it.
    pub hint: Option<String>,
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
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

    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The same error, said about `file`.
    pub fn of(mut self, file: &str) -> Self {
        self.what = format!("`{file}`: {}", self.what);
        self
    }
}
