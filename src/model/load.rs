//! A folder or embedded files -> a model that can run, its defaults, and a stamp that says which one it was.
use super::{
    config::{Architecture, Generation},
    cpu::CpuModel,
    t5::T5,
    toy::ToyModel,
    transformer::Transformer,
    Seq2Seq,
};
use crate::text::hex::hex;
use crate::{
    nn::{Device, Weights},
    Error, Result,
};
use sha2::{Digest, Sha256};
use std::{path::Path, sync::LazyLock};

/// Where the files of a model are.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// A folder in the transformers layout.
    Folder(&'a Path),
    /// Files compiled into the binary.
    Embedded {
        name: &'a str,
        config: &'a str,
        generation: Option<&'a str>,
        weights: &'static [u8],
    },
}

/// How a model is to run.
#[derive(Clone, Debug)]
pub struct Options {
    pub device: Device,
    /// Read weights from a pickle where there are no others.
    pub allow_pickle: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            device: Device::cpu(),
            allow_pickle: false,
        }
    }
}

/// What made a result: two models with the same stamp give the same output on the same device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Of `config.json`, `generation_config.json` and the weights, in this order, as hexadecimal digits.
    pub sha256: String,
    /// Of the tokenizer's files, where they are files of their own.
    pub tokenizer: Option<String>,
    /// `f32`, `f16`, `bf16` or `int8`: what it computes in.
    pub dtype: String,
}

/// A stamp that is made when it is first asked for: a translation of one line needs none, and hashing takes time.
pub type LateStamp = LazyLock<Stamp, Box<dyn FnOnce() -> Stamp + Send>>;

/// A model, ready to run.
pub struct Loaded {
    pub model: Box<dyn Seq2Seq>,
    pub architecture: Architecture,
    pub generation: Generation,
    pub stamp: LateStamp,
}

/// Loads a model of any known family.
pub fn load(source: Source, options: &Options) -> Result<Loaded> {
    let (name, config, generation) = match source {
        Source::Folder(dir) => {
            let path = dir.join("config.json");
            let config = std::fs::read_to_string(&path).map_err(|e| {
                Error::new(format!("cannot read `{}`", path.display()))
                    .caused_by(e)
                    .hint("a model folder holds `config.json`, `model.safetensors` and its tokenizer's files")
            })?;
            let generation = std::fs::read_to_string(dir.join("generation_config.json")).ok();
            (path.display().to_string(), config, generation)
        }
        Source::Embedded {
            name,
            config,
            generation,
            ..
        } => (name.to_string(), config.to_string(), generation.map(str::to_string)),
    };
    let architecture = Architecture::parse(&config, &name)?;
    let defaults = Generation::parse(&config, generation.as_deref(), &name)?;
    let mut hash = Sha256::new();
    hash.update(config.as_bytes());
    hash.update(generation.unwrap_or_default().as_bytes());
    let device = options.device.clone();
    // Tensors compute in the device's floating type; only the slice path knows int8.
    let mut dtype = format!("{:?}", device.dtype).to_lowercase();
    let (model, sha256): (Box<dyn Seq2Seq>, LateHash) = match &architecture {
        Architecture::Toy(toy) => (
            Box::new(ToyModel::new(toy.clone())),
            Box::new(move || hex(&hash.finalize())),
        ),
        Architecture::Transformer(layout) if device.has_slices() => {
            dtype = device.dtype_name();
            let weights = weights(source, options.allow_pickle)?;
            hashed(hash, source, &weights, |w| {
                Ok(Box::new(CpuModel::load(layout.clone(), w, device.precision())?))
            })?
        }
        Architecture::Transformer(layout) => {
            let weights = weights(source, options.allow_pickle)?;
            hashed(hash, source, &weights, |w| {
                Ok(Box::new(Transformer::load(layout.clone(), w, device)?))
            })?
        }
        Architecture::T5(layout) => {
            let weights = weights(source, options.allow_pickle)?;
            hashed(hash, source, &weights, |w| {
                Ok(Box::new(T5::load(layout.clone(), w, device)?))
            })?
        }
    };
    Ok(Loaded {
        model,
        architecture,
        generation: defaults,
        stamp: LazyLock::new(Box::new(move || Stamp {
            sha256: sha256(),
            tokenizer: None,
            dtype,
        })),
    })
}

type Built = Result<Box<dyn Seq2Seq>>;
type LateHash = Box<dyn FnOnce() -> String + Send>;

/// Builds a model of weights while another thread hashes them: either takes seconds where they are large. Those in the
/// binary are hashed when the hash is asked for.
fn hashed(
    mut hash: Sha256,
    source: Source,
    weights: &Weights,
    build: impl FnOnce(&Weights) -> Built,
) -> Result<(Box<dyn Seq2Seq>, LateHash)> {
    if let Source::Embedded { weights: bytes, .. } = source {
        let late = move || hex(&hash.chain_update(bytes).finalize());
        return Ok((build(weights)?, Box::new(late)));
    }
    std::thread::scope(|scope| {
        let thread = scope.spawn(move || {
            weights.shards().for_each(|bytes| hash.update(bytes));
            hex(&hash.finalize())
        });
        let model = build(weights)?;
        let sha256 = thread.join().map_err(|_| Error::new("a hashing thread stopped"))?;
        Ok((model, Box::new(move || sha256) as LateHash))
    })
}

fn weights(source: Source, allow_pickle: bool) -> Result<Weights> {
    Ok(match source {
        Source::Folder(dir) => Weights::of_folder(dir, allow_pickle)?,
        Source::Embedded { name, weights, .. } => Weights::from_static(name, weights)?,
    })
}
