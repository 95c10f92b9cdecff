//! The translator that is compiled into the binary, where the feature `embedded` is on.

use super::Source;
use crate::{Error, Result};

/// Its name, and that of its card.
pub const NAME: &str = "small-it-en";

/// Its files, as its folder `models/small-it-en` holds them.
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    pub config: &'static str,
    pub weights: &'static [u8],
    /// Names and contents of the tokenizer's files.
    pub tokenizer: [(&'static str, &'static [u8]); 5],
}

impl Embedded {
    /// What [`load`](super::load()) reads.
    pub fn source(&self) -> Source<'static> {
        Source::Embedded {
            name: NAME,
            config: self.config,
            generation: None,
            weights: self.weights,
        }
    }
}

/// The files, or the error that says they were left out.
///
/// # Errors
/// In a binary without the feature.
pub fn required() -> Result<Embedded> {
    files().ok_or_else(|| Error::new("this binary was built without a model"))
}

/// `None` in a binary without the feature.
#[cfg(feature = "embedded")]
pub fn files() -> Option<Embedded> {
    macro_rules! bytes {
        ($name:literal) => {
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/small-it-en/", $name))
        };
    }
    Some(Embedded {
        config: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/small-it-en/config.json")),
        weights: bytes!("model.safetensors"),
        tokenizer: [
            ("config.json", bytes!("config.json")),
            ("source.spm", bytes!("source.spm")),
            ("target.spm", bytes!("target.spm")),
            ("vocab.json", bytes!("vocab.json")),
            ("sunto.json", bytes!("sunto.json")),
        ],
    })
}

#[cfg(not(feature = "embedded"))]
pub fn files() -> Option<Embedded> {
    None
}
