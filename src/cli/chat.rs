//! Opens chat models in GGUF files, as translators and as writers of briefs.
use super::{place::Place, settings::Settings, translator};
use crate::{brief::chat::ChatWriter, model::chat::Chat};

/// The chat model of a place, loaded; none where the place holds another kind of model.
///
/// # Errors
/// Where the file is broken or no chat model, or there are several.
pub fn open(settings: &Settings, place: &Place) -> anyhow::Result<Option<ChatWriter>> {
    let Some(path) = place.chat()? else {
        return Ok(None);
    };
    let chat = Chat::open(&path, &translator::device(settings)?)?;
    let (name, revision) = place.signature();
    Ok(Some(ChatWriter::new(chat, name, revision)))
}
