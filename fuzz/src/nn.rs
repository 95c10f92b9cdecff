//! Names of `src/nn` that a configuration is read into; the layers themselves need the tensor library.

/// As in `src/nn/linear.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    Relu,
    #[serde(alias = "silu")]
    Swish,
    Gelu,
    #[serde(alias = "gelu_pytorch_tanh")]
    GeluNew,
    Tanh,
}

pub mod position {
    /// As in `src/nn/position.rs`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Sinusoid {
        Marian,
        Fairseq,
    }
}
