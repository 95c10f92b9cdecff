//! Layers over tensors: no text, no files but checkpoints. Shapes are written (rows, time, dim).
//!
//! `weights` knows no tensor library: the tensor path (`linear`, `attention`, ...) and the plain-slice path read
//! the same checkpoint through it.
pub mod attention;
pub mod cpu;
pub mod device;
pub mod embedding;
pub mod linear;
pub mod mask;
pub mod norm;
pub mod pickle;
pub mod position;
pub mod state;
pub mod weights;

pub use attention::Attention;
pub use device::Device;
pub use embedding::Embedding;
pub use linear::{Activation, Linear};
pub use norm::Norm;
pub use position::Positions;
pub use state::Kv;
pub use weights::Weights;

/// A checkpoint that does not fit, or a tensor operation that failed.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Error {
    /// What failed on which thing: lower case, names in backticks.
    pub what: String,
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            cause: None,
        }
    }

    pub fn because(what: impl Into<String>, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            what: what.into(),
            cause: Some(cause.into()),
        }
    }
}

impl From<candle_core::Error> for Error {
    fn from(e: candle_core::Error) -> Self {
        Self::because("a tensor operation failed", e)
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;
