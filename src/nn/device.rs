//! Where tensors live and in what precision: the only place that knows which accelerators were compiled in.
use super::cpu::Precision;
use crate::{Error, Result};
use candle_core::{DType, Tensor};

/// A device and the floating type used on it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Device {
    pub inner: candle_core::Device,
    /// F32 on the CPU (half precision is slow there); F16 or BF16 may be chosen on accelerators.
    pub dtype: DType,
    /// Linear layers multiply in int8 (on the CPU only).
    int8: bool,
    /// The CPU computes on tensors, as accelerators do, where it has a quicker way.
    on_tensors: bool,
}

impl Device {
    pub fn cpu() -> Self {
        Self {
            inner: candle_core::Device::Cpu,
            dtype: DType::F32,
            int8: false,
            on_tensors: false,
        }
    }

    /// `cpu`, `cuda`, `cuda:N`, `metal` or `auto` (the first accelerator that answers, else the CPU).
    pub fn by_name(name: &str) -> Result<Self> {
        let (kind, number) = match name.split_once(':') {
            Some((kind, n)) => (
                kind,
                n.parse()
                    .map_err(|e| Error::new(format!("`{name}` names no device")).caused_by(e))?,
            ),
            None => (name, 0usize),
        };
        match kind {
            "cpu" => Ok(Self::cpu()),
            "cuda" if cfg!(feature = "cuda") => answered(name, candle_core::Device::new_cuda(number)),
            "metal" if cfg!(feature = "metal") => answered(name, candle_core::Device::new_metal(number)),
            "cuda" | "metal" => Err(Error::new(format!("this binary was built without `{kind}`"))
                .hint(format!("build it with `--features {kind}`, or leave `--device` out"))),
            "auto" => Ok(Self::by_name("cuda")
                .or_else(|_| Self::by_name("metal"))
                .unwrap_or_else(|_| Self::cpu())),
            _ => Err(Error::new(format!(
                "`{name}` names no device; expected `auto`, `cpu`, `cuda` or `metal`"
            ))),
        }
    }

    /// The same device with another type: `f32`, `f16` or `bf16`, or, on the CPU, `int8`.
    pub fn with_dtype(mut self, name: &str) -> Result<Self> {
        self.int8 = name == "int8";
        self.dtype = match name {
            "int8" if self.is_cpu() => DType::F32,
            "int8" => return Err(Error::new("`int8` runs on the CPU only")),
            "f32" => DType::F32,
            "f16" => DType::F16,
            "bf16" => DType::BF16,
            _ => {
                return Err(Error::new(format!(
                    "`{name}` is no floating type; expected `f32`, `f16`, `bf16` or `int8`"
                )))
            }
        };
        Ok(self)
    }

    /// The same device, computing as accelerators do: tests compare both ways.
    pub fn on_tensors(mut self) -> Self {
        self.on_tensors = true;
        self
    }

    /// Whether models may compute on slices of floats: on the CPU, in f32 or int8.
    pub fn has_slices(&self) -> bool {
        self.is_cpu() && self.dtype == DType::F32 && !self.on_tensors
    }

    /// What linear layers multiply in on the slice path.
    pub fn precision(&self) -> Precision {
        match self.int8 {
            true => Precision::Int8,
            false => Precision::F32,
        }
    }

    /// `f32`, `f16`, `bf16` or `int8`.
    pub fn dtype_name(&self) -> String {
        match self.int8 {
            true => "int8".to_string(),
            false => format!("{:?}", self.dtype).to_lowercase(),
        }
    }

    pub fn is_cpu(&self) -> bool {
        self.inner.is_cpu()
    }

    /// A tensor of `values` in the device's floating type.
    pub fn tensor(&self, values: Vec<f32>, shape: &[usize]) -> Result<Tensor> {
        Ok(Tensor::from_vec(values, shape, &self.inner)?.to_dtype(self.dtype)?)
    }

    /// A tensor of token ids or row numbers.
    pub fn ids(&self, values: Vec<u32>, shape: &[usize]) -> Result<Tensor> {
        Ok(Tensor::from_vec(values, shape, &self.inner)?)
    }
}

/// An accelerator as the driver gave it.
fn answered(name: &str, found: candle_core::Result<candle_core::Device>) -> Result<Device> {
    let inner = found.map_err(|e| {
        // candle's errors may carry a backtrace.
        let cause = e.to_string().lines().next().unwrap_or_default().to_string();
        Error::new(format!("device `{name}` does not answer"))
            .caused_by(cause)
            .hint("`--device auto` takes the CPU where no card answers")
    })?;
    Ok(Device {
        inner,
        dtype: DType::F32,
        int8: false,
        on_tensors: false,
    })
}

#[cfg(test)]
mod tests {
    use super::{answered, Device};

    #[test]
    fn names() {
        assert!(Device::by_name("cpu").unwrap().is_cpu());
        assert!(Device::by_name("auto").is_ok());
        let check = |name: &str, expected: &str| {
            assert_eq!(Device::by_name(name).unwrap_err().to_string(), expected);
        };
        check(
            "gpu",
            "`gpu` names no device; expected `auto`, `cpu`, `cuda` or `metal`",
        );
        check("cuda:x", "`cuda:x` names no device");
        for (feature, built) in [("cuda", cfg!(feature = "cuda")), ("metal", cfg!(feature = "metal"))] {
            if !built {
                check(feature, &format!("this binary was built without `{feature}`"));
            }
        }
        let error = answered("cuda:1", Err(candle_core::Error::Msg("no card\n0: a frame".into()))).unwrap_err();
        assert_eq!(error.to_string(), "device `cuda:1` does not answer");
        assert_eq!(error.cause.unwrap().to_string(), "no card");
        assert!(Device::cpu().with_dtype("f8").is_err());
    }
}
