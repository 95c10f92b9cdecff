//! GGUF files: metadata by key, checked; tensors by name and shape.
use crate::{tokenizer::GgufVocabulary, Error, Result};
use candle_core::{
    quantized::{
        gguf_file::{Content, Value},
        QMatMul, QTensor,
    },
    Device,
};
use std::{fs::File, io::BufReader, path::Path};

/// An open GGUF file. candle's reader checks every length against the file before it allocates.
pub struct Gguf {
    name: String,
    content: Content,
    reader: BufReader<File>,
    device: Device,
    /// Matrices are read into floats, and what they meet stays as it is.
    floats: bool,
}

impl Gguf {
    /// Matrices stay as they are stored, unless `floats` asks for f32.
    ///
    /// # Errors
    /// Where the file cannot be opened or is no GGUF file.
    pub fn open(path: &Path, device: &Device, floats: bool) -> Result<Self> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|e| Error::new(format!("cannot open `{name}`")).caused_by(e))?;
        let mut reader = BufReader::new(file);
        let content = Content::read(&mut reader)
            .map_err(|e| Error::new(format!("`{name}` is not a whole GGUF file")).caused_by(first_line(&e)))?;
        Ok(Self {
            name,
            content,
            reader,
            device: device.clone(),
            floats,
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.content.metadata.get(key)?.to_string().ok().map(String::as_str)
    }

    /// A whole number of whatever width.
    pub fn number(&self, key: &str) -> Option<u64> {
        whole(self.content.metadata.get(key)?)
    }

    pub fn float(&self, key: &str) -> Option<f32> {
        match self.content.metadata.get(key)? {
            Value::F32(x) => Some(*x),
            Value::F64(x) => Some(*x as f32),
            _ => None,
        }
    }

    pub fn flag(&self, key: &str) -> Option<bool> {
        self.content.metadata.get(key)?.to_bool().ok()
    }

    /// A number that must be there, from 1 to `most`.
    pub fn size(&self, key: &str, most: usize) -> Result<usize> {
        let found = self
            .number(key)
            .ok_or_else(|| Error::new(format!("`{}` has no number `{key}`", self.name)))?;
        match usize::try_from(found) {
            Ok(n) if (1..=most).contains(&n) => Ok(n),
            _ => Err(Error::new(format!(
                "`{}`: `{key}` is {found}, expected 1 to {most}",
                self.name
            ))),
        }
    }

    /// Whether the file holds this tensor.
    pub fn contains(&self, tensor: &str) -> bool {
        self.content.tensor_infos.contains_key(tensor)
    }

    /// The shape of a tensor, outer dimension first.
    pub fn shape(&self, tensor: &str) -> Option<&[usize]> {
        self.content.tensor_infos.get(tensor).map(|t| t.shape.dims())
    }

    /// How a tensor is stored: `q4k`, `f16`, ..
    pub fn kind(&self, tensor: &str) -> Option<String> {
        let info = self.content.tensor_infos.get(tensor)?;
        Some(format!("{:?}", info.ggml_dtype).to_lowercase())
    }

    /// A tensor of exactly this shape.
    pub fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<QTensor> {
        let found = self
            .shape(name)
            .ok_or_else(|| Error::new(format!("`{}` has no tensor `{name}`", self.name)))?;
        if found != shape {
            return Err(Error::new(format!(
                "tensor `{name}` has shape {found:?}, its metadata expects {shape:?}"
            )));
        }
        self.content.tensor(&mut self.reader, name, &self.device).map_err(|e| {
            Error::new(format!("cannot read the tensor `{name}` of `{}`", self.name)).caused_by(first_line(&e))
        })
    }

    /// A matrix of exactly this shape, to multiply with.
    pub fn matrix(&mut self, name: &str, shape: &[usize]) -> Result<QMatMul> {
        let tensor = self.tensor(name, shape)?;
        Ok(match self.floats {
            true => QMatMul::Tensor(tensor.dequantize(&self.device)?),
            false => QMatMul::from_qtensor(tensor)?,
        })
    }

    /// What the file says of its tokenizer.
    pub fn vocabulary(&self) -> GgufVocabulary {
        let list = |key: &str| match self.content.metadata.get(&format!("tokenizer.ggml.{key}")) {
            Some(Value::Array(values)) => values.as_slice(),
            _ => &[],
        };
        let texts = |key: &str| -> Vec<String> {
            let text = |v: &Value| v.to_string().cloned().unwrap_or_default();
            list(key).iter().map(text).collect()
        };
        let model = self.text("tokenizer.ggml.model").unwrap_or_default().to_string();
        GgufVocabulary {
            pre: self.text("tokenizer.ggml.pre").unwrap_or_default().to_string(),
            tokens: texts("tokens"),
            scores: list("scores").iter().map(|v| v.to_f32().unwrap_or(0.0)).collect(),
            kinds: list("token_type")
                .iter()
                .map(|v| whole(v).unwrap_or(1) as u32)
                .collect(),
            merges: texts("merges"),
            add_space_prefix: self.flag("tokenizer.ggml.add_space_prefix").unwrap_or(model == "llama"),
            model,
        }
    }
}

fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::U8(n) => Some(u64::from(*n)),
        Value::U16(n) => Some(u64::from(*n)),
        Value::U32(n) => Some(u64::from(*n)),
        Value::U64(n) => Some(*n),
        Value::I8(n) => u64::try_from(*n).ok(),
        Value::I16(n) => u64::try_from(*n).ok(),
        Value::I32(n) => u64::try_from(*n).ok(),
        Value::I64(n) => u64::try_from(*n).ok(),
        _ => None,
    }
}

/// candle's errors may carry a backtrace.
fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_string()
}
