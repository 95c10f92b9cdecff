//! Values to files: a brief as JSON, Markdown or one HTML page, written by rename so that no file is ever half there.
mod dates;
mod guards;
mod html;
mod json;
mod markdown;
pub mod notices;
pub mod report;
pub mod site;
mod terms;
mod text;
mod theme;

use crate::brief::Brief;
use std::{fs, io, io::Write, path::Path};

/// The list of events that `brief --group -o` writes beside them.
pub const EVENTS: &str = "events.json";

/// What a brief can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Markdown,
    Json,
    Jsonl,
    Html,
}

impl Format {
    /// File name extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Markdown => "md",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Html => "html",
        }
    }
}

/// A brief in a format, ending in a newline.
pub fn render(brief: &Brief, format: Format) -> String {
    match format {
        Format::Markdown => markdown::render(brief),
        Format::Json => json::pretty(brief),
        Format::Jsonl => json::line(brief),
        Format::Html => html::render(brief),
    }
}

/// The JSON Schema of a brief: what `docs/brief.schema.json` holds.
pub fn schema() -> String {
    json::schema()
}

/// Writes a file through a temporary one beside it and a rename: readers see the old file or the new one.
///
/// # Errors
/// Of the file system; the temporary file is then removed.
pub fn file(path: &Path, content: &[u8]) -> io::Result<()> {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let temporary = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = fs::File::create(&temporary)
        .and_then(|mut f| f.write_all(content).and_then(|()| f.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        fs::remove_file(&temporary).ok();
    }
    written
}

#[cfg(test)]
mod tests;
