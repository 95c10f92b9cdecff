//! Names of activations, as configurations write them; `linear` and `cpu` compute them.

/// What stands between the two linear layers of a feed-forward block, by its name in `config.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    Relu,
    /// x * sigmoid(x)
    #[serde(alias = "silu")]
    Swish,
    /// x * Phi(x), by erf
    Gelu,
    /// The tanh approximation of gelu.
    #[serde(alias = "gelu_pytorch_tanh")]
    GeluNew,
    Tanh,
}
