//! The parts of `src/nn` that a configuration is read into, by path; the layers need the tensor library.
#[path = "../../src/nn/activation.rs"]
mod activation;
#[path = "../../src/nn/sinusoid.rs"]
mod sinusoid;

pub use activation::Activation;
pub use sinusoid::Sinusoid;
