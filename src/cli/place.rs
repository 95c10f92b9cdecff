//! A model's name -> where its files are: in this binary, a GGUF file, a folder, the cache. Never over the network.
use super::{hub, settings::Settings};
use crate::{
    model::{
        chat, embedded,
        hub::{commercial_use, Snapshot, Spec},
    },
    Error,
};
use std::path::{Path, PathBuf};

/// Where a model's files are.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Embedded,
    /// A GGUF file.
    File(PathBuf),
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
    /// The folder of its files; none where they are in this binary or one GGUF file.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Place::Embedded | Place::File(_) => None,
            Place::Folder(dir) => Some(dir),
            Place::Cached(cached) => Some(&cached.snapshot.dir),
        }
    }

    /// The GGUF file where it is a chat model: the file itself, or the only weights of its folder.
    ///
    /// # Errors
    /// Where a folder holds several.
    pub fn chat(&self) -> Result<Option<PathBuf>, Error> {
        let tensors = ["model.safetensors", "model.safetensors.index.json"];
        match (self, self.folder()) {
            (Place::File(path), _) => Ok(Some(path.clone())),
            (_, Some(dir)) if !tensors.iter().any(|name| dir.join(name).is_file()) => chat::file(dir),
            _ => Ok(None),
        }
    }

    /// What signs its results: the model's name, and its commit where it came from a hub.
    pub fn signature(&self) -> (String, Option<String>) {
        let text = |name: Option<&std::ffi::OsStr>, path: &Path| {
            name.map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
        };
        match self {
            Place::Embedded => (embedded::NAME.into(), None),
            Place::File(path) => (text(path.file_stem(), path), None),
            Place::Folder(dir) => {
                // `.` and links have the name of the folder that they mean.
                let real = dir.canonicalize().unwrap_or_else(|_| dir.clone());
                (text(real.file_name(), dir), None)
            }
            Place::Cached(cached) => (cached.spec.name(), Some(cached.snapshot.commit.clone())),
        }
    }
}

/// Finds the model that was asked for: a GGUF file, a folder, a card, or a repository that is in the cache.
///
/// # Errors
/// Where there is none of this name, it is not here, or its licence is refused.
pub fn find(settings: &Settings, name: &str) -> Result<Place, Error> {
    let path = Path::new(name);
    if path.is_dir() {
        return Ok(Place::Folder(path.to_path_buf()));
    }
    if let Some(file) = chat::file(path)? {
        return Ok(Place::File(file));
    }
    if name == embedded::NAME {
        return match embedded::files() {
            Some(_) => Ok(Place::Embedded),
            None => Err(Error::new(format!("this binary was built without the model `{name}`"))
                .hint("build it with `--features embedded`, or give a folder with `--model`")),
        };
    }
    if path.is_file() {
        return Err(Error::new(format!("`{name}` is a file, not a model folder")).hint(
            "give a `.gguf` file, or the folder of `config.json`, `model.safetensors` and the tokenizer's files",
        ));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_what_signs_it_and_where_its_chat_model_is() {
        let root = tempfile::tempdir().unwrap();
        let dir = |name: &str, files: &[&str]| {
            let dir = root.path().join(name);
            std::fs::create_dir(&dir).unwrap();
            files.iter().for_each(|f| std::fs::write(dir.join(f), "").unwrap());
            dir
        };
        let check = |asked: &Path, name: &str, chat: Option<&Path>| {
            let place = find(&Settings::default(), &asked.display().to_string()).unwrap();
            assert_eq!(place.signature(), (name.to_string(), None), "{asked:?}");
            assert_eq!(place.chat().unwrap().as_deref(), chat, "{asked:?}");
        };
        let chat = dir("chat-4b", &["m.Q4.gguf", "config.json"]);
        check(&chat, "chat-4b", Some(&chat.join("m.Q4.gguf")));
        check(&chat.join("m.Q4.gguf"), "m.Q4", Some(&chat.join("m.Q4.gguf")));
        check(&chat.join("."), "chat-4b", Some(&chat.join(".").join("m.Q4.gguf")));
        // Safetensors come first.
        let both = dir("both", &["model.safetensors", "m.gguf"]);
        check(&both, "both", None);
        check(&both.join("..").join("both"), "both", None);
        check(&dir("bart", &["model.safetensors"]), "bart", None);
        let two = find(
            &Settings::default(),
            &dir("two", &["a.gguf", "b.gguf"]).display().to_string(),
        )
        .unwrap();
        assert!(two.chat().unwrap_err().what.ends_with("holds 2 GGUF files"));
    }
}
