//! Layer normalisation and its bias-free root-mean-square form, over the last dimension.
use super::{Device, Weights};
use crate::Result;
use candle_core::Tensor;

/// Weight (dim); bias (dim) for layer normalisation, none for RMS.
pub enum Norm {
    Layer { weight: Tensor, bias: Tensor, eps: f32 },
    Rms { weight: Tensor, eps: f32 },
}

impl Norm {
    /// Loads `{name}.weight` and `{name}.bias`.
    pub fn layer(w: &Weights, name: &str, dim: usize, eps: f32, device: &Device) -> Result<Self> {
        let weight = device.tensor(w.get(&format!("{name}.weight"), &[dim])?, &[dim])?;
        let bias = device.tensor(w.get(&format!("{name}.bias"), &[dim])?, &[dim])?;
        Ok(Self::Layer { weight, bias, eps })
    }

    /// Loads `{name}.weight`.
    pub fn rms(w: &Weights, name: &str, dim: usize, eps: f32, device: &Device) -> Result<Self> {
        let weight = device.tensor(w.get(&format!("{name}.weight"), &[dim])?, &[dim])?;
        Ok(Self::Rms { weight, eps })
    }

    /// (.., dim) -> (.., dim)
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = x.contiguous()?;
        Ok(match self {
            Self::Layer { weight, bias, eps } => candle_nn::ops::layer_norm(&x, weight, bias, *eps)?,
            Self::Rms { weight, eps } => candle_nn::ops::rms_norm(&x, weight, *eps)?,
        })
    }
}
