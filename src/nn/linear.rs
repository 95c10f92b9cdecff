//! `Linear`: y = x W^T + b over the last dimension, and the activations between two of them.
use super::{Activation, Device, Weights};
use crate::Result;
use candle_core::Tensor;

/// Weight (out, in), bias (out).
pub struct Linear {
    weight: Tensor,
    bias: Option<Tensor>,
}

impl Linear {
    /// Loads `{name}.weight` and, where the checkpoint has it, `{name}.bias`.
    pub fn load(w: &Weights, name: &str, input: usize, output: usize, device: &Device) -> Result<Self> {
        let weight = device.tensor(w.get(&format!("{name}.weight"), &[output, input])?, &[output, input])?;
        let bias = format!("{name}.bias");
        let bias = if w.contains(&bias) {
            Some(device.tensor(w.get(&bias, &[output])?, &[output])?)
        } else {
            None
        };
        Ok(Self { weight, bias })
    }

    /// A projection that shares its weight with an embedding, (vocab, dim).
    pub fn tied(weight: Tensor, bias: Option<Tensor>) -> Self {
        Self { weight, bias }
    }

    /// (.., in) -> (.., out). Flattened to two dimensions first: one matrix product, however many rows.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut dims = x.dims().to_vec();
        let input = dims.pop().unwrap_or(1);
        let y = x.reshape(((), input))?.matmul(&self.weight.t()?)?;
        let y = match &self.bias {
            Some(b) => y.broadcast_add(b)?,
            None => y,
        };
        dims.push(self.weight.dim(0)?);
        Ok(y.reshape(dims)?)
    }
}

impl Activation {
    pub fn forward(self, x: &Tensor) -> Result<Tensor> {
        Ok(match self {
            Self::Relu => x.relu()?,
            Self::Swish => x.silu()?,
            Self::Gelu => x.gelu_erf()?,
            Self::GeluNew => x.gelu()?,
            Self::Tanh => x.tanh()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activations_have_their_known_values() {
        let x = Tensor::new(&[-1f32, 0.0, 2.0], &candle_core::Device::Cpu).unwrap();
        let check = |a: Activation, expected: [f32; 3]| {
            let y = a.forward(&x).unwrap().to_vec1::<f32>().unwrap();
            assert!(
                y.iter().zip(expected).all(|(y, e)| (y - e).abs() < 1e-5),
                "{a:?}: {y:?}"
            );
        };
        check(Activation::Relu, [0.0, 0.0, 2.0]);
        check(Activation::Swish, [-0.268_941, 0.0, 1.761_594]);
        check(Activation::Gelu, [-0.158_655, 0.0, 1.954_5]);
        check(Activation::GeluNew, [-0.158_808, 0.0, 1.954_598]);
        check(Activation::Tanh, [-0.761_594, 0.0, 0.964_028]);
    }
}
