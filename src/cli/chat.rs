//! Opens chat models in GGUF files, as translators and as writers of briefs.
use super::{settings::Settings, translator};
use crate::{
    brief::chat::ChatWriter,
    model::chat::{self, Chat},
};
use std::path::{Path, PathBuf};

/// The GGUF file that a name means: a file, or a folder whose weights are one.
///
/// # Errors
/// Where a folder holds several.
pub fn find(name: &Path) -> anyhow::Result<Option<PathBuf>> {
    if name.is_dir()
        && (name.join("model.safetensors").is_file() || name.join("model.safetensors.index.json").is_file())
    {
        return Ok(None);
    }
    Ok(chat::file(name)?)
}

/// The model of a GGUF file, loaded.
///
/// # Errors
/// Where the file is broken or no chat model.
pub fn open(settings: &Settings, path: &Path) -> anyhow::Result<ChatWriter> {
    let chat = Chat::open(path, &translator::device(settings)?)?;
    let name = path
        .file_stem()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    Ok(ChatWriter::new(chat, name, None))
}
