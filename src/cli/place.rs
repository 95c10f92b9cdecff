//! A model's name -> where its files are: in this binary, in a folder, in the cache. Never over the network.
use super::{hub, settings::Settings};
use crate::{
    model::{
        embedded,
        hub::{commercial_use, Snapshot, Spec},
    },
    Error,
};
use std::path::{Path, PathBuf};

/// Where a model's files are.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Embedded,
    Folder(PathBuf),
    /// Pulled, imported, or put there by another tool.
    Cached(Box<Cached>),
}

/// A model of the cache.
#[derive(Clone, Debug, PartialEq)]
pub struct Cached {
    pub spec: Spec,
    pub snapshot: Snapshot,
}

impl Place {
    /// The folder of its files; none where they are in this binary.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Place::Embedded => None,
            Place::Folder(dir) => Some(dir),
            Place::Cached(cached) => Some(&cached.snapshot.dir),
        }
    }
}

/// Finds the model that was asked for: a folder, a card, or a repository that is in the cache.
///
/// # Errors
/// Where there is none of this name, it is not here, or its licence is refused.
pub fn find(settings: &Settings, name: &str) -> Result<Place, Error> {
    let path = Path::new(name);
    if path.is_dir() {
        return Ok(Place::Folder(path.to_path_buf()));
    }
    if name == embedded::NAME {
        return match embedded::files() {
            Some(_) => Ok(Place::Embedded),
            None => Err(Error::new(format!("this binary was built without the model `{name}`"))
                .hint("build it with `--features embedded`, or give a folder with `--model`")),
        };
    }
    if path.is_file() {
        return Err(Error::new(format!("`{name}` is a file, not a model folder"))
            .hint("give the folder that holds `config.json`, `model.safetensors` and the tokenizer's files"));
    }
    let Some(spec) = Spec::parse(name) else {
        return Err(Error::new(format!("there is no model `{name}`")).hint(
            "`--model` takes a name that `sunto models list` shows, ORG/NAME, or a folder in the transformers layout",
        ));
    };
    let Some(snapshot) = hub::cache().find(&spec)? else {
        return Err(absent(settings, &spec));
    };
    if settings.commercial {
        commercial_use(name, licence(&spec, &snapshot))?;
    }
    Ok(Place::Cached(Box::new(Cached { spec, snapshot })))
}

/// The licence of a cached model, as its card or the hub stated it; empty where neither did.
pub fn licence<'a>(spec: &'a Spec, snapshot: &'a Snapshot) -> &'a str {
    match (&spec.card, &snapshot.lock) {
        (Some(card), _) => &card.licence,
        (None, Some(lock)) => &lock.licence,
        (None, None) => "",
    }
}

fn absent(settings: &Settings, spec: &Spec) -> Error {
    let name = spec.name();
    let failure = Error::new(format!("the model `{name}` is not here"));
    match settings.offline {
        true => failure.hint(format!(
            "the network is off: bring it from another machine with `sunto models bundle export {name}`"
        )),
        false => failure.hint(format!("`sunto models pull {name}`")),
    }
}
