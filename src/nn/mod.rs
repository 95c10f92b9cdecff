//! Layers over tensors: no text, no files but checkpoints. Shapes are written (rows, time, dim).
//!
//! `activation`, `sinusoid` and `weights` know no tensor library: the tensor path (`linear`, `attention`, ...) and the plain-slice path read
//! the same checkpoint through it.
pub mod activation;
pub mod attention;
pub mod cpu;
pub mod device;
pub mod embedding;
pub mod linear;
pub mod mask;
pub mod norm;
pub mod pickle;
pub mod position;
pub mod sinusoid;
pub mod state;
pub mod weights;

pub use activation::Activation;
pub use attention::Attention;
pub use device::Device;
pub use embedding::Embedding;
pub use linear::Linear;
pub use norm::Norm;
pub use position::Positions;
pub use sinusoid::Sinusoid;
pub use state::Kv;
pub use weights::Weights;

use crate::Error;

impl From<candle_core::Error> for Error {
    fn from(e: candle_core::Error) -> Self {
        Self::new("a tensor operation failed").caused_by(e)
    }
}
