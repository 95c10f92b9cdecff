//! Why something cannot be evaluated: what failed on which thing, what caused it, what to do.

/// An error of the eval layer, in the three lines that people see.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct EvalError {
    /// Lower case, names in backticks, no final stop.
    pub what: String,
    pub hint: Option<String>,
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

pub type Result<T, E = EvalError> = std::result::Result<T, E>;

impl EvalError {
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
}
